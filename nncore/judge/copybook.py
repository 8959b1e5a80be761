"""Digits of a copybook: what a model is judged by in the forms that people are taught.

They are drawn apart from those that a network may have learned from (`nncore.ink.world`), and share
no line with them: lines and arcs of ellipses, as print script is taught, instead of splines; a
sheet that is drawn out of shape instead of points that move; a broad nib instead of a round one; a
large picture, and every stage of the way from there to 28x28.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image as Pictures
from PIL import ImageDraw

from nncore.activations import Array
from nncore.preprocessing import prepare

CANVAS = 280
SEED = 1_954
N_EACH = 30
"""Drawings of each form."""
PENS = (0.03, 0.15)
"""Width of the nib as a share of the digit's height."""

Line = npt.NDArray[np.float64]
"""Points (x, y) of a stroke, (n_points, 2), in a box of height 1, y downwards."""

_RING = "a .3 .5 .3 .5 -80 -440"
_BELLY = "a .24 .68 .3 .32 -125 150"
PATHS: dict[str, str] = {
    "0 plain": _RING,
    "0 slash": _RING + " | .62,0 -.02,1",
    "0 slash inside": _RING + " | .5,.24 .1,.76",
    "0 backslash": _RING + " | .06,.1 .54,.9",
    "0 dot": _RING + " | .3,.48 .31,.52",
    "1 stick": "0,0 0,1",
    "1 flag": "-.2,.24 0,0 0,1",
    "1 long flag": "-.36,.5 0,0 0,1",
    "1 flag and foot": "-.2,.22 0,0 0,1 | -.24,1 .24,1",
    "2 plain": "a .28 .27 .28 .27 -170 35 0,1 .6,1",
    "2 looped": "a .28 .27 .28 .27 -170 40 .19,.85 a .1 .91 .11 .09 -40 -300 .66,.98",
    "2 flat": "0,0 .42,0 a .42 .14 .14 .14 -90 40 0,1 .56,1",
    "3 round": "a .24 .25 .26 .25 -150 80 a .24 .74 .3 .26 -80 150",
    "3 flat top": "0,0 .48,0 .2,.4 a .2 .7 .3 .3 -90 140",
    "4 open": ".1,0 0,.62 .6,.62 | .44,.3 .44,1",
    "4 open, round": "0,0 a .22 .32 .22 .2 180 0 .44,0 .44,1",
    "4 two strokes": ".42,0 0,.68 .62,.68 | .42,0 .42,1",
    "4 closed": ".46,.52 0,.52 .46,0 .46,1",
    "5 one stroke": ".5,0 .08,0 .06,.42 " + _BELLY,
    "5 two strokes": ".08,0 .06,.42 " + _BELLY + " | .08,0 .54,0",
    "5 floating bar": ".09,.06 .06,.42 " + _BELLY + " | .15,-.03 .57,-.05",
    "6 round": "a .5 .62 .5 .62 -95 -180 a .26 .72 .26 .28 180 -190",
    "6 like a b": "0,0 0,.72 a .26 .74 .26 .26 180 -180",
    "7 plain": "0,0 .54,0 .2,1",
    "7 barred": "0,0 .54,0 .2,1 | .12,.5 .54,.5",
    "7 hooked start": "0,.17 .02,0 .56,0 .24,1",
    "7 hooked and barred": "0,.15 .02,0 .56,0 .24,1 | .15,.52 .55,.5",
    "8 from the top": "a .28 .25 .24 .25 -30 -270 a .28 .75 .28 .25 -90 270 a .28 .25 .24 .25 90 0",
    "8 from its waist": "a .28 .25 .23 .25 90 -270 a .28 .75 .28 .25 -90 270",
    "8 two circles": "a .28 .24 .22 .24 -90 -450 | a .28 .74 .28 .26 -100 -460",
    "9 round": "a .26 .27 .26 .27 -20 -360 a 0 .27 .52 .74 0 65",
    "9 straight leg": "a .26 .26 .26 .26 -20 -360 .52,0 .52,1",
    "9 like a g": "a .26 .25 .26 .25 -20 -360 .52,.75 a .27 .75 .25 .25 0 160",
}  # fmt: skip
"""Each form's strokes: points `x,y` joined by lines, and arcs `a x y rx ry from to` around a point,
in degrees clockwise from the right; `|` lifts the pen."""


_FLAGGED = ("1 flag", "1 long flag", "1 flag and foot")


@dataclass(frozen=True, slots=True, eq=False)
class Copybook:
    """What the network sees of every drawing."""

    images: Array  # (n_samples, 784)
    digits: npt.NDArray[np.intp]  # (n_samples,)
    forms: list[str]  # n_samples keys of `PATHS`


def written(n_each: int = N_EACH, *, seed: int = SEED) -> Copybook:
    """Every form in `n_each` hands, the same for the same seed."""
    forms = [form for form in PATHS for _ in range(n_each)]
    images = [
        prepare(drawing(form, rng=np.random.default_rng([seed, i]))).pixels.ravel()
        for i, form in enumerate(forms)
    ]
    return Copybook(np.stack(images), np.array([int(form[0]) for form in forms]), forms)


def drawing(form: str, *, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Ink of 0 to 255 on a canvas of 280 pixels: one of `PATHS` as one hand may write it."""
    strokes = _strokes(form, rng)
    while form in _FLAGGED and not _is_steep(strokes[0]):
        strokes = _strokes(form, rng)
    size, pen = rng.uniform(100, 200), rng.uniform(*PENS)
    every = np.concatenate(strokes)
    low, reach = every.min(axis=0), float(np.ptp(every, axis=0).max())
    room = CANVAS - size * (1 + pen)
    place = size * pen / 2 + rng.uniform(0, room, 2)
    broad, angle = rng.uniform(0, 0.6), rng.uniform(0.3, 1.2)  # a nib held askew
    width = max(2, round(size * pen * (1 - broad)))
    nib = size * pen * broad / 2 * np.array([np.cos(angle), -np.sin(angle)])
    picture = Pictures.new("L", (CANVAS, CANVAS))
    draw = ImageDraw.Draw(picture)
    for stroke in strokes:
        for part in np.linspace(-1, 1, 7):
            points = (stroke - low) / reach * size + place + part * nib
            draw.line([(x, y) for x, y in points.tolist()], 255, width, "curve")
            for x, y in (points[0].tolist(), points[-1].tolist()):
                draw.circle((x, y), width / 2, 255)
    return np.asarray(picture)


def _strokes(form: str, rng: np.random.Generator) -> list[Line]:
    return _out_of_shape([_shaky(_line(path), rng) for path in PATHS[form].split("|")], rng)


def _is_steep(stroke: Line) -> bool:
    """Whether a flag rises by more than 0.6 of what it goes to the right: less may be a 7's top."""
    right, down = stroke[stroke[:, 1].argmin()] - stroke[0]
    return -down > 0.6 * right


def _line(path: str) -> Line:
    """A stroke's points, 0.02 or less apart."""
    corners: list[Line] = []
    words = path.split()
    while words:
        if words[0] == "a":
            x, y, rx, ry, start, end = map(float, words[1:7])
            turn = np.radians(np.linspace(start, end, 40))
            corners.append(np.stack([x + rx * np.cos(turn), y + ry * np.sin(turn)], axis=1))
            del words[:7]
        else:
            corners.append(np.array([[float(v) for v in words.pop(0).split(",")]]))
    every = np.concatenate(corners)
    way = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(every, axis=0).T))])
    steps = np.linspace(0, float(way[-1]), int(way[-1] / 0.02) + 2)
    across: Line = np.interp(steps, way, every[:, 0])
    down: Line = np.interp(steps, way, every[:, 1])
    return np.stack([across, down], axis=1)


def _shaky(line: Line, rng: np.random.Generator) -> Line:
    """Begun or ended early, its size and place not quite meant, with a hand that swings."""
    if len(line) > 12:
        line = line[rng.integers(0, 3) : len(line) - rng.integers(0, 3)]
    way = np.arange(len(line)) * 0.02
    for swing in (1.5, 3.5, 7.0):
        phase = rng.uniform(0, 2 * np.pi, 2)
        line = line + rng.uniform(0, 0.035 / swing, 2) * np.sin(swing * way[:, None] * 2 + phase)
    middle = line.mean(axis=0)
    return middle + rng.uniform(0.88, 1.12) * (line - middle) + rng.uniform(-0.025, 0.025, 2)


def _out_of_shape(strokes: list[Line], rng: np.random.Generator) -> list[Line]:
    """As if the sheet's four corners had been pulled at, then slanted, narrowed and turned."""
    every = np.concatenate(strokes)
    low, reach = every.min(axis=0), np.maximum(np.ptp(every, axis=0), 0.3)
    pulled = rng.uniform(-0.1, 0.1, (2, 2, 2))  # row, column, (x, y)
    slant, narrow, turn = rng.uniform(-0.2, 0.4), rng.uniform(-0.35, 0.3), rng.uniform(-0.16, 0.16)
    matrix = np.array([[np.exp(narrow), -slant], [0, 1]])
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ matrix
    shaped: list[Line] = []
    for stroke in strokes:
        right, down = ((stroke - low) / reach).T[:, :, None]
        top = (1 - right) * pulled[0, 0] + right * pulled[0, 1]
        bottom = (1 - right) * pulled[1, 0] + right * pulled[1, 1]
        shaped.append((stroke + (1 - down) * top + down * bottom) @ matrix.T)
    return shaped
