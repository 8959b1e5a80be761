"""Digits as the world writes them: drawn by rule, in the forms that people are taught, as 28x28.

A network reads what it has seen. The forms that MNIST lacks (`nncore.ink.forms`) are drawn here in
as many hands as are asked for, and go the way of any drawing (`nncore.preprocessing`), only many
at once: what those stages do to an image is done to its curves before there is one, and the curves
are drawn straight into MNIST's 20x20 pixels.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from nncore.blocks import slices
from nncore.ink.forms import FORMS, N_POINTS, Curves, Floats, compiled
from nncore.preprocessing import BOX_SIDE, IMAGE_SIDE, STROKE

Ints = npt.NDArray[np.intp]

PENS = (0.02, 0.16)
"""Width of the pen as a share of the digit's longer side."""
BLOCK = 32
"""Images drawn at once: their distances, 5 MB, shall nearly fit the cache."""
TRIES = 8
"""How often a 1 that could be a 7, or a 7 that could be a 1, is written again."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Drawn digits."""

    images: Floats  # (n_samples, 784), from 0 to 1
    digits: Ints  # (n_samples,)
    forms: Ints  # (n_samples,) indices of `FORMS`


@dataclass(frozen=True, slots=True, eq=False)
class Hands:
    """Written digits, not yet drawn: the middle line of their strokes, and the pen."""

    points: Floats  # (n, n_points, 2), x and y
    pressure: Floats  # (n, n_points), the pen's width in each point as a share of its usual one
    pens: Floats  # (n,) as a share of the longer side


def write(n: int, *, rng: np.random.Generator) -> World:
    """`n` digits in forms drawn by their shares, every digit as often as the others.

    Args:
        n: how many.
        rng: a generator in the same state writes the same digits.
    """
    shares = np.array([form.share for form in FORMS])
    forms = rng.choice(len(FORMS), n, p=shares / shares.sum())
    digits = np.array([form.digit for form in FORMS])[forms]
    return World(draw(by_hand(forms, rng=rng)), digits, forms)


# --- hands -----------------------------------------------------------------------------------


def by_hand(forms: Ints, *, rng: np.random.Generator) -> Hands:
    """Every form (n,) written by a hand of its own."""
    points = np.empty((len(forms), N_POINTS, 2), np.float32)
    for number in np.unique(forms):
        rows = np.flatnonzero(forms == number)
        curves = _compiled(int(number))
        controls = _written(curves, len(rows), rng)
        haste = rng.uniform(0, 1, (len(rows), 1, 1)).astype(np.float32) ** 2
        points[rows] = (1 - haste) * (curves.along @ controls) + haste * (curves.rounded @ controls)
    return Hands(points, _pressure(len(forms), rng), rng.uniform(*PENS, len(forms)).astype("f4"))


@cache
def _compiled(number: int) -> Curves:
    return compiled(FORMS[number])


def _written(curves: Curves, n: int, rng: np.random.Generator) -> Floats:
    """Control points (n, n_controls, 2) of drawings that are all told from other digits."""
    controls = _moved(curves, n, rng)
    for _ in range(TRIES):
        unclear = np.flatnonzero(~is_clear(controls, curves))
        if not len(unclear):
            return controls
        controls[unclear] = _moved(curves, len(unclear), rng)
    return np.where(is_clear(controls, curves)[:, None, None], controls, curves.controls)


def _moved(curves: Curves, n: int, rng: np.random.Generator) -> Floats:
    """The form's control points in `n` hands: (n, n_controls, 2)."""
    normal = _Normal(n, rng)
    k = len(curves.controls)
    care = np.exp(normal(0.4, 1, 1))  # some hands are shakier than others
    points = curves.controls + care * normal(0.022, k, 2)
    points += normal(0.3, k, 1) * (curves.ends @ curves.controls)  # gaps and overshoots
    # A stroke that is added to the first is set down less surely, longer or shorter.
    n_strokes = int(curves.stroke[-1]) + 1
    middles = np.stack([points[:, curves.stroke == s].mean(axis=1) for s in range(n_strokes)], 1)
    middle = middles[:, curves.stroke]
    longer = np.exp(normal(0.2, n_strokes, 1))[:, curves.stroke]
    beside = care * normal(0.03, n_strokes, 2)[:, curves.stroke]
    added = (curves.stroke > 0)[:, None]
    points = np.where(added, middle + longer * (points - middle) + beside, points)
    middle_line = np.array([curves.controls[:, 0].mean(), 0.5], np.float32)
    return _leaning(points - middle_line, normal)


def _leaning(points: Floats, normal: "_Normal") -> Floats:
    """Each drawing (n, n_controls, 2), around 0 and of height 1, in the proportions of its hand."""
    x, y = points[..., 0], points[..., 1]
    y = y + normal(0.25, 1) * (0.25 - y**2)  # a waist higher or lower
    x = x * (1 + np.clip(normal(0.25, 1), -0.5, 0.5) * y)  # a wider head or a wider foot
    x = x * np.exp(np.clip(normal(0.22, 1), -0.5, 0.6))  # wide and narrow
    x = x - np.clip(0.1 + normal(0.2, 1), -0.35, 0.6) * y  # most hands slant to the right
    turn = np.clip(normal(0.09, 1), -0.25, 0.25)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=-1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Normal:
    """Normal numbers of so many hands, float32 with the standard deviation that is asked for."""

    n: int
    rng: np.random.Generator

    def __call__(self, scale: float, *shape: int) -> Floats:
        return scale * self.rng.standard_normal((self.n, *shape), dtype=np.float32)


def is_clear(controls: Floats, curves: Curves) -> npt.NDArray[np.bool_]:
    """Which of the drawings (n, n_controls, 2) are told apart as a 1 or as a 7 by everyone: (n,).

    A 1's flag is steep, or short against its stem; the top of a 7 without a bar is flat and long.
    What lies between is both, and no drawing of it has a right answer.
    """
    digit, elbow = curves.form.digit, curves.elbow
    if elbow is None or (digit == 7 and curves.stroke[-1] > 0):
        return np.ones(len(controls), np.bool_)
    start, corner, end = (controls[:, i] for i in elbow)  # (n, 2) each
    line, stem = corner - start, end - corner
    length = np.hypot(*line.T) / np.hypot(*stem.T)
    slope = np.degrees(np.arctan2(-line[:, 1], line[:, 0]))  # upwards to the right
    if digit == 1:
        is_steep = (slope > 35) & (slope < 80) & (length < 0.9)
        is_short = (slope > 15) & (length < 0.3)
        has_foot = np.abs(controls[:, -1, 1] - end[:, 1]) < 0.2  # not higher, as a 7's bar
        return (is_steep | is_short) & has_foot
    return (slope > -20) & (slope < 20) & (length > 0.4) & (np.abs(stem[:, 0]) < stem[:, 1])


def _pressure(n: int, rng: np.random.Generator) -> Floats:
    """A pen's width along its way, near 1; 0 where the pen left no ink: (n, n_points)."""
    way = np.linspace(0, np.pi, N_POINTS, dtype=np.float32)
    waves = np.cos(np.arange(1, 5, dtype=np.float32)[:, None] * way)  # (4, n_points)
    amounts = rng.standard_normal((n, 4), dtype=np.float32)
    amounts *= np.abs(rng.normal(0, 0.06, (n, 1))).astype(np.float32)
    pressure = np.exp(amounts @ waves)
    skips = np.flatnonzero(rng.random(n) < 0.06)
    starts, lengths = rng.integers(2, N_POINTS - 8, len(skips)), rng.integers(3, 7, len(skips))
    place = np.arange(N_POINTS)
    is_off = (place >= starts[:, None]) & (place < (starts + lengths)[:, None])
    pressure[skips] = np.where(is_off, 0, pressure[skips])
    return pressure


# --- ink -------------------------------------------------------------------------------------


def draw(hands: Hands) -> Floats:
    """What the network sees of each: (n, 784), by the stages of `nncore.preprocessing`."""
    images = np.empty((len(hands.pens), IMAGE_SIDE**2), np.float32)
    for rows in slices(len(images), BLOCK):
        images[rows] = finished(boxed(*fitted(hands, rows)))
    return images


def fitted(hands: Hands, rows: slice) -> tuple[Floats, Floats, Floats]:
    """The stages `cropped`, `squared` and `stroked`, on curves.

    Returns:
        In pixels of the box of 20: points (n, n_points, 2), radii (n, n_points), 0 where the pen
        left no ink, and the pen's usual radius (n, 1).
    """
    points, pressure = hands.points[rows], hands.pressure[rows]
    pens = hands.pens[rows, None]
    reach = np.ptp(points, axis=1).max(axis=1, keepdims=True)  # of the middle line
    width = pens / (1 - pens) * reach  # the pen is a share of the whole, itself included
    share = np.clip(pens, *STROKE)
    brought_to = share / (1 - share) * reach
    radii = np.maximum(width * (pressure - 1) + brought_to, 0) / 2  # outlines move by the same
    radii = np.where(pressure > 0, radii, 0)
    low = (points - radii[..., None]).min(axis=1)
    high = (points + radii[..., None]).max(axis=1)
    factor = BOX_SIDE / (high - low).max(axis=1, keepdims=True)
    middle = ((low + high) / 2)[:, None]
    placed = (points - middle) * factor[..., None] + BOX_SIDE / 2
    return placed, radii * factor, brought_to / 2 * factor


def boxed(points: Floats, radii: Floats, pen: Floats) -> Floats:
    """The stage `averaged`: a disc around each point, all of them in grey: (n, 20, 20).

    A pixel p is in the disc of radius r around c where r² - |p - c|² > 0. That is the scalar
    product of (2c, r² - |c|²) and (p, 1), less |p|²: all of them are one matrix product. How far a
    pixel's middle lies from the outline is how much of it is ink.
    """
    n, n_points = radii.shape
    centred = points - BOX_SIDE / 2
    discs = np.empty((n, n_points, 3), np.float32)
    discs[..., :2] = 2 * centred
    discs[..., 2] = np.where(radii > 0, radii**2, -(BOX_SIDE**2)) - (centred**2).sum(axis=-1)
    depth = (discs @ _PIXELS).max(axis=1) - _SQUARES  # (n, 400), of the disc that reaches furthest
    distance = np.sqrt(np.maximum(pen**2 - depth, 0))  # as if its radius were the pen's
    return np.clip(pen - distance + 0.5, 0, 1).reshape(n, BOX_SIDE, BOX_SIDE)


def _pixels() -> tuple[Floats, Floats]:
    """Their middles as (3, 400): x, y and 1; and the squares of their distances from (0, 0)."""
    y, x = np.indices((BOX_SIDE, BOX_SIDE), np.float32).reshape(2, -1) + (1 - BOX_SIDE) / 2
    return np.stack([x, y, np.ones_like(x)]), x**2 + y**2


_PIXELS, _SQUARES = _pixels()


def finished(boxes: Floats) -> Floats:
    """The stages `brightened` and `centred` of each image (n, 20, 20): (n, 784)."""
    n = len(boxes)
    boxes = boxes / boxes.max(axis=(1, 2), keepdims=True)
    place = np.arange(BOX_SIDE)
    mass = boxes.sum(axis=(1, 2), dtype=np.float64)
    corners = [
        np.clip((15 - boxes.sum(axis=other, dtype=np.float64) @ (place + 0.5) / mass), 0, 8)
        for other in (2, 1)
    ]
    top, left = (corner.astype(np.intp)[:, None] + place for corner in corners)  # (n, 20)
    images = np.zeros((n, IMAGE_SIDE, IMAGE_SIDE), np.float32)
    images[np.arange(n)[:, None, None], top[:, :, None], left[:, None, :]] = boxes
    return images.reshape(n, -1)
