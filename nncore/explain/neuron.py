"""`Neuron`: which one is meant."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Neuron:
    """A neuron by its place: `network.weights[layer][:, index]` are its weights."""

    layer: int
    """From 0, the first layer after the pixels; the last is the output layer."""
    index: int
    """From 0, so that an output neuron's index is its digit."""
