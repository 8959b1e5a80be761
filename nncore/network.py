"""`Network`: a multilayer perceptron as the book's chapter 2 writes it, from z = W a + b to BP4.

The book's x is a column and its w_jk leads from neuron k to j. Here an example is a row of X and
W is (n_in, n_out), so W a + b is written a W + b, for all examples of a mini-batch at once.
`nncore.quick.network` computes the same numbers in reused memory: that is what trains.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nncore.activations import ACTIVATIONS, Array, log_sigmoid, softmax
from nncore.config import TrainingConfig
from nncore.costs import COSTS
from nncore.numpy_engine import NumpyEngine
from nncore.optimizers import build_optimizer


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """What a layer of the network computed: z = a_before W + b and a = f(z), (n_samples, n_out)."""

    z: Array
    a: Array
    mask: Array | float = 1.0
    """What dropout multiplies a with, (n_samples, n_out); see `nncore.dropout`."""

    @property
    def passed_on(self) -> Array:
        """What the next layer is given: a, without the neurons that are left out."""
        return self.a * self.mask


class Network(NumpyEngine):
    """Fully connected layers trained by backpropagation; satisfies `nncore.engine.Engine`.

    Args:
        config: activation, cost, optimizer, penalties and dtype. The layer sizes are those of
            the parameters (so that a lesson can have a 2-2-1 network).
        parameters: initial W (n_in, n_out) and b (n_out,) of each layer; copied.
        n_train: size of the training set: the n of the book's lambda/n.
    """

    def __init__(
        self, config: TrainingConfig, parameters: list[tuple[Array, Array]], *, n_train: int = 1
    ) -> None:
        super().__init__(config)
        self.n_train = n_train
        self.weights = [np.array(W, config.dtype) for W, _ in parameters]
        self.biases = [np.array(b, config.dtype) for _, b in parameters]
        self.layer_sizes = (len(self.weights[0]), *(len(b) for b in self.biases))
        self._activation, self._cost = ACTIVATIONS[config.activation], COSTS[config.cost]
        hidden: list[Callable[[Array], Array]] = [self._activation] * (len(parameters) - 1)
        self.functions = [*hidden, self._cost.output]
        self.optimizers = [build_optimizer(config) for _ in (*self.weights, *self.biases)]

    def forward_pass(self, X: Array, masks: Sequence[Array] = ()) -> list[Layer]:
        """Every layer's z = a W + b and a = f(z) (Nielsen, eq. 25); X (n_samples, n_in).

        With dropout, masks has an array (n_samples, n_units) for each hidden layer.
        """
        layers: list[Layer] = []
        a = self._checked(X)
        masks_or_ones = [*(masks or [1.0] * (len(self.weights) - 1)), 1.0]
        for W, b, f, mask in zip(
            self.weights, self.biases, self.functions, masks_or_ones, strict=True
        ):
            z = a @ W + b  # (n_samples, n_out)
            layers.append(Layer(z, f(z), mask))
            a = layers[-1].passed_on
        return layers

    def deltas(self, layers: list[Layer], Y: Array) -> list[Array]:
        """Each layer's error delta = dC_x/dz for each example x, (n_samples, n_out) each."""
        delta = self._cost.delta(layers[-1].a, Y)  # BP1
        deltas = [delta]
        for layer, W_after in zip(reversed(layers[:-1]), reversed(self.weights[1:]), strict=True):
            dC_da = (delta @ W_after.T) * layer.mask
            delta = dC_da * self.activation_derivative(layer)  # BP2
            deltas.insert(0, delta)
        return deltas

    def activation_derivative(self, layer: Layer) -> Array:
        """f'(z) of a hidden layer, (n_samples, n_out)."""
        return self._activation.derivative(layer.a)

    def gradients(
        self, X: Array, Y: Array, masks: Sequence[Array] = ()
    ) -> list[tuple[Array, Array]]:
        """(dC/dW, dC/db) of `cost`, a pair a layer: the mean over the examples."""
        layers = self.forward_pass(X, masks)
        inputs = [self._checked(X), *(layer.passed_on for layer in layers[:-1])]
        pairs: list[tuple[Array, Array]] = []
        for a, delta, W in zip(inputs, self.deltas(layers, Y), self.weights, strict=True):
            db = delta.mean(axis=0)  # BP3, (n_out,)
            dW = a.T @ delta / len(X)  # BP4, (n_in, n_out)
            dW += self.config.l2 / self.n_train * W  # eq. 88
            dW += self.config.l1 / self.n_train * np.sign(W)  # eq. 96
            pairs.append((dW, db))
        return pairs

    def cost(self, X: Array, Y: Array, masks: Sequence[Array] = ()) -> float:
        """Mean cost over the examples, plus `penalty`."""
        return self._cost.value(self.forward_pass(X, masks)[-1].z, Y) + self.penalty()

    def penalty(self) -> float:
        """l2/2n sum w² (Nielsen, eq. 87) + l1/n sum |w| (eq. 95)."""
        l2 = sum(self.config.l2 / 2 * float((W**2).sum()) for W in self.weights)
        l1 = sum(self.config.l1 * float(np.abs(W).sum()) for W in self.weights)
        return (l2 + l1) / self.n_train

    def train_batch(self, X: Array, Y: Array, masks: Sequence[Array] = ()) -> None:
        """One step on a mini-batch: w -= eta dC/dw, b -= eta dC/db (Nielsen, eqs. 20 and 21).

        That is SGD, whose direction is dC/dw itself; each other optimizer makes its own of it.
        """
        dWs, dbs = zip(*self.gradients(X, Y, masks), strict=True)
        for w, dw, optimizer in zip(
            [*self.weights, *self.biases], [*dWs, *dbs], self.optimizers, strict=True
        ):
            w -= self.learning_rate * optimizer.direction(dw)

    def forward(self, X: Array) -> Array:
        """Output activations, (n_samples, n_out)."""
        return self.forward_pass(X)[-1].a

    def predict_proba(self, X: Array) -> Array:
        """The output activations scaled to rows that sum to 1, (n_samples, n_out).

        A softmax output is a distribution already; sigmoid outputs are divided by their sum:
        a_j / sum_k a_k is the softmax of ln a, right even where all a of a row are rounded to 0.
        """
        z = self.forward_pass(X)[-1].z
        return softmax(z if self._cost.output is softmax else log_sigmoid(z))

    def evaluate(self, X: Array, Y: Array) -> tuple[float, float]:
        """(`cost`, share of the examples whose largest output is the right one)."""
        z = self.forward_pass(X)[-1].z
        right = z.argmax(axis=1) == Y.argmax(axis=1)
        return self._cost.value(z, Y) + self.penalty(), float(right.mean())

    def _checked(self, X: Array) -> Array:
        if X.ndim != 2 or X.shape[1] != self.layer_sizes[0]:
            raise ValueError(
                f"X has shape {X.shape}; this network takes (n_samples, {self.layer_sizes[0]})."
            )
        return np.asarray(X, self.config.dtype)
