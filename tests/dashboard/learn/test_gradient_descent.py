"""What the chapter on gradient descent says, at every place of its controls' ranges."""

import re
from decimal import Decimal

import numpy as np
import pytest

from dashboard.learn import gradient_descent
from dashboard.learn.gradient_descent import budget, descent, journey
from nncore import recipes
from nncore.lessons import learning, surface
from tests.dashboard.worked import is_rounded, work_out

RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 1.5, 2.0, 3.0)


@pytest.mark.parametrize("eta", RATES)
def test_the_words_of_the_balls_way_are_its_numbers(eta: float) -> None:
    for start in np.arange(-30, 31) / 10:
        for steps in (0, 1, 2, 5, 17, 40):
            path = learning.descend(float(start), eta, steps)
            costs = learning.valley(path)
            told = journey(path, costs)
            up = int((np.diff(costs) > 1e-6).sum())
            gone = abs(path[-1]) >= learning.FAR
            assert ("for good" in told) == gone
            assert ("not moved" in told) == (steps == 0)
            if gone:
                n = int(re.findall(r"After (\d+) step", told)[0])
                assert abs(path[n]) >= learning.FAR > abs(path[n - 1])
            elif steps:
                assert ("uphill" in told) == (up > 0)
                assert ("went downhill" in told) == (up == 0)
                assert not up or re.findall(r", (\d+) went uphill", told) == [str(up)]
                assert ("rests" in told) == (up == 0 and abs(costs[-1] - costs[-2]) <= 1e-6)


@pytest.mark.parametrize("eta", RATES)
def test_the_next_step_can_be_worked_out(eta: float) -> None:
    for start in np.arange(-30, 31) / 10:
        numbers, after = re.findall(
            r"C'\(v\) = (.*) = (\S+)\$", gradient_descent._next(float(start), eta)
        )[0]
        assert is_rounded(work_out(numbers), Decimal(after))
        assert float(after) == pytest.approx(learning.descend(start, eta, 1)[1], abs=6e-4)


def test_the_curve_is_the_one_of_its_formula() -> None:
    told = gradient_descent._polynomial("C(v)", learning.VALLEY)
    assert told == r"C(v) = 0.05\,v^4 - 0.4\,v^2 + 0.15\,v + 1.2"
    for v in np.linspace(-3, 3, 13):
        worked = 0.05 * v**4 - 0.4 * v**2 + 0.15 * v + 1.2
        assert learning.valley(np.array(v)) == pytest.approx(worked)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ((0.5, 0.1, 0.4), "3 steps lowered the cost from 1.000 to 0.400."),
        ((0.5, 0.1, 1.5), "3 steps raised the cost from 1.000 to 1.500."),
        ((0.5, 0.1, 1.0001), "3 steps left the cost at 1.000."),
        ((1.7, 0.1, 0.4), "3 steps lowered the cost from 1.000 to 0.400; the ball has left"),
        ((0.5, -1.2, 1.5), "3 steps raised the cost from 1.000 to 1.500; the ball has left"),
    ],
)
def test_the_words_of_a_descent_in_the_plane(end: tuple[float, float, float], words: str) -> None:
    assert descent([(0.0, 0.6, 1.0), (0.1, 0.5, 0.9), (0.2, 0.5, 0.8), end]).startswith(words)


def test_within_the_controls_the_descent_says_what_it_does() -> None:
    plane, images, Y = gradient_descent._plane()
    for eta in (0.001, 0.3):
        for aside in (-0.9, 0.6):
            path = plane.descend(0.0, aside, eta, 6, images, Y)
            told = descent(path)
            assert ("lowered" in told) == (round(path[-1][2], 3) < round(path[0][2], 3))
            inside = -0.5 <= path[-1][0] <= 1.5 and abs(path[-1][1]) <= surface.SURFACE_V[-1]
            assert ("left the picture" in told) != inside


def test_equal_steps_are_held_against_each_other() -> None:
    stored = learning.stored_curves()
    told = budget(stored)
    full, mini = stored["full-batch"].test_accuracy, stored["mini-batch"].test_accuracy
    assert f"{full[89]:.2%} and {mini[5]:.2%}" in told
    one, other = (recipes.RECIPES[name].config for name in ("full-batch", "mini-batch"))
    # The chart's title: the same network, the same learning rate.
    assert one.replace(batch_size=other.batch_size) == other
