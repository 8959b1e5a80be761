"""The book's loop is a fair opponent only if it computes the same network."""

import numpy as np
import pytest

from nncore.config import TrainingConfig
from nncore.initializers import draw_parameters
from nncore.lab.nielsen_loop import NielsenNetwork
from nncore.network import Network


@pytest.mark.parametrize("hidden", [(), (30,), (16, 12)])
def test_a_few_mini_batches_give_the_same_weights(hidden: tuple[int, ...]) -> None:
    config = TrainingConfig(
        hidden=hidden,
        activation="sigmoid",
        cost="quadratic",
        learning_rate=3.0,
        initializer="normal",
        dtype="float64",
    )
    parameters = draw_parameters(config)
    rng = np.random.default_rng(0)
    X, labels = rng.random((47, 784)), rng.integers(0, 10, 47)
    ours = Network(config, parameters, n_train=47)
    staged_X, staged_Y = ours.stage(X, labels)
    theirs = NielsenNetwork(parameters)
    for start in range(0, 47, 10):  # the last mini-batch has 7 examples
        rows = slice(start, start + 10)
        ours.train_batch(staged_X[rows], staged_Y[rows])
    examples = [(x[:, None], y[:, None]) for x, y in zip(X, np.eye(10)[labels], strict=True)]
    theirs.train_epoch(examples, 10, 3.0)

    moved = max(np.abs(W - start).max() for W, (start, _) in zip(ours.weights, parameters))
    assert moved > 1e-3
    for k in range(len(parameters)):
        np.testing.assert_allclose(theirs.weights[k].T, ours.weights[k], rtol=0, atol=1e-12)
        np.testing.assert_allclose(theirs.biases[k][:, 0], ours.biases[k], rtol=0, atol=1e-12)
