"""`QuickNetwork`: the numbers of `nncore.network.Network` in reused memory. This is what trains.

Read `Network` first. What is overridden here computes the same, without arrays made anew in every
step, and in blocks that stay in the cache; a test holds the two together.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nncore.activations import ACTIVATIONS, Array, log_sigmoid, softmax
from nncore.blocks import slices
from nncore.config import TrainingConfig
from nncore.costs import COSTS
from nncore.network import Network
from nncore.quick.optimizers import BLOCK, build_quick_optimizer
from nncore.quick.products import add_product, add_scaled, add_sums, multiply, multiply_transposed

EVALUATION_ROWS = 1_000
"""Examples that are evaluated at once: few enough for their activations to stay in the cache."""

PART_ROWS = 2_048
"""Examples of a large batch that go through the network at once, for the same reason."""


class QuickNetwork(Network):
    """`Network` with its parameters in one vector, trained in reused memory; Args as there."""

    def __init__(
        self, config: TrainingConfig, parameters: list[tuple[Array, Array]], *, n_train: int = 1
    ) -> None:
        super().__init__(config, parameters, n_train=n_train)
        # One flat vector holds all parameters, weights first, so that an optimizer's step is a
        # few calls; W and b of each layer are views into it. The gradient has the same layout.
        self._n_weights = sum(W.size for W in self.weights)
        self._flat: Array = np.concatenate([w.ravel() for w in (*self.weights, *self.biases)])
        self._gradient: Array = np.zeros_like(self._flat)
        self.weights, self.biases = _views(self._flat, self.layer_sizes)
        self.optimizers = []  # one for the whole vector instead
        in_place = _can_step_in_place(config, n_train)
        self._optimizer = build_quick_optimizer(config, len(self._flat), in_place=in_place)
        self._total = self._optimizer.total(self._flat, self._gradient)
        self.total_views = _views(self._total, self.layer_sizes)
        """(dW, db) of each layer in the optimizer's total."""
        self._in_place = self._total is self._flat
        self._scratch: dict[int, _Scratch] = {}
        self._gathered: tuple[Array, Array] | None = None

    # --- using the network -----------------------------------------------------------------

    def cost(self, X: Array, Y: Array, masks: Sequence[Array] = ()) -> float:
        """Mean cost over the examples, plus `penalty`."""
        return super().cost(X, Y, masks) if masks else self.evaluate(X, Y)[0]

    def evaluate(self, X: Array, Y: Array) -> tuple[float, float]:
        """(`cost`, share of the examples whose largest output is the right one)."""
        total, n_right = 0.0, 0
        for rows in slices(len(X), EVALUATION_ROWS):
            z = self._last_z(X[rows])
            total += self._cost.value(z, Y[rows]) * len(z)
            n_right += int(np.count_nonzero(z.argmax(axis=1) == Y[rows].argmax(axis=1)))
        return total / len(X) + self.penalty(), n_right / len(X)

    def penalty(self) -> float:
        """l2/2n sum w² (Nielsen, eq. 87) + l1/n sum |w| (eq. 95)."""
        weights = self._flat[: self._n_weights]
        l2 = 0.5 * self.config.l2 * float(np.vdot(weights, weights)) if self.config.l2 else 0.0
        l1 = self.config.l1 * float(np.abs(weights).sum()) if self.config.l1 else 0.0
        return (l1 + l2) / self.n_train

    def forward(self, X: Array) -> Array:
        """Output activations, (n_samples, n_out)."""
        output = np.empty((len(X), self.layer_sizes[-1]), self._flat.dtype)
        for rows in slices(len(X), EVALUATION_ROWS):
            self._cost.output(self._last_z(X[rows]), output[rows])
        return output

    def predict_proba(self, X: Array) -> Array:
        """The output activations scaled to rows that sum to 1, (n_samples, n_out)."""
        if self._cost.output is softmax:
            return self.forward(X)
        blocks = [X[rows] for rows in slices(len(X), EVALUATION_ROWS)]
        return np.concatenate([softmax(log_sigmoid(self._last_z(block))) for block in blocks])

    def _last_z(self, X: Array) -> Array:
        a = self._checked(X)
        last = len(self.weights) - 1
        for index, (W, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            a = multiply(a, W, np.empty((len(a), len(b)), W.dtype))
            a += b
            if index < last:
                self._activation.function(a, a)
        return a

    # --- training --------------------------------------------------------------------------

    def train_batch(self, X: Array, Y: Array, masks: Sequence[Array] = ()) -> None:
        """One step on a mini-batch: `gradients` in reused memory, then the optimizer.

        With g the gradient without penalties: plain descent in place (`_can_step_in_place`) takes
        w -> (1 - eta lambda/n) w - eta g at once; momentum v -> mu v + g, then adds the penalties
        and moves w along v; the others get g with its penalties.

        X (n_samples, n_in) and Y (n_samples, n_out) in the network's dtype, as `stage` gives;
        where `config.dropout` is not 0, a mask (n_samples, n_units) for each hidden layer.
        """
        self._optimizer.learning_rate = self.learning_rate
        keep, scale = self._optimizer.keep, self._optimizer.scale
        if len(X) <= PART_ROWS or self._in_place:
            self._backpropagate(X, Y, masks, scale / len(X), keep)
        else:  # a large batch's gradient is the sum of its parts' gradients
            for rows in slices(len(X), PART_ROWS):
                of_part = [mask[rows] for mask in masks]
                self._backpropagate(X[rows], Y[rows], of_part, scale / len(X), keep)
                keep = 1.0
        if not self._in_place:
            self._add_penalties(scale)
        self._optimizer.update(self._flat, self._gradient)

    def _backpropagate(
        self,
        X: Array,
        Y: Array,
        masks: Sequence[Array],
        scale: float,
        keep: float,
    ) -> None:
        """Add scale times the sum of the examples' gradients (BP1 to BP4) to the kept share of
        the optimizer's total.

        With scale 1/n and nothing kept that is `gradients` but for the penalties, in place.
        """
        scratch = self._scratch.get(len(X))
        if scratch is None:
            self._scratch[len(X)] = scratch = _Scratch(len(X), self)

        a = X
        for layer, (W, b, function, out) in enumerate(scratch.forward):
            multiply(a, W, out)
            out += b
            a = function(out, out)
            if masks and layer < len(masks):  # dropout: what the next layer is given
                a = np.multiply(a, masks[layer], scratch.dropped[layer])

        delta = self._cost.delta(a, Y)
        delta *= scale  # the mean over the batch, taken where the array is smallest
        for layer, before, weights, delta_before in scratch.backward:
            given = scratch.dropped[layer] if masks else before
            multiply_transposed(delta, weights, delta_before)  # BP2, before W may change
            self._add_gradient(layer + 1, given, delta, scratch.ones, keep)
            delta = delta_before
            delta *= self._activation.derivative(before)
            if masks:
                delta *= masks[layer]
        self._add_gradient(0, X, delta, scratch.ones, keep)

    def _add_gradient(
        self, layer: int, before: Array, delta: Array, ones: Array, keep: float
    ) -> None:
        """Add a layer's gradient to the kept share of the optimizer's total."""
        W, b = self.total_views[0][layer], self.total_views[1][layer]
        if self._in_place and self.config.l2:
            # The weights that the step goes into shrink first (eq. 93), as a sum: 1 - eta lambda/n
            # would be rounded, and the same way in every step.
            w = W.reshape(-1)
            add_scaled(w, w, self._optimizer.scale * self.config.l2 / self.n_train)
        add_product(W, before, delta, keep)  # BP4
        add_sums(b, delta, ones, keep)  # BP3

    def _add_penalties(self, scale: float) -> None:
        if self.config.l2 or self.config.l1:
            l1, l2 = (scale * x / self.n_train for x in (self.config.l1, self.config.l2))
            weights, total = self._flat[: self._n_weights], self._total[: self._n_weights]
            for rows in slices(self._n_weights, BLOCK):
                if l2:
                    total[rows] += l2 * weights[rows]
                if l1:
                    total[rows] += l1 * np.sign(weights[rows])

    def gather(self, X: Array, Y: Array, rows: Array) -> tuple[Array, Array]:
        """Rows of the staged arrays, in memory that the next call reuses."""
        held = self._gathered
        if held is None or len(held[0]) != len(rows):
            self._gathered = held = np.empty_like(X[: len(rows)]), np.empty_like(Y[: len(rows)])
        # mode="clip" lets NumPy write straight into the memory; every row is within the bounds.
        X.take(rows, axis=0, out=held[0], mode="clip")
        Y.take(rows, axis=0, out=held[1], mode="clip")
        return held

    def _optimizer_state(self) -> dict[str, Array]:
        return {name: values.copy() for name, values in self._optimizer.state().items()}

    def _load_optimizer_state(self, state: dict[str, Array]) -> None:
        if self._optimizer.state():
            self._optimizer.load_state(state)


class _Scratch:
    """Memory for one batch size, and what each layer needs at hand, reused by every mini-batch."""

    def __init__(self, n: int, network: Network) -> None:
        sizes, dtype = network.layer_sizes, network.weights[0].dtype
        activations: list[Array] = [np.empty((n, units), dtype) for units in sizes[1:]]
        deltas: list[Array] = [np.empty((n, units), dtype) for units in sizes[1:-1]]
        hidden = ACTIVATIONS[network.config.activation].function
        functions = [hidden] * len(deltas) + [COSTS[network.config.cost].output]
        self.ones: Array = np.ones(n, dtype)
        self.forward = list(
            zip(network.weights, network.biases, functions, activations, strict=True)
        )
        """(W, b, f, memory for a) of each layer."""
        self.dropped: list[Array] = (
            [np.empty_like(a) for a in activations[:-1]] if network.config.dropout else []
        )
        """Memory for what each hidden layer passes on under dropout."""
        self.backward = [
            (k, activations[k], network.weights[k + 1], deltas[k])
            for k in reversed(range(len(deltas)))
        ]
        """Each layer but the first: (the number of the hidden layer before it and that one's a,
        W, memory for the delta before)."""


def _can_step_in_place(config: TrainingConfig, n_train: int) -> bool:
    """Whether plain descent may change each weight as soon as its gradient is known.

    Not where the batch goes through the network in parts, each of which needs the same weights,
    nor where L1 asks for the old weight's sign.
    """
    return config.batch_of(n_train) <= PART_ROWS and not config.l1


def _views(flat: Array, layer_sizes: tuple[int, ...]) -> tuple[list[Array], list[Array]]:
    """The parts of a vector of all parameters as W (n_in, n_out) and b (n_out,) of each layer."""
    weights, biases = list[Array](), list[Array]()
    w, b = 0, len(flat) - sum(layer_sizes[1:])
    for n_in, n_out in pairwise(layer_sizes):
        weights.append(flat[w : w + n_in * n_out].reshape(n_in, n_out))
        biases.append(flat[b : b + n_out])
        w, b = w + n_in * n_out, b + n_out
    return weights, biases
