"""The quick network is the one that is read: the same steps, whatever is configured."""

from itertools import pairwise, product

import numpy as np
import pytest

from nncore import dropout
from nncore.activations import ACTIVATIONS
from nncore.config import OptimizerName, TrainingConfig
from nncore.costs import COSTS
from nncore.initializers import glorot, initial_parameters
from nncore.network import Network
from nncore.quick.network import QuickNetwork
from tests.nncore.twins import weight_difference

HIDDEN: list[tuple[int, ...]] = [(), (9,), (9, 7), (9, 7, 8)]
PENALTIES = [{}, {"l1": 0.2}, {"l2": 0.3}, {"l1": 0.2, "l2": 0.3}]


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_five_steps_are_those_of_the_network_that_is_read(
    activation: str, cost: str, optimizer: str
) -> None:
    for hidden, penalty, p in product(HIDDEN, PENALTIES, (0.0, 0.4)):
        config = TrainingConfig.parse(
            {
                "hidden": hidden,
                "activation": activation,
                "cost": cost,
                "optimizer": optimizer,
                "learning_rate": 0.01 if optimizer == "adam" else 0.1,
                "dtype": "float64",
                "dropout": p,
                **penalty,
            }
        )
        rng = np.random.default_rng(1)
        parameters = [glorot(*ends, rng) for ends in pairwise((12, *hidden, 10))]
        read, quick = (cls(config, parameters, n_train=20) for cls in (Network, QuickNetwork))
        for step in range(5):
            n = 6 - step % 2  # an epoch's last mini-batch may be smaller
            X, Y = rng.random((n, 12)), np.eye(10)[rng.integers(0, 10, n)]
            masks = dropout.masks(config, 0, 6 * step, n) if p else []
            for network in (read, quick):
                network.learning_rate = config.learning_rate / (1 + step)
                network.train_batch(X, Y, masks)
        what = f"{hidden}, {penalty}, dropout {p}"
        assert weight_difference(read, quick).maximum < 1e-9, what
        assert weight_difference(read, Network(config, parameters)).mean > 1e-4, what
        assert read.evaluate(X, Y) == pytest.approx(quick.evaluate(X, Y), abs=1e-9), what
        assert read.cost(X, Y, masks) == pytest.approx(quick.cost(X, Y, masks), abs=1e-9), what
        for one, other in (
            (read.forward(X), quick.forward(X)),
            (read.predict_proba(X), quick.predict_proba(X)),
        ):
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-9, err_msg=what)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
def test_either_goes_on_from_the_others_state(optimizer: OptimizerName) -> None:
    config = TrainingConfig(hidden=(9,), optimizer=optimizer, dtype="float64", learning_rate=0.01)
    rng = np.random.default_rng(0)
    parameters = initial_parameters(config, rng=rng)
    X, Y = rng.random((6, 784)), np.eye(10)[rng.integers(0, 10, 6)]
    read, quick = Network(config, parameters), QuickNetwork(config, parameters)
    assert read.state().keys() == quick.state().keys()
    for _ in range(3):
        read.train_batch(X, Y)
        quick.train_batch(X, Y)
        for name, values in read.state().items():
            assert values.dtype == quick.state()[name].dtype
            np.testing.assert_allclose(values, quick.state()[name], rtol=0, atol=1e-9)
        state = read.state()
        read.load_state(quick.state())
        quick.load_state(state)


def test_evaluation_in_blocks_is_evaluation() -> None:
    rng = np.random.default_rng(3)
    config = TrainingConfig(hidden=(9, 7), dtype="float64", cost="cross-entropy")
    network = QuickNetwork(config, initial_parameters(config, rng=rng))
    X, Y = rng.random((6, 784)), np.eye(10)[rng.integers(0, 10, 6)]
    X, Y = np.tile(X, (400, 1)), np.tile(Y, (400, 1))  # 2,400 examples: three blocks
    layers = network.forward_pass(X)
    np.testing.assert_allclose(network.forward(X), layers[-1].a, atol=1e-14)
    a = layers[-1].a
    by_formula = -(Y * np.log(a) + (1 - Y) * np.log(1 - a)).sum(axis=1).mean()
    cost, accuracy = network.evaluate(X, Y)
    assert cost == pytest.approx(by_formula, rel=1e-12)
    assert accuracy == pytest.approx(np.mean(a.argmax(1) == Y.argmax(1)))


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
def test_a_large_batch_goes_through_in_parts_to_the_same_steps(
    optimizer: OptimizerName, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = TrainingConfig(
        hidden=(12,), dtype="float64", l2=0.3, learning_rate=0.05, optimizer=optimizer
    )
    config = config.replace(batch_size="full")
    rng = np.random.default_rng(0)
    initial = initial_parameters(config, rng=rng)
    X, Y = rng.random((50, 784)), np.eye(10)[rng.integers(0, 10, 50)]
    whole = QuickNetwork(config, initial, n_train=50)
    monkeypatch.setattr("nncore.quick.network.PART_ROWS", 16)
    parts = QuickNetwork(config, initial, n_train=50)
    meant_for_few = QuickNetwork(config.replace(batch_size=10), initial, n_train=50)
    for _ in range(3):
        whole.train_batch(X, Y)
        parts.train_batch(X, Y)
        meant_for_few.train_batch(X, Y)
    for other in (parts, meant_for_few):
        for (W, b), (V, c) in zip(whole.parameters(), other.parameters(), strict=True):
            np.testing.assert_allclose(W, V, rtol=0, atol=1e-12)
            np.testing.assert_allclose(b, c, rtol=0, atol=1e-12)
    assert np.abs(whole.weights[0] - initial[0][0]).max() > 1e-3


@pytest.mark.parametrize("l1", [0.0, 0.2])
@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_a_plain_step_is_minus_eta_times_the_gradient(l1: float, l2: float) -> None:
    """Also where the step goes straight into the weights, which shrink on the way."""
    config = TrainingConfig(hidden=(12, 7), dtype="float64", l1=l1, l2=l2, learning_rate=0.5)
    rng = np.random.default_rng(0)
    network = QuickNetwork(config, initial_parameters(config, rng=rng), n_train=40)
    X, Y = rng.random((10, 784)), np.eye(10)[rng.integers(0, 10, 10)]
    gradients, before = network.gradients(X, Y), network.parameters()
    network.train_batch(X, Y)
    for (W, b), (dW, db), (V, c) in zip(before, gradients, network.parameters(), strict=True):
        np.testing.assert_allclose(V, W - 0.5 * dW, rtol=0, atol=1e-14)
        np.testing.assert_allclose(c, b - 0.5 * db, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("changes", "in_place"),
    [
        ({}, True),
        ({"l2": 5.0}, True),
        ({"l1": 5.0}, False),
        ({"batch_size": "full"}, False),
        ({"optimizer": "momentum"}, False),
    ],
)
def test_steps_go_into_the_weights_where_that_is_exact(
    changes: dict[str, object], in_place: bool
) -> None:
    config = TrainingConfig(hidden=(5,), learning_rate=0.5).replace(**changes)
    network = QuickNetwork(
        config, initial_parameters(config, rng=np.random.default_rng(0)), n_train=50_000
    )
    assert np.shares_memory(network.total_views[0][0], network.weights[0]) is in_place


def test_a_small_weight_decay_is_not_rounded_away() -> None:
    # float32 knows no 1 - 1e-6: a weight multiplied by it shrinks by 5 % less.
    config = TrainingConfig(hidden=(20,), learning_rate=0.5, l2=0.1, optimizer="sgd")
    initial = initial_parameters(config, rng=np.random.default_rng(0))
    network = QuickNetwork(config, initial, n_train=50_000)
    dark = np.zeros((10, 784), np.float32)
    n_steps = 300
    for _ in range(n_steps):
        network.train_batch(dark, np.eye(10, dtype=np.float32))
    before = np.asarray(initial[0][0], np.float32).astype(np.float64)
    lost = 1 - np.linalg.norm(network.weights[0].astype(np.float64)) / np.linalg.norm(before)
    assert lost == pytest.approx(n_steps * 0.5 * 0.1 / 50_000, rel=0.01)
