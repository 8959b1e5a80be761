"""The NumPy network: one network worked by hand, shapes, and the quick path checked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nncore import dropout
from nncore.activations import Array
from nncore.config import OptimizerName, TrainingConfig
from nncore.initializers import initial_parameters
from nncore.quick.network import Network

BY_HAND = TrainingConfig(
    activation="sigmoid", cost="quadratic", learning_rate=1.0, dtype="float64", engines=("numpy",)
)


def two_two_one() -> Network:
    """2 inputs, 2 hidden sigmoid neurons, 1 output: small enough for a sheet of paper."""
    W1 = np.array([[0.5, -1.0], [1.0, 0.5]])
    b1 = np.array([0.0, 0.5])
    W2 = np.array([[1.0], [-2.0]])
    b2 = np.array([0.25])
    return Network(BY_HAND, [(W1, b1), (W2, b2)])


X = np.array([[1.0, 0.5]])
Y = np.array([[1.0]])
# Hidden layer: z1 = 1 * 0.5 + 0.5 * 1.0 + 0.0 = 1.0       a1 = 1 / (1 + e^-1.0)   = 0.7310586
#               z2 = 1 * -1.0 + 0.5 * 0.5 + 0.5 = -0.25     a2 = 1 / (1 + e^0.25)   = 0.4378235
# Output:       z = 1.0 * 0.7310586 - 2.0 * 0.4378235 + 0.25 = 0.1054116
#               a = 1 / (1 + e^-0.1054116) = 0.5263285
# Cost:         (0.5263285 - 1)^2 / 2 = 0.1121823
# BP1: delta = (a - y) a (1 - a) = -0.4736715 * 0.5263285 * 0.4736715 = -0.1180895
# BP2: delta1 = 1.0 * delta * a1 (1 - a1) = -0.1180895 * 0.1966119 = -0.0232178
#      delta2 = -2.0 * delta * a2 (1 - a2) = 0.2361790 * 0.2461341 = 0.0581317
# BP3: dC/db = delta.   BP4: dC/dw = (activation before) * delta.


def test_forward_pass_by_hand() -> None:
    hidden, output = two_two_one().forward_pass(X)
    np.testing.assert_allclose(hidden.z, [[1.0, -0.25]], atol=1e-7)
    np.testing.assert_allclose(hidden.a, [[0.7310586, 0.4378235]], atol=1e-7)
    np.testing.assert_allclose(output.z, [[0.1054116]], atol=1e-7)
    np.testing.assert_allclose(output.a, [[0.5263285]], atol=1e-7)
    assert two_two_one().cost(X, Y) == pytest.approx(0.1121823, abs=1e-7)


def test_backpropagation_by_hand() -> None:
    (dW1, db1), (dW2, db2) = two_two_one().gradients(X, Y)
    np.testing.assert_allclose(db2, [-0.1180895], atol=1e-7)
    np.testing.assert_allclose(db1, [-0.0232178, 0.0581317], atol=1e-7)
    np.testing.assert_allclose(dW2, [[-0.0863304], [-0.0517023]], atol=1e-7)
    np.testing.assert_allclose(dW1, [[-0.0232178, 0.0581317], [-0.0116089, 0.0290659]], atol=1e-7)


def test_one_step_by_hand() -> None:
    network = two_two_one()
    network.train_batch(X, Y)
    # With eta = 1, w becomes w - dC/dw: 1.0 + 0.0863304 and 0.25 + 0.1180895.
    assert network.weights[1][0, 0] == pytest.approx(1.0863304, abs=1e-7)
    assert network.biases[1][0] == pytest.approx(0.3680895, abs=1e-7)
    assert network.cost(X, Y) < 0.1121823


def small(rng: np.random.Generator, **settings: object) -> tuple[Network, Array, Array]:
    config = TrainingConfig.parse(
        {"hidden": (9, 7), "dtype": "float64", "initializer": "glorot", **settings}
    )
    network = Network(config, initial_parameters(config, rng=rng), n_train=20)
    return network, rng.random((6, 784)), np.eye(10)[rng.integers(0, 10, 6)]


@pytest.mark.parametrize("cost", ["quadratic", "cross-entropy", "log-likelihood"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky-relu", "linear"])
@pytest.mark.parametrize("p", [0.0, 0.4])
def test_the_quick_path_takes_the_step_of_the_clear_one(
    activation: str, cost: str, p: float
) -> None:
    rng = np.random.default_rng(1)
    network, X, Y = small(
        rng, activation=activation, cost=cost, l1=0.2, l2=0.3, learning_rate=0.5, dropout=p
    )
    masks = dropout.masks(network.config, 0, 0, len(X)) if p else []
    gradients = network.gradients(X, Y, masks)
    expected = [
        (W - 0.5 * dW, b - 0.5 * db)
        for (W, b), (dW, db) in zip(network.parameters(), gradients, strict=True)
    ]
    network.train_batch(X, Y, masks)
    for (W, b), (W_expected, b_expected) in zip(network.parameters(), expected, strict=True):
        np.testing.assert_allclose(W, W_expected, rtol=0, atol=1e-14)
        np.testing.assert_allclose(b, b_expected, rtol=0, atol=1e-14)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 12))
def test_a_batch_is_a_set(seed: int, n: int) -> None:
    """Examples do not see each other: order changes neither the outputs nor the gradient."""
    rng = np.random.default_rng(seed)
    network, X, Y = small(rng)
    X, Y = X[rng.integers(0, 6, n)], Y[rng.integers(0, 6, n)]
    order = rng.permutation(n)
    np.testing.assert_allclose(network.forward(X)[order], network.forward(X[order]), atol=1e-14)
    for (dW, db), (eW, eb) in zip(
        network.gradients(X, Y), network.gradients(X[order], Y[order]), strict=True
    ):
        np.testing.assert_allclose(dW, eW, atol=1e-13)
        np.testing.assert_allclose(db, eb, atol=1e-13)


@pytest.mark.parametrize("cost", ["quadratic", "cross-entropy", "log-likelihood"])
def test_probabilities_sum_to_one(cost: str) -> None:
    network, X, _ = small(np.random.default_rng(2), cost=cost)
    np.testing.assert_allclose(network.predict_proba(X).sum(axis=1), 1, atol=1e-12)


def test_evaluation_in_blocks_is_evaluation() -> None:
    rng = np.random.default_rng(3)
    network, X, Y = small(rng, cost="cross-entropy")
    X, Y = np.tile(X, (400, 1)), np.tile(Y, (400, 1))  # 2,400 examples: three blocks
    layers = network.forward_pass(X)
    np.testing.assert_allclose(network.forward(X), layers[-1].a, atol=1e-14)
    a = layers[-1].a
    by_formula = -(Y * np.log(a) + (1 - Y) * np.log(1 - a)).sum(axis=1).mean()
    cost, accuracy = network.evaluate(X, Y)
    assert cost == pytest.approx(by_formula, rel=1e-12)
    assert accuracy == pytest.approx(np.mean(a.argmax(1) == Y.argmax(1)))


def test_costs_survive_a_sure_and_wrong_network() -> None:
    """An output rounded to 0 has no logarithm; the cost from z is finite and right."""
    for cost in ("cross-entropy", "log-likelihood"):
        config = BY_HAND.replace(cost=cost)
        network = Network(config, [(np.zeros((1, 2)), np.array([1000.0, -1000.0]))])
        expected = 2000.0  # 1000 from each sigmoid output; a gap of 2000 in softmax's exponents
        assert network.cost(np.ones((1, 1)), np.array([[0.0, 1.0]])) == pytest.approx(expected)


def test_probabilities_of_outputs_that_are_all_rounded_to_0() -> None:
    for dtype in ("float32", "float64"):
        config = BY_HAND.replace(cost="cross-entropy", dtype=dtype)
        network = Network(config, [(np.zeros((1, 3)), np.array([-900.0, -800.0, -801.0]))])
        (row,) = network.predict_proba(np.ones((1, 1)))
        np.testing.assert_allclose(row, [0, 0.7310586, 0.2689414], atol=1e-6)


def test_a_wrong_shape_is_named() -> None:
    with pytest.raises(ValueError, match=r"\(3, 5\).*784"):
        small(np.random.default_rng(0))[0].forward(np.zeros((3, 5)))


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
    whole = Network(config, initial, n_train=50)
    monkeypatch.setattr("nncore.quick.network.PART_ROWS", 16)
    parts = Network(config, initial, n_train=50)
    meant_for_few = Network(config.replace(batch_size=10), initial, n_train=50)
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
    network = Network(config, initial_parameters(config, rng=rng), n_train=40)
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
    network = Network(
        config, initial_parameters(config, rng=np.random.default_rng(0)), n_train=50_000
    )
    assert np.shares_memory(network.total_views[0][0], network.weights[0]) is in_place


def test_a_small_weight_decay_is_not_rounded_away() -> None:
    # float32 knows no 1 - 1e-6: a weight multiplied by it shrinks by 5 % less.
    config = TrainingConfig(hidden=(20,), learning_rate=0.5, l2=0.1, optimizer="sgd")
    initial = initial_parameters(config, rng=np.random.default_rng(0))
    network = Network(config, initial, n_train=50_000)
    dark = np.zeros((10, 784), np.float32)
    n_steps = 300
    for _ in range(n_steps):
        network.train_batch(dark, np.eye(10, dtype=np.float32))
    before = np.asarray(initial[0][0], np.float32).astype(np.float64)
    lost = 1 - np.linalg.norm(network.weights[0].astype(np.float64)) / np.linalg.norm(before)
    assert lost == pytest.approx(n_steps * 0.5 * 0.1 / 50_000, rel=0.01)
