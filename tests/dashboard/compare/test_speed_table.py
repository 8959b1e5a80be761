import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.compare import speed_table


@given(st.floats(1e-5, 1e3), st.floats(1e-5, 1e3))
def test_the_ratio_in_the_table_is_that_of_the_seconds_beside_it(numpy: float, torch: float):
    ours, theirs, ratio = speed_table.times(numpy, torch)
    shown = float(f"{ours:.3f}"), float(f"{theirs:.3f}")
    assert shown == pytest.approx((numpy, torch), abs=0.000_501)
    if shown[0] == 0:
        assert ratio is None
    else:
        assert ratio is not None
        # As a reader's calculator says, to the last digit that is shown.
        assert float(f"{ratio:.2f}") == pytest.approx(shown[1] / shown[0], abs=0.005_000_1)


def test_the_ratio_is_not_that_of_seconds_nobody_sees():
    assert speed_table.times(0.01049, 0.10451) == (0.01, 0.105, 10.5)  # and not 9.96
