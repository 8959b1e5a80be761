import pytest

from dashboard.compare import common
from dashboard.ui import text


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (4.44e-15, "4.4·10⁻¹⁵"), (3.26e-06, "3.3·10⁻⁶")]
)
def test_small_numbers_are_written_as_powers(value: float, written: str):
    assert text.power(value) == written


def test_numbers_of_other_modules_are_written_as_here():
    assert common.tight("11.39 → 21.42 % (1 %)") == "11.39 → 21.42% (1%)"
    assert common.tight("error is 4.31e-09.") == "error is 4.3·10⁻⁹."
