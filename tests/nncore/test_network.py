"""The network that is read: worked by hand, and what holds of any network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nncore.activations import Array
from nncore.config import TrainingConfig
from nncore.initializers import initial_parameters
from nncore.network import Network

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


@pytest.mark.parametrize("n_masks", [2, 3])
def test_a_wrong_number_of_masks_is_not_passed_over(n_masks: int) -> None:
    with pytest.raises(ValueError, match="longer"):
        two_two_one().forward_pass(X, [np.ones((1, 2))] * n_masks)


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
