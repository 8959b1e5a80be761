"""What an optimizer remembers of a parameter whose gradient stays 0."""

import numpy as np
import pytest

from nncore.config import OptimizerName, TrainingConfig
from nncore.quick.optimizers import BLOCK, QuickOptimizer, build_quick_optimizer

SMALLEST_NORMAL = float(np.finfo(np.float32).tiny)


def step(optimizer: QuickOptimizer, parameters: np.ndarray, gradient: np.ndarray) -> None:
    """What a network does with a gradient; spends it."""
    total = optimizer.total(parameters, gradient)
    added = optimizer.scale * gradient
    total *= optimizer.keep
    total += added
    optimizer.update(parameters, gradient)


@pytest.mark.parametrize("in_place", [False, True])
def test_plain_descent_goes_down_by_eta_either_way(in_place: bool) -> None:
    optimizer = build_quick_optimizer(TrainingConfig(learning_rate=0.5), 2, in_place=in_place)
    parameters = np.array([1.0, 2.0])
    step(optimizer, parameters, np.array([4.0, -1.0]))
    assert parameters.tolist() == [-1.0, 2.5]


def test_momentum_by_hand() -> None:
    config = TrainingConfig(optimizer="momentum", momentum=0.5, learning_rate=0.1, dtype="float64")
    optimizer = build_quick_optimizer(config, 1)
    parameters = np.array([1.0])
    for gradient, expected in ((2.0, 0.8), (1.0, 0.6), (0.0, 0.5)):  # v = 2, 2, 1
        step(optimizer, parameters, np.array([gradient]))
        assert parameters[0] == pytest.approx(expected)


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adam"])
def test_nothing_remembered_shrinks_to_a_denormal_number(name: OptimizerName) -> None:
    optimizer = build_quick_optimizer(TrainingConfig(optimizer=name, momentum=0.5), 3)
    parameters = np.ones(3, np.float32)
    step(optimizer, parameters, np.array([1.0, 1e-12, 0.0], np.float32))
    for _ in range(300):
        step(optimizer, parameters, np.zeros(3, np.float32))
    assert parameters[2] == 1.0  # what keeps the memory awake moves no weight
    for values in optimizer.state().values():
        if values.ndim:
            assert (np.abs(values) >= SMALLEST_NORMAL).all()


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adam"])
def test_blocks_change_no_number(name: OptimizerName) -> None:
    n = 2 * BLOCK + 5
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal((3, n)).astype(np.float32)
    config = TrainingConfig(optimizer=name)
    whole, last = build_quick_optimizer(config, n), build_quick_optimizer(config, 5)
    parameters, few = np.zeros(n, np.float32), np.zeros(5, np.float32)
    for gradient in gradients:
        step(last, few, gradient[-5:].copy())
        step(whole, parameters, gradient.copy())
    assert np.array_equal(parameters[-5:], few)
