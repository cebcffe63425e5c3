"""Where private keys live: an encrypted file, and the vault that seals personal data under its keys."""
