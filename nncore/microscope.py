"""One example under the microscope: every number of its forward and its backward pass.

All of it in float64 and without penalties, so that the cost is C_x, the one of the book's four
equations, and a finite difference can be compared digit by digit with backpropagation.
"""

from dataclasses import dataclass

import numpy as np

from nncore.activations import Array
from nncore.gradient_check import numeric_derivative
from nncore.network import Layer, Network


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """What one example does to a network, and what the network should change for it."""

    network: Network
    """A copy in float64, without penalties."""
    x: Array  # (n_in,)
    y: Array  # (n_out,), one-hot
    layers: list[Layer]
    """z and a of each layer, (1, n_out) each."""
    deltas: list[Array]
    """Each layer's error dC/dz, (n_out,) each (BP1, BP2)."""
    gradients: list[tuple[Array, Array]]
    """(dC/dW, dC/db) of each layer (BP4, BP3)."""
    cost: float

    def inputs(self, layer: int) -> Array:
        """What goes into a layer: the pixels, or the activations before it; (n_in,)."""
        return self.layers[layer - 1].a[0] if layer else self.x


def in_float64(network: Network) -> Network:
    """A copy of the network in float64, without penalties."""
    config = network.config.replace(dtype="float64", l1=0.0, l2=0.0, optimizer="sgd")
    return Network(config, network.parameters())


def examine(network: Network, x: Array, target: int) -> Examined:
    """The example's forward pass, errors, gradients and cost.

    Args:
        network: not changed.
        x: (n_in,) the example.
        target: the output that should be 1; all others should be 0.
    """
    exact = in_float64(network)
    X = np.asarray(x, np.float64).reshape(1, -1)
    Y = np.zeros((1, exact.layer_sizes[-1]))
    Y[0, target] = 1
    layers = exact.forward_pass(X)
    return Examined(
        network=exact,
        x=X[0],
        y=Y[0],
        layers=layers,
        deltas=[delta[0] for delta in exact.deltas(layers, Y)],
        gradients=exact.gradients(X, Y),
        cost=exact.cost(X, Y),
    )


def finite_difference(examined: Examined, layer: int, index: tuple[int, ...]) -> float:
    """dC/dw of W[i, j] (index of two) or b[j] (of one) by changing it a little, both ways."""
    network = examined.network
    values = network.weights[layer] if len(index) == 2 else network.biases[layer]
    return numeric_derivative(network, values, index, examined.x[None], examined.y[None])


def cost_after_step(
    examined: Examined, eta: float, *, only: tuple[int, tuple[int, ...]] | None = None
) -> float:
    """The example's cost after one step w -> w - eta dC/dw (Nielsen, eqs. 20 and 21).

    Args:
        examined: as `examine` gave it; not changed.
        eta: the learning rate.
        only: (layer, index) of the one parameter that steps; all of them if not given.
    """
    stepped = Network(examined.network.config, examined.network.parameters())
    for layer, (dW, db) in enumerate(examined.gradients):
        if only is None:
            stepped.weights[layer][...] -= eta * dW
            stepped.biases[layer][...] -= eta * db
        elif only[0] == layer:
            index = only[1]
            pairs = (stepped.weights[layer], dW), (stepped.biases[layer], db)
            values, gradient = pairs[0] if len(index) == 2 else pairs[1]
            values[index] -= eta * gradient[index]
    return stepped.cost(examined.x[None], examined.y[None])
