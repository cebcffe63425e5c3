"""Check digits of Hong Kong identity cards and of GB 11643 numbers."""

_GB_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_GB_CHECKS = "10X98765432"


def hkid_check_digit(body: str) -> str:
    """The check character of `body`: one or two capital letters and six digits, without the check character."""
    padded = body.rjust(8)
    values = [36 if c == " " else int(c) if c.isdigit() else ord(c) - ord("A") + 10 for c in padded]
    remainder = (11 - sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True)) % 11) % 11
    return "A" if remainder == 10 else str(remainder)


def gb11643_check_digit(body: str) -> str:
    """The eighteenth character for seventeen digits (GB 11643, ISO 7064 mod 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_GB_WEIGHTS, body, strict=True))
    return _GB_CHECKS[total % 11]
