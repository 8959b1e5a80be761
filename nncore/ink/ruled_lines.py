"""Ruled and squared paper: its printed lines taken away, the ink that crosses them left.

A printed line runs straight from one edge of the paper to the other and is thin; no stroke of a
digit is both. It is found where the median over a short stretch is darker than above and below,
again and again along one row: the medians do not see the ink that crosses.
"""

import numpy as np
import numpy.typing as npt

from nncore.ink.images import Image, Mask, local_rank, opened_down, pieces, shifted_columns

STRETCHES = 24
"""Parts of the picture's width in which a line is looked for."""
STEEPEST = 0.14
"""Slope of the lines at most: 8 degrees."""
SLOPES = 57
THICKEST = 0.008
"""Thickness of a line at most, as a share of the picture's longer side; 2 pixels are allowed."""
DARK = 0.035
"""What a line is darker than the paper at least, of black to white."""
ACROSS = 0.75
"""Share of the picture's width that a line runs through."""
INK = 1.6
"""What is darker than the lines by this factor, where a line runs, is ink on it."""


def without_lines(grey: Image) -> Image:
    """Dark ink on even paper (height, width) without the lines across and down."""
    across = _lines(grey)
    down = _lines(grey.T).T
    if not (across.any() or down.any()):
        return grey
    paper = np.float32(np.median(grey))
    darkness = paper - grey
    lines = across | down
    line = max(float(np.percentile(darkness[lines], 75)), DARK)
    # Where a line is covered by ink, both are dark; where two cross, they are no ink yet.
    twice = line * (2 - line / paper)
    least = np.where(across & down, max(1.2 * twice, INK * line), INK * line).astype(np.float32)
    return np.where(lines & (darkness < least), np.maximum(grey, paper), grey)


def _lines(grey: Image) -> Mask:
    """Where lines run that are less than `STEEPEST` from level: (height, width)."""
    height, width = grey.shape
    thickest = max(2, round(THICKEST * max(grey.shape)))
    if min(height, width) < 4 * STRETCHES:
        return np.zeros(grey.shape, np.bool_)
    darkness = np.clip(np.median(grey) - grey, 0, None)
    slope = _slope(darkness, thickest)
    shifts = _shifts(slope * width, width)
    level = shifted_columns(darkness, shifts)
    stretches = np.array_split(level, STRETCHES, axis=1)
    medians = np.stack([np.median(part, axis=1) for part in stretches], axis=1)  # (height, n)
    thin = medians - opened_down(medians.astype(np.float32), 2 * thickest + 1)
    # A line may bend by a pixel, and ink may hide it in a third of nine stretches.
    near = local_rank(thin, (3, 1), 100)
    seen = local_rank(near, (1, 9), 35) > DARK
    is_line = seen & (near > DARK)
    labels, n = pieces(local_rank(is_line.astype(np.float32), (3, 1), 100) > 0)
    spans = np.zeros((n + 1, STRETCHES), np.bool_)
    spans[labels, np.broadcast_to(np.arange(STRETCHES), labels.shape)] = True
    runs_across = spans.sum(axis=1) >= ACROSS * STRETCHES
    runs_across[0] = False
    kept = (runs_across[labels] & is_line) | (runs_across[labels] & (thin > DARK / 2))
    kept = local_rank(kept.astype(np.float32), (3, 1), 100) > 0  # the grey edge goes too
    sizes = [part.shape[1] for part in stretches]
    return shifted_columns(np.repeat(kept, sizes, axis=1), -shifts)


def _slope(darkness: Image, thickest: int) -> float:
    """The slope at which the picture's rows differ most from those above and below them."""
    stretches = np.array_split(darkness, 2 * STRETCHES, axis=1)
    means = np.stack([part.mean(axis=1) for part in stretches], axis=1)  # (height, n)
    thin = means - opened_down(means.astype(np.float32), 2 * thickest + 1)
    slopes = np.linspace(-STEEPEST, STEEPEST, SLOPES)
    contrasts = [
        float(np.square(_rows_along(thin, slope * darkness.shape[1]).mean(axis=1)).sum())
        for slope in slopes.tolist()
    ]
    return float(slopes[int(np.argmax(contrasts))])


def _rows_along(image: Image, fall: float) -> Image:
    """The image with each column moved, so that what falls by so many pixels across it is level."""
    return shifted_columns(image, _shifts(fall, image.shape[1]))


def _shifts(fall: float, n: int) -> npt.NDArray[np.intp]:
    """How many pixels each of n columns lies below the middle one: (n,)."""
    return np.rint(fall * (np.linspace(0.5, n - 0.5, n) / n - 0.5)).astype(np.intp)
