"""Softmax outputs and what pulls at them: two costs on the same outputs (Nielsen, ch. 3)."""

from typing import Literal

import numpy as np

from nncore.activations import Array, softmax
from nncore.costs import log_likelihood

CostOfSoftmax = Literal["quadratic", "log-likelihood"]
"""Two costs of the same softmax outputs. The networks of this project pair softmax with
log-likelihood only; the other one is here to be compared with."""


def cost(z: Array, label: int, name: CostOfSoftmax) -> float:
    """C of one example: 1/2 sum (a_j - y_j)² or -ln a_y (Nielsen, eq. 6 and 80).

    Args:
        z: (n_out,), the weighted inputs of the softmax outputs.
        label: which output is the right one.
        name: the cost.
    """
    y = np.eye(len(z))[label]
    if name == "log-likelihood":
        return log_likelihood(z[None], y[None])
    return float(((softmax(z) - y) ** 2).sum() / 2)


def slope(z: Array, label: int, name: CostOfSoftmax) -> Array:
    """dC/dz of `cost`, (n_out,).

    Of log-likelihood it is a - y (Nielsen, eq. 84). The quadratic cost's has a factor a_j in
    front, a_j ((a_j - y_j) - sum_k (a_k - y_k) a_k), and so stalls where a_j is near 0.
    """
    a = softmax(z)
    error = a - np.eye(len(z))[label]
    if name == "log-likelihood":
        return error
    return a * (error - error @ a)


def unlearn(z: Array, label: int, name: CostOfSoftmax, eta: float, steps: int) -> Array:
    """The outputs before and after each step z -= eta dC/dz, (steps + 1, n_out).

    As if each output were a neuron with nothing but its bias, where db = dz.
    """
    z = np.array(z, np.float64)
    outputs = np.empty((steps + 1, len(z)))
    for step in range(steps + 1):
        outputs[step] = softmax(z)
        z -= eta * slope(z, label, name)
    return outputs
