"""First weights: variances against draws, signals by hand, neurons that stay alike."""

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from nncore.config import InitializerName
from nncore.initializers import INITIALIZERS
from nncore.lessons import initialisation as lesson
from nncore.lessons.images import few_digits

NAMES: tuple[InitializerName, ...] = get_args(InitializerName)


@pytest.mark.parametrize("name", NAMES)
def test_the_variances_are_those_of_the_draws(name: InitializerName) -> None:
    W, b = INITIALIZERS[name](784, lesson.N_UNITS, np.random.default_rng(3))
    of_weight, of_bias = lesson.VARIANCES[name](784, lesson.N_UNITS)
    assert float(W.var()) == pytest.approx(of_weight, rel=0.02)
    assert float(b.var()) == pytest.approx(of_bias, rel=0.4)


def test_the_books_thousand_inputs() -> None:
    """500 of 1,000 inputs are 1: z spreads by sqrt(501), about 22.4, and then by sqrt(3/2)."""
    x = np.repeat([1.0, 0.0], 500)
    assert lesson.spread_of_z("normal", x) == pytest.approx(np.sqrt(501))
    assert lesson.spread_of_z("lecun", x) == pytest.approx(np.sqrt(1.5))


@pytest.mark.parametrize("name", NAMES)
def test_a_thousand_neurons_spread_as_the_formula_says(name: InitializerName) -> None:
    x = few_digits()[0][80]
    z = lesson.first_z(name, x, rng=np.random.default_rng(0))
    assert z.shape == (1000,)
    assert float(z.std()) == pytest.approx(lesson.spread_of_z(name, x), rel=0.08)


def test_awake_by_hand() -> None:
    stands = lesson.awake(np.array([-6.0, 0.0, 0.0, 6.0]))  # sigmoid(6) = 0.9975
    assert stands.saturated == 0.5
    a = 1 / (1 + np.exp(-6.0))
    assert stands.slope == pytest.approx((2 * 0.25 + 2 * a * (1 - a)) / 4)


def test_wide_weights_put_sigmoid_neurons_to_sleep() -> None:
    """The most ink saturates the most, as the lesson asks: a zero; the least, a one."""
    images = few_digits()[0][::20]
    asleep = [
        lesson.awake(lesson.first_z("normal", x, rng=np.random.default_rng(0))).saturated
        for x in images
    ]
    assert int(np.argmax(asleep)) == 0
    assert int(np.argmin(asleep)) == 1
    assert asleep[4] > 0.5
    z = lesson.first_z("lecun", images[4], rng=np.random.default_rng(0))
    assert lesson.awake(z).saturated == 0


def test_he_keeps_what_relu_would_let_grow_or_die() -> None:
    def kept(name: InitializerName, activation: str = "relu") -> tuple[float, float]:
        found = lesson.signals(name, activation)  # pyright: ignore[reportArgumentType]
        assert len(found.forward) == len(found.backward) == lesson.N_LAYERS
        return found.forward[-1] / found.forward[0], found.backward[0] / found.backward[-1]

    assert all(0.4 < factor < 2 for factor in kept("he"))
    assert all(factor > 1000 for factor in kept("normal"))
    assert all(factor < 0.25 for factor in (*kept("lecun"), *kept("glorot")))
    # sqrt(100/2) a layer for N(0, 1): five layers on, 7.07^5 = 17,678
    assert kept("normal")[1] == pytest.approx(17_678, rel=0.3)
    assert all(0.4 < factor < 2 for factor in kept("glorot", "tanh"))
    assert kept("normal", "tanh")[1] > 20


def test_equal_neurons_stay_equal() -> None:
    ran = lesson.course(0)
    assert [ran.n_different(step) for step in (0, 1, 50, lesson.MOST_STEPS)] == [1, 1, 1, 1]
    assert not np.allclose(ran.weights[0], ran.weights[-1])  # they move, together
    assert ran.right[0] == 20  # one digit of ten, the same answer for all
    assert ran.right[-1] == pytest.approx(76, abs=2)  # as the lesson's text says


@pytest.mark.parametrize(("spread", "right"), [(0.01, 193), (0.1, 196), (1.0, 199)])
def test_a_small_difference_grows(spread: float, right: int) -> None:
    ran = lesson.course(spread)
    apart = [float(np.ptp(ran.weights[step], axis=0).max()) for step in (0, lesson.MOST_STEPS)]
    assert apart[1] > 2 * apart[0]
    assert ran.n_different(lesson.MOST_STEPS) == lesson.N_ALIKE
    assert ran.right[-1] == pytest.approx(right, abs=2)


def test_the_real_runs_of_the_answer() -> None:
    """As the lesson's text says: 87.40 and 92.20 % after one epoch, 95.95 and 96.21 % at last."""
    folder = Path(__file__).parents[3] / "assets" / "examples"
    found: list[float] = []
    for name in ("large", "small"):
        stored = json.loads((folder / f"nielsen-ch3-{name}-init.json").read_text("utf-8"))
        found += [round(100 * stored["epochs"][at]["test_accuracy"], 2) for at in (0, 29)]
    assert found == [87.40, 95.95, 92.20, 96.21]
