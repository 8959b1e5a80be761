"""Ink on paper under any light: the paper is made even, and what stands out from it is the ink.

A photograph of a digit shows more than the digit: one side is brighter than the other, a hand
throws a shadow, paper has grain and sometimes lines, and the camera adds noise. A drawing pad and
a scanner's clean page have none of it, and are left as they are to the last grey value.
"""

import numpy as np
import numpy.typing as npt

from nncore.ink.images import (
    AnyValue,
    Image,
    closed,
    grown,
    highest,
    interpolated,
    local_mean,
    local_median,
    pieces,
    reduced,
)
from nncore.ink.ruled_lines import without_lines

MIN_CONTRAST = 0.08
"""Least difference between ink and background, of black to white, to be called ink."""
LIGHT_SIDE = 128
"""Longest side of the image in which the light is looked for."""
SMOOTH = 0.8
"""Pixels of the smaller image over which it is smoothed: grain must not count as the paper's
brightness, for a closing takes the brightest of all it sees."""
WIDEST_STROKE = 0.3
"""Share of the image's shorter side; what is darker over a wider place than this is a shadow."""
POLARITY_SIDE = 40
"""Longest side of the image in which ink is told from paper by its rarity."""
NEIGHBOURHOOD = 0.3
"""Share of the shorter side, in which ink is never the larger part."""
PAPER = 0.9
"""Brightness that the paper gets: below white, so that its grain is not cut off on one side."""
DARKEST_PAPER = 0.05
"""Paper in deeper shadow than this is counted as this bright: noise is all there is."""
MOST_GRAIN = 0.12
"""More of it is uneven light, which must not hide all ink where its stage is skipped."""
ALONG = 0.3
"""Share of the shorter side along which ink of a drawing touches the border, to be none."""
LEFT_OVER = 0.04
"""Share of the shorter side that ink within the picture extends over; less is dust."""
FAINT, FULL = 0.35, 0.85
"""Shares of the ink's usual darkness at which, in a photograph, ink begins and is complete."""


class InkError(ValueError):
    """An image without ink; the message is one sentence for its reader."""


def is_drawing(grey: Image) -> bool:
    """Whether most of the border has one grey value, as a pad's or a scanner's clean page has."""
    return _is_even(_border(grey))


def even_light(grey: Image) -> Image:
    """The image as it would be if light fell evenly on it: paper of one brightness, ink on it.

    Paper is what remains when everything narrower than a wide stroke is closed (a grey closing,
    Serra 1982); light multiplies, so the image is divided by it. Bright ink on a dark board is
    treated as its negative. An image most of whose border has one grey value is returned as it is.
    """
    if is_drawing(grey):
        return grey
    ink_is_dark = _ink_is_dark(grey)
    positive = grey if ink_is_dark else 1 - grey
    paper = np.maximum(_paper(positive), DARKEST_PAPER)
    flat = positive / paper
    flat = np.clip(flat * (PAPER / np.median(flat)), 0, 1)
    return (flat if ink_is_dark else 1 - flat).astype(np.float32)


def find_ink(grey: Image) -> Image:
    """How far each pixel stands out from the background, towards the ink's side: 0 to 1.

    The background is what most of the border shows. Where that has grain, ink begins where it
    clearly leaves the grain, and pieces that nowhere become as dark as ink usually is there (lines
    of the paper, folds) are none.

    Raises:
        InkError: nothing stands out.
    """
    border = _border(grey)
    background = np.float32(np.median(border))
    is_even = _is_even(border)
    # Three standard deviations, were the grain normal; ink that crosses the border hardly counts.
    grain = 0 if is_even else 3 * 1.4826 * np.median(np.abs(border - background))
    grain = min(grain, MOST_GRAIN)
    above = np.clip(grey - background - np.float32(grain), 0, None)
    below = np.clip(background - grey - np.float32(grain), 0, None)
    ink = above if _energy(above) >= _energy(below) else below
    full = ink.max() if is_even else _usual_ink(ink)
    if full < MIN_CONTRAST:
        raise InkError("The image has no ink on it; draw or choose a digit.")
    return ink / full if is_even else _without_grain(ink / full)


def without_printed_lines(lit: Image) -> Image:
    """Evenly lit paper without its printed lines; a drawing's clean sheet is left as it is."""
    if is_drawing(lit) or not _ink_is_dark(lit):
        return lit
    return without_lines(lit)


def without_border(ink: Image, *, is_drawing: bool) -> Image:
    """The ink without what touches the picture's border, unless nothing else is there.

    A table, a frame, a finger reach into a photograph; its digits lie within. On a drawing a stroke
    may end at the border: there only what runs along it is none.
    """
    labels, n = pieces(ink > FAINT)
    contacts = np.bincount(_border(labels), minlength=n + 1)
    goes = contacts > (ALONG * min(ink.shape) if is_drawing else 0)
    goes[0] = False
    if not goes.any():
        return ink
    owners = grown(labels, 3)  # the grey edge goes with its stroke
    inside = np.where(goes[owners], np.float32(0), ink)
    least = max(3, LEFT_OVER * min(ink.shape))
    sides = (np.diff(np.flatnonzero(np.any(inside > FAINT, axis=axis))[[0, -1]]) for axis in (0, 1))
    return inside if inside.max() > FAINT and max(int(side[0]) for side in sides) >= least else ink


def _energy(values: Image) -> float:
    """Squares, so that many pixels a little off weigh less than a few strokes that stand out."""
    return float(np.vdot(values, values))


def _usual_ink(standing_out: Image) -> np.float32:
    """The median of what is ink: of all that has half the mean, if each pixel weighs its square."""
    energy = _energy(standing_out)
    if energy == 0:
        return np.float32(0)
    mean = float(np.sum(standing_out**3, dtype=np.float64)) / energy
    return np.median(standing_out[standing_out >= mean / 2])


def _without_grain(ink: Image) -> Image:
    """A ramp from faint to full, without the pieces that never reach its upper half."""
    ramp = np.clip((ink - FAINT) / (FULL - FAINT), 0, 1)
    labels, n = pieces(ramp)
    return ramp * (highest(ramp, labels, n) > 0.5)[labels]


def _border(grey: npt.NDArray[AnyValue]) -> npt.NDArray[AnyValue]:
    """Top, bottom, left, right side."""
    return np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])


def _is_even(border: Image) -> bool:
    """One grey value for the most part, and hardly any that differs a little, as grain does."""
    off = np.abs(border - np.median(border))
    return bool(np.mean(off < 1 / 255) > 0.5 and np.mean((off >= 1 / 255) & (off < 0.06)) < 0.1)


def _ink_is_dark(grey: Image) -> bool:
    """Whether what differs from its wider neighbourhood's median is mostly darker than that.

    Ink is the smaller part of any neighbourhood wider than a few strokes, in shadow as in light.
    """
    # In two steps: the wide Gaussian of one would take longer than all the rest.
    small, _ = reduced(reduced(grey, LIGHT_SIDE, SMOOTH)[0], POLARITY_SIDE, SMOOTH)
    window = max(3, round(NEIGHBOURHOOD * min(small.shape)))
    return float(np.sum((small - local_median(small, window)) ** 3)) < 0


def _paper(positive: Image) -> Image:
    """Brightness of the paper under each pixel, were there no ink: (height, width)."""
    small, factor = reduced(positive, LIGHT_SIDE, SMOOTH)
    window = max(3, round(WIDEST_STROKE * min(small.shape)))
    # Light that falls off towards a side goes on falling off beyond it.
    beyond = np.pad(small, window, "reflect", reflect_type="odd")
    paper = local_mean(closed(beyond, window)[window:-window, window:-window], 3)
    if factor == 1:
        return paper
    return interpolated(paper, positive.shape, factor)
