"""Initial weights: the spread that each initialiser claims, and whose seed they are."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from nncore.config import TrainingConfig
from nncore.initializers import INITIALIZERS, draw_parameters

N_IN, N_OUT = 900, 400
SPREADS = {  # standard deviations of W and b
    "normal": (1, 1),
    "lecun": ((1 / N_IN) ** 0.5, 1),
    "glorot": ((2 / (N_IN + N_OUT)) ** 0.5, 0),
    "he": ((2 / N_IN) ** 0.5, 0),
}


@pytest.mark.parametrize("name", INITIALIZERS)
def test_weights_and_biases_have_the_spread_that_is_claimed(name: str) -> None:
    # Of n numbers the mean is off by 1/sqrt(n) standard deviations and the standard deviation by
    # 1/sqrt(2n): 0.0017 and 0.0012 for the 360,000 weights, 0.05 and 0.035 for the 400 biases. The
    # bounds are five times that; with n_out in the place of n_in, W would be 1.2 to 1.5 times as
    # wide.
    W, b = INITIALIZERS[name](N_IN, N_OUT, np.random.default_rng(0))
    assert W.shape == (N_IN, N_OUT)
    assert b.shape == (N_OUT,)
    for values, spread, bound in ((W, SPREADS[name][0], 0.0085), (b, SPREADS[name][1], 0.25)):
        assert abs(values.mean()) <= bound * spread
        assert abs(values.std() - spread) <= bound * spread


@pytest.mark.parametrize("sizes", [None, (5, 4, 3)])
def test_parameters_belong_to_the_seed(sizes: Sequence[int] | None) -> None:
    config = TrainingConfig(hidden=(6,), seed=3)
    drawn = draw_parameters(config, sizes)
    assert [W.shape for W, _ in drawn] == list(pairwise(sizes or (784, 6, 10)))
    other = draw_parameters(config.replace(seed=4), sizes)
    for (W, b), (same_W, same_b), (other_W, _) in zip(
        drawn, draw_parameters(config, sizes), other, strict=True
    ):
        np.testing.assert_array_equal(W, same_W)
        np.testing.assert_array_equal(b, same_b)
        assert not np.array_equal(W, other_W)
