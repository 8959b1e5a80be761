"""Sums, differences and products as the pages show them: what stands there can be worked out.

Numbers that are rounded one by one do not add up: 11.77 - 6.61 is 5.15 as often as 5.16. Here a
sum, its terms and its total are rounded together, as decimals, to one last place.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, localcontext
from typing import NamedTuple

from dashboard.ui.text import percent, power_of_ten

_MOST_PLACES = 3
"""Added for the sake of a total that is small beside its terms."""
_MOST_DIGITS = 15
"""Of a factor: a float has no more."""
_SMALL, _LARGE = Decimal("0.0001"), Decimal(1_000_000)
"""What is smaller or not smaller than these is written with a power of ten."""
_MOST_ZEROS = 6
_NONE = Decimal("NaN")


class AddedUp(NamedTuple):
    """A sum as it is shown: the terms are exactly the total."""

    terms: tuple[Decimal, ...]
    total: Decimal


def add_up(
    terms: Sequence[float],
    total: float | None = None,
    *,
    digits: int = 3,
    places: int | None = None,
    rest: int | None = None,
) -> AddedUp:
    """Round a sum so that the digits shown add up.

    Every number is rounded, to a few more places where the roundings then happen to add up. Where
    they do not, what they leave over goes to the terms that are nearest to their other neighbour:
    then no number is further than one unit of its last place from the true one.

    Args:
        terms: one or more; where one of them is no number, the total is none.
        total: as it was computed; the sum of the terms if not given.
        digits: of the largest number, and of the total where three more places are enough for that.
        places: how many decimal places instead: always so many, so that nothing moves to and fro
            beside a slider.
        rest: index of a term that stands for many, and takes all that the roundings leave over: up
            to half a unit for each term.
    """
    total = sum(terms) if total is None else total
    if not all(map(math.isfinite, (*terms, total))):
        at = 0 if places is None else places
        return AddedUp(tuple(to_places(term, at) for term in terms), _NONE)
    at = _places([*terms, total], total, digits, places)
    shown = _rounded(terms, total, at)
    if rest is not None:
        own = list(shown.terms)
        own[rest] += shown.left
        return AddedUp(tuple(own), shown.total)
    if places is None:
        return _in_ways(total, [terms], at)[0]
    return AddedUp(_spread(terms, shown), shown.total)


def add_up_ways(total: float, *ways: Sequence[float], digits: int = 3) -> list[AddedUp]:
    """Round one total that is several sums, each as `add_up` does and all to one last place.

    Args:
        total: as it was computed.
        ways: the terms of each sum.
        digits: of the largest number.
    """
    every = [total, *(term for terms in ways for term in terms)]
    if not all(map(math.isfinite, every)):
        return [add_up(terms, total, digits=digits) for terms in ways]
    return _in_ways(total, ways, _places(every, total, digits, None))


def _in_ways(total: float, ways: Sequence[Sequence[float]], places: int) -> list[AddedUp]:
    """Sums that are rounded to the first place, a few at most further, where all add up by
    themselves; to this one where that is nowhere."""
    for at in range(places, places + _MOST_PLACES + 1):
        shown = [_rounded(terms, total, at) for terms in ways]
        if not any(one.left for one in shown):
            break
    else:
        shown = [_rounded(terms, total, places) for terms in ways]
    return [AddedUp(_spread(terms, one), one.total) for terms, one in zip(ways, shown, strict=True)]


class _Rounded(NamedTuple):
    terms: tuple[Decimal, ...]
    total: Decimal

    @property
    def left(self) -> Decimal:
        """What the roundings leave over."""
        return self.total - sum(self.terms, Decimal(0))


def _rounded(terms: Sequence[float], total: float, places: int) -> _Rounded:
    return _Rounded(tuple(to_places(term, places) for term in terms), to_places(total, places))


def _spread(terms: Sequence[float], shown: _Rounded) -> tuple[Decimal, ...]:
    """The rounded terms of a sum, some of them a unit further, so that nothing is left over."""
    unit = Decimal(1).scaleb(-last_place(shown.total))
    step = unit if shown.left > 0 else -unit
    # Who was rounded down the most goes up first, and the other way round.
    gains = [(Decimal(term) - now) / step for term, now in zip(terms, shown.terms, strict=True)]
    order = sorted(range(len(terms)), key=lambda index: -gains[index])
    own = list(shown.terms)
    for turn in range(int(abs(shown.left / unit))):
        own[order[turn % len(order)]] += step
    return tuple(own)


class Worked(NamedTuple):
    """A formula with its numbers as it is shown: put in, they give the result."""

    operands: tuple[Decimal, ...]
    result: Decimal


def work_out(
    formula: Callable[..., Decimal],
    *operands: float,
    digits: int = 3,
    places: int | None = None,
) -> Worked:
    """Round the numbers of a formula so that those shown give the result shown.

    A product of rounded numbers has more digits than the result, which is rounded as well: the
    operands get as many as that needs.

    Args:
        formula: of as many decimals as there are operands, for example `lambda a, b: a * b`.
        operands: its numbers.
        digits: of the result, and at least of every operand.
        places: how many decimal places of the result instead.
    """
    if not all(map(math.isfinite, operands)):
        return Worked(tuple(round_to(x, digits) for x in operands), _NONE)
    exact = formula(*map(Decimal, operands))
    at = _place_of(exact, digits) if places is None else places
    wanted = shown = _quantized(exact, at)
    numbers = tuple(map(Decimal, operands))
    for more in range(digits, _MOST_DIGITS + 1):
        numbers = tuple(round_to(x, more) for x in operands)
        shown = _quantized(formula(*numbers), at)
        if shown == wanted:
            break
    return Worked(numbers, shown)


class Changed(NamedTuple):
    """A number before and after, and the change between the two as they are shown."""

    before: Decimal
    after: Decimal
    change: Decimal


def change(
    before: float, *after: float, digits: int = 3, places: int | None = None
) -> list[Changed]:
    """What became of a number, once or in several ways, and by how much with the digits shown.

    Args:
        before: the number.
        after: what became of it.
        digits: of the largest; there are more where a change would not be seen otherwise, with two
            of its own at best.
        places: how many decimal places instead, always.
    """
    if places is not None:
        shown = to_places(before, places)
        ends = [to_places(value, places) for value in after]
        return [Changed(shown, end, end - shown) for end in ends]
    known = [abs(value) for value in (before, *after) if math.isfinite(value)]
    at = _place_of(Decimal(max(known, default=0.0)), digits)
    moved = [abs(value - before) for value in after if math.isfinite(value - before)]
    least = min((size for size in moved if size), default=0.0)
    if least:
        at = max(at, min(_place_of(Decimal(least), 2), at + _MOST_PLACES))
    return change(before, *after, places=at)


def points(before: float, after: float) -> Decimal:
    """By how many percentage points a share grew, of the two shares as `percent` shows them."""
    old, new = (Decimal(percent(share).rstrip("%")) for share in (before, after))
    return new - old


def round_to(value: float, digits: int = 3) -> Decimal:
    """A number with so many significant digits; whole numbers below a million stay whole."""
    if not math.isfinite(value):
        return _NONE
    return to_places(value, _place_of(Decimal(value), digits))


def to_places(value: float, places: int) -> Decimal:
    """A number with so many decimal places."""
    return _quantized(Decimal(value), places) if math.isfinite(value) else _NONE


# In words ---------------------------------------------------------------------------------------
def said(value: Decimal, *, signed: bool = False) -> str:
    """A number in a text, for example `−0.0123`, or `+0.50` with its sign."""
    if value.is_nan():
        return "not a number"
    written, power = _parts(value)
    told = f"{written}·{power_of_ten(power)}" if power else written
    return ("+" if signed and value > 0 else "") + told.replace("-", "−")


def as_delta(value: Decimal) -> str:
    """A change for `st.metric`, which knows a fall by the hyphen at its beginning."""
    return said(value, signed=True).replace("−", "-", 1)


def latex(value: Decimal, *, bare: bool = False) -> str:
    """A number in a formula, `1.20 \\cdot 10^{-7}`; negative ones in brackets unless bare."""
    if value.is_nan():
        return r"\text{not a number}"
    written, power = _parts(value)
    told = f"{written} \\cdot 10^{{{power}}}" if power else written
    return f"({told})" if value < 0 and not bare else told


def latex_term(value: Decimal) -> str:
    """A further term of a sum in a formula: `+ 0.50` or `- 0.50`."""
    if value.is_nan():
        return f"+ {latex(value)}"
    return f"{'-' if value < 0 else '+'} {latex(abs(value))}"


def latex_sum(terms: Sequence[Decimal]) -> str:
    """The terms of a sum in a formula, `11.77 - 6.61`."""
    first, *others = terms
    return " ".join([latex(first, bare=True), *map(latex_term, others)])


def latex_product(factors: Iterable[Decimal]) -> str:
    """The factors of a product in a formula: `-0.50 \\cdot (-1.20)`."""
    first, *others = factors
    return r" \cdot ".join([latex(first, bare=True), *map(latex, others)])


def _parts(value: Decimal) -> tuple[str, int]:
    """A number as it is written, and the power of ten that it is multiplied by."""
    if not value:
        return ("0" if last_place(value) > _MOST_ZEROS else f"{abs(value):f}"), 0
    if _SMALL <= abs(value) < _LARGE:
        return f"{value:f}", 0
    power = value.adjusted()
    return f"{value.scaleb(-power):f}", power


# Places -----------------------------------------------------------------------------------------
def last_place(value: Decimal) -> int:
    """How many decimal places a number is shown with, for another one beside it."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


def _places(values: Sequence[float], total: float, digits: int, places: int | None) -> int:
    """The decimal places of a sum's numbers."""
    if places is not None:
        return places
    largest = Decimal(max(map(abs, values)))
    at = _place_of(largest, digits)
    if total and largest < _LARGE:
        at = max(at, min(_place_of(Decimal(total), digits), at + _MOST_PLACES))
    return at


def _place_of(value: Decimal, digits: int) -> int:
    """The decimal place of the last of so many digits; 0 for whole numbers below a million."""
    if not value:
        return 0
    at = digits - 1 - value.adjusted()
    return max(at, 0) if abs(value) < _LARGE else at


def _quantized(value: Decimal, places: int) -> Decimal:
    with localcontext() as context:
        context.prec = 400  # a float can have 309 digits before the point
        rounded = value.quantize(Decimal(1).scaleb(-places))
        return rounded if rounded else rounded.copy_abs()  # and not -0.00
