"""Cost and gradient descent of the lessons, by hand, and the figures of their words."""

import numpy as np
import pytest

from nncore.lessons import learning
from nncore.recipes import RECIPES


def test_one_neurons_first_step_by_hand() -> None:
    outputs, costs = learning.learn_to_say_zero(0.6, 0.9, "quadratic", 0.15, 1)
    a = 1 / (1 + np.exp(-1.5))  # 0.8176, the book's 0.82
    assert outputs[0] == pytest.approx(a)
    assert costs[0] == pytest.approx(a**2 / 2)
    slope = a * a * (1 - a)  # both for w (the input is 1) and for b
    assert outputs[1] == pytest.approx(1 / (1 + np.exp(-(1.5 - 2 * 0.15 * slope))))


def test_the_plateau_is_the_quadratic_costs() -> None:
    """The figures of the lesson's answer, and the book's: 0.98 stays, 0.82 falls to 0.09."""
    near, _ = learning.learn_to_say_zero(0.6, 0.9, "quadratic", 0.15, 300)
    far, _ = learning.learn_to_say_zero(2, 2, "quadratic", 0.15, 300)
    cross, _ = learning.learn_to_say_zero(2, 2, "cross-entropy", 0.15, 300)
    assert near[[0, 50, 300]] == pytest.approx([0.82, 0.39, 0.09], abs=0.005)
    assert far[[0, 50, 300]] == pytest.approx([0.982, 0.976, 0.20], abs=0.005)
    assert cross[50] == pytest.approx(0.10, abs=0.005)


def test_a_sure_mistake_costs_cross_entropy_more() -> None:
    z = np.full(10, -6.0)
    z[4] = 6.0
    right = [learning.cost_of_outputs(z, 4, cost) for cost in ("quadratic", "cross-entropy")]
    wrong = [learning.cost_of_outputs(z, 9, cost) for cost in ("quadratic", "cross-entropy")]
    assert max(right) < 0.05
    assert wrong[0] == pytest.approx(1.0, abs=0.01)  # two outputs wrong by about 1: (1 + 1) / 2
    assert wrong[1] == pytest.approx(12.0, abs=0.1)  # two times ln(1 + e^6)


def test_the_slope_is_the_curves() -> None:
    v, h = np.linspace(-3, 3, 13), 1e-6
    numeric = (learning.valley(v + h) - learning.valley(v - h)) / (2 * h)
    np.testing.assert_allclose(learning.valley_slope(v), numeric, atol=1e-8)


def test_a_step_goes_eta_times_the_slope() -> None:
    path = learning.descend(2.0, 0.1, 1)
    assert path[1] == pytest.approx(2.0 - 0.1 * (0.2 * 8 - 0.8 * 2 + 0.15))


def test_small_steps_settle_large_ones_leave() -> None:
    assert learning.descend(2.7, 0.1, 40)[-1] == pytest.approx(1.90, abs=0.005)
    assert learning.descend(2.7, 1.5, 40)[-1] == pytest.approx(-2.13, abs=0.005)
    assert abs(learning.descend(2.7, 3.0, 40)[-1]) == learning.FAR


def test_the_stored_curves_are_of_the_recipes() -> None:
    curves = learning.stored_curves()
    assert list(curves) == ["full-batch", "mini-batch"]
    for name, curve in curves.items():
        config = RECIPES[name].config
        assert len(curve.test_accuracy) == config.epochs == 100
        batch = 60_000 if config.batch_size == "full" else config.batch_size
        assert curve.steps_an_epoch == 60_000 // batch
        assert f"--recipes {name}" in curve.command
    full, mini = (curve.test_accuracy for curve in curves.values())
    # After six epochs they are far apart, after 90 steps (six epochs of mini-batches) near.
    assert mini[5] - full[5] > 0.5
    assert abs(full[89] - mini[5]) < 0.05
    assert (round(100 * full[-1], 2), round(100 * mini[-1], 2)) == (90.58, 96.87)  # as it says
