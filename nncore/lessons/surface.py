"""The cost of a real network over a plane through its weights."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from nncore.activations import Array
from nncore.config import TrainingConfig
from nncore.datasets import one_hot
from nncore.initializers import draw_parameters
from nncore.lessons.images import ASSETS, few_digits
from nncore.network import Network
from nncore.quick.threads import limited_to


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Two directions in the space of all parameters: theta = origin + u * first + v * second.

    `first` leads from the untrained network (u = 0) to the trained one (u = 1); `second` is a
    random direction at right angles to it and as long (after Goodfellow, Vinyals and Saxe 2014,
    and Li et al. 2018).
    """

    config: TrainingConfig
    origin: Array
    first: Array
    second: Array

    @classmethod
    def between(cls, trained: Network, *, rng: np.random.Generator) -> "Plane":
        """The plane through a network's first parameters, drawn again from its seed, and its
        trained ones."""
        config = trained.config.replace(dtype="float64")
        origin = _flat(draw_parameters(config))
        first = _flat(trained.parameters()) - origin
        second = rng.standard_normal(len(first))
        second -= first * (second @ first) / (first @ first)
        second *= np.linalg.norm(first) / np.linalg.norm(second)
        return cls(config, origin, first, second)

    def network(self, u: float, v: float) -> Network:
        """The network at a point of the plane."""
        flat = self.origin + u * self.first + v * self.second
        return Network(self.config.replace(l2=0), _unflat(flat, self.config.layer_sizes))

    def cost(self, u: float, v: float, X: Array, Y: Array) -> float:
        """The cost of that network on X, Y."""
        return self.network(u, v).cost(X, Y)

    def slope(self, u: float, v: float, X: Array, Y: Array) -> tuple[float, float]:
        """(dC/du, dC/dv): the gradient by backpropagation, along the two directions."""
        gradient = _flat(self.network(u, v).gradients(X, Y))
        return float(gradient @ self.first), float(gradient @ self.second)

    def descend(
        self, u: float, v: float, eta: float, steps: int, X: Array, Y: Array
    ) -> list[tuple[float, float, float]]:
        """(u, v, cost) before and after each step of gradient descent within the plane."""
        with limited_to(1):  # the products are small
            path = [(u, v, self.cost(u, v, X, Y))]
            for _ in range(steps):
                du, dv = self.slope(u, v, X, Y)
                u, v = u - eta * du, v - eta * dv
                path.append((u, v, self.cost(u, v, X, Y)))
        return path


SURFACE_U, SURFACE_V = np.linspace(-0.5, 1.5, 25), np.linspace(-1, 1, 25)
"""Where the stored surface was measured, along the plane's two directions."""


def lesson_plane(trained: Network) -> Plane:
    """The plane of the stored surface, through the lesson's network."""
    return Plane.between(trained, rng=np.random.default_rng(1))


def measure_surface(plane: Plane) -> Array:
    """The cost on the few digits over `SURFACE_V` (rows) and `SURFACE_U` (columns)."""
    images, labels = few_digits()
    Y = one_hot(labels, 10, "float64")
    with limited_to(1):
        return np.array([[plane.cost(u, v, images, Y) for u in SURFACE_U] for v in SURFACE_V])


@cache
def stored_surface() -> Array:
    """What `measure_surface` gave for `lesson_plane`, (25, 25), to four decimals."""
    file = ASSETS.parent / "results" / "cost-surface.json"
    return np.array(json.loads(file.read_text(encoding="utf-8"))["cost"])


def _flat(pairs: list[tuple[Array, Array]]) -> Array:
    return np.concatenate([x.ravel() for pair in pairs for x in pair]).astype(np.float64)


def _unflat(flat: Array, layer_sizes: Sequence[int]) -> list[tuple[Array, Array]]:
    pairs: list[tuple[Array, Array]] = []
    at = 0
    for n_in, n_out in pairwise(layer_sizes):
        W = flat[at : at + n_in * n_out].reshape(n_in, n_out)
        at += n_in * n_out
        pairs.append((W, flat[at : at + n_out]))
        at += n_out
    return pairs
