"""Gradient checking: does backpropagation give the derivative of the cost?

The only trustworthy answer is to change one weight a little, both ways, and look at the cost
(Nielsen, ch. 2, eq. 46, in its central form, whose error shrinks with the square of the step).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nncore.activations import Array
from nncore.network import Network

STEP = 1e-5
"""Change of a weight: small against the cost's curvature, large against rounding in float64."""
TOLERANCE = 1e-6
"""Largest relative error of a right gradient in float64; a wrong factor shows as 1e-3 or more."""
FLOOR = 1e-3
"""Size below which a derivative counts as this large: a cost near 10 is rounded to 2e-15, so its
difference over two steps is known to about 1e-10, a relative 1e-7 of this."""


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """Analytic against numeric derivative, at the parameter where they differ most."""

    max_relative_error: float
    layer: int
    """From 0, counted from the input's side."""
    parameter: str
    """`W[i, j]` or `b[j]`."""
    analytic: float
    numeric: float

    @property
    def passed(self) -> bool:
        """Whether the error is within TOLERANCE."""
        return self.max_relative_error <= TOLERANCE


def numeric_derivative(
    network: Network,
    values: Array,
    index: tuple[int, ...],
    X: Array,
    Y: Array,
    masks: Sequence[Array] = (),
) -> float:
    """dC/dw by (C(w + h) - C(w - h)) / 2h, where w is `values[index]`, a view into the network.

    The parameter is put back afterwards. X (n_samples, n_in), Y (n_samples, n_out); with dropout
    masks (n_samples, n_units), a hidden layer each, C is the cost under them.
    """
    kept = values[index]
    values[index] = kept + STEP
    above = network.cost(X, Y, masks)
    values[index] = kept - STEP
    below = network.cost(X, Y, masks)
    values[index] = kept
    return (above - below) / (2 * STEP)


def relative_error(analytic: float, numeric: float) -> float:
    """|a - n| / max(|a|, |n|, FLOOR)."""
    return abs(analytic - numeric) / max(abs(analytic), abs(numeric), FLOOR)


def check_gradients(
    network: Network,
    X: Array,
    Y: Array,
    *,
    rng: np.random.Generator,
    probes: int = 20,
    gradients: list[tuple[Array, Array]] | None = None,
    masks: Sequence[Array] = (),
) -> GradientCheck:
    """Compare `network.gradients` with central differences at random parameters of each layer.

    Args:
        network: of dtype float64 (in float32 the differences drown in rounding).
        X: (n_samples, n_in).
        Y: (n_samples, n_out), one-hot.
        rng: picks the parameters.
        probes: parameters tried in each W and each b.
        gradients: what to check, if not the network's own.
        masks: of dropout, fixed for the check; a hidden layer each.

    Raises:
        ValueError: the network is not float64.
    """
    if network.config.dtype != "float64":
        raise ValueError(f"dtype = {network.config.dtype} is too coarse; check in float64.")
    worst = GradientCheck(0.0, 0, "", 0.0, 0.0)
    for layer, pair in enumerate(gradients or network.gradients(X, Y, masks)):
        own = (network.weights[layer], network.biases[layer])
        for name, values, gradient in zip("Wb", own, pair, strict=True):
            places = rng.permutation(values.size)[:probes]
            for place in zip(*np.unravel_index(places, values.shape), strict=True):
                index = tuple(int(i) for i in place)
                numeric = numeric_derivative(network, values, index, X, Y, masks)
                analytic = float(gradient[index])
                error = relative_error(analytic, numeric)
                if error >= worst.max_relative_error:
                    parameter = f"{name}[{', '.join(map(str, index))}]"
                    worst = GradientCheck(error, layer, parameter, analytic, numeric)
    return worst
