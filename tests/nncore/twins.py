"""The one way in which the tests compare the two engines."""

from dataclasses import dataclass

import numpy as np

from nncore.engine import Engine


@dataclass(frozen=True)
class Difference:
    maximum: float
    mean: float


def weight_difference(one: Engine, other: Engine) -> Difference:
    """Largest and mean absolute difference over all weights and biases."""
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    gaps = np.concatenate(
        [np.abs(a - b).ravel() for p, q in pairs for a, b in zip(p, q, strict=True)]
    )
    return Difference(float(gaps.max()), float(gaps.mean()))
