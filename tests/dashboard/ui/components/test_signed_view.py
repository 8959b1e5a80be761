import json

import numpy as np
import pytest

from dashboard.ui.components.signed_view import payload


@pytest.mark.parametrize(
    ("values", "ends"),
    [([0.8, -0.25], (0.3, 1)), ([2.5], (0, 3)), ([-12.0], (15, 0)), ([0.0], (0, 0)), ([], (0, 0))],
)
def test_the_scale_goes_in_steps(values: list[float], ends: tuple[float, float]):
    found = payload(np.array(values), None, "bars")
    assert (found["low"], found["high"]) == pytest.approx(ends)
    again = payload(0.99 * np.array(values), None, "bars")
    assert (again["low"], again["high"]) == (found["low"], found["high"])


def test_positions_are_kept_and_what_is_no_number_counts_as_zero():
    found = payload(np.array([1.23456, np.nan, np.inf]), [7, 2, 9], "bars")
    assert found["positions"] == [7, 2, 9]
    assert found["values"] == [1.235, 0, 0]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_picture_has_784_numbers():
    assert len(payload(np.ones(784), None, "picture")["values"]) == 784
    with pytest.raises(ValueError, match=r"^10 numbers make no picture; 784 do\.$"):
        payload(np.ones(10), None, "picture")
