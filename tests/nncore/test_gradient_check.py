"""Backpropagation against central differences, and the checker against a planted error."""

import numpy as np
import pytest

from nncore.activations import ACTIVATIONS
from nncore.config import TrainingConfig
from nncore.costs import COSTS
from nncore.gradient_check import TOLERANCE, check_gradients
from nncore.initializers import initial_parameters
from nncore.network import Network


def network_and_batch(**settings: object):
    rng = np.random.default_rng(0)
    config = TrainingConfig.parse({"dtype": "float64", "initializer": "glorot", **settings})
    network = Network(config, initial_parameters(config, rng=rng), n_train=8)
    return network, rng.random((8, 784)), np.eye(10)[rng.integers(0, 10, 8)], rng


@pytest.mark.parametrize(
    "hidden", [(), (12,), (12, 8), (12, 10, 8)], ids=lambda h: f"{len(h)} hidden"
)
@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_cost_and_depth(
    activation: str, cost: str, hidden: tuple[int, ...]
) -> None:
    network, X, Y, rng = network_and_batch(
        activation=activation, cost=cost, hidden=hidden, l1=0.1, l2=0.3
    )
    check = check_gradients(network, X, Y, rng=rng, probes=12)
    assert check.passed, check


def test_a_factor_of_2_001_for_2_is_found() -> None:
    network, X, Y, rng = network_and_batch(hidden=(12,))
    planted = [(dW * 2.001 / 2.0, db) for dW, db in network.gradients(X, Y)]
    check = check_gradients(network, X, Y, rng=rng, gradients=planted)
    assert not check.passed
    assert check.max_relative_error > 100 * TOLERANCE
    assert check.parameter.startswith("W")


def test_parameters_are_put_back() -> None:
    network, X, Y, rng = network_and_batch(hidden=(5,))
    before = network.state()["parameters"]
    check_gradients(network, X, Y, rng=rng)
    assert np.array_equal(before, network.state()["parameters"])


def test_float32_is_refused() -> None:
    network, X, Y, rng = network_and_batch(hidden=(5,), dtype="float32")
    with pytest.raises(ValueError, match="float64"):
        check_gradients(network, X, Y, rng=rng)
