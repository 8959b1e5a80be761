"""One example's account: against the finite difference, and against the book's equations."""

import numpy as np
import pytest

from nncore.config import TrainingConfig
from nncore.costs import COSTS
from nncore.explain.microscope import cost_after_step, examine, finite_difference, in_float64
from nncore.gradient_check import relative_error
from nncore.initializers import initial_parameters
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
    gradients = examined.network.gradients(examined.x[None], examined.y[None])
    for layer, (dW, db) in enumerate(gradients):
        for index in (tuple(int(rng.integers(n)) for n in dW.shape), (int(rng.integers(len(db))),)):
            analytic = (dW if len(index) == 2 else db)[index]
            assert relative_error(analytic, finite_difference(examined, layer, index)) < 1e-6


def test_the_four_equations_hold_between_its_parts() -> None:
    examined = examine(network(), X, 3)
    net = examined.network
    np.testing.assert_allclose(examined.deltas[-1], examined.layers[-1].a[0] - examined.y)  # BP1
    back = net.weights[2] @ examined.deltas[2] * (1 - examined.layers[1].a[0] ** 2)
    np.testing.assert_allclose(examined.deltas[1], back)  # BP2
    by_terms = examined.handed_back(1, 4).sum() * examined.slope(1, 4)
    assert by_terms == pytest.approx(examined.deltas[1][4])
    gradients = net.gradients(examined.x[None], examined.y[None])
    for layer, (dW, db) in enumerate(gradients):
        np.testing.assert_allclose(db, examined.deltas[layer])  # BP3
        np.testing.assert_allclose(dW[:, 6], examined.weight_slopes(layer, 6))  # BP4


def test_the_slope_of_a_sigmoid_output_is_the_one_in_the_quadratic_error() -> None:
    examined = examine(network(cost="quadratic"), X, 3)
    error = examined.layers[-1].a[0, 5] - examined.y[5]
    assert examined.deltas[-1][5] == pytest.approx(error * examined.slope(2, 5))


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


@pytest.mark.parametrize("cost", COSTS)
def test_a_step_costs_what_a_network_with_the_stepped_numbers_costs(cost: str) -> None:
    examined = examine(network(cost=cost), X, 3)
    X_row, Y_row, eta = examined.x[None], examined.y[None], 0.3
    gradients = examined.network.gradients(X_row, Y_row)

    def stepped(layer: int | None, index: tuple[int, ...] = ()) -> float:
        pairs = examined.network.parameters()
        for k, (own, slopes) in enumerate(zip(pairs, gradients, strict=True)):
            if layer is None:
                own[0][...] -= eta * slopes[0]
                own[1][...] -= eta * slopes[1]
            elif layer == k:
                part = 0 if len(index) == 2 else 1
                own[part][index] -= eta * slopes[part][index]
        return Network(examined.network.config, pairs).cost(X_row, Y_row)

    assert cost_after_step(examined, eta) == pytest.approx(stepped(None), rel=1e-9)
    for layer, index in ((0, (int(np.argmax(X)), 4)), (1, (2, 5)), (2, (6, 3)), (1, (2,))):
        after = cost_after_step(examined, eta, only=(layer, index))
        assert after == pytest.approx(stepped(layer, index), rel=1e-9)
        assert after < examined.cost


def test_a_small_step_lowers_the_cost_by_eta_times_the_squared_slopes() -> None:
    examined = examine(network(), X, 3)
    eta = 1e-6
    gradients = examined.network.gradients(examined.x[None], examined.y[None])
    everything = sum((g**2).sum() for pair in gradients for g in pair)
    fall = examined.cost - cost_after_step(examined, eta)
    assert fall == pytest.approx(eta * everything, rel=1e-2)
