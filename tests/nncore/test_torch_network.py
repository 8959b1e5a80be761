"""NumPy and PyTorch compute the same: outputs, costs, gradients, and weights after 100 steps."""

import numpy as np
import pytest

from nncore import datasets, dropout
from nncore.activations import ACTIVATIONS
from nncore.config import TrainingConfig
from nncore.costs import COSTS
from nncore.training import EpochRecord, build, train
from tests.nncore.twins import weight_difference

TOLERANCE = {"float64": 1e-9, "float32": 1e-4}


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("p", [0.0, 0.4])
def test_same_outputs_costs_and_gradients(activation: str, cost: str, p: float) -> None:
    rng = np.random.default_rng(0)
    config = TrainingConfig.parse(
        {
            "hidden": "12,8",
            "activation": activation,
            "cost": cost,
            "dtype": "float64",
            "l1": 0.1,
            "l2": 0.2,
            "dropout": p,
        }
    )
    engines = build(config, n_train=30)
    numpy, torch = engines["numpy"], engines["torch"]
    X, Y = rng.random((20, 784)), np.eye(10)[rng.integers(0, 10, 20)]
    np.testing.assert_allclose(numpy.forward(X), torch.forward(X), atol=1e-13)
    np.testing.assert_allclose(numpy.predict_proba(X), torch.predict_proba(X), atol=1e-13)
    assert numpy.cost(X, Y) == pytest.approx(torch.cost(X, Y), abs=1e-12)
    masks = dropout.masks(config, 0, 0, 20) if p else []
    pairs = zip(numpy.gradients(X, Y, masks), torch.gradients(X, Y, masks), strict=True)
    for mine, other in pairs:
        for a, b in zip(mine, other, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-13)


# Adam's rate is small because of L1 in float32: a weight within rounding of 0 can have another sign
# in the other engine, and Adam turns even that into a whole step of the learning rate.
@pytest.mark.parametrize(
    "penalty",
    [{}, {"l1": 0.5}, {"l2": 5.0}, {"dropout": 0.3}],
    ids=["no penalty", "L1", "L2", "dropout"],
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
def test_same_weights_after_100_steps(
    optimizer: str, dtype: str, penalty: dict[str, float]
) -> None:
    config = TrainingConfig.parse(
        {
            "dataset": "digits",
            "hidden": "20,16",
            "optimizer": optimizer,
            "dtype": dtype,
            "learning_rate": {"sgd": 0.1, "adam": 0.0003}.get(optimizer, 0.01),
            "batch_size": 10,
            "epochs": 1,
            **penalty,
        }
    )
    data = datasets.load("digits", train_size=1_000, validation_split=0, dtype=dtype)
    engines = build(config, n_train=len(data.train))
    records = list(train(config, data, engines))
    assert {r.engine for r in records if isinstance(r, EpochRecord)} == {"numpy", "torch"}
    difference = weight_difference(engines["numpy"], engines["torch"])
    assert difference.maximum < TOLERANCE[dtype], difference
    fresh = build(config, n_train=len(data.train))["numpy"]
    assert weight_difference(fresh, engines["numpy"]).mean > 10 * TOLERANCE[dtype]  # they did move


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
@pytest.mark.parametrize(("giver", "taker"), [("numpy", "torch"), ("torch", "numpy")])
def test_one_twin_goes_on_from_the_others_state(optimizer: str, giver: str, taker: str) -> None:
    config = TrainingConfig.parse(
        {
            "dataset": "digits",
            "hidden": 16,
            "optimizer": optimizer,
            "dtype": "float64",
            "epochs": 2,
            "learning_rate": 0.01,
        }
    )
    data = datasets.load("digits", dtype="float64")
    first = build(config.replace(epochs=1, engines=giver), n_train=len(data.train))
    list(train(config.replace(epochs=1), data, first))
    second = build(config.replace(engines=taker), n_train=len(data.train))
    second[taker].load_state(first[giver].state())
    list(train(config, data, second))
    whole = build(config.replace(engines=taker), n_train=len(data.train))
    list(train(config, data, whole))
    assert weight_difference(second[taker], whole[taker]).maximum < 1e-9
