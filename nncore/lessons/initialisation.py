"""First weights: neurons asleep, signals through layers, neurons all alike (Nielsen, ch. 3)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from nncore.activations import Array, sigmoid
from nncore.config import ActivationName, InitializerName, TrainingConfig
from nncore.datasets import one_hot
from nncore.initializers import INITIALIZERS, draw_parameters
from nncore.lessons.images import few_digits
from nncore.network import Network
from nncore.quick.threads import limited_to

N_UNITS = 100
"""Neurons in each hidden layer of these lessons, but for the neurons that are all alike."""
_DRAWS = 10
"""Layers drawn for a histogram: a hundred neurons are too few to show a shape."""

VARIANCES: dict[InitializerName, Callable[[int, int], tuple[float, float]]] = {
    "normal": lambda n_in, n_out: (1, 1),
    "lecun": lambda n_in, n_out: (1 / n_in, 1),
    "glorot": lambda n_in, n_out: (2 / (n_in + n_out), 0),
    "he": lambda n_in, n_out: (2 / n_in, 0),
}
"""(n_in, n_out) to the variances of a weight and of a bias, as `nncore.initializers` draws them."""


# One layer --------------------------------------------------------------------------------------
def spread_of_z(initializer: InitializerName, x: Array) -> float:
    """Standard deviation of z = w . x + b over all first weights: the variances add up.

    Var z = Var w sum x² + Var b (Nielsen, "Weight initialization", there with sum x² = 500).

    Args:
        initializer: of a hidden layer of `N_UNITS` neurons.
        x: (n_in,), one image.
    """
    of_weight, of_bias = VARIANCES[initializer](len(x), N_UNITS)
    return float(np.sqrt(of_weight * (x @ x) + of_bias))


def first_z(initializer: InitializerName, x: Array, *, rng: np.random.Generator) -> Array:
    """z of a thousand untrained neurons for the image x (n_in,): ten hidden layers, (1000,)."""
    layers = [INITIALIZERS[initializer](len(x), N_UNITS, rng) for _ in range(_DRAWS)]
    return np.concatenate([x @ W + b for W, b in layers])


SATURATED = 0.01
"""A sigmoid neuron nearer than this to 0 or to 1 is saturated."""


@dataclass(frozen=True, slots=True)
class Awake:
    """How a layer of sigmoid neurons stands before the first step."""

    saturated: float
    """Share of the neurons whose a is within `SATURATED` of 0 or 1."""
    slope: float
    """Mean of sigma'(z) = a (1 - a), at most 1/4: the factor of BP2."""


def awake(z: Array) -> Awake:
    """How many of the neurons with these z (n,) are saturated, and their mean slope."""
    a = sigmoid(z)
    return Awake(float((np.minimum(a, 1 - a) < SATURATED).mean()), float((a * (1 - a)).mean()))


# Many layers ------------------------------------------------------------------------------------
N_LAYERS = 6
"""Hidden layers that a signal has to go through."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What gets through an untrained network of `N_LAYERS` hidden layers, layer by layer."""

    forward: tuple[float, ...]
    """How much a neuron's activation differs from digit to digit: its standard deviation over the
    few digits, averaged over the neurons of the layer."""
    backward: tuple[float, ...]
    """Size of the errors delta that come back to the layer: root of their mean square."""


@cache
def signals(initializer: InitializerName, activation: ActivationName) -> Signals:
    """Send the few digits forward, and their errors back (BP2), before any training."""
    config = TrainingConfig(
        hidden=(N_UNITS,) * N_LAYERS,
        activation=activation,
        cost="log-likelihood",
        initializer=initializer,
        seed=0,
        dtype="float64",
    )
    images, labels = few_digits()
    network = Network(config, draw_parameters(config))
    with limited_to(1):  # the products are small
        layers = network.forward_pass(images)
        deltas = network.deltas(layers, one_hot(labels, 10, "float64"))
    return Signals(
        tuple(float(layer.a.std(axis=0).mean()) for layer in layers[:-1]),
        tuple(float(np.sqrt((delta**2).mean())) for delta in deltas[:-1]),
    )


# Neurons all alike ------------------------------------------------------------------------------
N_ALIKE = 6
"""Hidden neurons of the network that may begin with equal weights."""
ALIKE = 0.01
"""What all their weights begin with."""
MOST_STEPS = 100
_ETA = 2.0
_SAME = 1e-6
"""Weights nearer to each other than this are equal: rounding must not part them."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A small network before and after each step of gradient descent on the few digits."""

    weights: Array
    """(`MOST_STEPS` + 1, `N_ALIKE`, 784): what leads to each hidden neuron."""
    right: tuple[int, ...]
    """How many of the 200 digits it reads right."""

    def n_different(self, step: int) -> int:
        """How many of the hidden neurons differ from each other after so many steps."""
        kept: list[Array] = []
        for w in self.weights[step]:
            if not any(np.abs(w - other).max() < _SAME for other in kept):
                kept.append(w)
        return len(kept)


@cache
def course(spread: float) -> Course:
    """Train 784-6-10 from weights of N(`ALIKE`, spread²/n_in), biases 0, in full batches.

    Sigmoid neurons, softmax outputs, learning rate 2. With spread 0 all weights are equal, so by
    BP2 and BP4 the hidden neurons get equal errors and equal gradients, at every step.
    """
    config = TrainingConfig(
        hidden=(N_ALIKE,),
        activation="sigmoid",
        cost="log-likelihood",
        learning_rate=_ETA,
        batch_size="full",
        dtype="float64",
    )
    rng = np.random.default_rng(0)
    parameters = [
        (ALIKE + spread * rng.standard_normal((n_in, n_out)) / np.sqrt(n_in), np.zeros(n_out))
        for n_in, n_out in ((784, N_ALIKE), (N_ALIKE, 10))
    ]
    network = Network(config, parameters)
    images, labels = few_digits()
    X, Y = np.array(images), one_hot(labels, 10, "float64")
    weights = np.empty((MOST_STEPS + 1, N_ALIKE, 784), np.float32)
    right: list[int] = []
    with limited_to(1):
        for step in range(MOST_STEPS + 1):
            weights[step] = network.weights[0].T
            right.append(round(len(X) * network.evaluate(X, Y)[1]))
            network.train_batch(X, Y)
    return Course(weights, tuple(right))
