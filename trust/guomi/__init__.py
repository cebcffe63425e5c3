"""Chinese commercial cryptography (SM2, SM3): signatures, certificates, messages and seals; verified, never made."""
