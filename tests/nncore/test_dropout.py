"""Dropout: its masks, its gradient, and that it is off where a network is used."""

import numpy as np
import pytest

from nncore import datasets, dropout
from nncore.activations import ACTIVATIONS
from nncore.config import TrainingConfig
from nncore.expressions import parse
from nncore.gradient_check import check_gradients
from nncore.initializers import initial_parameters
from nncore.lab.expression_network import ExpressionNetwork
from nncore.network import Network
from nncore.training import EpochRecord, build, train
from tests.nncore.twins import weight_difference

CONFIG = TrainingConfig(hidden=(30, 21), dropout=0.2, seed=3)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_mask_leaves_out_its_share_and_keeps_the_mean(p: float, dtype: str) -> None:
    masks = dropout.masks(CONFIG.replace(dropout=p, dtype=dtype), 0, 0, 4_000)
    assert [mask.shape for mask in masks] == [(4_000, 30), (4_000, 21)]
    for mask in masks:
        assert mask.dtype == dtype
        kept = mask > 0
        np.testing.assert_allclose(mask[kept], 1 / (1 - p), rtol=1e-4)
        # 84,000 and more draws: five standard deviations are below 0.009.
        assert abs(kept.mean() - (1 - p)) < 0.009
        # Each neuron and each example for itself: neither row nor column is all the same.
        assert kept.std(axis=0).min() > 0.2
        assert 0 < np.corrcoef(kept[:, 0], kept[:, 1])[0, 1] + 0.1 < 0.2


def test_an_example_has_its_mask_wherever_a_block_begins() -> None:
    whole = dropout.masks(CONFIG, 2, 0, 50)
    for first, n in ((0, 7), (7, 20), (27, 23)):
        part = dropout.masks(CONFIG, 2, first, n)
        for mask, expected in zip(part, whole, strict=True):
            np.testing.assert_array_equal(mask, expected[first : first + n])


def test_masks_differ_by_epoch_seed_and_layer() -> None:
    config = CONFIG.replace(hidden=(30, 30))
    one, other_layer = dropout.masks(config, 0, 0, 20)
    for other in (
        other_layer,
        dropout.masks(config, 1, 0, 20)[0],
        dropout.masks(config.replace(seed=4), 0, 0, 20)[0],
    ):
        assert 0.1 < np.mean(one != other) < 0.9


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gradient_under_a_fixed_mask(activation: str) -> None:
    rng = np.random.default_rng(0)
    config = TrainingConfig.parse(
        {
            "hidden": "12,8",
            "activation": activation,
            "initializer": "glorot",
            "dropout": 0.4,
            "l2": 0.1,
            "dtype": "float64",
        }
    )
    network = Network(config, initial_parameters(config, rng=rng), n_train=8)
    for b in network.biases:  # else a neuron that is given nothing stands right at ReLU's kink
        b += rng.normal(size=b.shape)
    X, Y = rng.random((8, 784)), np.eye(10)[rng.integers(0, 10, 8)]
    masks = dropout.masks(config, 0, 0, 8)
    check = check_gradients(network, X, Y, rng=rng, masks=masks)
    assert check.passed, check
    without = network.gradients(X, Y)
    assert not check_gradients(network, X, Y, rng=rng, masks=masks, gradients=without).passed


def test_a_typed_activation_takes_the_same_step_under_a_mask() -> None:
    config = TrainingConfig(
        hidden=(12, 8), activation="tanh", dropout=0.4, dtype="float64", initializer="glorot"
    )
    rng = np.random.default_rng(0)
    parameters = initial_parameters(config, rng=rng)
    X, Y = rng.random((8, 784)), np.eye(10)[rng.integers(0, 10, 8)]
    plain = Network(config, parameters)
    typed = ExpressionNetwork(
        config, parameters, activation=parse("tanh(z)"), derivative=parse("1 - tanh(z) ** 2")
    )
    for network in (plain, typed):
        network.train_batch(X, Y, dropout.masks(config, 0, 0, 8))
    assert weight_difference(plain, typed).maximum < 1e-14


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_dropout_is_for_training_only(engine: str) -> None:
    config = TrainingConfig.parse(
        {"dataset": "digits", "hidden": 40, "epochs": 3, "engines": engine}
    )
    data = datasets.load_for(config)
    plain = build(config, len(data.train))[engine]
    dropped = build(config.replace(dropout=0.5), len(data.train))
    X = data.test.images
    np.testing.assert_array_equal(plain.forward(X), dropped[engine].forward(X))
    records = list(train(config.replace(dropout=0.5), data, dropped))
    last = [record for record in records if isinstance(record, EpochRecord)][-1]
    assert last.test_accuracy > 0.85
    assert weight_difference(plain, dropped[engine]).maximum > 0.01
    right = dropped[engine].predict_proba(X).argmax(axis=1) == data.test.labels
    assert right.mean() == pytest.approx(last.test_accuracy)


def test_a_network_without_hidden_layers_has_nothing_to_leave_out() -> None:
    config = TrainingConfig(dataset="digits", hidden=(), epochs=1, dropout=0.5, engines=("numpy",))
    data = datasets.load_for(config)
    engines = build(config, len(data.train))
    plain = build(config.replace(dropout=0.0), len(data.train))
    list(train(config, data, engines))
    list(train(config.replace(dropout=0.0), data, plain))
    assert weight_difference(engines["numpy"], plain["numpy"]).maximum == 0
