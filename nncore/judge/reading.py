"""Reading a picture: the digit on it or, where there are several, each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nncore.activations import Array
from nncore.checkpoints import DivergedError
from nncore.ink.images import Image
from nncore.ink.segmentation import Piece, segment
from nncore.ink.sheets import Corners, in_picture
from nncore.ink.touching import cuts, part, together
from nncore.judge.doubt import DigitOrNot, calibrated
from nncore.network import Network
from nncore.preprocessing import (
    Prepared,
    Stage,
    find_strokes,
    prepare_found,
    prepare_ink,
)


@dataclass(frozen=True, slots=True, eq=False)
class ReadDigit:
    """What was read in one place of a picture."""

    probabilities: Array  # (10,)
    is_doubted: bool
    """Whether it looks like no digit."""
    corners: Corners
    """Of the box around its ink, in pixels of the picture."""

    @property
    def digit(self) -> int:
        """The most probable one."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """Its probability."""
        return float(self.probabilities[self.digit])


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A network that names digits, the temperature of its confidence, and one that doubts."""

    network: Network
    temperature: float
    doubt: DigitOrNot

    def read(self, image: npt.NDArray[np.generic]) -> list[ReadDigit]:
        """The digits of a picture in reading order; most pictures show one.

        Args:
            image: as `nncore.preprocessing.prepare` takes it.

        Raises:
            InkError: there is no ink on it.
            DivergedError: the network's answer is no number.
            ValueError: the array is no image.
        """
        found = find_digits(image, self.doubt.is_doubted, self._probabilities)
        X = np.stack([one.prepared.pixels.ravel() for one in found])
        said = zip(self._probabilities(X), self.doubt.is_doubted(X), found, strict=True)
        return [ReadDigit(row, bool(word), one.corners) for row, word, one in said]

    def _probabilities(self, X: Array) -> Array:
        return calibrated(answers(self.network, X), self.temperature)


@dataclass(frozen=True, slots=True, eq=False)
class FoundDigit:
    """A digit in a picture, ready for the network."""

    piece: Piece | None
    """Its ink, on the sheet as it was found and laid flat; None where it is alone on it."""
    prepared: Prepared
    corners: Corners
    """Of the box around its ink, in pixels of the picture."""


WIDE = 1.3
"""Width of a digit at most, by its height: what is wider is several."""
NARROW = 0.75
"""Two digits that touch are together wider than this share of their height."""
DOUBTED = 3.0
"""What doubt costs, in nats: as much as a probability of 5 %."""
A_CUT = 0.7
"""What a cut costs, in nats."""
GAP = 0.35
"""Widest gap between two parts of a digit, by the height of both."""

Judge = Callable[[Array], Array]


def find_digits(
    image: npt.NDArray[np.generic], is_doubted: Judge, probabilities: Judge
) -> list[FoundDigit]:
    """The digits of a picture in reading order, prepared.

    Args:
        image: as `nncore.preprocessing.prepare` takes it.
        is_doubted: which of images (n, 784) look like no digit; (n,).
        probabilities: of the digits, for images (n, 784); (n, 10).

    Raises:
        InkError: there is no ink on it.
        ValueError: the array is no image.
    """

    def judged(pieces: Sequence[Piece]) -> list[_Candidate]:
        prepared = [prepare_ink(piece.ink) for piece in pieces]
        X = np.stack([one.pixels.ravel() for one in prepared])
        best = np.maximum(probabilities(X).max(axis=1), 1e-6)
        return [
            _Candidate(piece, one, bool(word), float(-np.log(p)) + DOUBTED * bool(word))
            for piece, one, word, p in zip(pieces, prepared, is_doubted(X), best, strict=True)
        ]

    strokes = find_strokes(image)
    whole = FoundDigit(None, prepare_found(strokes), _place(strokes, _box_of(strokes[-1].image)))
    pieces = segment(strokes[-1].image)
    if not pieces:
        return [whole]
    read = judged(pieces)
    if len(read) > 1:
        is_whole_doubted = bool(is_doubted(whole.prepared.pixels.reshape(1, -1))[0])
        doubted = [one.is_doubted for one in read]
        if not are_several(is_whole_doubted, doubted, is_wide=_is_wide(pieces)):
            return [whole]
        read = _joined(read, judged)
    digits = [part for one in read for part in _cut(one, judged)]
    if len(digits) == 1:
        return [whole]
    return [
        FoundDigit(one.piece, one.prepared, _place(strokes, _box_of_piece(one.piece)))
        for one in digits
    ]


def _box_of(ink: Image) -> Corners:
    """The corners of the box around what is clearly seen: (4, 2)."""
    seen = ink > 0.25 * ink.max()
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    return _rectangle(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)


def _box_of_piece(piece: Piece) -> Corners:
    return _rectangle(piece.left, piece.top, piece.right, piece.bottom)


def _rectangle(left: int, top: int, right: int, bottom: int) -> Corners:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)


def _place(strokes: Sequence[Stage], corners: Corners) -> Corners:
    """Where points of the sheet lie in the picture that it was found in."""
    for stage in strokes:
        if stage.corners is not None:
            return in_picture(corners, stage.corners, stage.image.shape)
    return corners


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """Ink that may be one digit, and how little it looks like one."""

    piece: Piece
    prepared: Prepared
    is_doubted: bool
    cost: float


def _is_wide(pieces: Sequence[Piece]) -> bool:
    """Whether all of them together are wider than a digit is."""
    width = max(piece.right for piece in pieces) - min(piece.left for piece in pieces)
    return width > WIDE * (max(p.bottom for p in pieces) - min(p.top for p in pieces))


def _joined(
    read: Sequence[_Candidate], judged: Callable[[Sequence[Piece]], list[_Candidate]]
) -> list[_Candidate]:
    """Two neighbours of which one is doubted as one digit, where that looks more like one."""
    kept = [*read[:1]]
    for one in read[1:]:
        last = kept[-1]
        pair = (last.piece, one.piece)
        if (last.is_doubted or one.is_doubted) and _are_near(*pair) and not _is_wide(pair):
            (both,) = judged([together(*pair)])
            if not both.is_doubted and both.cost < last.cost + one.cost:
                kept[-1] = both
                continue
        kept.append(one)
    return kept


def _are_near(one: Piece, other: Piece) -> bool:
    height = max(one.bottom, other.bottom) - min(one.top, other.top)
    beside = min(one.bottom, other.bottom) - max(one.top, other.top)
    return beside > 0 and other.left - one.right < GAP * height


def _cut(
    one: _Candidate, judged: Callable[[Sequence[Piece]], list[_Candidate]]
) -> list[_Candidate]:
    """The digits of a piece that touch: of all ways to cut it, the one that costs least.

    A shortest path over the cuts from left to right; the parts are doubted by none, or it is left
    whole.
    """
    height, width = one.piece.ink.shape
    is_wide = width > WIDE * height
    if width < NARROW * height or not (one.is_doubted or is_wide):
        return [one]
    lefts = cuts(one.piece)
    if not lefts:
        return [one]
    nothing, all_of_it = np.zeros_like(lefts[0]), np.ones_like(lefts[0])
    edges = [nothing, *lefts, all_of_it]
    spans: dict[tuple[int, int], Piece] = {}
    for start in range(len(edges)):
        for end in range(start + 1, len(edges)):
            found = part(one.piece, edges[end] & ~edges[start])
            if found and (start, end) != (0, len(edges) - 1) and not _is_wide([found]):
                spans[start, end] = found
    if not spans:
        return [one]
    candidates = dict(zip(spans, judged([*spans.values()]), strict=True))
    best: dict[int, tuple[float, list[_Candidate]]] = {0: (0.0, [])}
    for end in range(1, len(edges)):
        ways = [
            (best[start][0] + found.cost + A_CUT, [*best[start][1], found])
            for start in range(end)
            if start in best and (found := candidates.get((start, end))) and not found.is_doubted
        ]
        if ways:
            best[end] = min(ways, key=lambda way: way[0])
    cost, parts = best.get(len(edges) - 1, (np.inf, [one]))
    return parts if cost - A_CUT < one.cost + DOUBTED * is_wide else [one]


def are_several(whole: bool, pieces: Sequence[bool], *, is_wide: bool = False) -> bool:
    """Whether pieces of ink are digits of their own, and not one digit in pieces, or none at all.

    Two digits side by side may look like a third; a digit that a pen skipped in does not fall into
    digits, and a word falls into nothing that looks like one.

    Args:
        whole: whether all of them together are doubted.
        pieces: whether each of them is.
        is_wide: whether all of them together are wider than a digit.
    """
    return len(pieces) > 1 and not (all(pieces) if whole or is_wide else any(pieces))


def answers(network: Network, X: Array) -> Array:
    """Ten probabilities (n, 10) for each image (n, 784).

    Raises:
        DivergedError: they are no numbers.
    """
    with np.errstate(all="ignore"):  # the sentence says it
        probabilities = network.predict_proba(X)
    if not np.isfinite(probabilities).all():
        raise DivergedError("answers")
    return probabilities
