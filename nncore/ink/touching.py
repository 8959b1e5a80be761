"""Digits that touch: where one piece of ink could be cut in two, for a reader to choose from.

Cuts run from top to bottom through as little ink as possible (the paths of least cost that
"Handwritten numeral segmentation" uses since Congedo et al. 1995, found by dynamic programming as
a seam in a picture is, Avidan and Shamir 2007). More cuts are offered than are needed: which of
them are right, the network that reads the parts says (LeCun et al. 1998, section VII).
"""

import numpy as np
import numpy.typing as npt

from nncore.ink.images import Image, Mask, average_areas
from nncore.ink.segmentation import Piece

HEIGHT = 64
"""Rows of the image in which cuts are looked for."""
SIDEWAYS = 0.03
"""What a step to the side costs, in pixels of ink: a cut shall not wander around a digit."""
LEAST = 0.1
"""Share of the ink on either side of a cut at least."""
APART = 0.06
"""Share of the ink between two cuts at least."""
MOST_CUTS = 5
THROUGH = 0.45
"""Ink that a cut crosses at most, as a share of the height: more is a stroke's length."""


def cuts(piece: Piece) -> list[Mask]:
    """What lies left of each possible cut, from left to right: masks of the piece's shape."""
    height, width = piece.ink.shape
    columns = max(2, round(width * HEIGHT / height))
    if columns < HEIGHT / 3 or height < 12:
        return []
    small = average_areas(piece.ink, HEIGHT, columns)
    paths, costs = _paths(small)
    total = float(small.sum())
    kept: list[tuple[Mask, float]] = []
    for number in np.argsort(costs, kind="stable"):
        if costs[number] > THROUGH * HEIGHT or len(kept) == MOST_CUTS:
            break
        left = np.arange(columns) <= paths[:, number, None]  # (HEIGHT, columns)
        share = float(small[left].sum()) / total
        if not LEAST < share < 1 - LEAST:
            continue
        if all(float(small[left ^ other].sum()) > APART * total for other, _ in kept):
            kept.append((left, share))
    rows, at = _nearest(height, HEIGHT), _nearest(width, columns)
    return [left[rows][:, at] for left, _ in sorted(kept, key=lambda cut: cut[1])]


def _nearest(n: int, n_small: int) -> npt.NDArray[np.intp]:
    """For each of n pixels the one that covers it in an image of fewer: (n,)."""
    return (np.linspace(0.5, n - 0.5, n) * n_small / n).astype(np.intp)


def _paths(ink: Image) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """The cheapest way down to each column of the last row: (rows, n), and its ink: (n,)."""
    height, width = ink.shape
    steps = np.array([-1, 0, 1])
    cost = ink[0].astype(np.float64)
    came = np.zeros((height, width), np.intp)
    columns = np.arange(width, dtype=np.intp)
    for row in range(1, height):
        beside = np.pad(cost, 1, constant_values=np.inf)
        choices = np.stack([beside[:-2] + SIDEWAYS, beside[1:-1], beside[2:] + SIDEWAYS])
        best = choices.argmin(axis=0)
        came[row] = columns + steps[best]
        cost = choices[best, columns] + ink[row]
    paths = np.empty((height, width), np.intp)
    paths[-1] = columns
    for row in range(height - 1, 0, -1):
        paths[row - 1] = came[row][paths[row]]
    return paths, cost


def part(piece: Piece, mask: Mask) -> Piece | None:
    """The piece's ink under the mask, as a piece of its own; None where that is nothing."""
    ink = np.where(mask, piece.ink, np.float32(0))
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return None
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Piece(ink[box], piece.top + int(rows[0]), piece.left + int(columns[0]))


def together(one: Piece, other: Piece) -> Piece:
    """Two pieces as one."""
    top, left = min(one.top, other.top), min(one.left, other.left)
    shape = (max(one.bottom, other.bottom) - top, max(one.right, other.right) - left)
    ink = np.zeros(shape, np.float32)
    for piece in (one, other):
        rows = np.s_[piece.top - top : piece.bottom - top]
        ink[rows, piece.left - left : piece.right - left] += piece.ink
    return Piece(ink, top, left)
