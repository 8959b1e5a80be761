"""MNIST's digits drawn again, large: test drawings of which the right answer is known.

A network's accuracy on MNIST's own test images says nothing about the way from ink to 28x28. Here
the same digits lie on a canvas as a visitor would leave them: anywhere, in any size, with any pen.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from nncore.ink.images import Image, blurred, enlarged
from nncore.ink.strokes import redrawn, stroke_width
from nncore.preprocessing import crop

CANVAS = 280
SIZES = (90, 200)
"""Pixels of the digit's longer side on the canvas."""
MEASURED = 160
"""Pixels of a digit's longer side at which its stroke is measured."""
PENS = (0.06, 0.18)
"""Width of the pen as a share of the digit's size: 5 to 36 pixels."""


def reink(digit: npt.NDArray[np.floating], *, rng: np.random.Generator) -> Image:
    """One digit of MNIST on a canvas of 280 pixels, at random place, size and stroke width.

    Args:
        digit: (784,) or (28, 28), bright on dark.
        rng: draws size, pen and place.

    Returns:
        (280, 280) ink from 0 to 1.
    """
    small = crop(np.asarray(digit, np.float32).reshape(28, 28))
    size = int(rng.integers(SIZES[0], SIZES[1] + 1))
    pen = rng.uniform(*PENS) * size
    # The middle line, not the outline, keeps its shape: so the pen's width is taken off first.
    share = stroke_width(_smoothly(small, MEASURED / max(small.shape))) / MEASURED
    outline = (size - pen) / (1 - share)
    large = np.pad(_smoothly(small, outline / max(small.shape)), CANVAS // 8)
    drawn = crop(redrawn(large, pen - share * outline))[:CANVAS, :CANVAS]
    height, width = len(drawn), len(drawn[0])
    top = int(rng.integers(0, CANVAS - height + 1))
    left = int(rng.integers(0, CANVAS - width + 1))
    canvas = np.zeros((CANVAS, CANVAS), np.float32)
    canvas[top : top + height, left : left + width] = drawn
    return canvas


def reinked(digits: npt.NDArray[np.floating], *, seed: int) -> Iterator[Image]:
    """Every digit (n, 784) drawn again; each draws its own luck, however many there are."""
    for i, digit in enumerate(digits):
        yield reink(digit, rng=np.random.default_rng([seed, i]))


def _smoothly(image: Image, factor: float) -> Image:
    """Cubic between the pixels, so that the outline at half height has no steps."""
    return enlarged(np.pad(image, 1), factor, order=3)


def photograph(ink: Image, *, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """The ink as a photograph of paper: uneven light, the edge of a shadow, grain, blur and noise.

    Args:
        ink: (height, width) from 0 to 1.
        rng: draws the light, the shadow, the paper and the camera's faults.

    Returns:
        Grey values of the same size, dark on bright.
    """
    height, width = ink.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    slope = rng.uniform(-0.2, 0.2, 2)
    light = rng.uniform(0.5, 0.75) + slope[0] * y + slope[1] * x
    light -= rng.uniform(0, 0.12) * (x**2 + y**2) / 2  # a lens darkens its corners
    angle, offset, soft = rng.uniform(0, 2 * np.pi), rng.uniform(-0.7, 0.7), rng.uniform(0.02, 0.3)
    across = np.cos(angle) * x + np.sin(angle) * y - offset
    light *= 1 - rng.uniform(0.1, 0.5) / (1 + np.exp(-np.clip(across / soft, -50, 50)))
    grain = blurred(rng.normal(0, 1, ink.shape), rng.uniform(0.8, 3))
    paper = 1 + rng.uniform(0.005, 0.025) * grain / grain.std()
    seen = light * paper * (1 - rng.uniform(0.5, 0.9) * ink)
    seen = blurred(seen, rng.uniform(0.5, 1.5))
    seen += rng.normal(0, rng.uniform(0.003, 0.015), ink.shape)
    return np.rint(np.clip(seen, 0, 1) * 255).astype(np.uint8)
