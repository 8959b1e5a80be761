"""Perceptrons, gates made of them, and what a small change of a weight does (Nielsen, ch. 1)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nncore.activations import Array, sigmoid, sigmoid_derivative

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)
"""The four inputs of a gate, (4, 2), in the order of a truth table."""


GATES: dict[str, tuple[int, int, int, int]] = {
    "NAND": (1, 1, 1, 0),
    "AND": (0, 0, 0, 1),
    "OR": (0, 1, 1, 1),
    "XOR": (0, 1, 1, 0),
}
"""What each gate answers to the rows of `INPUTS`."""


def step(z: Array) -> Array:
    """The perceptron's step: 1 where z > 0, else 0 (Nielsen, eq. 2), any shape."""
    return (np.asarray(z) > 0).astype(np.float64)


def weighted_input(X: Array, w: Array, b: float) -> Array:
    """The weighted input z = w . x + b for each row of X; X (n, n_in), w (n_in,), to (n,)."""
    return np.asarray(X, dtype=np.float64) @ np.asarray(w, dtype=np.float64) + b


def perceptron(X: Array, w: Array, b: float) -> Array:
    """0 or 1 for each row of X (Nielsen, eq. 2); X (n, n_in), w (n_in,), to (n,)."""
    return step(weighted_input(X, w, b))


def firing_range(x1: Array, w: Array, b: float, low: float, high: float) -> tuple[Array, Array]:
    """(lowest, highest) x2 in [low, high] at which a perceptron fires, for each x1; both (n,).

    They are equal where it stays silent: the area between them is the half plane in which it fires.
    """
    rest = w[0] * x1 + b
    if w[1] == 0:
        return np.full(len(x1), low), np.where(rest > 0, high, low)
    border = np.clip(-rest / w[1], low, high)
    if w[1] > 0:
        return border, np.full(len(x1), high)
    return np.full(len(x1), low), border


@dataclass(frozen=True, slots=True)
class LearnedGate:
    """What Rosenblatt's rule made of a perceptron."""

    w: Array  # (2,)
    b: float
    corrections: int
    """How often it was wrong on the way, and corrected."""
    is_right: bool
    """Whether it is the gate now; else no line does it, and the rule would go on for ever."""


def learn_gate(targets: Sequence[int], passes: int = 100) -> LearnedGate:
    """Weights and bias with which one perceptron is this gate, where there are such.

    Rosenblatt's rule (1958), from zero: after a wrong answer a where y is wanted, w += (y - a) x
    and b += y - a. It ends at a solution if there is one; for four points, well within `passes`.
    """
    w, b, corrections = np.zeros(2), 0.0, 0
    for _ in range(passes):
        wrong = 0
        for x, target in zip(INPUTS, targets, strict=True):
            error = target - float(perceptron(x[None], w, b)[0])
            w, b = w + error * x, b + error
            wrong += error != 0
        if not wrong:
            return LearnedGate(w, b, corrections, is_right=True)
        corrections += wrong
    return LearnedGate(w, b, corrections, is_right=False)


def nand(x1: float, x2: float) -> int:
    """Nielsen's NAND: a perceptron with weights -2, -2 and bias 3 (chapter 1)."""
    return int(perceptron(np.array([[x1, x2]]), np.array([-2.0, -2.0]), 3.0)[0])


@dataclass(frozen=True, slots=True)
class HalfAdder:
    """Every wire of Nielsen's circuit of NANDs that adds two bits (chapter 1)."""

    first: int
    """NAND(x1, x2)."""
    upper: int
    """NAND(x1, first)."""
    lower: int
    """NAND(first, x2)."""
    total: int
    """NAND(upper, lower), which is XOR(x1, x2)."""
    carry: int
    """NAND(first, first), which is AND(x1, x2)."""


def half_adder(x1: int, x2: int) -> HalfAdder:
    """Add two bits with five perceptrons, each of them a NAND."""
    first = nand(x1, x2)
    upper, lower = nand(x1, first), nand(first, x2)
    return HalfAdder(first, upper, lower, nand(upper, lower), nand(first, first))


@dataclass(frozen=True, slots=True)
class Nudge:
    """What a small change of one weight does to one neuron."""

    z: float
    a: float
    z_after: float
    a_after: float
    estimate: float
    """The change of a by the derivative: da/dw times the change of w (Nielsen, eq. 5)."""
    step_before: float
    step_after: float

    @property
    def change(self) -> float:
        """What the sigmoid's output really changed by."""
        return self.a_after - self.a


def nudge(x: float, w: float, b: float, change: float) -> Nudge:
    """A neuron a = sigmoid(w x + b) before and after `change` is added to w."""
    z, z_after = w * x + b, (w + change) * x + b
    a, a_after = sigmoid(np.array([z, z_after]))
    slope = float(sigmoid_derivative(np.array(a))) * x
    before, after = step(np.array([z, z_after]))
    return Nudge(z, float(a), z_after, float(a_after), slope * change, float(before), float(after))
