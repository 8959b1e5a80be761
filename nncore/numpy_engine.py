"""`NumpyEngine`: what a network in NumPy needs beside its mathematics to be an `Engine`."""

import numpy as np

from nncore.activations import Array
from nncore.config import EngineName, TrainingConfig, architecture
from nncore.datasets import one_hot
from nncore.optimizers import OPTIMIZER_STATE, Adam, Optimizer
from nncore.schedules import Course


class NumpyEngine:
    """The place, the data and the state of an engine whose parameters are NumPy arrays.

    Who inherits sets the attributes that are only declared here, and has the mathematics.
    """

    name: EngineName = "numpy"
    layer_sizes: tuple[int, ...]
    weights: list[Array]
    """W (n_in, n_out) of each layer."""
    biases: list[Array]
    """b (n_out,) of each layer."""
    optimizers: list[Optimizer]
    """One for each array of weights, then one for each of biases."""

    def __init__(self, config: TrainingConfig) -> None:
        self.config = config
        self.learning_rate = config.learning_rate
        self.course = Course.beginning(config.learning_rate)
        self.epoch = 0
        self.batch = 0

    def __repr__(self) -> str:
        sizes = architecture(self.layer_sizes)
        return f"{type(self).__name__}({sizes}, {self.config.activation})"

    def stage(self, X: Array, labels: Array) -> tuple[Array, Array]:
        """The images as they are and one-hot labels, in the network's dtype."""
        dtype = self.config.dtype
        return np.ascontiguousarray(X, dtype), one_hot(labels, self.layer_sizes[-1], dtype)

    def stage_masks(self, masks: list[Array]) -> list[Array]:
        """The masks as they are."""
        return masks

    def gather(self, X: Array, Y: Array, rows: Array) -> tuple[Array, Array]:
        """Copies of some rows of the staged arrays."""
        return X[rows], Y[rows]

    def synchronize(self) -> None:
        """NumPy is done when it returns."""

    def parameters(self) -> list[tuple[Array, Array]]:
        """Copies of (W, b), a pair a layer."""
        return [(W.copy(), b.copy()) for W, b in zip(self.weights, self.biases, strict=True)]

    def state(self) -> dict[str, Array]:
        """Parameters, optimizer state, learning rate, position and course, as named arrays.

        Vectors hold every W row by row, then every b.
        """
        return {
            "parameters": np.concatenate([w.ravel() for w in (*self.weights, *self.biases)]),
            "position": np.array([self.epoch, self.batch], np.int64),
            "learning_rate": np.array(self.learning_rate, np.float64),
            **self.course.arrays(),
            **{f"optimizer.{name}": x for name, x in self._optimizer_state().items()},
        }

    def load_state(self, state: dict[str, Array]) -> None:
        """Go on from what `state` gave, of either engine."""
        for w, values in zip(
            (*self.weights, *self.biases), self._parts(state["parameters"]), strict=True
        ):
            w[...] = values
        self.epoch, self.batch = (int(x) for x in state["position"])
        self.learning_rate = float(state["learning_rate"])
        self.course = Course.from_state(state)
        of_optimizer = [name for name in state if name.startswith("optimizer.")]
        self._load_optimizer_state(
            {name.removeprefix("optimizer."): state[name] for name in of_optimizer}
        )

    def _optimizer_state(self) -> dict[str, Array]:
        arrays = [*self.weights, *self.biases]
        state: dict[str, Array] = {}
        for name in OPTIMIZER_STATE[self.config.optimizer]:
            # What begins at 0 has its parameter's shape only after the first step.
            remembered = [
                np.broadcast_to(getattr(optimizer, name), w.shape).ravel()
                for optimizer, w in zip(self.optimizers, arrays, strict=True)
            ]
            state[name] = np.concatenate(remembered).astype(self.config.dtype)
        if isinstance(self.optimizers[0], Adam):
            state["step"] = np.array(self.optimizers[0].step, np.int64)
        return state

    def _load_optimizer_state(self, state: dict[str, Array]) -> None:
        for name, values in state.items():
            parts = [int(values)] * len(self.optimizers) if name == "step" else self._parts(values)
            for optimizer, part in zip(self.optimizers, parts, strict=True):
                setattr(optimizer, name, part)

    def _parts(self, vector: Array) -> list[Array]:
        """A vector's part for each W, then for each b, in their shapes; copies."""
        arrays = [*self.weights, *self.biases]
        ends = np.cumsum([w.size for w in arrays])
        parts = np.split(vector, ends[:-1])
        return [part.reshape(w.shape).copy() for part, w in zip(parts, arrays, strict=True)]
