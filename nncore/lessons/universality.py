"""Towers of bumps: a network that comes near any function (Nielsen, ch. 4)."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from nncore.activations import Array
from nncore.lessons.backpropagation import SMALL
from nncore.network import Network


def _nielsen(x: Array) -> Array:
    return 0.2 + 0.4 * x**2 + 0.3 * x * np.sin(15 * x) + 0.05 * np.cos(50 * x)


def _hill(x: Array) -> Array:
    return 0.15 + 0.7 * np.exp(-(((x - 0.5) / 0.18) ** 2))


def _stairs(x: Array) -> Array:
    return np.choose(np.minimum((np.asarray(x) * 3).astype(int), 2), [0.2, 0.8, 0.45])


TARGETS: dict[str, Callable[[Array], Array]] = {
    "wiggle": _nielsen,
    "hill": _hill,
    "stairs": _stairs,
}
"""Functions on [0, 1] with values in (0, 1); `wiggle` is Nielsen's (eq. 113)."""


def logit(a: Array) -> Array:
    """The z with sigmoid(z) = a, for a in (0, 1)."""
    return np.log(a / (1 - a))


def bump_network(edges: Sequence[tuple[float, float]], heights: Array, weight: float) -> Network:
    """A 1-2n-1 network whose output neuron's z is a sum of n bumps (Nielsen, chapter 4).

    Each bump is a pair of hidden neurons with the input weight `weight`: one steps up at the left
    edge (its bias is -weight * edge), its fellow takes the same height away at the right one.
    """
    places = np.array(edges, dtype=np.float64).ravel()  # (2n,)
    W = np.full((1, len(places)), float(weight))
    V = np.column_stack([heights, -np.asarray(heights)]).reshape(-1, 1)  # (2n, 1)
    config = SMALL.replace(hidden=(len(places),))
    return Network(config, [(W, -weight * places), (V, np.zeros(1))])


def fit_with_bumps(target: Callable[[Array], Array], n_bumps: int, weight: float) -> Network:
    """`bump_network` with n equal bumps, each as high as the target wants at its middle.

    The output neuron squashes, so the bumps make logit(target).
    """
    edges = np.linspace(0, 1, n_bumps + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    return bump_network(list(pairwise(edges)), logit(target(middles)), weight)


def mean_deviation(network: Network, target: Callable[[Array], Array], points: int = 1000) -> float:
    """The mean distance between the network's output and the target on [0, 1]."""
    x = (np.arange(points) + 0.5) / points
    return float(np.abs(network.forward(x[:, None])[:, 0] - target(x)).mean())
