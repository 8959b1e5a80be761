"""One example under the microscope: every number of its forward and its backward pass.

All of it in float64 and without penalties, so that the cost is C_x, the one of the book's four
equations, and a finite difference can be compared digit by digit with backpropagation.
"""

from dataclasses import dataclass

import numpy as np

from nncore.activations import ACTIVATIONS, Array
from nncore.costs import COSTS
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
    """Each layer's error dC/dz, (n_out,) each (BP1, BP2); dC/db is the same (BP3)."""
    cost: float

    def inputs(self, layer: int) -> Array:
        """What goes into a layer: the pixels, or the activations before it; (n_in,)."""
        return self.layers[layer - 1].a[0] if layer else self.x

    def weight_slopes(self, layer: int, index: int) -> Array:
        """dC/dw = a_i delta of each weight into one neuron (BP4), (n_in,).

        All of dC/dW is the outer product of `inputs` and `deltas`: of a large network millions of
        numbers, so only the column that is looked at is written out.
        """
        return self.inputs(layer) * self.deltas[layer][index]

    def handed_back(self, layer: int, index: int) -> Array:
        """w_jk delta_k that a hidden neuron j gets from each neuron k after it, (n_after,).

        Their sum times `slope` is its own error (BP2).
        """
        return self.network.weights[layer + 1][index] * self.deltas[layer + 1]

    def slope(self, layer: int, index: int) -> float:
        """f'(z) of a hidden neuron, or of a sigmoid output."""
        hidden = layer < len(self.deltas) - 1
        name = self.network.config.activation if hidden else "sigmoid"
        return float(ACTIVATIONS[name].derivative(self.layers[layer].a[0, index : index + 1])[0])


def in_float64(network: Network) -> Network:
    """A copy of the network for the microscope: in float64, without penalties."""
    config = network.config.replace(dtype="float64", l1=0.0, l2=0.0, optimizer="sgd")
    return Network(config, network.parameters())


def examine(network: Network, x: Array, target: int) -> Examined:
    """The example's forward pass, errors and cost.

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
        cost=exact.cost(X, Y),
    )


def finite_difference(examined: Examined, layer: int, index: tuple[int, ...]) -> float:
    """Under the microscope: dC/dw of W[i, j] (index of two) or b[j] (of one) by a small change."""
    network = examined.network
    values = network.weights[layer] if len(index) == 2 else network.biases[layer]
    return numeric_derivative(network, values, index, examined.x[None], examined.y[None])


def cost_after_step(
    examined: Examined, eta: float, *, only: tuple[int, tuple[int, ...]] | None = None
) -> float:
    """Under the microscope: the cost after one step w -> w - eta dC/dw (Nielsen, eqs. 20, 21).

    Args:
        examined: as `examine` gave it; not changed.
        eta: the learning rate.
        only: (layer, index) of the one parameter that steps; all of them if not given.
    """
    network = examined.network
    a = z = examined.x
    for layer, (W, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        # With dW = (inputs deltaᵀ), a (W - eta dW) is a W - eta (a · inputs) delta: no copy of W.
        before, delta = examined.inputs(layer), examined.deltas[layer]
        z = a @ W + b
        if only is None:
            z -= eta * (a @ before + 1) * delta
        elif only[0] == layer:
            *source, index = only[1]
            slope = before[source[0]] ** 2 if source else 1.0
            z[index] -= eta * slope * delta[index]
        a = network.functions[layer](z[None])[0]
    return COSTS[network.config.cost].value(z[None], examined.y[None])
