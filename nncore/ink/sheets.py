"""Paper before ink: the sheet in a photograph, found by its straight edges and laid flat.

A sheet on a table, a note on a wall, a whiteboard in its frame: what is looked for is a large
region with four straight, sharp sides. Where light falls off or a phone throws its shadow, the
edge is soft, and where the paper fills the picture there is none: then nothing is done.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt
from PIL import Image as Pictures

from nncore.ink.images import (
    Image,
    Mask,
    closed,
    filled,
    grown,
    pieces,
    reduced,
    steepness_of,
    values_at,
)
from nncore.ink.photographs import is_drawing

Corners = npt.NDArray[np.float64]
"""(4, 2): x and y in pixels of a sheet's corners, clockwise from the one at the top left; those
that the picture does not show lie outside of it."""

SIDE = 256
"""Longest side of the image in which the sheet is looked for."""
SMALLEST_SIDE = 64
"""Shorter side of a picture of a sheet at least; a smaller one was cut out already."""
LEVELS = 16
"""Brightnesses at which the image is cut into regions (extremal regions, Matas et al. 2002)."""
EDGES = (0.02, 0.035, 0.06)
"""Changes of brightness from a pixel to the next, at which the image is cut into regions too."""
SMALLEST = 0.05
"""Share of the picture that a sheet covers."""
WHOLE = 0.985
"""Share of the picture from which on the paper is all of it."""
FRAMED = 0.3
"""Share of the picture that a sheet covers at least, if around it all is as bright: a board in its
frame. A smaller one is a box that was drawn around something."""
FRAME_SEEN = 0.5
"""Share of such a frame, or of a note darker than its wall, that the picture shows at least; less
may be a stroke."""
FULL = (0.86, 0.93)
"""Share of the space between four sides that the region fills, of a large one where a thumb may
cover a corner, and of a small one; a 0 fills less."""
STEP = 0.05
"""Least change of brightness across a side, of black to white."""
SHARP = 0.7
"""Share of that change which happens within three pixels: a shadow's is less."""
BENT = 0.012
"""How far a side bends, as a share of its length."""
SUPPORT = 0.7
"""Share of the sides' length, as far as the picture shows it, that is such an edge."""
VISIBLE = 0.12
"""Share of the sides' length that the picture shows at least: half of one side."""
WIDEST_INK = 15
"""What is dark and narrower than so many pixels may be ink."""
LEAST_INK, MOST_INK = 0.001, 0.6
"""Share of a sheet that is ink. A small one has some that does not reach its sides: the hole in a
0 has none, and what parts two strokes is none."""
RIM = 0.15
"""Difference of brightness between a sheet's rim and its middle at most."""
DARKER = 0.6
"""What a sheet counts that is darker than all around it, by one that is brighter."""
_ACROSS = np.arange(-6, 7)
"""Pixels from a side, the inner ones first, at which its brightness is looked at."""
_DIRECTIONS = 90
_SIDES_TRIED = 8
_ANGLES = np.arange(_DIRECTIONS) * (2 * np.pi / _DIRECTIONS)
_NORMALS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])  # (2, directions) pointing outwards


def find_sheet(grey: Image) -> Corners | None:
    """Where the sheet lies in a picture (height, width); None where all of it is paper, or ink."""
    small, factor = reduced(grey, SIDE, 0.5)
    if min(grey.shape) < SMALLEST_SIDE:
        return None
    inky: Mask | None = None
    best, most = None, 0.0
    for region, is_bright in _regions(small):
        sides = _four_sides(region)
        if sides is None:
            continue
        if inky is None:
            inky = closed(small, WIDEST_INK) - small > STEP
        worth = _worth(small, inky, region, sides, is_bright)
        if worth > most:
            best, most = sides, worth
    if best is None:
        return None
    # A little inwards, off the blurred edge; then from pixels' middles to the picture's left top.
    return _corners(best - [0, 0, 1.5]) * factor + factor // 2 + 0.5


def laid_flat(grey: Image, corners: Corners) -> Image:
    """The sheet alone, seen from straight above: (height, width) by the lengths of its sides.

    The projective map between two planes (Hartley and Zisserman 2004, ch. 2). What the picture does
    not show of the sheet continues its last pixels.
    """
    height, width = flat_shape(corners)
    # Room for what lies outside of the picture, so that nothing of it is black.
    beyond = np.maximum(-corners.min(axis=0), corners.max(axis=0) - grey.shape[::-1])
    room = max(0, int(np.ceil(beyond.max()))) + 1
    picture = Pictures.fromarray(np.pad(grey.astype(np.float32), room, "edge"))
    to_picture = homography(_rectangle(width, height), corners + room)
    flat = picture.transform(
        (width, height),
        Pictures.Transform.PERSPECTIVE,
        tuple(to_picture.ravel()[:8]),
        Pictures.Resampling.BILINEAR,
    )
    return np.asarray(flat)


def flat_shape(corners: Corners) -> tuple[int, int]:
    """(height, width) of the sheet by the longer of its opposite sides."""
    top, right, bottom, left = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    return round(max(left, right)), round(max(top, bottom))


def homography(source: Corners, target: Corners) -> npt.NDArray[np.float64]:
    """The (3, 3) matrix that maps four points (x, y, 1) to four others, up to their scale."""
    equations = np.zeros((8, 8))
    for number, ((x, y), (u, v)) in enumerate(zip(source.tolist(), target.tolist(), strict=True)):
        equations[2 * number] = [x, y, 1, 0, 0, 0, -u * x, -u * y]
        equations[2 * number + 1] = [0, 0, 0, x, y, 1, -v * x, -v * y]
    return np.append(np.linalg.solve(equations, target.ravel()), 1).reshape(3, 3)


def in_picture(points: Corners, corners: Corners, shape: tuple[int, ...]) -> Corners:
    """Where points (n, 2) of a sheet that was laid flat to this shape lie in the picture."""
    matrix = homography(_rectangle(shape[1], shape[0]), corners)
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return mapped[:, :2] / mapped[:, 2:]


def _rectangle(width: int, height: int) -> Corners:
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)


def _regions(small: Image) -> Iterator[tuple[Mask, bool]]:
    """Regions brighter (True) or darker than all around them, large enough for a sheet, filled."""
    seen: set[tuple[int, ...]] = set()
    if is_drawing(small):  # two colours have one edge: a pad is to answer at once
        is_else = np.abs(small - np.median(small[[0, -1]])) > STEP
        is_bright = bool(small[is_else].mean() > small.mean()) if is_else.any() else False
        for mask, is_brighter in ((is_else, is_bright), (~is_else, not is_bright)):
            yield from ((filled(region), is_brighter) for region in _large(mask, seen))
        return
    smooth = closed(small, 3)  # neither thin ink nor a line cuts the paper in two
    low, high = (float(value) for value in np.quantile(smooth, [0.01, 0.99]))
    if high - low < STEP:
        return
    for level in np.linspace(low, high, LEVELS + 2)[1:-1]:
        for is_bright in (True, False):
            for region in _large(smooth > level if is_bright else smooth <= level, seen):
                yield filled(region), is_bright
    steepness = steepness_of(smooth)
    for least in EDGES:  # a shadow across the sheet cuts every brightness, but is no such edge
        for region in _large(steepness < least, seen):
            whole = filled(grown(region.astype(np.int32), 1.5) > 0)
            yield whole, True
            yield whole, False


def _large(mask: Mask, seen: set[tuple[int, ...]]) -> Iterator[Mask]:
    """The mask's pieces that may be a sheet, without those that were seen before: nearly the same
    place, and nearly as large."""
    labels, n = pieces(mask)
    sizes = np.bincount(labels.ravel(), minlength=n + 1)
    sizes[0] = 0
    for label in np.flatnonzero((sizes > SMALLEST * 0.7 * mask.size) & (sizes < WHOLE * mask.size)):
        region = labels == label
        rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
        box = (int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1]))
        is_new = (int(10 * np.log2(sizes[label])), *box)
        if is_new not in seen:
            seen.add(is_new)
            yield region


def _four_sides(region: Mask) -> npt.NDArray[np.float64] | None:
    """Four lines around a region, as n_x, n_y and offset (4, 3), clockwise: n . p = offset.

    Of the lines that touch its hull over a long stretch, the four around the smallest area.
    """
    rows = np.flatnonzero(region.any(axis=1))
    first = region[rows].argmax(axis=1)
    last = region.shape[1] - 1 - region[rows, ::-1].argmax(axis=1)
    points = np.concatenate([np.stack([first, rows], 1), np.stack([last, rows], 1)])  # (n, 2)
    columns = np.flatnonzero(region.any(axis=0))
    above = region[:, columns].argmax(axis=0)
    below = region.shape[0] - 1 - region[::-1, columns].argmax(axis=0)
    points = np.concatenate([points, np.stack([columns, above], 1), np.stack([columns, below], 1)])
    reach = points @ _NORMALS  # (n, directions)
    offsets = reach.max(axis=0)
    along = points @ np.stack([-_NORMALS[1], _NORMALS[0]])
    touching = reach > offsets - max(2.0, 0.02 * np.sqrt(region.sum()))
    stretch = np.where(touching, along, -np.inf).max(0) - np.where(touching, along, np.inf).min(0)
    around = [np.roll(stretch, shift) for shift in (-2, -1, 1, 2)]
    peaks = np.flatnonzero(np.all([stretch >= other for other in around], axis=0))
    peaks = np.sort(peaks[np.argsort(-stretch[peaks], kind="stable")][:_SIDES_TRIED])
    best, least = None, np.inf
    for chosen in combinations(peaks.tolist(), 4):
        turns = np.diff([*chosen, chosen[0] + _DIRECTIONS]) * (360 / _DIRECTIONS)
        if turns.min() < 45 or turns.max() > 135:
            continue
        sides = np.stack([*_NORMALS[:, chosen], offsets[list(chosen)]], axis=1)
        area = _area(_corners(sides))
        if area < least:
            best, least = sides, area
    return None if best is None else _fitted(points, best)


def _fitted(
    points: npt.NDArray[np.intp], sides: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The sides turned into the outline's points near them: lines of least squares."""
    fitted = sides.copy()
    for number in range(len(sides)):
        normal, offset = sides[number, :2], float(sides[number, 2])
        for reach in (4.0, 2.0):
            along = np.array([-normal[1], normal[0]])
            depth, at = offset - points @ normal, points @ along
            is_near = np.abs(depth) < reach
            at, depth = at[is_near], depth[is_near]
            if len(at) < 8 or float(at.max() - at.min()) < 8:
                break
            middle = float(at.mean())
            slope = float((at - middle) @ depth) / float((at - middle) @ (at - middle))
            # n . p = offset - depth, and depth = its mean + slope (along . p - at's mean)
            offset -= float(depth.mean()) - slope * middle
            normal = normal + along * slope
            length = float(np.sqrt(1 + slope**2))
            normal, offset = normal / length, offset / length
        fitted[number] = [*normal, offset]
    return fitted


def _corners(sides: npt.NDArray[np.float64]) -> Corners:
    """Where each side meets the next: (4, 2), from the one at the top left."""
    a, b = sides, np.roll(sides, -1, axis=0)
    crossing = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    x = (a[:, 2] * b[:, 1] - b[:, 2] * a[:, 1]) / crossing
    y = (a[:, 0] * b[:, 2] - b[:, 0] * a[:, 2]) / crossing
    corners = np.stack([x, y], axis=1)
    return np.roll(corners, -int(corners.sum(axis=1).argmin()), axis=0)


def _area(corners: Corners) -> float:
    x, y = corners.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _worth(
    small: Image, inky: Mask, region: Mask, sides: npt.NDArray[np.float64], is_bright: bool
) -> float:
    """How good a sheet these sides give: 0, if none; else by its size and its edges."""
    y, x = np.indices(small.shape)
    depth = np.min([o - a * x - b * y for a, b, o in sides], axis=0)  # pixels inside
    inside = depth >= -0.5
    share = float(inside.mean())
    least = FULL[share < FRAMED]
    if not SMALLEST < share < WHOLE or region[inside].mean() < least:
        return 0
    visible, support = _support(small, sides, is_bright)
    if visible < VISIBLE or support < SUPPORT:
        return 0
    rim, middle = (depth > 1) & (depth < 4), depth > 4
    if not middle.any():
        return 0
    paper = float(np.median(small[middle]))
    is_ink = inky & (small < paper - STEP) & (depth > 0)
    ink = float(is_ink[middle].mean())
    if abs(float(np.median(small[rim])) - paper) > RIM or ink > MOST_INK:
        return 0
    if share < FRAMED:
        labels, n = pieces(is_ink)
        lies_within = np.ones(n + 1, np.bool_)
        lies_within[labels[depth < 2]] = False
        if float(lies_within[labels].sum()) < LEAST_INK * inside.sum():
            return 0
    outside = depth < -1
    edge = np.zeros(small.shape, np.bool_)
    edge[[0, -1]] = edge[:, [0, -1]] = True
    beyond = small[outside & edge] if (outside & edge).any() else small[outside]
    # A table reaches to the picture's border; beyond a frame or a stroke there is a wall, or paper.
    is_framed = is_bright and len(beyond) > 0 and float(np.median(beyond)) > paper - STEP
    if (is_framed and share < FRAMED) or ((is_framed or not is_bright) and visible < FRAME_SEEN):
        return 0
    return share * support**2 * np.sqrt(visible) * (1 if is_bright else DARKER)


def _support(small: Image, sides: npt.NDArray[np.float64], is_bright: bool) -> tuple[float, float]:
    """Share of the sides' length that the picture shows, and of that where brightness changes
    sharply.

    A side that the picture shows, but that is an edge over less than half of its length, is none.
    """
    corners = _corners(sides)
    starts, ends = np.roll(corners, 1, axis=0), corners
    seen = edges = 0.0
    at = np.linspace(0.06, 0.94, 48)
    for start, end in zip(starts, ends, strict=True):
        length = float(np.linalg.norm(end - start))
        points = start + at[:, None] * (end - start)
        direction = (end - start) / max(length, 1e-9)
        outwards = np.array([direction[1], -direction[0]])
        height, width = small.shape
        room = np.min(
            [points[:, 0], points[:, 1], width - 1 - points[:, 0], height - 1 - points[:, 1]], 0
        )
        is_seen = room > 0.6
        if is_seen.mean() < 0.2:
            continue
        places = points + _ACROSS[:, None, None] * outwards  # (across, along, 2)
        profile = values_at(small, places.reshape(-1, 2)).reshape(len(_ACROSS), -1)[:, is_seen]
        if not is_bright:
            profile = -profile
        is_near = np.abs(_ACROSS[:-3] + 1.5) <= 1.5 + BENT * length
        step = (profile[:-3] - profile[3:])[is_near].max(axis=0)  # within three pixels
        whole = np.abs(profile[:2].mean(axis=0) - profile[-2:].mean(axis=0))
        is_edge = (step > STEP) & (step > SHARP * whole)
        visible = length * float(is_seen.mean())
        if is_edge.mean() < 0.5:
            return 0.0, 0.0
        seen += visible
        edges += visible * float(is_edge.mean())
    around = float(np.linalg.norm(ends - starts, axis=1).sum())
    return seen / around, edges / seen if seen else 0.0
