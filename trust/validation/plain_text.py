"""Text of strangers made fit to be printed beside a verdict."""

import unicodedata

# controls end a line or command a terminal; format characters turn the direction of what follows or are not seen
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def plain(text: str) -> str:
    """The text, each character that is not seen replaced by one that is."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(each) in UNSEEN else each for each in text)
