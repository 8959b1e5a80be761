"""Doubt: how sure the network really is, and whether there is a digit at all.

A network with ten outputs must name one of ten digits, whatever it is shown. Two things help. A
temperature brings its confidence nearer to how often it is right, where that is needed
(`nncore.judge.cards`). And a second, small network, which has seen scribbles and letters beside
digits, tells whether the ink looks like a digit: out-of-distribution detection, as the field says.

Scores that need no second network were tried first, and doubt far fewer scribbles and letters for
the same share of real digits: the highest probability, the energy of Liu et al. (2020), the largest
weighted sum, the Mahalanobis distance of Lee et al. (2018) in the hidden layer. What 30 principal
components of the nearest class leave over comes nearer, as does the nearest training example. The
second network (outlier exposure, Hendrycks et al. 2019) does best, also on letters that it was
never shown, of which it doubts fewer than of the others.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_safetensors

from nncore.activations import Array
from nncore.files import write_whole

SHIPPED = Path(__file__).parents[2] / "assets" / "models" / "digit-or-not.safetensors"
"""The second network as it comes with the project, made by `evaluate --teach-doubt`."""

MOST_DIGITS_DOUBTED = 0.02
"""Share of real digits, kept for validation, that the threshold may doubt."""
CURVE_POINTS = 101

_FORMAT = "nn-magic-doubt-1"
_TEMPERATURES = (0.05, 20.0)
_TINY = 1e-30


class DoubtError(ValueError):
    """A file of doubt that cannot be used; the message is one sentence for its reader."""


# --- how sure ------------------------------------------------------------------------------


def fit_temperature(probabilities: Array, labels: Array) -> float:
    """The T at which softmax(ln p / T) is most likely to give the right labels.

    One parameter by golden-section search over ln T of the mean negative log-likelihood (Guo et
    al. 2017, "On Calibration of Modern Neural Networks"). Above 1: the network is too sure.

    Args:
        probabilities: (n_samples, n_classes) of validation examples, as `predict_proba` gives.
        labels: (n_samples,) their classes.
    """
    logs = np.log(np.maximum(probabilities, _TINY)).astype(np.float64)

    def cost(log_temperature: float) -> float:
        scaled = logs / np.exp(log_temperature)
        top = scaled.max(axis=1)
        sums = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
        right = np.take_along_axis(scaled, labels[:, None].astype(np.intp), axis=1)[:, 0]
        return float((sums - right).mean())

    low, high = np.log(_TEMPERATURES)
    return float(np.exp(_lowest(cost, float(low), float(high))))


def _lowest(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with one valley is lowest, to 1e-4 of the interval's unit."""
    ratio = (np.sqrt(5) - 1) / 2
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > 1e-4:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return (low + high) / 2


def calibrated(probabilities: Array, temperature: float) -> Array:
    """Probabilities at another temperature, rows that sum to 1; the order of the digits stays."""
    scaled = np.log(np.maximum(probabilities, _TINY)) / temperature
    values = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return values / values.sum(axis=-1, keepdims=True)


# --- digit or not --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class TradeOff:
    """What each threshold costs and brings, the most lenient first."""

    thresholds: Array  # (n,), falling
    digits: Array  # (n,) share of real digits doubted, rising
    others: Array  # (n,) share of what is no digit that is doubted, rising


@dataclass(frozen=True, slots=True, eq=False)
class DigitOrNot:
    """The second network: one hidden layer of ReLUs, one output; and its threshold."""

    hidden: tuple[Array, Array]  # W (784, n_hidden), b (n_hidden,)
    output: tuple[Array, Array]  # w (n_hidden,), b ()
    threshold: float
    trade_off: TradeOff
    """On validation digits and on ink that is no digit, neither of them trained on."""

    def score(self, X: Array) -> Array:
        """How much each image (n_samples, 784) looks like no digit: (n_samples,), any sign."""
        (W, b), (w, c) = self.hidden, self.output
        return np.maximum(X @ W + b, 0) @ w + c

    def is_doubted(self, X: Array) -> Array:
        """Whether each image (n_samples, 784) looks like no digit: (n_samples,) booleans."""
        return self.score(X) > self.threshold

    def save(self, path: Path) -> None:
        """Write it in 16 bits as safetensors, which can hold nothing but numbers and words.

        Raises:
            DoubtError: it cannot be written there.
        """
        arrays = {
            "hidden.W": self.hidden[0].astype(np.float16),
            "hidden.b": self.hidden[1].astype(np.float16),
            "output.W": self.output[0].astype(np.float16),
            "output.b": np.asarray(self.output[1]).astype(np.float16).reshape(1),
            "curve": np.stack(
                [self.trade_off.thresholds, self.trade_off.digits, self.trade_off.others]
            ).astype(np.float32),
        }
        metadata = {"format": _FORMAT, "threshold": json.dumps(self.threshold)}
        blob = to_safetensors({k: np.ascontiguousarray(v) for k, v in arrays.items()}, metadata)
        try:
            write_whole(path, blob)
        except OSError as error:
            raise DoubtError(f"{path} cannot be written ({error}); choose another place.") from None


def load(path: Path = SHIPPED) -> DigitOrNot:
    """Read the network that doubts, as `DigitOrNot.save` wrote it.

    Raises:
        DoubtError: no such file, or it holds something else.
    """
    try:
        with cast(Any, safe_open)(path, framework="numpy") as opened:
            metadata: dict[str, str] = opened.metadata() or {}
            if metadata.get("format") != _FORMAT:
                raise ValueError("it has another format")
            names = ("hidden.W", "hidden.b", "output.W", "output.b", "curve")
            arrays = [np.asarray(opened.get_tensor(name), np.float32) for name in names]
            threshold = float(json.loads(metadata["threshold"]))
        W, b, w, c, curve = arrays
        if W.shape != (784, len(b)) or w.shape != b.shape or c.shape != (1,) or len(curve) != 3:
            raise ValueError(f"its arrays have the shapes {[a.shape for a in arrays]}")
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DoubtError(
            f"{path} cannot be used ({error}); make it with "
            "python -m nncore evaluate --teach-doubt."
        ) from None
    return DigitOrNot((W, b), (w, c[0]), threshold, TradeOff(*curve))


def trade_off(digits: Array, others: Array) -> TradeOff:
    """The curve from scores of real digits (n,) and of what is none (m,).

    Its points doubt 0 %, 0.25 %, 0.5 % ... of the digits.
    """
    shares = np.linspace(0, 0.25, CURVE_POINTS)
    thresholds = np.quantile(digits, 1 - shares)
    return TradeOff(thresholds, *(np.mean(s > thresholds[:, None], 1) for s in (digits, others)))
