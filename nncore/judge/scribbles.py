"""Ink that is no digit: scribbles, letters, crossings and dots, to teach and to test doubt.

Letters that a digit looks like (O, I, l, S, Z, B, D, G, Q, b, g, q, s, y, z and so on) are left
out: nobody could say that a network is wrong which reads them.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

CANVAS = 280
SIZES = (90, 200)
"""Pixels of the longer side, as `nncore.judge.reinking` has it for digits."""
PENS = (0.06, 0.16)

Kind = Literal["scribble", "letter", "print", "crossing", "dots"]
Line = npt.NDArray[np.float64]
"""Points (x, y) of a stroke's middle line, (n_points, 2), in a square from 0 to 1, y downwards."""

_STROKES = {
    "A": "0,1 .5,0 1,1|.2,.62 .8,.62",
    "C": "1,.15 .7,0 .3,0 .05,.3 .05,.7 .3,1 .7,1 1,.85",
    "E": "1,0 .1,0 .1,1 1,1|.1,.5 .8,.5",
    "F": "1,0 .1,0 .1,1|.1,.5 .75,.5",
    "H": "0,0 0,1|1,0 1,1|0,.5 1,.5",
    "K": "0,0 0,1|.9,0 .05,.55|.3,.42 1,1",
    "M": "0,1 .1,0 .5,.6 .9,0 1,1",
    "N": "0,1 0,0 1,1 1,0",
    "P": "0,1 0,0 .7,0 .95,.15 .95,.4 .7,.55 0,.55",
    "R": "0,1 0,0 .7,0 .95,.15 .95,.4 .7,.52 0,.52|.45,.52 1,1",
    "T": "0,0 1,0|.5,0 .5,1",
    "U": "0,0 0,.65 .2,.95 .5,1 .8,.95 1,.65 1,0",
    "V": "0,0 .5,1 1,0",
    "W": "0,0 .25,1 .5,.35 .75,1 1,0",
    "X": "0,0 1,1|1,0 0,1",
    "a": ".9,.2 .6,0 .25,.1 0,.5 .2,.95 .55,.95 .85,.6 .9,.1 .85,.8 1,1",
    "d": ".85,.5 .5,.4 .15,.55 .1,.85 .4,1 .75,.9 .85,.6|.85,0 .85,1",
    "e": ".05,.5 .95,.45 .8,.1 .45,0 .1,.25 .05,.65 .3,.95 .7,1 1,.8",
    "f": ".9,.1 .65,0 .45,.2 .45,1|.1,.42 .85,.42",
    "h": ".1,0 .1,1|.1,.6 .4,.42 .75,.5 .85,.75 .85,1",
    "k": ".1,0 .1,1|.8,.4 .12,.72|.35,.62 .85,1",
    "m": "0,.1 0,1|0,.4 .25,.05 .45,.2 .5,1|.5,.35 .75,.05 .95,.2 1,1",
    "n": ".05,.1 .05,1|.05,.4 .4,.05 .8,.15 .95,.5 .95,1",
    "r": ".1,.1 .15,1|.15,.45 .45,.1 .9,.1",
    "t": ".45,0 .45,.8 .6,1 .9,.9|.05,.35 .9,.35",
    "w": "0,.1 .15,.9 .4,1 .5,.3 .6,1 .85,.9 1,.1",
}
LETTERS = tuple(_STROKES)
"""The letters that are written by strokes."""
PRINTED = "AEFHKMNPRTUVWXadefhkmnrtuvwx&#@%?"
"""Signs of Pillow's own typeface."""


def no_digit(
    kind: Kind, *, rng: np.random.Generator, letters: tuple[str, ...] = LETTERS
) -> npt.NDArray[np.uint8]:
    """Ink of 0 to 255 on a canvas of 280 pixels that shows no digit.

    Args:
        kind: scribble, letter (by hand), print (a typeface), crossing (lines) or dots.
        rng: draws everything that varies.
        letters: which of `LETTERS` may come.
    """
    size = rng.uniform(*SIZES)
    pen = rng.uniform(*PENS) * size
    if kind == "print":
        return _printed(str(rng.choice(list(PRINTED))), size, rng)
    if kind == "letter":
        lines = _letter(str(rng.choice(letters)), rng)
    else:
        lines = {"scribble": _scribble, "crossing": _crossing, "dots": _dots}[kind](rng)
    return _drawn(lines, size, pen, rng)


def _scribble(rng: np.random.Generator) -> list[Line]:
    """One line with more turns than any digit has."""
    turns = int(rng.integers(7, 22))
    points = rng.random((turns, 2))
    if rng.random() < 0.5:  # to and fro, as one scrapes something out
        points[:, 0] = (np.arange(turns) % 2) * rng.uniform(0.7, 1) + rng.normal(0, 0.08, turns)
        points[:, 1] = np.linspace(0, 1, turns) + rng.normal(0, 0.05, turns)
    return [_smooth(points)]


def _letter(letter: str, rng: np.random.Generator) -> list[Line]:
    lines: list[Line] = []
    for stroke in _STROKES[letter].split("|"):
        points = np.array([[float(v) for v in p.split(",")] for p in stroke.split()])
        points *= [rng.uniform(0.65, 1), 1]
        points += rng.normal(0, 0.03, points.shape)
        lines.append(_smooth(points) if letter.islower() or letter in "CPRU" else points)
    return lines


def _crossing(rng: np.random.Generator) -> list[Line]:
    """Three to six straight lines across each other: hatching, a grid, a star."""
    n = int(rng.integers(3, 7))
    angles = rng.choice([0, np.pi / 2, np.pi / 4, -np.pi / 4, rng.uniform(0, np.pi)], n)
    along = np.stack([np.cos(angles), np.sin(angles)], axis=1) * rng.uniform(0.35, 0.5, (n, 1))
    middle = 0.5 + rng.uniform(-0.3, 0.3, (n, 2))
    lines = [np.stack([m - a, m + a]) for m, a in zip(middle, along)]
    if rng.random() < 0.5:  # never only parallel lines: two that cross
        lines += [np.array([[0.1, 0.1], [0.9, 0.9]]), np.array([[0.9, 0.1], [0.1, 0.9]])]
    return [*lines, np.array([[0.5, 0.0], [0.5, 1.0]]), np.array([[0.0, 0.5], [1.0, 0.5]])]


def _dots(rng: np.random.Generator) -> list[Line]:
    """A dot, or a few of them."""
    return [np.repeat(rng.random((1, 2)), 2, axis=0) for _ in range(int(rng.choice([1, 2, 3, 6])))]


def _smooth(points: Line) -> Line:
    """A curve through the points (Catmull and Rom 1974), (n_points - 1) * 8 + 1 points of it."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = (np.arange(8) / 8)[:, None]
    pieces: list[Line] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:]):
        cubic = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
        pieces.append((cubic + (3 * b - a - 3 * c + d) * t**3) / 2)
    return np.concatenate([*pieces, points[-1:]])


def _drawn(
    lines: list[Line], size: float, pen: float, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Slanted, turned and stretched a little, and set down somewhere on the canvas."""
    angle, slant = rng.uniform(-0.2, 0.2), rng.uniform(-0.25, 0.25)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned = [(line - 0.5) @ np.array([[1, 0], [slant, 1]]) @ turn for line in lines]
    every = np.concatenate(turned)
    low, reach = every.min(axis=0), max(float(np.ptp(every, axis=0).max()), 0.2)
    room = CANVAS - size - pen
    place = pen / 2 + rng.uniform(0, room, 2)
    picture = Pictures.new("L", (CANVAS, CANVAS))
    draw = ImageDraw.Draw(picture)
    for line in turned:
        points = (line - low) / reach * size + place
        draw.line([(x, y) for x, y in points.tolist()], fill=255, width=round(pen), joint="curve")
        for x, y in (points[0].tolist(), points[-1].tolist()):
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return np.asarray(picture)


def _printed(sign: str, size: float, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    picture = Pictures.new("L", (CANVAS, CANVAS))
    font = ImageFont.load_default(float(size))
    place = (CANVAS / 2 + rng.uniform(-30, 30), CANVAS / 2 + rng.uniform(-30, 30))
    ImageDraw.Draw(picture).text(place, sign, fill=255, font=font, anchor="mm")
    return np.asarray(picture.rotate(rng.uniform(-12, 12), Pictures.Resampling.BILINEAR))
