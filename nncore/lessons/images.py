"""Digits as pixels, a rule by hand, and the networks that the chapters open on."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from nncore.activations import Array
from nncore.config import TrainingConfig
from nncore.initializers import draw_parameters
from nncore.network import Network

ASSETS = Path(__file__).parents[2] / "assets" / "lessons"


LESSON_MODEL = ASSETS / "784-16-16-10.safetensors"
"""The videos' network, trained by the recipe `3blue1brown`: sigmoid neurons throughout."""


@cache
def few_digits() -> tuple[Array, Array]:
    """Two hundred of MNIST's test images, twenty a digit in order: (200, 784) and labels (200,).

    They come with the project, so that lessons need neither a download nor a network. Do not
    write to them.
    """
    sheet = np.asarray(Image.open(ASSETS / "mnist-200.png"), dtype=np.float64) / 255
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
    config = TrainingConfig(activation="sigmoid", cost="cross-entropy", initializer="lecun", seed=0)
    return Network(config, draw_parameters(config, sizes))


def bit_of(digit: int, bit: int) -> int:
    """Bit `bit` (0 is the lowest) of a digit, as an output layer of four neurons would code it."""
    return digit >> bit & 1
