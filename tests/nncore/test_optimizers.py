"""What an optimizer remembers of a parameter whose gradient stays 0."""

import numpy as np
import pytest

from nncore.config import OptimizerName, TrainingConfig
from nncore.optimizers import BLOCK, build_optimizer

SMALLEST_NORMAL = float(np.finfo(np.float32).tiny)


@pytest.mark.parametrize("name", ["momentum", "nesterov", "adam"])
def test_nothing_remembered_shrinks_to_a_denormal_number(name: OptimizerName) -> None:
    optimizer = build_optimizer(TrainingConfig(optimizer=name, momentum=0.5), 3)
    parameters = np.ones(3, np.float32)
    optimizer.update(parameters, np.array([1.0, 1e-12, 0.0], np.float32))
    for _ in range(300):
        optimizer.update(parameters, np.zeros(3, np.float32))
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
    whole, last = build_optimizer(config, n), build_optimizer(config, 5)
    parameters, few = np.zeros(n, np.float32), np.zeros(5, np.float32)
    for gradient in gradients:
        last.update(few, gradient[-5:].copy())
        whole.update(parameters, gradient.copy())
    assert np.array_equal(parameters[-5:], few)
