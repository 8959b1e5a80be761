"""Words and numbers as the pages show them; user text made harmless for markdown."""

import math
import re
from collections.abc import Iterable

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_UNSEEN = re.compile(
    r"[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""What turns the reading direction, is not seen, or is half a character."""
_LINK = re.compile(r":(?=\S)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_JOINER = "\u2060"


def plain(text: str) -> str:
    """The text on one line, without what is unseen or turns the words around; not for markdown."""
    return _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()


def escape(text: str) -> str:
    """The text as plain words in any markdown of Streamlit: no formatting, link, image or formula.

    CommonMark lets every ASCII punctuation mark be escaped by a backslash; line breaks, which could
    start a heading or a list, become spaces; what would turn the words around goes. Addresses and
    `:icon:` are looked for after that, so an unseen word joiner breaks them up.
    """
    apart = _LINK.sub(lambda found: found.group() + _JOINER, plain(text))
    return _PUNCTUATION.sub(r"\\\1", apart)


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words in a sentence, for example `a, b and c`."""
    *rest, final = words
    return f"{', '.join(rest)} {last} {final}" if rest else final


def percent(fraction: float | None) -> str:
    """A share as the pages show it, for example `97.12%`; a dash where there is none."""
    return "–" if fraction is None else f"{100 * fraction:.2f}%"


def certainty(confidence: float, decimals: int = 1) -> str:
    """How sure a network is, `97.1%`, the same everywhere; never `100.0%`, which no network is."""
    return "over 99.9%" if confidence > 0.999 else f"{confidence:.{decimals}%}"


def sureness(confidence: float) -> str:
    """`97.1% sure`: see `certainty`."""
    return f"{certainty(confidence)} sure"


def a_digit(digit: object) -> str:
    """A digit in a sentence, for example `a 3` or `an 8`."""
    return f"an {digit}" if str(digit) == "8" else f"a {digit}"


def counted(n: int, what: str) -> str:
    """How many there are, for example `1 step` or `1,500 steps`."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def duration(seconds: float) -> str:
    """A time span in the unit that suits it, for example `8.2 s`, `95 s`, `3.4 min`, `2.1 h`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"


def roughly(seconds: float) -> str:
    """A time span that nobody knows exactly, for example `10 seconds`, `4 minutes`, `2 hours`."""
    if seconds < 55:
        return f"{max(10, 10 * round(seconds / 10))} seconds"
    if seconds < 55 * 60:
        return counted(max(1, round(seconds / 60)), "minute")
    return counted(max(1, round(seconds / 3600)), "hour")


def number(value: float, digits: int = 3) -> str:
    """A number for reading, for example `−0.0123`; very small and large ones as `1.23·10⁻⁷`."""
    mantissa, exponent = _rounded(value, digits)
    told = f"{mantissa}·{power_of_ten(exponent)}" if exponent else mantissa
    return told.replace("-", "−")


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: int) -> str:
    """As it is read, for example `10⁻¹⁵`."""
    return f"10{str(exponent).translate(_RAISED)}"


def formula_number(value: float, digits: int = 3, *, bare: bool = False) -> str:
    """A number in a formula: `1.2 \\cdot 10^{-7}`; negative ones in brackets unless bare."""
    if not math.isfinite(value):
        return r"\text{not a number}"
    mantissa, exponent = _rounded(value, digits)
    written = f"{mantissa} \\cdot 10^{{{exponent}}}" if exponent else mantissa
    return f"({written})" if value < 0 and not bare else written


def _rounded(value: float, digits: int) -> tuple[str, int]:
    """A number as it is written, and the power of ten that it is multiplied by."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "not a number", 0
    if not 1e-4 <= abs(value) < 1e6:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return mantissa, int(exponent)
    return f"{value:.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}", 0


def power(value: float) -> str:
    """A very small number for reading, for example `4.4·10⁻¹⁵`; `0` for none at all."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa}·{power_of_ten(int(exponent))}"
