"""Several digits in one picture: which pieces of ink belong together, and in which order to read.

Ink that touches is one piece. A pen that was lifted or skipped leaves a digit in pieces (the bar
of a 5, the slash of a 0, a dotted line): what is too low to be a digit joins its nearest neighbour,
two halves that lie right above each other are one, and so are a piece and what lies inside it.
Digits that touch are one piece here: `nncore.ink.touching` offers where it could be cut.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nncore.ink.images import Image, box_sides, distance_to, grown, pieces
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
FLAT = 0.25
"""A piece lower than this share of the highest, which joined no digit, is a dash or a dot."""
SOLID = 0.65
"""Share of its box that a blot fills at least, or a hole in the paper: a disc fills 0.79 of it."""
ROUND = 1.7
"""Its longer side is less than so many times the shorter."""
BLOT = 0.8
"""A blot is lower than this share of the highest; what is larger is for the judge of digits."""
REACH = 0.25
"""How far a part joins its neighbour, as a share of the highest piece."""
SPLIT = 0.1
"""Gap between two halves of one digit, as a share of the highest piece."""
OVERLAP = 0.6
"""Share of the narrower half's width that lies under the other."""

INSIDE = 0.7
"""Share of a piece with another's ink on all four sides from which on it is a part of that one;
the outline around the slash of a 0 may be open."""


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
    top, left, window = _inked(ink, factor)
    small = _shrunk(window, factor)
    labels, n = pieces(small > SEEN * small.max())
    if n == 0:
        return []
    groups = _joined(small, labels, _heaviest(small, labels, n))
    named = np.zeros(n + 1, np.int32)
    for number, group in enumerate(groups, 1):
        named[group] = number
    owners = grown(named[labels], 3)  # the grey edge belongs to its stroke
    owners = owners.repeat(factor, axis=0).repeat(factor, axis=1)
    owners = owners[: len(window), : len(window[0])]
    found = [_cut(window, owners == number, top, left) for number in range(1, len(groups) + 1)]
    return _in_reading_order(found)


def _inked(ink: Image, factor: int) -> tuple[int, int, Image]:
    """Where the part of a sheet with all its ink begins, in whole areas that are averaged; a view.

    The rest would only be waited for: a digit is often a small part of its sheet.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return 0, 0, ink[:1, :1]
    top, left = (int(seen[0]) // factor * factor for seen in (rows, columns))
    return top, left, ink[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]


def _shrunk(ink: Image, factor: int) -> Image:
    """The means of squares of `factor` pixels; beyond the last row and column there is no ink."""
    if factor == 1:
        return ink
    height, width = (-(-n // factor) for n in ink.shape)
    room = ((0, height * factor - len(ink)), (0, width * factor - len(ink[0])))
    return np.pad(ink, room).reshape(height, factor, width, factor).mean(axis=(1, 3))


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


def _joined(ink: Image, labels: npt.NDArray[np.int32], found: list[int]) -> list[list[int]]:
    """Groups of labels, each a digit; dust that joined nothing is left out."""
    if len(found) == 1:
        return [found]
    pen = stroke_width(ink)
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

    def gathered() -> dict[int, list[int]]:
        groups: dict[int, list[int]] = {}
        for label in found:
            groups.setdefault(root(label), []).append(label)
        return groups

    for inner, outer in _insides(labels, gathered()):
        if root(inner) != root(outer):
            parents[root(inner)] = root(outer)
    groups = gathered()
    weights = {key: sum(boxes[label].weight for label in group) for key, group in groups.items()}
    heavy = [key for key in groups if weights[key] > DUST * max(weights.values())]
    digits = [key for key in heavy if not _is_mark(labels, groups[key], highest)]
    return [groups[key] for key in digits or heavy]


def _is_mark(labels: npt.NDArray[np.int32], group: list[int], highest: int) -> bool:
    """Whether a group beside digits is a dash, a full stop, a blot or a hole punched into paper."""
    mask = np.isin(labels, group)
    box = _box(mask)
    width = box.right - box.left
    is_round = (
        SOLID * width * box.height < box.weight and width < ROUND * box.height < ROUND**2 * width
    )
    return box.height < FLAT * highest or (is_round and box.height < BLOT * highest)


def are_holes(labels: npt.NDArray[np.int32], n: int) -> npt.NDArray[np.bool_]:
    """Which pieces are round, filled, and far from all others that are higher: (n + 1,).

    So are the holes of a notebook's page, through which the table shows.
    """
    areas = np.bincount(labels.ravel(), minlength=n + 1)
    heights, widths = box_sides(labels, n)
    is_round = (areas > SOLID * heights * widths) & (widths < ROUND * heights)
    is_round &= heights < ROUND * widths
    is_round[0] = True
    others = np.flatnonzero(~is_round)
    if not len(others) or len(others) == n:
        return np.zeros(n + 1, np.bool_)
    is_low = is_round & (heights < BLOT * heights[others].max())
    away = np.full(n + 1, np.inf)
    np.minimum.at(away, labels.ravel(), distance_to(~is_round[labels]).ravel())
    is_low[0] = False
    return is_low & (away > np.maximum(heights, widths))


def _insides(labels: npt.NDArray[np.int32], groups: dict[int, list[int]]) -> list[tuple[int, int]]:
    """Which group lies inside which other, as the slash of a 0 does: pairs, the inner one first.

    What surrounds several is a frame around digits, and no digit itself.
    """
    masks = {key: np.isin(labels, group) for key, group in groups.items()}
    boxes = {key: _box(mask) for key, mask in masks.items()}
    found: list[tuple[int, int]] = []
    for outer, mask in masks.items():
        near = [key for key in groups if key != outer and _lies_within(boxes[key], boxes[outer])]
        if not near:
            continue
        reached = [np.logical_or.accumulate(mask[turn], axis)[turn] for turn, axis in _SIDES]
        surrounded = np.logical_and.reduce(reached)
        inner = [key for key in near if float(surrounded[masks[key]].mean()) > INSIDE]
        if len(inner) == 1:
            found.append((inner[0], outer))
    return found


_SIDES = ((np.s_[:], 0), (np.s_[::-1], 0), (np.s_[:], 1), (np.s_[:, ::-1], 1))
"""From above, below, left and right: how a mask is turned, and along which axis it is gone
through."""


def _gaps(labels: npt.NDArray[np.int32], label: int, found: list[int]) -> dict[int, float]:
    """Pixels from one piece to each other one."""
    distance = distance_to(labels == label)
    nearest = np.full(int(labels.max()) + 1, np.inf)
    np.minimum.at(nearest, labels.ravel(), distance.ravel())
    return {other: float(nearest[other]) for other in found if other != label}


def _lies_within(inner: _Box, outer: _Box) -> bool:
    """Whether more than half of one box's height and of its width lies in the other's."""
    beside = min(inner.bottom, outer.bottom) - max(inner.top, outer.top)
    shared = min(inner.right, outer.right) - max(inner.left, outer.left)
    return 2 * beside > inner.height and 2 * shared > inner.right - inner.left


def _lie_above(one: _Box, other: _Box) -> bool:
    beside = min(one.bottom, other.bottom) - max(one.top, other.top)
    shared = min(one.right, other.right) - max(one.left, other.left)
    narrower = min(one.right - one.left, other.right - other.left)
    return shared >= OVERLAP * narrower and beside < min(one.height, other.height) / 3


def _cut(ink: Image, mask: npt.NDArray[np.bool_], top: int, left: int) -> Piece:
    """The ink under the mask, of a part of the sheet that begins at `top` and `left`."""
    box = _box(mask & (ink > 0))
    window = np.s_[box.top : box.bottom, box.left : box.right]
    alone = np.where(mask[window], ink[window], np.float32(0))
    return Piece(alone, top + box.top, left + box.left)


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
