"""Several digits in one picture: which pieces of ink belong together, and in which order to read.

Ink that touches is one piece. A pen that was lifted or skipped leaves a digit in pieces (the bar
of a 5, a dotted line): what is too low to be a digit joins its nearest neighbour, and two halves
that lie right above each other are one. Digits that touch are not cut apart.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nncore.ink.images import Image, average_areas, distance_to, grown, pieces
from nncore.ink.strokes import stroke_width

SIDE = 400
"""Longer side of the image in which pieces are found."""
SEEN = 0.25
"""Share of the strongest ink from which on a pixel belongs to a piece."""
DUST = 0.03
"""A piece with a smaller share of the largest one's ink is none, unless it joins another."""
MOST_PIECES = 60
LOW = 0.45
"""A piece lower than this share of the highest is a part of something: no digit is written so."""
DOT = 2.5
"""A piece smaller than so many pens is a dot of a dotted line."""
REACH = 0.25
"""How far a part joins its neighbour, as a share of the highest piece."""
SPLIT = 0.1
"""Gap between two halves of one digit, as a share of the highest piece."""
OVERLAP = 0.6
"""Share of the narrower half's width that lies under the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The ink of one digit, cut out of the picture; its neighbours' ink is left out."""

    ink: Image  # (height, width)
    top: int
    left: int

    @property
    def bottom(self) -> int:
        """The row below its last."""
        return self.top + self.ink.shape[0]

    @property
    def right(self) -> int:
        """The column after its last."""
        return self.left + self.ink.shape[1]


def segment(ink: Image) -> list[Piece]:
    """The digits of a picture in reading order: row by row, each from left to right.

    Args:
        ink: (height, width), 0 the background; as the stage `cleaned` or `ink` gives it.
    """
    factor = max(1, -(-max(ink.shape) // SIDE))
    height, width = (-(-n // factor) for n in ink.shape)
    small = average_areas(_padded(ink, height * factor, width * factor), height, width)
    labels, n = pieces(small > SEEN * small.max())
    if n == 0:
        return []
    groups = _joined(labels, _heaviest(small, labels, n), stroke_width(small))
    named = np.zeros(n + 1, np.int32)
    for number, group in enumerate(groups, 1):
        named[group] = number
    owners = grown(named[labels], 3)  # the grey edge belongs to its stroke
    owners = owners.repeat(factor, axis=0).repeat(factor, axis=1)[: len(ink), : len(ink[0])]
    return _in_reading_order([_cut(ink, owners == i + 1) for i in range(len(groups))])


def _padded(ink: Image, height: int, width: int) -> Image:
    return np.pad(ink, ((0, height - ink.shape[0]), (0, width - ink.shape[1])))


def _heaviest(ink: Image, labels: npt.NDArray[np.int32], n: int) -> list[int]:
    """Labels of the pieces, the one with most ink first; no more than can be compared in time."""
    weights = np.bincount(labels.ravel(), ink.ravel(), n + 1)
    weights[0] = 0
    order = [int(i) for i in np.argsort(-weights, kind="stable")[:n]]
    return [i for i in order if weights[i] > DUST / 4 * weights[order[0]]][:MOST_PIECES]


@dataclass(frozen=True, slots=True)
class _Box:
    top: int
    bottom: int
    left: int
    right: int
    weight: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def side(self) -> int:
        return max(self.height, self.right - self.left)


def _box(mask: npt.NDArray[np.bool_]) -> _Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    first, last = int(rows[0]), int(rows[-1]) + 1
    return _Box(first, last, int(columns[0]), int(columns[-1]) + 1, int(mask.sum()))


def _joined(labels: npt.NDArray[np.int32], found: list[int], pen: float) -> list[list[int]]:
    """Groups of labels, each a digit; dust that joined nothing is left out."""
    boxes = {label: _box(labels == label) for label in found}
    highest = max(box.height for box in boxes.values())
    parents = {label: label for label in found}

    def root(label: int) -> int:
        while parents[label] != label:
            label = parents[label]
        return label

    # The smallest first: dots gather into lines before the lines look for their digit.
    for label in sorted(found, key=lambda label: boxes[label].side):
        box = boxes[label]
        is_part = box.height < LOW * highest or box.side < DOT * pen
        gaps = _gaps(labels, label, found)
        for other in sorted(gaps, key=lambda other: gaps[other]):
            if is_part and gaps[other] <= max(REACH * highest, DOT * pen):
                parents[root(label)] = root(other)
                if box.side >= DOT * pen:
                    break  # a part has one digit; a dot stands between two others
            elif gaps[other] <= SPLIT * highest and _lie_above(box, boxes[other]):
                parents[root(label)] = root(other)
    groups: dict[int, list[int]] = {}
    for label in found:
        groups.setdefault(root(label), []).append(label)
    weights = {key: sum(boxes[label].weight for label in group) for key, group in groups.items()}
    return [group for key, group in groups.items() if weights[key] > DUST * max(weights.values())]


def _gaps(labels: npt.NDArray[np.int32], label: int, found: list[int]) -> dict[int, float]:
    """Pixels from one piece to each other one."""
    distance = distance_to(labels == label)
    nearest = np.full(int(labels.max()) + 1, np.inf)
    np.minimum.at(nearest, labels.ravel(), distance.ravel())
    return {other: float(nearest[other]) for other in found if other != label}


def _lie_above(one: _Box, other: _Box) -> bool:
    beside = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = min(one.right, other.right) - max(one.left, other.left)
    narrower = min(one.right - one.left, other.right - other.left)
    return shared >= OVERLAP * narrower and beside < min(one.height, other.height) / 3


def _cut(ink: Image, mask: npt.NDArray[np.bool_]) -> Piece:
    box = _box(mask & (ink > 0))
    window = np.s_[box.top : box.bottom, box.left : box.right]
    return Piece(np.where(mask[window], ink[window], np.float32(0)), box.top, box.left)


def _in_reading_order(found: list[Piece]) -> list[Piece]:
    """A piece belongs to the row whose first piece it overlaps by half of the lower one."""
    rows: list[list[Piece]] = []
    for piece in sorted(found, key=lambda piece: (piece.top + piece.bottom, piece.left)):
        for row in rows:
            first = row[0]
            shared = min(piece.bottom, first.bottom) - max(piece.top, first.top)
            if 2 * shared > min(len(piece.ink), len(first.ink)):
                row.append(piece)
                break
        else:
            rows.append([piece])
    return [piece for row in rows for piece in sorted(row, key=lambda piece: piece.left)]
