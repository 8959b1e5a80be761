import warnings

import numpy as np
import pytest

from dashboard.models import evaluation, predictions
from nncore.config import TrainingConfig
from nncore.network import Network
from nncore.quick.network import EVALUATION_ROWS

W = np.random.default_rng(0).normal(size=(784, 10))
CONFIG = TrainingConfig(hidden=())
NETWORK = Network(CONFIG, [(W, np.zeros(10))])
DIVERGED = Network(CONFIG, [(np.full_like(W, np.nan), np.zeros(10))])


def images(n: int) -> np.ndarray:
    return np.random.default_rng(n).random((n, 784), dtype=np.float32)


@pytest.mark.parametrize("n", [0, 1, EVALUATION_ROWS, 2 * EVALUATION_ROWS + 3])
def test_many_images_are_answered_as_one_by_one_and_in_order(n: int):
    X = images(n)
    found = predictions.ask_many(NETWORK, X)
    assert found.shape == (n, 10)
    for row in {0, n // 2, n - 1} & {*range(n)}:
        one = predictions.ask(NETWORK, X[row])
        np.testing.assert_allclose(found[row], one.probabilities, rtol=1e-3)
        assert predictions.digits_named(NETWORK, X)[row] == one.digit


def test_a_diverged_network_answers_no_numbers_and_warns_of_nothing():
    X = images(EVALUATION_ROWS + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not np.isfinite(predictions.ask_many(DIVERGED, X)).any()
        assert (predictions.digits_named(DIVERGED, X) == -1).all()
        found = evaluation.evaluate(DIVERGED, X, np.ones(len(X), int))
    assert found.confidence.max() == 0
    assert len(found.mistakes) == len(X)


def test_answers_are_held_against_the_labels():
    X = images(30)
    labels = predictions.digits_named(NETWORK, X)
    labels[[4, 9]] = (labels[[4, 9]] + 1) % 10
    found = evaluation.evaluate(NETWORK, X, labels)
    assert {*found.mistakes} == {4, 9} == {*np.flatnonzero(~found.right)}
    assert np.trace(found.matrix) == 28
    assert 4 in found.cell(int(labels[4]), int(found.predictions[4]))
