"""The rules by hand, each on one parameter whose gradient is 2, then 1, then 0."""

import math

import numpy as np
import pytest

from nncore.config import OptimizerName, TrainingConfig
from nncore.optimizers import build_optimizer

GRADIENTS = (2.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("name", "directions"),
    [
        ("sgd", (2, 1, 0)),
        ("momentum", (2, 2, 1)),  # v = 0.5 v + g
        ("nesterov", (2 + 1, 1 + 1, 0 + 0.5)),  # g + 0.5 v
    ],
)
def test_the_direction_by_hand(name: OptimizerName, directions: tuple[float, ...]) -> None:
    optimizer = build_optimizer(TrainingConfig(optimizer=name, momentum=0.5))
    for g, expected in zip(GRADIENTS, directions, strict=True):
        assert optimizer.direction(np.array([g])) == pytest.approx(expected)


def test_adam_by_hand() -> None:
    optimizer = build_optimizer(TrainingConfig(optimizer="adam"))
    # m = 0.1 * 2, over 1 - 0.9: 2; v = 0.001 * 4, over 1 - 0.999: 4.
    assert optimizer.direction(np.array([2.0])) == pytest.approx(2 / math.sqrt(4))
    # m = 0.9 * 0.2 + 0.1 * 1 = 0.28, over 1 - 0.81; v = 0.999 * 0.004 + 0.001 = 0.004996, over
    # 1 - 0.998001.
    expected = (0.28 / 0.19) / math.sqrt(0.004996 / 0.001999)
    assert optimizer.direction(np.array([1.0])) == pytest.approx(expected)
