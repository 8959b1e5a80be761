"""Cost functions, each with the output activation that it goes with and the gradient of the pair.

The pairs are the book's: where the cost's derivative and the output activation's are multiplied,
much cancels, and the output error delta = dC/dz becomes short and free of overflow. Each `value`
takes the pre-activation z for the same reason: log(a) of an a that was rounded to 0 is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nncore.activations import Array, Function, sigmoid, softmax


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost, its output activation a = f(z), and the output error of one example.

    Attributes:
        name: as `TrainingConfig.cost` has it.
        output_name: f, by name.
        output: f, from z (n_samples, n_out) to a of the same shape.
        value: (z, Y) to the mean cost over the examples.
        delta: (a, Y) to dC_x/dz for each example x, (n_samples, n_out), not yet averaged.
    """

    name: str
    output_name: Literal["sigmoid", "softmax"]
    output: Function
    value: Callable[[Array, Array], float]
    delta: Callable[[Array, Array], Array]


def quadratic(z: Array, Y: Array) -> float:
    """1/2n sum ||a - y||² with a = sigmoid(z) (Nielsen, eq. 6); z and Y (n_samples, n_out)."""
    error = sigmoid(z) - Y
    return 0.5 * float(np.vdot(error, error)) / len(z)


def quadratic_delta(a: Array, Y: Array) -> Array:
    """dC_x/dz = (a - y) a (1 - a), from the activation a = sigmoid(z) (Nielsen, eq. 30)."""
    return (a - Y) * a * (1 - a)


def cross_entropy(z: Array, Y: Array) -> float:
    """-1/n sum [y ln a + (1 - y) ln(1 - a)] with a = sigmoid(z) (Nielsen, eq. 63).

    Summed over the outputs, averaged over the examples. In terms of z the bracket is
    y z - max(z, 0) - ln(1 + exp(-|z|)), which neither overflows nor takes the logarithm of 0.
    """
    terms = np.maximum(z, 0) - z * Y + np.log1p(np.exp(-np.abs(z)))
    return float(terms.sum()) / len(z)


def log_likelihood(z: Array, Y: Array) -> float:
    """-1/n sum ln a_y with a = softmax(z) (Nielsen, eq. 80); z and Y (n_samples, n_out)."""
    shifted = z - z.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return float((log_sum - (shifted * Y).sum(axis=1)).mean())


def difference(a: Array, Y: Array) -> Array:
    """dC_x/dz = a - y, from the activation a.

    Of cross-entropy with sigmoid (Nielsen, eq. 66) and of log-likelihood with softmax (eq. 84).
    """
    return a - Y


COSTS = {
    cost.name: cost
    for cost in (
        Cost("quadratic", "sigmoid", sigmoid, quadratic, quadratic_delta),
        Cost("cross-entropy", "sigmoid", sigmoid, cross_entropy, difference),
        Cost("log-likelihood", "softmax", softmax, log_likelihood, difference),
    )
}
"""By the name that `TrainingConfig.cost` uses."""
