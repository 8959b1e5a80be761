"""Numbers as the pages write them, read back."""

_LOWERED = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")


def read_back(text: str) -> float:
    """The number that a page means, for example by `−1.23·10⁻⁷`."""
    digits, _, exponent = text.translate(_LOWERED).partition("·10")
    return float(digits) * 10.0 ** int(exponent or 0)
