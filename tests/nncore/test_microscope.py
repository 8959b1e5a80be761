"""One example's account: against the finite difference, and against the book's equations."""

import numpy as np
import pytest

from nncore.config import TrainingConfig
from nncore.costs import COSTS
from nncore.gradient_check import relative_error
from nncore.initializers import initial_parameters
from nncore.microscope import cost_after_step, examine, finite_difference, in_float64
from nncore.network import Network


def network(**settings: object) -> Network:
    config = TrainingConfig.parse(
        {"hidden": (9, 7), "activation": "tanh", "initializer": "glorot", "l2": 5.0, **settings}
    )
    return Network(config, initial_parameters(config, rng=np.random.default_rng(1)), n_train=1)


X = np.random.default_rng(2).random(784)


@pytest.mark.parametrize("cost", COSTS)
def test_backpropagation_is_the_finite_difference_of_weights_and_biases(cost: str) -> None:
    examined = examine(network(cost=cost), X, 3)
    rng = np.random.default_rng(3)
    for layer, (dW, db) in enumerate(examined.gradients):
        for index in (tuple(int(rng.integers(n)) for n in dW.shape), (int(rng.integers(len(db))),)):
            analytic = (dW if len(index) == 2 else db)[index]
            assert relative_error(analytic, finite_difference(examined, layer, index)) < 1e-6


def test_the_four_equations_hold_between_its_parts() -> None:
    examined = examine(network(), X, 3)
    net = examined.network
    np.testing.assert_allclose(examined.deltas[-1], examined.layers[-1].a[0] - examined.y)  # BP1
    back = net.weights[2] @ examined.deltas[2] * (1 - examined.layers[1].a[0] ** 2)
    np.testing.assert_allclose(examined.deltas[1], back)  # BP2
    for layer, (dW, db) in enumerate(examined.gradients):
        np.testing.assert_allclose(db, examined.deltas[layer])  # BP3
        np.testing.assert_allclose(dW, np.outer(examined.inputs(layer), examined.deltas[layer]))


def test_the_penalty_is_left_out_and_the_network_untouched() -> None:
    net = network()
    examined = examine(net, X, 3)
    assert examined.cost == pytest.approx(-np.log(examined.layers[-1].a[0, 3]))
    finite_difference(examined, 0, (5, 5))
    cost_after_step(examined, 1.0)
    again = examine(net, X, 3)
    assert again.cost == examined.cost
    np.testing.assert_array_equal(examined.network.weights[0], again.network.weights[0])
    assert net.config.dtype == "float32"
    assert in_float64(net).weights[0].dtype == np.float64


def test_a_small_step_lowers_the_cost_by_eta_times_the_squared_slope() -> None:
    examined = examine(network(), X, 3)
    eta = 1e-6
    index = (int(np.argmax(X)), 4)
    slope = examined.gradients[0][0][index]
    fall = examined.cost - cost_after_step(examined, eta, only=(0, index))
    assert fall == pytest.approx(eta * slope**2, rel=1e-3)
    slope = examined.gradients[1][1][2]
    fall = examined.cost - cost_after_step(examined, eta, only=(1, (2,)))
    assert fall == pytest.approx(eta * slope**2, rel=1e-3)
    everything = sum((g**2).sum() for pair in examined.gradients for g in pair)
    fall = examined.cost - cost_after_step(examined, eta)
    assert fall == pytest.approx(eta * everything, rel=1e-2)
