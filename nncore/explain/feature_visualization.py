"""What a neuron is looking for: the input that excites it most, and the images that do.

Training changes weights and leaves the input alone; here it is the other way round. The same
backpropagation, carried one step further than the first layer's weights, gives the derivative of
a neuron's weighted sum with respect to the pixels (Simonyan et al. 2013, "Deep Inside
Convolutional Networks"; Erhan et al. 2009, "Visualizing Higher-Layer Features").
"""

from dataclasses import dataclass

import numpy as np

from nncore.activations import ACTIVATIONS, Array
from nncore.network import Network

STEPS = 120
STEP_SIZE = 0.1
"""Largest change of one pixel in one step."""
DECAY = 0.02
"""Share of every pixel that is taken away in each step: what helps little stays dark."""


@dataclass(frozen=True, slots=True, eq=False)
class Ascent:
    """An input found by gradient ascent, and the neuron's weighted sum on the way to it."""

    image: Array  # (n_in,) in [0, 1]
    z: Array  # (steps + 1,), of the starting image first


def input_gradient(network: Network, X: Array, layer: int, index: int) -> Array:
    """For gradient ascent on a feature: dz/dx of a neuron's z by each input, (n_samples, n_in).

    The errors of BP2 (Nielsen, eq. 45), started with 1 at the neuron instead of at the cost, and
    once more through the first layer's weights.

    Args:
        network: any network.
        X: (n_samples, n_in).
        layer: from 0, counted from the input's side.
        index: the neuron in that layer.
    """
    return _sum_and_slope(network, X, layer, index)[1]


def _sum_and_slope(network: Network, X: Array, layer: int, index: int) -> tuple[Array, Array]:
    """One neuron's z (n_samples,) and dz/dx (n_samples, n_in)."""
    inputs = layer_inputs(network, X, layer)
    derivative = ACTIVATIONS[network.config.activation].derivative
    w = network.weights[layer][:, index]
    gradient = np.tile(w, (len(X), 1))
    for before in range(layer - 1, -1, -1):
        gradient = gradient * derivative(inputs[before + 1]) @ network.weights[before].T
    return inputs[-1] @ w + network.biases[layer][index], gradient


def layer_inputs(network: Network, X: Array, layer: int) -> list[Array]:
    """What goes into each layer up to `layer`: X, then the activations, (n_samples, n_in) each.

    The layers after it are not computed.
    """
    dtype = network.weights[0].dtype
    inputs: list[Array] = [np.asarray(X, dtype)]
    for W, b, function in zip(
        network.weights[:layer], network.biases, network.functions, strict=False
    ):
        inputs.append(function(inputs[-1] @ W + b))
    return inputs


def excite(
    network: Network,
    layer: int,
    index: int,
    *,
    start: Array | None = None,
    steps: int = STEPS,
    step_size: float = STEP_SIZE,
    decay: float = DECAY,
) -> Ascent:
    """Climb from a dark grey image to one that makes the neuron's weighted sum large.

    Each step moves the pixels along the gradient, the steepest by `step_size`, lets all fade a
    little, and keeps them in [0, 1] as ink is.

    Args:
        network: any network; not changed.
        layer: from 0, counted from the input's side.
        index: the neuron in that layer.
        start: (n_in,) to begin with; an even 0.1 if not given.
        steps: how many.
        step_size: largest change of one pixel in one step.
        decay: share of every pixel taken away in each step.
    """
    n_in = network.layer_sizes[0]
    x = np.full((1, n_in), 0.1) if start is None else np.array(start, np.float64).reshape(1, n_in)
    sums: list[float] = []
    for _ in range(steps):
        z, gradient = _sum_and_slope(network, x, layer, index)
        sums.append(float(z[0]))
        steepest = float(np.abs(gradient).max())
        if steepest == 0 or not np.isfinite(steepest):
            break
        x = np.clip((1 - decay) * x + step_size * gradient / steepest, 0, 1)
    sums.append(float(_sum_and_slope(network, x, layer, index)[0][0]))
    return Ascent(x[0], np.array(sums))


def strongest(network: Network, inputs: Array, layer: int, index: int, count: int) -> Array:
    """The examples that show a neuron's feature: rows by its weighted sum, the largest first.

    Args:
        network: any network.
        inputs: (n_samples, n_in) what goes into the layer: the last of `layer_inputs`.
        layer: from 0, counted from the input's side.
        index: the neuron in that layer.
        count: how many rows at most.
    """
    z = inputs @ network.weights[layer][:, index] + network.biases[layer][index]
    return np.argsort(-z, kind="stable")[:count]
