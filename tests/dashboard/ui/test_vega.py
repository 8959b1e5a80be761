import pytest

from dashboard.ui import vega


@pytest.mark.parametrize(
    ("ends", "ticks"),
    [
        ((0.9, 8.3), [1, 2, 5]),
        ((0.4, 11), [0.5, 1, 2, 5, 10]),
        ((1, 60_000), [1, 10, 100, 1_000, 10_000]),
        ((2.1, 2.4), None),
    ],
)
def test_a_logarithmic_axis_has_round_ticks(ends: tuple[float, float], ticks: list[float] | None):
    assert vega.log_axis(*ends).get("values") == ticks


def test_powers_of_ten_on_an_axis_are_written_as_powers():
    axis = vega.log_axis(3e-16, 4e-6)
    assert axis["values"] == pytest.approx([1e-14, 1e-12, 1e-10, 1e-8, 1e-6])
    # The names stand in the order of their exponents, of which the first is -16.
    assert axis["labelExpr"].startswith("['10⁻¹⁶', '10⁻¹⁵', ")
    assert axis["labelExpr"].endswith(", '10⁻⁵'][round(log(datum.value) / LN10) - (-16)]")
