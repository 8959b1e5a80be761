"""Strokes as shapes: their middle line, their width, and the same drawing with another pen.

A pen has a width and a drawing has a size, and people choose both freely; MNIST's digits were
written with pens on forms of one size. So the width is measured against the digit, and brought to
what MNIST's digits have, where it lies outside of that.
"""

import numpy as np
import numpy.typing as npt

from nncore.ink.images import Image, Mask, distance_to

INK = 0.5
"""An edge pixel that is covered to this share lies on the outline."""


def skeleton(shape: Mask) -> Mask:
    """The middle line of a shape, one pixel wide, connected as the shape is: (height, width).

    Zhang and Suen, "A fast parallel algorithm for thinning digital patterns" (1984): outline
    pixels are taken away in turns from the south-east and the north-west, except those that hold
    the line together or end it.
    """
    height, width = shape.shape
    padded = np.zeros((height + 2, width + 2), np.uint8)
    padded[1:-1, 1:-1] = shape
    flat = padded.ravel()
    stride = width + 2
    around = (-stride, 1 - stride, 1, 1 + stride, stride, stride - 1, -1, -1 - stride)
    remaining = np.flatnonzero(flat)
    quiet = 0
    for removable in _TURNS * max(shape.shape):
        codes = np.zeros(len(remaining), np.uint8)  # which of the 8 neighbours are ink
        for bit, step in enumerate(around):
            codes |= flat[remaining + step] << bit
        gone = removable[codes]
        if gone.all():  # a square of four pixels would vanish
            gone[:1] = False
        flat[remaining[gone]] = 0
        remaining = remaining[~gone]
        quiet = 0 if gone.any() else quiet + 1
        if quiet == 2:  # neither turn finds anything to take
            break
    return padded[1:-1, 1:-1].astype(np.bool_)


def _removable() -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """May the pixel go, by turn, for each set of ink neighbours: a byte, north first, clockwise."""
    ink = (np.arange(256)[:, None] >> np.arange(8)) & 1  # (256, 8)
    n, e, s, w = ink[:, 0], ink[:, 2], ink[:, 4], ink[:, 6]
    changes = (np.roll(ink, -1, axis=1) > ink).sum(axis=1)
    neighbours = ink.sum(axis=1)
    on_outline = (changes == 1) & (neighbours >= 2) & (neighbours <= 6)
    south_east = on_outline & (n * e * s == 0) & (e * s * w == 0)
    north_west = on_outline & (n * e * w == 0) & (n * s * w == 0)
    return south_east, north_west


_TURNS = _removable()


def stroke_width(ink: Image) -> float:
    """Width of the strokes in pixels, by twice the distance from the middle line to the outline.

    The median along the line, so that crossings (wider) and ends (narrower) do not count; 0
    without ink. Fewer than about four pixels are too few to measure: enlarge the image first.
    """
    shape = np.pad(ink >= INK, 1)
    if not shape.any():
        return 0.0
    distance = distance_to(~shape)
    return float(2 * np.median(distance[skeleton(shape)])) - 0.5  # to the next pixel's middle


def mean_width(ink: Image) -> float:
    """Width of the strokes in pixels, by their area and the length of their outline.

    A long stroke has twice its length for outline, so its width is twice the area by that. Grey
    edges count by their share, so lines of a pixel or two are measured too, which `stroke_width`
    cannot; a line thinner than a pixel, which is nothing but grey, counts as one of a pixel. The
    outline is what the grey values change by from pixel to pixel, across and down: pi/4 of that, on
    the average over all directions.

    Args:
        ink: (height, width) from 0 to 1, not all 0.
    """
    padded = np.pad(ink, 1)
    steps = (np.abs(np.diff(padded, axis=axis)).sum(dtype=np.float64) for axis in (0, 1))
    return float(2 * ink.sum(dtype=np.float64) / (np.pi / 4 * sum(steps)))


def redrawn(ink: Image, change: float) -> Image:
    """The same strokes, wider by `change` pixels or, where it is negative, narrower.

    The outline moves by half the change on each side (an offset curve: the distance transform is
    cut at another value). A stroke that would vanish is drawn along its middle line instead, so
    that nothing falls apart. The edges are one grey pixel wide.

    Returns:
        As large as `ink`: leave room around it for strokes that grow.
    """
    shape = ink >= INK
    outward = distance_to(shape)
    inward = distance_to(~shape)
    depth = np.where(shape, inward, 1 - outward) - 0.5  # below the outline, in pixels
    redrawn_depth = depth + change / 2
    if change < 0:
        from_line = distance_to(skeleton(shape))
        radius = max(stroke_width(ink) + change, 1.0) / 2
        redrawn_depth = np.maximum(redrawn_depth, radius - from_line)
    return np.clip(redrawn_depth + 0.5, 0, 1).astype(np.float32)
