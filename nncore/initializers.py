"""Initial weights and biases, drawn in NumPy from an explicit generator for both engines."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from nncore.activations import Array
from nncore.config import InitializerName, TrainingConfig
from nncore.streams import Stream

Initializer = Callable[[int, int, np.random.Generator], tuple[Array, Array]]
"""(n_in, n_out, rng) to W (n_in, n_out) and b (n_out,), both float64."""


def normal(n_in: int, n_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """W and b from N(0, 1): the book's first choice (Nielsen, ch. 1), slow to start."""
    return rng.standard_normal((n_in, n_out)), rng.standard_normal(n_out)


def lecun(n_in: int, n_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """W from N(0, 1/n_in), b from N(0, 1): the book's better choice (Nielsen, ch. 3)."""
    W, b = normal(n_in, n_out, rng)
    return W / np.sqrt(n_in), b


def glorot(n_in: int, n_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """W from N(0, 2/(n_in + n_out)), b = 0 (Glorot and Bengio 2010): for sigmoid and tanh."""
    return rng.standard_normal((n_in, n_out)) * np.sqrt(2 / (n_in + n_out)), np.zeros(n_out)


def he(n_in: int, n_out: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """W from N(0, 2/n_in), b = 0 (He et al. 2015): for ReLU, which stops half of the signal."""
    return rng.standard_normal((n_in, n_out)) * np.sqrt(2 / n_in), np.zeros(n_out)


INITIALIZERS: dict[InitializerName, Initializer] = {
    "normal": normal,
    "lecun": lecun,
    "glorot": glorot,
    "he": he,
}
"""By the name that `TrainingConfig.initializer` uses."""


def draw_parameters(
    config: TrainingConfig, layer_sizes: Sequence[int] | None = None
) -> list[tuple[Array, Array]]:
    """The initial W (n_in, n_out) and b (n_out,) of each layer that belong to the seed.

    Args:
        config: seed and initializer.
        layer_sizes: those of the configuration unless given.
    """
    rng = np.random.default_rng((config.seed, Stream.WEIGHTS))
    return initial_parameters(config, layer_sizes, rng=rng)


def initial_parameters(
    config: TrainingConfig, layer_sizes: Sequence[int] | None = None, *, rng: np.random.Generator
) -> list[tuple[Array, Array]]:
    """W (n_in, n_out) and b (n_out,) of each layer, drawn from the input's side on."""
    draw = INITIALIZERS[config.initializer]
    return [draw(n_in, n_out, rng) for n_in, n_out in pairwise(layer_sizes or config.layer_sizes)]
