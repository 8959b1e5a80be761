"""Why the network says this digit: what each pixel adds, what it resembles, what would change it.

With ReLU the network is linear around every input, so the difference between the winner's weighted
sum and a rival's can be divided among the pixels and the biases without remainder: nothing is
estimated.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nncore.activations import ACTIVATIONS, Array
from nncore.blocks import slices
from nncore.explain.feature_visualization import input_gradient
from nncore.network import Network

MAX_STEPS = 60
OVERSHOOT = 1.02
"""A step a little longer than to the boundary, or rounding would end it just before."""
HALVINGS = 20
"""Of the way to the boundary, until its end is known to a millionth."""
_BLOCK = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """The winner's lead over a rival: pixels.sum() + biases, and terms.sum() + bias as well."""

    winner: int
    rival: int
    lead: float
    """Difference of the two output neurons' weighted sums z; below 0 if the rival is ahead."""
    pixels: Array  # (n_in,), above 0 for the winner, below for the rival
    biases: float
    """What every layer's biases add."""
    terms: Array  # (n_units,), a (w_winner - w_rival) of each input of the output layer
    bias: float
    """What the output layer's biases add."""


def contributions(network: Network, x: Array, rival: int | None = None) -> Contributions:
    """What each pixel adds to the winner's weighted sum over another output's, exact in sum.

    Each hidden neuron is replaced by the straight line through its f(0) and its present a = f(z):
    a = f(0) + s z. With ReLU, leaky ReLU and linear neurons that line is the neuron itself around
    this input, and a pixel's contribution is its value times the gradient (Shrikumar et al. 2016,
    "Not Just a Black Box"). With sigmoid and tanh it is the Rescale rule of their "Learning
    Important Features Through Propagating Activation Differences" (2017), with z = 0 to compare
    with: exact in sum as well, but another point to compare with would divide it otherwise.

    Args:
        network: any network; not changed.
        x: (n_in,) the image.
        rival: the output to compare the largest one with; the runner-up if not given.

    Raises:
        ValueError: the rival is the winner.
    """
    layers = network.forward_pass(x.reshape(1, -1))
    winner, rival = _winner_and(rival, layers[-1].z[0])
    at_zero = ACTIVATIONS[network.config.activation](np.zeros(1))
    # What one unit of each neuron's sum z is worth to the lead, from the outputs backwards.
    worth = np.zeros(network.layer_sizes[-1])
    worth[winner], worth[rival] = 1, -1
    bias = biases = float(network.biases[-1] @ worth)
    worth = network.weights[-1].astype(np.float64) @ worth
    terms = worth * (layers[-2].a[0] if len(layers) > 1 else x.ravel())
    for index in range(len(layers) - 2, -1, -1):
        biases += float(at_zero[0] * worth.sum())
        worth = worth * _slopes(network, layers[index].z[0], layers[index].a[0])
        biases += float(network.biases[index] @ worth)
        worth = network.weights[index].astype(np.float64) @ worth
    lead = float(layers[-1].z[0, winner] - layers[-1].z[0, rival])
    return Contributions(winner, rival, lead, worth * x.ravel(), biases, terms, bias)


def _slopes(network: Network, z: Array, a: Array) -> Array:
    """s of a = f(0) + s z for each neuron; at z = 0 the derivative, which is the line's limit."""
    activation = ACTIVATIONS[network.config.activation]
    at_zero = activation(np.zeros_like(z))
    flat = activation.derivative(at_zero).astype(np.float64)
    return np.divide(a.astype(np.float64) - at_zero, z, out=flat, where=np.abs(z) > 1e-6)


def _winner_and(rival: int | None, z: Array) -> tuple[int, int]:
    """The output with the largest sum, and the rival, or else the runner-up."""
    winner, runner_up = (int(i) for i in np.argsort(-z, kind="stable")[:2])
    if rival == winner:
        raise ValueError(f"The network says {rival} already; choose another digit.")
    return winner, runner_up if rival is None else rival


class Neighbours:
    """Explains by example: finds the images nearest to one, of 60,000 in a tenth of a second.

    Args:
        vectors: (n_samples, n_features) the examples, as pixels or as `hidden_features`; in half
            precision they take half the memory. Not copied.
    """

    def __init__(self, vectors: Array) -> None:
        self._vectors = vectors
        self._squares = np.concatenate([np.einsum("ij,ij->i", v, v) for v in self._parts()])

    def _parts(self) -> Iterator[Array]:
        """The vectors in float32, a block of rows at a time."""
        for rows in slices(len(self._vectors), _BLOCK):
            yield self._vectors[rows].astype(np.float32)

    def __len__(self) -> int:
        return len(self._vectors)

    def nearest(self, x: Array, count: int, among: int | None = None) -> tuple[Array, Array]:
        """(rows, Euclidean distances) of the nearest examples to x (n_features,), nearest first.

        Only the first so many examples are searched if `among` is given.
        """
        x = np.asarray(x, np.float32).ravel()
        products = np.concatenate([v @ x for v in self._parts()])
        squares = (self._squares - 2 * products + x @ x)[:among]  # |v - x|²
        count = min(count, len(squares))
        rows = np.argpartition(squares, count - 1)[:count]
        distances = np.linalg.norm(self._vectors[rows].astype(np.float32) - x, axis=1)
        order = np.argsort(distances, kind="stable")
        return rows[order], distances[order]


def hidden_features(network: Network, X: Array) -> Array:
    """What an explanation compares: the last hidden layer's activations (n_samples, n_units).

    Without a hidden layer, X itself.
    """
    if len(network.weights) == 1:
        return X
    largest = np.finfo(X.dtype).max  # a ReLU's activations have no bound, half precision has
    blocks = [X[rows] for rows in slices(len(X), _BLOCK)]
    return np.concatenate(
        [np.minimum(network.forward_pass(b)[-2].a, largest).astype(X.dtype) for b in blocks]
    )


@dataclass(frozen=True, slots=True, eq=False)
class AdversarialExample:
    """The nearest image found that the network takes for another digit."""

    image: Array  # (n_in,) in [0, 1]
    digit: int
    """What it was to become."""
    distance: float
    """Euclidean length of the change."""
    is_reached: bool
    """Whether the network says that digit now."""


def adversarial_example(network: Network, x: Array, digit: int | None = None) -> AdversarialExample:
    """Explain by an opposite: a small change of the image that makes it another digit.

    Steps straight to the boundary, as it looks from where one stands, with the pixels held within
    [0, 1]; in the end as far back as the answer allows (DeepFool, Moosavi-Dezfooli et al. 2016).

    Args:
        network: any network; not changed.
        x: (n_in,) the image, in [0, 1].
        digit: what it is to become; the runner-up if not given.

    Raises:
        ValueError: the network names that digit already.
    """
    start = np.asarray(x, np.float64).ravel()
    _, digit = _winner_and(digit, _sums(network, start))
    image = start
    for _ in range(MAX_STEPS):
        lead, rival = _lead(network, image, digit)
        if lead > 0:
            break
        image = _stepped(network, image, digit, rival, lead)
    is_reached = _lead(network, image, digit)[0] > 0
    if is_reached:
        image = _as_near_as_possible(network, start, image, digit)
    return AdversarialExample(image, digit, float(np.linalg.norm(image - start)), is_reached)


def _sums(network: Network, image: Array) -> Array:
    return network.forward_pass(image.reshape(1, -1))[-1].z[0].astype(np.float64)


def _lead(network: Network, image: Array, digit: int) -> tuple[float, int]:
    """How far the digit's sum is above the best of the others, and which that is."""
    z = _sums(network, image)
    others = np.where(np.arange(len(z)) == digit, -np.inf, z)
    rival = int(others.argmax())
    return float(z[digit] - z[rival]), rival


def _stepped(network: Network, image: Array, digit: int, rival: int, lead: float) -> Array:
    last = len(network.weights) - 1
    row = image.reshape(1, -1)
    gradient = input_gradient(network, row, last, digit) - input_gradient(network, row, last, rival)
    gradient = gradient[0].astype(np.float64)
    is_stuck = ((image <= 0) & (gradient < 0)) | ((image >= 1) & (gradient > 0))
    gradient[is_stuck] = 0
    length = float(gradient @ gradient)
    if length == 0:
        return image
    return np.clip(image + (OVERSHOOT * -lead + 1e-4) / length * gradient, 0, 1)


def _as_near_as_possible(network: Network, start: Array, end: Array, digit: int) -> Array:
    """The point of the way from start to end, as early as possible, where the digit wins."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _lead(network, start + middle * (end - start), digit)[0] > 0:
            high = middle
        else:
            low = middle
    return start + high * (end - start)
