"""A clause of a notice as it is shown: its first words, when they name what it is about, stand out."""

LONGEST_LEAD = 48  # letters before a colon; a longer piece is a sentence, not a name


def lead(text: str) -> tuple[str, str]:
    """The words up to and with the first colon, and the rest; nothing is left out, as the hash is over the whole."""
    end = next((place + 1 for place, letter in enumerate(text[:LONGEST_LEAD]) if letter in ":："), 0)
    return text[:end], text[end:]
