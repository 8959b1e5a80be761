"""Changes made to a trained network by hand: set a number, silence neurons, add noise.

An `Edit` is plain data and `operate` makes a new network of them, so undoing the last one is
leaving it out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from nncore.activations import Array
from nncore.network import Network
from nncore.quick.network import QuickNetwork


@dataclass(frozen=True, slots=True)
class SetWeight:
    """W[source, index] of a layer becomes `value`."""

    layer: int
    source: int
    index: int
    value: float


@dataclass(frozen=True, slots=True)
class SetBias:
    """b[index] of a layer becomes `value`."""

    layer: int
    index: int
    value: float


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing that hidden neuron `index` says goes on; None silences the whole layer.

    It lasts, whatever is done to the weights afterwards, until the edit is left out.
    """

    layer: int
    index: int | None = None


@dataclass(frozen=True, slots=True)
class AddNoise:
    """Every weight gets a random number of mean 0.

    The standard deviation is `amount` times that of its own layer's weights.
    """

    amount: float
    seed: int


Edit = SetWeight | SetBias | Silence | AddNoise


def operate(network: Network, edits: Iterable[Edit]) -> Network:
    """A new network with the edits made in their order; the first one is left as it is.

    Raises:
        ValueError: an edit names a neuron that is not there, or would silence the output layer.
    """
    edits = list(edits)
    changed = QuickNetwork(network.config.replace(optimizer="sgd"), network.parameters())
    for edit in edits:
        _make(changed, edit)
    # An activation of 0 and weights of 0 are the same to the layer after it.
    for weights_after, quiet in zip(
        changed.weights[1:], silenced(changed.layer_sizes, edits), strict=False
    ):
        weights_after[quiet] = 0
    return changed


def silenced(layer_sizes: tuple[int, ...], edits: Iterable[Edit]) -> list[Array]:
    """Which neurons of each layer after the input say nothing, (n_units,) of bool each."""
    quiet = [np.zeros(size, bool) for size in layer_sizes[1:]]
    for edit in edits:
        if isinstance(edit, Silence):
            quiet[edit.layer][slice(None) if edit.index is None else edit.index] = True
    return quiet


def _make(network: Network, edit: Edit) -> None:
    match edit:
        case SetWeight(layer, source, index, value):
            _check(network, layer, index, source)
            network.weights[layer][source, index] = value
        case SetBias(layer, index, value):
            _check(network, layer, index)
            network.biases[layer][index] = value
        case Silence(layer, index):
            _check(network, layer, index or 0)
            if layer == len(network.weights) - 1:
                raise ValueError("The output layer cannot be silenced; choose a hidden layer.")
        case AddNoise(amount, seed):
            rng = np.random.default_rng(seed)
            for weights in network.weights:
                weights += rng.normal(0, amount * float(weights.std()), weights.shape)


def _check(network: Network, layer: int, index: int, source: int = 0) -> None:
    n_layers = len(network.weights)
    if not 0 <= layer < n_layers:
        raise ValueError(f"There is no layer {layer}; this network has 0 to {n_layers - 1}.")
    n_in, n_out = network.weights[layer].shape
    if not 0 <= index < n_out or not 0 <= source < n_in:
        raise ValueError(
            f"Layer {layer} has no weight from {source} to {index}; its W is ({n_in}, {n_out})."
        )
