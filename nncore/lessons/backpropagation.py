"""One example through a 2-2-1 network, there and back, by the book's four equations."""

from collections.abc import Mapping, Sequence

import numpy as np

from nncore.activations import Array
from nncore.config import TrainingConfig
from nncore.gradient_check import numeric_derivative
from nncore.network import Network

SMALL = TrainingConfig(
    hidden=(2,), activation="sigmoid", cost="quadratic", dtype="float64", learning_rate=0.5
)
"""A network of chapter 2: float64 and sigmoid neurons; it takes its sizes from its weights."""


SMALL_PARAMETERS: dict[str, float] = {
    "w11": 0.5,
    "w12": -0.4,
    "w21": 0.8,
    "w22": 0.3,
    "b1": 0.1,
    "b2": -0.2,
    "v1": 1.2,
    "v2": -0.7,
    "c": 0.2,
}
"""Of the 2-2-1 example: w_jk from input j to hidden neuron k, b_k its bias, v_k on to the output,
c the output's bias."""


def small_network(values: Mapping[str, float], eta: float = 0.5) -> Network:
    """The 2-2-1 network with these nine parameters (names as in `SMALL_PARAMETERS`)."""
    W = np.array([[values["w11"], values["w12"]], [values["w21"], values["w22"]]])
    V = np.array([[values["v1"]], [values["v2"]]])
    hidden, output = np.array([values["b1"], values["b2"]]), np.array([values["c"]])
    return Network(SMALL.replace(learning_rate=eta), [(W, hidden), (V, output)])


def small_values(pairs: Sequence[tuple[Array, Array]]) -> dict[str, float]:
    """Parameters or gradients of the 2-2-1 network by name: the inverse of `small_network`."""
    (W, b), (V, c) = pairs
    numbers = [*W.ravel(), *b, *V.ravel(), *c]
    return {name: float(x) for name, x in zip(SMALL_PARAMETERS, numbers, strict=True)}


def small_difference(values: Mapping[str, float], name: str, X: Array, Y: Array) -> float:
    """dC/d(name) by a central difference: two forward passes, no backpropagation."""
    network = small_network(values)
    arrays = [array for pair in zip(network.weights, network.biases) for array in pair]
    places = [(array, index) for array in arrays for index in np.ndindex(array.shape)]
    array, index = places[list(SMALL_PARAMETERS).index(name)]
    return numeric_derivative(network, array, index, X, Y)
