"""The lesson on softmax by hand, against central differences, and the figures of its words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncore.lessons import softmax as lesson

COSTS: tuple[lesson.CostOfSoftmax, ...] = ("quadratic", "log-likelihood")


def test_two_outputs_by_hand() -> None:
    z = np.array([np.log(3), 0.0])  # shares 3/4 and 1/4
    assert lesson.cost(z, 0, "log-likelihood") == pytest.approx(np.log(4 / 3))
    assert lesson.cost(z, 0, "quadratic") == pytest.approx((1 / 16 + 1 / 16) / 2)
    assert lesson.slope(z, 0, "log-likelihood") == pytest.approx([-1 / 4, 1 / 4])
    # a_1 ((a_1 - 1) - sum_k (a_k - y_k) a_k) = 3/4 (-1/4 - (-3/16 + 1/16)) = -3/32
    assert lesson.slope(z, 0, "quadratic") == pytest.approx([-3 / 32, 3 / 32])


@pytest.mark.parametrize("cost", COSTS)
@given(st.lists(st.floats(-5, 5), min_size=2, max_size=6), st.integers(0, 1))
def test_slopes_are_the_costs(cost: lesson.CostOfSoftmax, values: list[float], label: int) -> None:
    z, h = np.array(values), 1e-6
    numeric = [
        (lesson.cost(z + h * e, label, cost) - lesson.cost(z - h * e, label, cost)) / (2 * h)
        for e in np.eye(len(z))
    ]
    assert lesson.slope(z, label, cost) == pytest.approx(np.array(numeric), abs=1e-7)


def test_a_step_goes_eta_times_the_slope() -> None:
    z = np.array([0.0, 4.0, 0.0, 0.0])
    outputs = lesson.unlearn(z, 0, "log-likelihood", 0.15, 1)
    e = np.exp(z - 0.15 * lesson.slope(z, 0, "log-likelihood"))
    np.testing.assert_allclose(outputs[1], e / e.sum())
    assert z[1] == 4  # the caller's own array is left alone


def test_the_figures_of_the_answer() -> None:
    """Pulls 0.9999 and 0.75, a third apart; 0.017 to 0.045 and 0.870 in 50 steps."""
    for share, pull in ((0.0001, 0.9999), (0.25, 0.75)):
        z = np.log([share, *[(1 - share) / 3] * 3])
        assert -lesson.slope(z, 0, "log-likelihood")[0] == pytest.approx(pull)
    flat = (0.25 * 0.75) / (0.0001 * 0.9999)  # softmax's own slope a (1 - a)
    assert flat == pytest.approx(1875, abs=0.5)
    z = np.array([0.0, 4.0, 0.0, 0.0])
    quadratic, log_likelihood = (lesson.unlearn(z, 0, cost, 0.15, 50)[:, 0] for cost in COSTS)
    assert quadratic[[0, 50]] == pytest.approx([0.017, 0.045], abs=5e-4)
    assert log_likelihood[50] == pytest.approx(0.870, abs=5e-4)


def test_the_sliders_begin_as_the_book_does() -> None:
    outputs = lesson.unlearn(np.array([2.5, -1, 3.2, 0.5]), 0, "log-likelihood", 0.1, 0)[0]
    assert outputs == pytest.approx([0.315, 0.009, 0.633, 0.043], abs=5e-4)
