"""From ink to what the network sees: the procedure that made MNIST, and what has to come before.

MNIST's digits were cut out by their bounding box, brought to 20x20 by averaging areas (which makes
their grey edges) and pasted into 28x28 with their centre of mass in the middle. A network that has
learned them reads a drawing only if it goes the same way (after the reconstruction of the
procedure by Yadav and Bottou, "Cold Case: The Lost MNIST Digits", 2019). Their ink was scanned
from forms; ours comes from pads and photographs, so it has to be found first, and its pen brought
to the width of theirs: these stages are our own.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from nncore.ink.images import (
    Image,
    average_areas,
    enlarged,
    pieces,
    to_grey,
)
from nncore.ink.photographs import (
    MIN_CONTRAST,
    InkError,
    even_light,
    find_ink,
    is_drawing,
    without_border,
    without_printed_lines,
)
from nncore.ink.segmentation import Piece, are_holes
from nncore.ink.sheets import Corners, find_sheet, flat_shape, in_picture, laid_flat
from nncore.ink.strokes import mean_width, redrawn, stroke_width

StageName = Literal[
    "grey",
    "paper",
    "even light",
    "lines",
    "ink",
    "border",
    "cleaned",
    "cropped",
    "squared",
    "stroked",
    "averaged",
    "brightened",
    "centred",
]
"""The stages in their order; each but `grey` can be skipped."""

OF_MNIST: frozenset[StageName] = frozenset(
    {"cropped", "squared", "averaged", "brightened", "centred"}
)
"""The stages of the procedure that made MNIST; the others are our own."""

BOX_SIDE = 20
"""Side of the square that MNIST fitted each digit into."""
IMAGE_SIDE = 28
_NOTHING_LEFT = "Nothing of this digit is left without that stage; turn it on again."
SPECK = 0.02
"""A piece with a smaller share of the largest piece's ink is dust, not part of the digit."""
SOLID = 0.75
"""A square filled to more than this holds a dot. Of MNIST's 60,000 training digits 8 fill more than
0.65, and one, a 0 that has closed up, more than this."""
DOT_MARGIN = 4
"""How many times its own side the square of a dot has, so that a dot stays a dot."""
STROKE = (0.10, 0.15)
"""Width of a stroke as a share of the digit's longer side. Of MNIST's training digits half lie
within (the median is 0.12); what lies outside is brought to the nearer end."""
STROKE_SIDE = 8 * BOX_SIDE
"""Longer side of the image in which strokes are measured and redrawn."""
GREY_SHARE = 0.25
"""Of the ink's pixels: more grey ones (a pen leaves 0.1, an enlarged image of MNIST 0.5) mean that
areas were averaged before, and that there is no outline left which could be moved."""
FINEST = 1 / BOX_SIDE
"""Width of a stroke as a share of the digit's longer side, below which it is a thin pen's whatever
its grey: nothing that was averaged to MNIST's 20 pixels is narrower than one of them. Of MNIST's
70,000 digits the thinnest has 0.057."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What the image was after one step."""

    name: StageName
    image: Image
    corners: Corners | None = None
    """Where its image lies in the one before, where that is a part of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The 28x28 image for the network, and each stage on the way to it."""

    pixels: Image  # (28, 28)
    stages: list[Stage]


def prepare(image: npt.NDArray[np.generic], *, skip: Collection[StageName] = ()) -> Prepared:
    """Bring an image of one digit to what MNIST's images are.

    Args:
        image: (height, width), or with 3 (RGB) or 4 (RGBA) channels; whole numbers from 0 to 255,
            or floats from 0 to 1; bright on dark or dark on bright.
        skip: stages that hand on what they got, to see what each is good for. Without `ink`,
            whatever is bright is ink; without `averaged`, every so many pixels are taken; without
            `centred`, the box lies in the middle.

    Raises:
        InkError: there is no ink on it.
        ValueError: the array is no image, or no such stage can be skipped.
    """
    return prepare_found(find_strokes(image, skip=skip), skip=skip)


def prepare_found(
    found: Sequence[Stage], piece: Piece | None = None, *, skip: Collection[StageName] = ()
) -> Prepared:
    """Prepare ink that was found: its stages are handed on, whatever is made of their sheet.

    Args:
        found: what `find_strokes` gave for the same `skip`; not changed.
        piece: the digit, of a sheet that shows several; one that `segment` found there.
        skip: as `prepare` takes it. Where it leaves out a stage that finds the ink, the digit is
            whatever lies in the piece's box then.

    Raises:
        InkError: nothing of the digit is left without the stages that are skipped.
        ValueError: no such stage can be skipped.
    """
    _check_skipped(skip)
    ink = found[-1].image if piece is None else _alone(found, piece, skip)
    prepared = prepare_ink(ink, skip=skip)
    return Prepared(prepared.pixels, [*found, *prepared.stages])


def _alone(found: Sequence[Stage], piece: Piece, skip: Collection[StageName]) -> Image:
    box = np.s_[piece.top : piece.bottom, piece.left : piece.right]
    is_found_anew = not {name for name, _ in _OF_THE_SHEET}.isdisjoint(skip)
    if "paper" in skip and (corners := find_sheet(found[0].image)) is not None:
        return _on_the_table(found[-1].image, piece, corners)
    alone = np.zeros_like(found[-1].image)  # on a sheet of its own, as a single digit is
    alone[box] = found[-1].image[box] if is_found_anew else piece.ink
    if not alone.any():
        raise InkError(_NOTHING_LEFT)
    return alone


def _on_the_table(ink: Image, piece: Piece, corners: Corners) -> Image:
    """What lies where a piece of the sheet would be, if the sheet had been left where it was."""
    shape = flat_shape(corners)
    box = np.array([(piece.left, piece.top), (piece.right, piece.bottom)], np.float64)
    (left, top), (right, bottom) = np.sort(in_picture(box, corners, shape), axis=0).tolist()
    window = np.s_[max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1]
    alone = np.zeros_like(ink)
    alone[window] = ink[window]
    if not alone.any():
        raise InkError(_NOTHING_LEFT)
    return alone


def find_strokes(
    image: npt.NDArray[np.generic],
    *,
    skip: Collection[StageName] = (),
    known: Sequence[Stage] = (),
) -> list[Stage]:
    """The stages as far as they look at the whole sheet; the last one is ink on 0, without dust.

    Args:
        image: as `prepare` takes it.
        skip: as `prepare` takes it.
        known: the stages of the same image without any skipped, if they are at hand: those before
            the first that is skipped are handed on.

    Raises:
        InkError: there is no ink on it.
        ValueError: the array is no image, or no such stage can be skipped.
    """
    _check_skipped(skip)
    stages: list[Stage] = []
    for stage in known:
        if stage.name in skip:
            break
        stages.append(stage)
    if not stages:
        stages.append(Stage("grey", to_grey(image)))
    for name, step in _OF_THE_SHEET[len(stages) - 1 :]:
        stages.append(_skipped(name, stages) if name in skip else step(stages))
    return stages


def _paper(stages: Sequence[Stage]) -> Stage:
    grey = stages[-1].image
    corners = find_sheet(grey)
    return Stage("paper", grey if corners is None else laid_flat(grey, corners), corners)


def _border(stages: Sequence[Stage]) -> Stage:
    found, sheet = stages[-1].image, stages[-2].image
    return Stage("border", without_border(found, is_drawing=is_drawing(sheet)))


def _skipped(name: StageName, stages: Sequence[Stage]) -> Stage:
    image = stages[-1].image
    return Stage(name, _bright(image) if name == "ink" else image)


_OF_THE_SHEET: list[tuple[StageName, Callable[[Sequence[Stage]], Stage]]] = [
    ("paper", _paper),
    ("even light", lambda stages: Stage("even light", even_light(stages[-1].image))),
    ("lines", lambda stages: Stage("lines", without_printed_lines(stages[-1].image))),
    ("ink", lambda stages: Stage("ink", find_ink(stages[-1].image))),
    ("border", _border),
    ("cleaned", lambda stages: Stage("cleaned", drop_specks(stages[-1].image))),
]


def prepare_ink(ink: Image, *, skip: Collection[StageName] = ()) -> Prepared:
    """The stages after the ink has been found: for images that are nothing but ink on 0.

    Raises:
        InkError: nothing of the digit is left without the stages that are skipped.
    """
    steps: list[tuple[StageName, Callable[[Image], Image], Callable[[Image], Image]]] = [
        ("cropped", crop, _unchanged),
        ("squared", pad_to_square, _unchanged),
        ("stroked", proportion_strokes, _unchanged),
        ("averaged", _averaged, _sampled),
        ("brightened", brighten, _unchanged),
        ("centred", centre, _in_the_middle),
    ]
    stages: list[Stage] = []
    for name, step, instead in steps:
        ink = instead(ink) if name in skip else step(ink)
        if not ink.any():
            raise InkError(_NOTHING_LEFT)
        stages.append(Stage(name, ink))
    return Prepared(ink, stages)


def _check_skipped(skip: Collection[StageName]) -> None:
    can_be = get_args(StageName)[1:]
    for name in skip:
        if name not in can_be:
            raise ValueError(f"{name} is no stage to skip; use one of {', '.join(can_be)}.")


def _unchanged(ink: Image) -> Image:
    return ink


def _bright(grey: Image) -> Image:
    if grey.max() < MIN_CONTRAST:
        raise InkError("The image has nothing bright on it; look for dark ink as well.")
    return grey


def drop_specks(ink: Image) -> Image:
    """A stage: take away the pieces (8-connected) that hold too little of the digit's ink, and the
    holes of a page."""
    labels, n = pieces(ink)
    weight = np.bincount(labels.ravel(), ink.ravel(), n + 1)  # of the background: 0
    is_dust = weight < SPECK * weight.max()
    if max(ink.shape) > IMAGE_SIDE:
        is_dust |= are_holes(labels, n)
    return np.where(is_dust[labels], np.float32(0), ink)


def crop(ink: Image, threshold: float = 0.25) -> Image:
    """A stage: the tightest box around ink clearly seen, and the faint edge next to it.

    Args:
        ink: (height, width), not all 0.
        threshold: what is clearly seen, as a share of the brightest.

    Returns:
        (height, width) of the box; a view.
    """
    top, bottom = _extent(ink.max(axis=1), threshold)
    left, right = _extent(ink.max(axis=0), threshold)
    return ink[top:bottom, left:right]


def _extent(profile: Image, threshold: float) -> tuple[int, int]:
    seen = np.flatnonzero(profile > threshold * profile.max())
    first, last = int(seen[0]), int(seen[-1])
    # MNIST's own outermost row is often a faint edge; a blur or a JPEG's ripples reach further.
    if first > 0 and profile[first - 1] > 0:
        first -= 1
    if last + 1 < len(profile) and profile[last + 1] > 0:
        last += 1
    return first, last + 1


def pad_to_square(ink: Image) -> Image:
    """A stage: background on both sides of the shorter side; around a dot, on all four.

    (height, width) becomes (side, side): the longer of the two, of a dot `DOT_MARGIN` times that.
    """
    height, width = ink.shape
    side = max(height, width)
    if float(ink.sum()) > SOLID * side**2:
        side *= DOT_MARGIN
    squared = np.zeros((side, side), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    squared[top : top + height, left : left + width] = ink
    return squared


def proportion_strokes(ink: Image) -> Image:
    """A stage: draw the digit again with a pen in MNIST's proportion to the digit's size.

    Only where the proportion lies outside of `STROKE`: then the outlines are moved, in an image of
    about 160 pixels, and the box is fitted again. A dot has no stroke and stays, as does what is
    grey because its areas were averaged before.
    """
    digit = crop(ink)
    longer = max(digit.shape)
    if float(digit.sum()) > SOLID * longer**2:
        return ink
    if mean_width(digit) < FINEST * longer:
        large = _fine_lines(ink)
    else:
        large = _resized(ink, STROKE_SIDE / max(ink.shape))
        if _grey_share(large if large.size < ink.size else ink) > GREY_SHARE:
            return ink
    side = max(digit.shape) * max(large.shape) / max(ink.shape)
    width = stroke_width(large)
    share = min(max(width / side, STROKE[0]), STROKE[1])
    # The middle line keeps its size, the digit grows by what the pen grows: solved for that.
    change = (share * side - width) / (1 - share)
    if change == 0 or width == 0:
        return ink
    is_fitted = digit.shape == ink.shape or max(digit.shape) == max(ink.shape)
    if not is_fitted:
        return redrawn(large, change)
    fitted = crop(redrawn(np.pad(large, max(1, round(change))), change))
    return pad_to_square(fitted) if ink.shape[0] == ink.shape[1] else fitted


def _fine_lines(ink: Image) -> Image:
    """An image of about 160 pixels, or of up to twice that, in which a thin line is whole.

    Averaged, it would become grey and then too faint to be seen: the brightest of each square stays
    instead, and what is grey anyway counts double.
    """
    factor = max(ink.shape) // STROKE_SIDE
    if factor < 2:
        return np.minimum(2 * _resized(ink, STROKE_SIDE / max(ink.shape)), 1)
    height, width = (-(-n // factor) for n in ink.shape)
    room = ((0, height * factor - len(ink)), (0, width * factor - len(ink[0])))
    squares = np.pad(ink, room).reshape(height, factor, width, factor)
    return np.minimum(2 * squares.max(axis=(1, 3)), 1)


def _grey_share(ink: Image) -> float:
    seen = ink[ink > 0.15]
    return float(np.mean(seen < 0.85)) if len(seen) else 1.0


def _resized(ink: Image, factor: float) -> Image:
    """Shrunk by averaging areas, or enlarged by linear interpolation."""
    if factor < 1:
        return average_areas(ink, *(max(1, round(n * factor)) for n in ink.shape))
    return enlarged(ink, factor)


def _averaged(ink: Image) -> Image:
    return average_areas(ink, BOX_SIDE)


def _sampled(ink: Image) -> Image:
    """The pixel in the middle of each area, and nothing of the others."""
    rows, columns = (((np.arange(BOX_SIDE) + 0.5) * n / BOX_SIDE).astype(int) for n in ink.shape)
    return ink[np.ix_(rows, columns)]


def brighten(ink: Image) -> Image:
    """A stage: scale (height, width) so that the brightest pixel is 1; what is all 0 stays so."""
    brightest = ink.max()
    return ink / brightest if brightest > 0 else ink


def centre(ink: Image) -> Image:
    """Paste into 28x28 so that the centre of mass is in the middle, to a whole pixel.

    MNIST's centres lie between 14 and 15, pixel centres counted from 0.5: hence the 15.

    Args:
        ink: (height, width), neither more than 28, not all 0.

    Returns:
        (28, 28); no ink is lost, so a centre of mass far from the ink's own middle lies beside it.
    """
    height, width = ink.shape
    rows, columns = np.indices(ink.shape) + 0.5
    top = min(max(int(15 - np.average(rows, weights=ink)), 0), IMAGE_SIDE - height)
    left = min(max(int(15 - np.average(columns, weights=ink)), 0), IMAGE_SIDE - width)
    centred = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32)
    centred[top : top + height, left : left + width] = ink
    return centred


def _in_the_middle(ink: Image) -> Image:
    return np.pad(ink, (IMAGE_SIDE - BOX_SIDE) // 2)
