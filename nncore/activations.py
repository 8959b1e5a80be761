"""Activation functions, each beside its derivative.

Every function takes the pre-activation z and can write into `out`, as NumPy's own do.
Every derivative takes the *activation* a = f(z), never z: for these functions a says all that is
needed, and it is what the forward pass has kept. (Feeding a derivative the wrong one of the two is
the classic silent mistake; ReLU hides it, because a > 0 exactly where z > 0.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""float32 or float64; the shape is in each docstring."""

LEAK = 0.01
"""Slope of the leaky ReLU for negative z (Maas et al. 2013)."""


class Function(Protocol):
    """An activation function a = f(z) of an array of any shape, to an array of that shape."""

    def __call__(self, z: Array, out: Array | None = None, /) -> Array:
        """f(z), written into `out` if it is given, which may be z itself."""
        ...


@dataclass(frozen=True, slots=True)
class Activation:
    """A function a = f(z) applied to each number, and its derivative da/dz as a function of a."""

    name: str
    function: Function
    derivative: Callable[[Array], Array]

    def __call__(self, z: Array) -> Array:
        """a = f(z), any shape."""
        return self.function(z)


def sigmoid(z: Array, out: Array | None = None) -> Array:
    """1 / (1 + exp(-z)) (Nielsen, eq. 3), written as (1 + tanh(z/2)) / 2, which cannot overflow."""
    a = np.multiply(z, 0.5, out=out)
    np.tanh(a, out=a)
    a += 1
    a *= 0.5
    return a


def sigmoid_derivative(a: Array) -> Array:
    """da/dz = a (1 - a), from the activation a."""
    return a * (1 - a)


def log_sigmoid(z: Array) -> Array:
    """ln sigmoid(z) = min(z, 0) - ln(1 + exp(-|z|)), finite where sigmoid(z) is rounded to 0."""
    return np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z)))


def tanh(z: Array, out: Array | None = None) -> Array:
    """tanh(z) (Nielsen, eq. 110)."""
    return np.tanh(z, out=out)


def tanh_derivative(a: Array) -> Array:
    """da/dz = 1 - a², from the activation a."""
    return 1 - a * a


def relu(z: Array, out: Array | None = None) -> Array:
    """max(0, z) (Nielsen, eq. 112)."""
    return np.maximum(z, 0, out=out)


def relu_derivative(a: Array) -> Array:
    """da/dz = 1 where a > 0, else 0 (at z = 0 too, as in PyTorch), from the activation a."""
    return a > 0


def leaky_relu(z: Array, out: Array | None = None) -> Array:
    """z where z > 0, else LEAK * z."""
    return np.maximum(z, z * LEAK, out=out)


def leaky_relu_derivative(a: Array) -> Array:
    """da/dz = 1 where a > 0, else LEAK, from the activation a (which has the sign of z)."""
    return np.maximum(a > 0, a.dtype.type(LEAK))


def linear(z: Array, out: Array | None = None) -> Array:
    """f(z) = z: layers of it are worth one layer, which is the lesson."""
    if out is None:
        return z.copy()
    if out is not z:
        np.copyto(out, z)
    return out


def linear_derivative(a: Array) -> Array:
    """da/dz = 1, from the activation a."""
    return np.ones_like(a)


def softmax(z: Array, out: Array | None = None) -> Array:
    """exp(z_j) / sum_k exp(z_k) along the last axis (Nielsen, eq. 78); rows sum to 1.

    Only an output layer's: it mixes the numbers of a row, so it has no derivative of this
    module's kind. Its cost (log-likelihood) knows the gradient of the pair.
    """
    a = np.subtract(z, z.max(axis=-1, keepdims=True), out=out)
    np.exp(a, out=a)
    a /= a.sum(axis=-1, keepdims=True)
    return a


ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("sigmoid", sigmoid, sigmoid_derivative),
        Activation("tanh", tanh, tanh_derivative),
        Activation("relu", relu, relu_derivative),
        Activation("leaky-relu", leaky_relu, leaky_relu_derivative),
        Activation("linear", linear, linear_derivative),
    )
}
"""The hidden layers' choices, by the name that `TrainingConfig.activation` uses."""
