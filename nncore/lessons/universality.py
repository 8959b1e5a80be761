"""What the lessons compute that is no network of the app: a perceptron, gates, bumps, a ball.

All of it is true without a screen. What is a network here (a neuron, the 2-2-1 example, the bumps)
is `nncore.network.Network`, so the lessons show the numbers of the code that trains.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from nncore.activations import Array, sigmoid, sigmoid_derivative
from nncore.config import CostName, TrainingConfig
from nncore.costs import COSTS
from nncore.datasets import one_hot
from nncore.gradient_check import numeric_derivative
from nncore.initializers import initial_parameters, lecun
from nncore.lab import reproduction
from nncore.network import Network
from nncore.quick.threads import limited_to

_ASSETS = Path(__file__).parents[2] / "assets" / "lessons"


# Perceptron -------------------------------------------------------------------------------------
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
    """1 where z > 0, else 0: the perceptron's output (Nielsen, eq. 2), any shape."""
    return (np.asarray(z) > 0).astype(np.float64)


def weighted_input(X: Array, w: Array, b: float) -> Array:
    """Z = w . x + b of one neuron for each row of X; X (n, n_in), w (n_in,), to (n,)."""
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


def learn_gate(targets: Sequence[int], passes: int = 100) -> tuple[Array, float] | None:
    """Weights and bias with which one perceptron is this gate; None where no line does it.

    Rosenblatt's rule (1958): after a wrong answer, add the input for a missing 1 and subtract it
    for a false 1. It ends at a solution if there is one; for four points, well within `passes`.
    """
    w, b = np.zeros(2), 0.0
    for _ in range(passes):
        wrong = 0
        for x, target in zip(INPUTS, targets, strict=True):
            error = target - float(perceptron(x[None], w, b)[0])
            w, b = w + error * x, b + error
            wrong += error != 0
        if not wrong:
            return w, b
    return None


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


# Sigmoid neuron ---------------------------------------------------------------------------------
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
    a, a_after = sigmoid(np.array([z, z_after]), None)
    slope = float(sigmoid_derivative(np.array(a))) * x
    before, after = step(np.array([z, z_after]))
    return Nudge(z, float(a), z_after, float(a_after), slope * change, float(before), float(after))


# A few of MNIST's images, and a network ---------------------------------------------------------
LESSON_MODEL = _ASSETS / "784-16-16-10.safetensors"
"""The videos' network, trained by the recipe `3blue1brown`: sigmoid neurons throughout."""


@cache
def few_digits() -> tuple[Array, Array]:
    """Two hundred of MNIST's test images, twenty a digit in order: (200, 784) and labels (200,).

    They come with the project, so that lessons need neither a download nor a network. Do not
    write to them.
    """
    sheet = np.asarray(Image.open(_ASSETS / "mnist-200.png"), dtype=np.float64) / 255
    images = sheet.reshape(10, 28, 20, 28).transpose(0, 2, 1, 3).reshape(200, 784)
    labels = np.repeat(np.arange(10), 20)
    images.setflags(write=False)
    labels.setflags(write=False)
    return images, labels


def inked(images: Array, threshold: float) -> Array:
    """Which pixels are brighter than `threshold`, bool, the shape of `images`."""
    return np.asarray(images) > threshold


@dataclass(frozen=True, slots=True)
class PixelRule:
    """How the rule "this pixel has ink, so it is this digit" does on the few digits."""

    hits: int
    """Images of the digit that obey it."""
    n_digit: int
    false_alarms: int
    """Images of other digits that obey it as well."""
    n_others: int


def pixel_rule(digit: int, row: int, column: int, threshold: float) -> PixelRule:
    """Count whom the rule "pixel (row, column) is brighter than threshold" picks out."""
    images, labels = few_digits()
    fires = inked(images[:, 28 * row + column], threshold)
    own = labels == digit
    return PixelRule(
        int(fires[own].sum()), int(own.sum()), int(fires[~own].sum()), int((~own).sum())
    )


def untrained_network(sizes: Sequence[int]) -> Network:
    """Sigmoid neurons with weights as before the first mini-batch, the same at every call.

    Args:
        sizes: units of every layer; the output layer may have another number than ten.
    """
    rng = np.random.default_rng(0)
    config = TrainingConfig(activation="sigmoid", cost="cross-entropy")
    return Network(config, [lecun(*ends, rng) for ends in pairwise(sizes)])


def bit_of(digit: int, bit: int) -> int:
    """Bit `bit` (0 is the lowest) of a digit, as an output layer of four neurons would code it."""
    return digit >> bit & 1


# Cost -------------------------------------------------------------------------------------------
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
    """The cost of one example whose weighted outputs are z (10,), if `label` were the truth."""
    return COSTS[cost].value(z[None], one_hot(np.array([label]), len(z), "float64"))


# Gradient descent -------------------------------------------------------------------------------
def valley(v: Array) -> Array:
    """A curve with a deep valley at the left and a shallow one at the right; any shape."""
    return 0.05 * v**4 - 0.4 * v**2 + 0.15 * v + 1.2


def valley_slope(v: Array) -> Array:
    """The derivative of `valley`."""
    return 0.2 * v**3 - 0.8 * v + 0.15


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


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Two directions in the space of all parameters: theta = origin + u * first + v * second.

    `first` leads from the untrained network (u = 0) to the trained one (u = 1); `second` is a
    random direction at right angles to it and as long (after Goodfellow, Vinyals and Saxe 2014,
    and Li et al. 2018).
    """

    config: TrainingConfig
    origin: Array
    first: Array
    second: Array

    @classmethod
    def between(cls, trained: Network, *, rng: np.random.Generator) -> "Plane":
        """The plane through a network's first parameters, drawn again from its seed, and its
        trained ones."""
        config = trained.config.replace(dtype="float64")
        weights = np.random.default_rng(config.seed)
        origin = _flat(initial_parameters(config, rng=weights))
        first = _flat(trained.parameters()) - origin
        second = rng.standard_normal(len(first))
        second -= first * (second @ first) / (first @ first)
        second *= np.linalg.norm(first) / np.linalg.norm(second)
        return cls(config, origin, first, second)

    def network(self, u: float, v: float) -> Network:
        """The network at a point of the plane."""
        flat = self.origin + u * self.first + v * self.second
        return Network(self.config.replace(l2=0), _unflat(flat, self.config.layer_sizes))

    def cost(self, u: float, v: float, X: Array, Y: Array) -> float:
        """The cost of that network on X, Y."""
        return self.network(u, v).cost(X, Y)

    def slope(self, u: float, v: float, X: Array, Y: Array) -> tuple[float, float]:
        """(dC/du, dC/dv): the gradient by backpropagation, along the two directions."""
        gradient = _flat(self.network(u, v).gradients(X, Y))
        return float(gradient @ self.first), float(gradient @ self.second)

    def descend(
        self, u: float, v: float, eta: float, steps: int, X: Array, Y: Array
    ) -> list[tuple[float, float, float]]:
        """(u, v, cost) before and after each step of gradient descent within the plane."""
        with limited_to(1):  # the products are small
            path = [(u, v, self.cost(u, v, X, Y))]
            for _ in range(steps):
                du, dv = self.slope(u, v, X, Y)
                u, v = u - eta * du, v - eta * dv
                path.append((u, v, self.cost(u, v, X, Y)))
        return path


SURFACE_U, SURFACE_V = np.linspace(-0.5, 1.5, 25), np.linspace(-1, 1, 25)
"""Where the stored surface was measured, along the plane's two directions."""


def lesson_plane(trained: Network) -> Plane:
    """The plane of the stored surface, through the lesson's network."""
    return Plane.between(trained, rng=np.random.default_rng(1))


def measure_surface(plane: Plane) -> Array:
    """The cost on the few digits over `SURFACE_V` (rows) and `SURFACE_U` (columns)."""
    images, labels = few_digits()
    Y = one_hot(labels, 10, "float64")
    with limited_to(1):
        return np.array([[plane.cost(u, v, images, Y) for u in SURFACE_U] for v in SURFACE_V])


@cache
def stored_surface() -> Array:
    """What `measure_surface` gave for `lesson_plane`, (25, 25), to four decimals."""
    file = _ASSETS.parent / "results" / "cost-surface.json"
    return np.array(json.loads(file.read_text(encoding="utf-8"))["cost"])


def _flat(pairs: list[tuple[Array, Array]]) -> Array:
    return np.concatenate([x.ravel() for pair in pairs for x in pair]).astype(np.float64)


def _unflat(flat: Array, layer_sizes: Sequence[int]) -> list[tuple[Array, Array]]:
    pairs: list[tuple[Array, Array]] = []
    at = 0
    for n_in, n_out in pairwise(layer_sizes):
        W = flat[at : at + n_in * n_out].reshape(n_in, n_out)
        at += n_in * n_out
        pairs.append((W, flat[at : at + n_out]))
        at += n_out
    return pairs


# Backpropagation --------------------------------------------------------------------------------
_SMALL = TrainingConfig(
    hidden=(2,), activation="sigmoid", cost="quadratic", dtype="float64", learning_rate=0.5
)
SMALL_PARAMETERS: dict[str, float] = {
    "w11": 0.5,
    "w12": -0.4,
    "w21": 0.8,
    "w22": 0.3,
    "b1": 0.1,
    "b2": -0.2,
    "v1": 1.2,
    "v2": -0.7,
    "c": 0.2,
}
"""Of the 2-2-1 example: w_jk from input j to hidden neuron k, b_k its bias, v_k on to the output,
c the output's bias."""


def small_network(values: Mapping[str, float], eta: float = 0.5) -> Network:
    """The 2-2-1 network with these nine parameters (names as in `SMALL_PARAMETERS`)."""
    W = np.array([[values["w11"], values["w12"]], [values["w21"], values["w22"]]])
    V = np.array([[values["v1"]], [values["v2"]]])
    hidden, output = np.array([values["b1"], values["b2"]]), np.array([values["c"]])
    return Network(_SMALL.replace(learning_rate=eta), [(W, hidden), (V, output)])


def small_values(pairs: Sequence[tuple[Array, Array]]) -> dict[str, float]:
    """Parameters or gradients of the 2-2-1 network by name: the inverse of `small_network`."""
    (W, b), (V, c) = pairs
    numbers = [*W.ravel(), *b, *V.ravel(), *c]
    return {name: float(x) for name, x in zip(SMALL_PARAMETERS, numbers, strict=True)}


def small_difference(values: Mapping[str, float], name: str, X: Array, Y: Array) -> float:
    """dC/d(name) by a central difference: two forward passes, no backpropagation."""
    network = small_network(values)
    arrays = [array for pair in zip(network.weights, network.biases) for array in pair]
    places = [(array, index) for array in arrays for index in np.ndindex(array.shape)]
    array, index = places[list(SMALL_PARAMETERS).index(name)]
    return numeric_derivative(network, array, index, X, Y)


# Universality -----------------------------------------------------------------------------------
def _nielsen(x: Array) -> Array:
    return 0.2 + 0.4 * x**2 + 0.3 * x * np.sin(15 * x) + 0.05 * np.cos(50 * x)


def _hill(x: Array) -> Array:
    return 0.15 + 0.7 * np.exp(-(((x - 0.5) / 0.18) ** 2))


def _stairs(x: Array) -> Array:
    return np.choose(np.minimum((np.asarray(x) * 3).astype(int), 2), [0.2, 0.8, 0.45])


TARGETS: dict[str, Callable[[Array], Array]] = {
    "wiggle": _nielsen,
    "hill": _hill,
    "stairs": _stairs,
}
"""Functions on [0, 1] with values in (0, 1); `wiggle` is Nielsen's (eq. 113)."""


def logit(a: Array) -> Array:
    """The z with sigmoid(z) = a, for a in (0, 1)."""
    return np.log(a / (1 - a))


def bump_network(edges: Sequence[tuple[float, float]], heights: Array, weight: float) -> Network:
    """A 1-2n-1 network whose output neuron's z is a sum of n bumps (Nielsen, chapter 4).

    Each bump is a pair of hidden neurons with the input weight `weight`: one steps up at the left
    edge (its bias is -weight * edge), its fellow takes the same height away at the right one.
    """
    places = np.array(edges, dtype=np.float64).ravel()  # (2n,)
    W = np.full((1, len(places)), float(weight))
    V = np.column_stack([heights, -np.asarray(heights)]).reshape(-1, 1)  # (2n, 1)
    config = _SMALL.replace(hidden=(len(places),))
    return Network(config, [(W, -weight * places), (V, np.zeros(1))])


def fit_with_bumps(target: Callable[[Array], Array], n_bumps: int, weight: float) -> Network:
    """`bump_network` with n equal bumps, each as high as the target wants at its middle.

    The output neuron squashes, so the bumps make logit(target).
    """
    edges = np.linspace(0, 1, n_bumps + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    return bump_network(list(pairwise(edges)), logit(target(middles)), weight)


def mean_deviation(network: Network, target: Callable[[Array], Array], points: int = 1000) -> float:
    """The mean distance between the network's output and the target on [0, 1]."""
    x = (np.arange(points) + 0.5) / points
    return float(np.abs(network.forward(x[:, None])[:, 0] - target(x)).mean())


# Full batch against mini-batches ----------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class StoredCurve:
    """A run that was made beforehand: test accuracy by epoch, and what was run."""

    name: str
    command: str
    steps_an_epoch: int
    test_accuracy: tuple[float, ...]


@cache
def stored_curves() -> dict[str, StoredCurve]:
    """The NumPy engine's first runs of the recipes `full-batch` and `mini-batch`, by name."""
    curves: dict[str, StoredCurve] = {}
    rows = reproduction.load()
    for name in ("full-batch", "mini-batch"):
        if row := reproduction.find(rows, name):
            steps = row.config.n_batches(60_000)
            curves[name] = StoredCurve(name, row.command, steps, row.runs[0].accuracy)
    return curves
