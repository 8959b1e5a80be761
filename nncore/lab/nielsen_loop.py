"""The book's own training loop, an example at a time, to measure what whole batches are worth.

Written anew after the structure of the book's `network.py` (Nielsen, ch. 1 and 2) for today's
NumPy: column vectors, a forward and a backward pass for each example, gradients summed up over
the mini-batch in lists. It computes what `nncore.network.Network` computes for the quadratic cost
and sigmoid neurons, to rounding; only the way differs.
"""

import numpy as np

from nncore.activations import Array


class NielsenNetwork:
    """Sigmoid layers and the quadratic cost, as in the book: W (n_out, n_in), b (n_out, 1).

    Args:
        parameters: initial W (n_in, n_out) and b (n_out,) of each layer; copied to float64.
    """

    def __init__(self, parameters: list[tuple[Array, Array]]) -> None:
        self.weights: list[Array] = [np.array(W.T, np.float64) for W, _ in parameters]
        self.biases: list[Array] = [np.array(b[:, None], np.float64) for _, b in parameters]

    def train_epoch(self, examples: list[tuple[Array, Array]], batch_size: int, eta: float) -> None:
        """One pass over the examples, x (n_in, 1) and y (n_out, 1) each, in the order given."""
        for start in range(0, len(examples), batch_size):
            self.update_mini_batch(examples[start : start + batch_size], eta)

    def update_mini_batch(self, mini_batch: list[tuple[Array, Array]], eta: float) -> None:
        """One step of gradient descent, by backpropagation for each example (eqs. 20 and 21)."""
        nabla_w = [np.zeros(W.shape) for W in self.weights]
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        for x, y in mini_batch:
            delta_w, delta_b = self.backprop(x, y)
            nabla_w = [total + part for total, part in zip(nabla_w, delta_w, strict=True)]
            nabla_b = [total + part for total, part in zip(nabla_b, delta_b, strict=True)]
        step = eta / len(mini_batch)
        self.weights = [W - step * dW for W, dW in zip(self.weights, nabla_w, strict=True)]
        self.biases = [b - step * db for b, db in zip(self.biases, nabla_b, strict=True)]

    def backprop(self, x: Array, y: Array) -> tuple[list[Array], list[Array]]:
        """(dC_x/dW, dC_x/db) of one example, a list over the layers each (BP1 to BP4)."""
        activation, activations, zs = x, [x], list[Array]()
        for W, b in zip(self.weights, self.biases, strict=True):
            z = np.dot(W, activation) + b
            activation = sigmoid(z)
            zs.append(z)
            activations.append(activation)
        delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
        nabla_w, nabla_b = [np.dot(delta, activations[-2].T)], [delta]
        for layer in range(2, len(self.weights) + 1):
            delta = np.dot(self.weights[-layer + 1].T, delta) * sigmoid_prime(zs[-layer])
            nabla_w.insert(0, np.dot(delta, activations[-layer - 1].T))
            nabla_b.insert(0, delta)
        return nabla_w, nabla_b


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)) (Nielsen, eq. 3), as the book computes it."""
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z: Array) -> Array:
    """Its derivative, from z."""
    return sigmoid(z) * (1 - sigmoid(z))
