"""Numbers as people type them: with a point or a comma, with or without commas between thousands.

What can be read in one way only is read in that way; `1,000` could be 1 or 1000, so it is not read
at all where both make sense.
"""

import re

_DECIMAL_COMMA = re.compile(r"([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_ONE_COMMA = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_POINTED_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")


def decimal(text: str) -> str:
    """A number as Python reads it: `0,5` and `0.5` are one half, `1,000,000` is a million.

    Raises:
        ValueError: it can be read in two ways; the message ends a sentence that names it.
    """
    typed = text.strip()
    if _ONE_COMMA.fullmatch(typed):
        whole, thousandths = typed.split(",")
        raise ValueError(
            f"can be read as {whole}.{thousandths} or as {whole}{thousandths}; "
            "write it with a point, or without the comma"
        )
    if _THOUSANDS.fullmatch(typed):
        return typed.replace(",", "")
    return _DECIMAL_COMMA.sub(r"\1.\2", typed) if _DECIMAL_COMMA.fullmatch(typed) else typed


def whole(text: str) -> str:
    """A whole number as Python reads it: `60,000` is sixty thousand.

    Raises:
        ValueError: it has a point where thousands end; the message ends a sentence that names it.
    """
    typed = text.strip()
    if _POINTED_THOUSANDS.fullmatch(typed):
        raise ValueError(
            f"can be read as {typed.split('.')[0]} or as {typed.replace('.', '')}; "
            "write it without the point"
        )
    return typed.replace(",", "") if _THOUSANDS.fullmatch(typed) else typed


def written(value: float | None) -> str:
    """The shortest text that is read back as this very number; empty for None."""
    if value is None:
        return ""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
