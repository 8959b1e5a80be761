import math
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ui import arithmetic
from dashboard.ui.arithmetic import (
    add_up,
    add_up_ways,
    change,
    latex,
    latex_sum,
    points,
    said,
    work_out,
)
from dashboard.ui.text import percent

NUMBERS = st.floats(-1e5, 1e5).filter(lambda x: x == 0 or abs(x) > 1e-9)
FACTORS = st.floats(-50, 50).filter(lambda x: x == 0 or abs(x) > 1e-6)


def read(text: str) -> Decimal:
    """A number as a page shows it, as its reader types it into a calculator."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    return Decimal(text.translate(raised).replace("·10", "e").lstrip("+"))


def unit(number: Decimal) -> Decimal:
    """One in the last place that is shown."""
    return Decimal(1).scaleb(int(number.as_tuple().exponent))


@given(st.lists(NUMBERS, min_size=1, max_size=9), st.integers(2, 6))
def test_a_sum_adds_up_with_the_digits_shown(terms: list[float], digits: int) -> None:
    shown = add_up(terms, digits=digits)
    assert sum(read(said(term)) for term in shown.terms) == read(said(shown.total))
    for number, exact in zip((*shown.terms, shown.total), (*terms, math.fsum(terms)), strict=True):
        assert abs(number - Decimal(exact)) <= unit(number)
    if largest := max(map(abs, (*terms, math.fsum(terms)))):
        assert len(str(int(Decimal(largest) / unit(shown.total)))) >= digits


@given(NUMBERS, st.lists(NUMBERS, min_size=1, max_size=4))
def test_a_total_in_several_ways_has_one_last_place(total: float, parts: list[float]) -> None:
    ways = [[part, total - part] for part in parts]
    shown = add_up_ways(total, *ways)
    assert len({arithmetic.last_place(one.total) for one in shown}) == 1
    for one, terms in zip(shown, ways, strict=True):
        assert sum(read(said(term)) for term in one.terms) == read(said(one.total))
        for number, exact in zip(one.terms, terms, strict=True):
            assert abs(number - Decimal(exact)) <= unit(number)


def test_a_further_place_is_shown_before_a_number_is_bent() -> None:
    gap, split = add_up_ways(1.8567, [9.0461, -7.1894], [2.00322, -0.14652])
    assert [str(term) for term in split.terms] == ["2.0032", "-0.1465"]
    assert [str(term) for term in gap.terms] == ["9.0461", "-7.1894"]


@given(st.lists(NUMBERS, min_size=2, max_size=9), st.data())
def test_a_rest_takes_what_the_roundings_leave_over(terms: list[float], data: st.DataObject):
    rest = data.draw(st.integers(0, len(terms) - 1))
    shown = add_up(terms, rest=rest)
    assert sum(shown.terms) == shown.total
    for index, (number, exact) in enumerate(zip(shown.terms, terms, strict=True)):
        room = len(terms) + 1 if index == rest else 1
        assert abs(number - Decimal(exact)) <= room * unit(number) / 2


@given(st.lists(st.floats(allow_nan=True), min_size=1, max_size=5))
def test_any_sum_can_be_written(terms: list[float]) -> None:
    shown = add_up(terms)
    assert latex_sum(shown.terms)
    assert latex(shown.total)


@given(FACTORS, FACTORS, FACTORS, st.integers(2, 8))
def test_a_formula_gives_its_result_with_the_digits_shown(
    a: float, b: float, c: float, digits: int
) -> None:
    def formula(a: Decimal, b: Decimal, c: Decimal) -> Decimal:
        return a - b * c

    shown = work_out(formula, a, b, c, digits=digits)
    numbers = [read(said(number)) for number in shown.operands]
    assert abs(formula(*numbers) - read(said(shown.result))) <= unit(shown.result) / 2
    assert abs(shown.result - formula(*map(Decimal, (a, b, c)))) <= unit(shown.result)
    for number, exact in zip(shown.operands, (a, b, c), strict=True):
        assert float(number) == pytest.approx(exact, rel=0.5 * 10 ** (1 - digits))


@given(st.floats(0, 20), st.lists(st.floats(0, 20), min_size=1, max_size=3))
def test_a_change_leads_from_the_number_before_to_the_one_after(before: float, after: list[float]):
    shown = change(before, *after, digits=4)
    assert len({row.before for row in shown}) == 1
    for row, exact in zip(shown, after, strict=True):
        assert read(said(row.before)) + read(said(row.change)) == read(said(row.after))
        assert abs(row.after - Decimal(exact)) <= unit(row.after) / 2


@given(st.floats(0, 1), st.floats(0, 1))
def test_points_are_the_difference_of_the_percentages_shown(before: float, after: float) -> None:
    old, new = (Decimal(percent(share).rstrip("%")) for share in (before, after))
    assert old + points(before, after) == new


@pytest.mark.parametrize(
    ("terms", "digits", "told"),
    [
        ([11.7654, -6.6123], 4, "11.765 - 6.612 = 5.153"),
        ([7.3899, -5.0949, 0.9352], 3, "7.390 - 5.095 + 0.935 = 3.230"),
        ([11.7654, -11.7623], 3, "11.7654 - 11.7623 = 0.0031"),
        ([0, 0], 3, "0 + 0 = 0"),
        ([1.2e-7, -3e-8], 3, r"1.200 \cdot 10^{-7} - 3.00 \cdot 10^{-8} = 9.00 \cdot 10^{-8}"),
        ([2e6, 5], 3, r"2.00 \cdot 10^{6} + 0 = 2.00 \cdot 10^{6}"),
    ],
)
def test_sums_as_they_stand_on_a_page(terms: list[float], digits: int, told: str) -> None:
    shown = add_up(terms, digits=digits)
    assert f"{latex_sum(shown.terms)} = {latex(shown.total, bare=True)}" == told


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ([11.7654, -6.6123], "11.76 - 6.61 = 5.15"),
        ([7.3899, -5.0949, 0.9352], "7.39 - 5.10 + 0.94 = 3.23"),
    ],
)
def test_beside_a_slider_a_sum_keeps_its_places(terms: list[float], told: str) -> None:
    shown = add_up(terms, places=2)
    assert f"{latex_sum(shown.terms)} = {latex(shown.total, bare=True)}" == told


def test_what_is_no_number_is_told() -> None:
    shown = add_up([1.0, math.inf])
    assert said(shown.total) == "not a number"
    assert r"\text{not a number}" in latex_sum(shown.terms)
    assert said(work_out(lambda a, b: a * b, 1.0, math.nan).result) == "not a number"


def test_numbers_in_words() -> None:
    assert said(Decimal("-0.0123")) == "−0.0123"
    assert said(Decimal("0.50"), signed=True) == "+0.50"
    assert said(Decimal("1.2e-7")) == "1.2·10⁻⁷"
    assert latex(Decimal("-0.50")) == "(-0.50)"
    assert re.fullmatch(r"-1\.2 .cdot 10\^\{-7\}", latex(Decimal("-1.2e-7"), bare=True))
    assert arithmetic.latex_term(Decimal("-0.50")) == "- 0.50"
