"""Costs, and going down them: one neuron, a ball in a valley, stored curves (Nielsen, ch. 1, 3)."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from nncore.activations import Array
from nncore.config import CostName, TrainingConfig
from nncore.costs import COSTS
from nncore.datasets import one_hot, steps_an_epoch
from nncore.lab import reproduction
from nncore.lab.result_files import ResultFileError
from nncore.network import Network

_ONE_NEURON = TrainingConfig(hidden=(), dtype="float64")


def one_neuron(w: float, b: float, cost: CostName, eta: float) -> Network:
    """A network of one sigmoid neuron with one input, as in Nielsen's chapter 3."""
    config = _ONE_NEURON.replace(cost=cost, learning_rate=eta)
    return Network(config, [(np.array([[w]]), np.array([b]))])


def learn_to_say_zero(
    w: float, b: float, cost: CostName, eta: float, epochs: int
) -> tuple[Array, Array]:
    """(output, cost) before each epoch and after the last, (epochs + 1,) each.

    The neuron's input is 1 and the wanted output 0 (Nielsen, chapter 3, the toy example).
    """
    network = one_neuron(w, b, cost, eta)
    X, Y = np.ones((1, 1)), np.zeros((1, 1))
    outputs, costs = np.empty(epochs + 1), np.empty(epochs + 1)
    for epoch in range(epochs + 1):
        outputs[epoch], costs[epoch] = network.forward(X)[0, 0], network.cost(X, Y)
        if epoch < epochs:
            network.train_batch(X, Y)
    return outputs, costs


def cost_of_outputs(z: Array, label: int, cost: CostName) -> float:
    """For the chapter on the cost: that of one example with weighted outputs z (10,) and
    `label`.
    """
    return COSTS[cost].value(z[None], one_hot(np.array([label]), len(z), "float64"))


VALLEY = (0.05, 0.0, -0.4, 0.15, 1.2)
"""The curve that the ball rolls on: coefficients of v to the fourth power down to the constant."""


def valley(v: Array) -> Array:
    """A curve with a deep valley at the left and a shallow one at the right; any shape."""
    return np.polyval(VALLEY, v)


def valley_slope(v: Array) -> Array:
    """The derivative of `valley`."""
    return np.polyval(np.polyder(VALLEY), v)


FAR = 10.0
"""A ball further out than this has left for good."""


def descend(start: float, eta: float, steps: int) -> Array:
    """Where a ball on `valley` is before and after each step v -= eta C'(v); (steps + 1,).

    Steps that lead beyond `FAR` leave the ball there (Nielsen, eq. 10 and 11).
    """
    path = [start]
    for _ in range(steps):
        v = path[-1]
        inside = abs(v) < FAR
        path.append(float(np.clip(v - eta * valley_slope(np.array(v)), -FAR, FAR)) if inside else v)
    return np.array(path)


@dataclass(frozen=True, slots=True)
class StoredCurve:
    """A run that was made beforehand: test accuracy by epoch, and what was run."""

    name: str
    command: str
    steps_an_epoch: int
    test_accuracy: tuple[float, ...]


@cache
def stored_curves() -> dict[str, StoredCurve]:
    """For the lesson on learning: NumPy's first runs of `full-batch` and `mini-batch`, by name.

    Raises:
        ResultFileError: the stored results cannot be used, or lack one of them.
    """
    curves: dict[str, StoredCurve] = {}
    rows = reproduction.load()
    for name in ("full-batch", "mini-batch"):
        row = reproduction.find(rows, name)
        if row is None:
            path = reproduction.COMMITTED
            raise ResultFileError(
                f"{path} lacks the recipe {name}; "
                f"make it with python -m nncore reproduce --recipes {name} --save {path}."
            )
        steps = steps_an_epoch(row.config)
        curves[name] = StoredCurve(name, row.command, steps, row.runs[0].accuracy)
    return curves
