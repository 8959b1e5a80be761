"""The forms in which people are taught to write the ten digits, as strokes.

MNIST was written in America. Elsewhere a 1 has a flag and a 7 a bar, and some cross their 0. Which
forms there are is after "Regional handwriting variation" (Wikipedia) and the copybooks that it
names. How often each is written where is not known: a form's `share` says how often it shall be
met when a network learns, the common ones often, a rare one often enough to be learned.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

N_POINTS = 96
"""Points of a drawn digit: of MNIST's 20 pixels, no two neighbours lie more than 0.8 apart."""
_FINE = 24
"""Points of a curve between two of its control points, before they are spread evenly."""
END = 0.2
"""Of a stroke's end, how long a piece of it counts when it is written too short or too long."""
_HASTE = 6
"""Points to either side over which a hand in haste rounds off a corner."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a digit.

    `strokes` lists control points `x,y` in a box of height 1, y downwards, in the order in which
    they are written; `|` lifts the pen, `!` after a point is a corner.
    """

    digit: int
    name: str
    share: float
    """Of this digit's drawings; those of a digit sum to 1."""
    strokes: str


_OVAL = ".4,0 .12,.16 0,.5 .1,.84 .34,1 .6,.85 .7,.5 .62,.15 .4,0"

FORMS = (
    Form(0, "plain", 0.27, _OVAL),
    Form(0, "from the right", 0.1, ".62,.14 .36,0 .1,.15 0,.5 .1,.85 .36,1 .62,.83 .7,.48 .64,.16"),
    # The script letter O; also taught with the first school scripts.
    Form(
        0,
        "loop",
        0.08,
        ".5,.05 .2,.08 .02,.4 .08,.85 .34,1 .62,.82 .68,.4 .5,.06 .3,.1 .5,.2 .75,.1",
    ),
    Form(0, "slash", 0.2, _OVAL + "|.75,-.02 -.05,1.02"),
    Form(0, "slash inside", 0.12, _OVAL + "|.56,.22 .14,.8"),
    Form(0, "backslash", 0.08, _OVAL + "|.08,.08 .62,.92"),
    # Seen in Germany, not taught.
    Form(0, "upright bar", 0.02, _OVAL + "|.38,-.06 .33,1.06"),
    Form(0, "tick", 0.05, _OVAL + "|.82,-.05 .42,.42"),
    Form(0, "dot", 0.08, _OVAL + "|.33,.49 .37,.51"),
    Form(1, "stick", 0.25, ".02,0 .01,.5 0,1"),
    Form(1, "slanted stick", 0.07, ".45,0 .24,.5 0,1"),
    # Germany, France, Turkey and most of Europe; the copybooks begin the flag at half height.
    Form(1, "flag", 0.26, "0,.28 .14,.16 .28,0! .27,.5 .26,1"),
    Form(1, "long flag", 0.18, "0,.58 .2,.32 .4,0! .39,.5 .38,1"),
    Form(1, "flag and foot", 0.14, "0,.27 .14,.16 .28,0! .28,1|-.02,1 .28,1 .58,.99"),
    Form(1, "flag and foot in one", 0.05, ".02,.27 .14,.16 .3,0! .28,1! .02,1! .58,.99"),
    Form(1, "hooked", 0.05, "0,.16 .12,.14 .24,0! .24,.5 .24,1"),
    Form(2, "plain", 0.4, "0,.22 .12,.05 .34,0 .57,.1 .6,.32 .42,.6 0,1! .32,.99 .68,.98"),
    # "A curly version", taught in the U.S., Germany and Austria.
    Form(
        2,
        "looped",
        0.25,
        "0,.2 .14,.04 .36,0 .58,.13 .56,.38 .34,.7 .12,.95 -.02,.92 .06,.8 .24,.84 .46,.98 .74,.92",
    ),
    Form(
        2,
        "wavy base",
        0.13,
        "0,.2 .12,.04 .34,0 .57,.12 .57,.35 .35,.66 .02,.95! .2,.9 .42,1 .7,.9",
    ),
    Form(2, "flat", 0.12, "0,.08 .25,.01 .52,.03 .57,.18 .4,.52 0,1! .35,1 .66,1"),
    Form(2, "swan", 0.1, ".04,.3 .02,.14 .2,0 .46,.05 .52,.25 .36,.62 .02,1! .3,.97 .62,1"),
    Form(
        3,
        "round",
        0.5,
        "0,.14 .2,.0 .46,.04 .54,.22 .4,.42 .2,.47! .46,.52 .6,.74 .46,.95 .2,1 0,.88",
    ),
    # The letter ezh; keeps a 3 from being made an 8.
    Form(
        3,
        "flat top",
        0.22,
        "0,.01 .3,.0 .58,0! .4,.2 .24,.4! .48,.45 .6,.7 .46,.95 .2,1 -.02,.9",
    ),
    Form(
        3,
        "one curve",
        0.13,
        "0,.12 .2,.0 .46,.06 .48,.28 .3,.44 .34,.48 .58,.6 .58,.84 .34,1 0,.92",
    ),
    Form(
        3,
        "looped",
        0.15,
        "0,.12 .24,0 .5,.1 .46,.34 .24,.5 .12,.46 .22,.4 .46,.5 .6,.74 .42,.97 .14,1 -.02,.88",
    ),
    Form(4, "open", 0.24, ".14,0 .02,.58! .36,.57 .74,.56|.5,.2 .47,.6 .44,1"),
    Form(4, "open, straight", 0.12, ".04,0 .03,.52! .3,.52 .56,.52|.56,0 .55,.5 .54,1"),
    Form(4, "open, round", 0.12, ".04,0 .02,.3 .14,.52 .34,.5 .56,.38|.58,0 .56,.5 .52,1"),
    Form(4, "closed", 0.2, ".5,0 0,.66! .36,.66 .74,.65|.51,0 .5,.5 .49,1"),
    Form(4, "closed in one", 0.18, ".5,.04 .25,.3 0,.6! .3,.58 .62,.55! .57,.3 .52,0! .5,.5 .47,1"),
    Form(4, "one stroke, open", 0.06, ".28,0 .14,.3 0,.62! .36,.6 .7,.58! .56,.3! .5,.65 .44,1"),
    Form(4, "sail", 0.08, ".46,0 .44,.5 .42,1|.44,0 .2,.36 0,.68! .7,.66"),
    Form(5, "one stroke", 0.26, ".62,0 .38,.01 .1,.02! .06,.42! .3,.36 .56,.5 .58,.8 .34,1 0,.92"),
    Form(
        5,
        "bar last",
        0.24,
        ".1,.02 .06,.44! .3,.37 .55,.5 .58,.78 .34,1 0,.92|.1,.02 .36,.02 .64,0",
    ),
    Form(
        5,
        "floating bar",
        0.2,
        ".12,.1 .06,.46! .3,.39 .55,.52 .58,.8 .34,1 0,.93|.22,.0 .46,-.02 .7,-.04",
    ),
    Form(5, "round", 0.14, ".58,0 .3,.0 .12,.14 .14,.36 .4,.46 .58,.64 .5,.9 .24,1 0,.92"),
    Form(5, "hooked", 0.16, ".6,0 .14,.0! .08,.4! .2,.34 .44,.38 .56,.62 .44,.92 .18,1 .0,.86"),
    Form(
        6,
        "round",
        0.44,
        ".5,0 .24,.18 .05,.48 .02,.76 .16,.97 .38,1 .54,.82 .46,.6 .26,.56 .06,.7",
    ),
    Form(6, "like a b", 0.26, ".1,0 .05,.3 .02,.68 .1,.95 .32,1 .54,.88 .54,.64 .34,.52 .04,.66"),
    Form(6, "small loop", 0.14, ".56,0 .24,.2 .04,.56 .04,.86 .2,1 .4,.94 .42,.76 .26,.68 .06,.8"),
    Form(
        6,
        "curled top",
        0.08,
        ".58,.12 .46,0 .24,.08 .06,.4 .0,.74 .14,.97 .38,1 .54,.8 .44,.6 .24,.58 .06,.74",
    ),
    Form(6, "open loop", 0.08, ".46,0 .2,.2 .03,.52 .02,.8 .18,1 .42,.98 .54,.8 .46,.62 .3,.6"),
    Form(7, "plain", 0.26, "0,.02 .3,.01 .62,0! .44,.4 .24,1"),
    Form(7, "curved", 0.08, "0,.04 .3,.05 .62,0! .5,.24 .36,.6 .3,1"),
    # France, Germany, Turkey; tells it from a 1 with a long upstroke.
    Form(7, "barred", 0.26, "0,.02 .3,.01 .62,0! .44,.4 .22,1|.1,.5 .3,.49 .56,.48"),
    Form(7, "barred low", 0.06, "0,.02 .3,.01 .6,0! .5,.4 .36,1|.16,.62 .42,.6 .66,.59"),
    # Copperplate's serif; in East Asia taught without the bar.
    Form(7, "hooked start", 0.16, "0,.2 .02,.1 .05,.02! .32,.03 .64,.02! .46,.4 .26,1"),
    Form(
        7,
        "hooked and barred",
        0.12,
        "0,.18 .04,.02! .3,.04 .62,.02! .44,.4 .24,1|.12,.52 .34,.5 .56,.5",
    ),
    Form(7, "wavy", 0.06, "0,.1 .14,.01 .36,.06 .64,.0! .46,.4 .26,1"),
    Form(
        8,
        "from the top",
        0.36,
        ".52,.1 .28,0 .06,.14 .1,.34 .34,.5 .58,.7 .52,.93 .28,1 .04,.9 .04,.68 .28,.5 .5,.34 "
        ".56,.16 .44,.02",
    ),
    Form(
        8,
        "from its waist",
        0.2,
        ".3,.48 .06,.3 .08,.08 .3,0 .52,.1 .54,.3 .3,.48 .04,.68 .04,.92 .3,1 .56,.92 .58,.7 "
        ".32,.49",
    ),
    Form(
        8,
        "two circles",
        0.22,
        ".3,0 .1,.1 .08,.34 .3,.46 .52,.36 .5,.1 .3,0|.3,.46 .04,.6 .02,.86 .3,1 .58,.86 "
        ".56,.6 .3,.46",
    ),
    Form(
        8,
        "open top",
        0.12,
        ".56,.02 .26,.02 .08,.18 .2,.4 .46,.58 .56,.82 .34,1 .06,.92 .06,.7 .34,.46 .64,.08",
    ),
    Form(
        8,
        "sideways start",
        0.1,
        ".1,.06 .16,.3 .42,.54 .58,.78 .42,.99 .16,.98 .02,.8 .18,.56 .44,.36 .52,.12 .32,0 .08,.1",
    ),
    Form(9, "round", 0.28, ".54,.16 .36,.0 .1,.08 .02,.32 .16,.52 .38,.48 .54,.2! .52,.6 .44,1"),
    Form(
        9,
        "straight leg",
        0.24,
        ".54,.1 .34,0 .1,.08 .02,.3 .16,.5 .36,.46 .54,.1! .54,.55 .53,1",
    ),
    Form(
        9,
        "like a g",
        0.26,
        ".54,.12 .34,.0 .1,.08 .02,.28 .14,.46 .36,.44 .55,.12! .56,.5 .52,.86 .3,1 .04,.9",
    ),
    Form(9, "one curve", 0.14, ".5,.3 .4,.46 .14,.46 .02,.26 .14,.04 .4,.02 .55,.24 .5,.6 .28,1"),
    Form(9, "open loop", 0.08, ".46,.04 .2,.04 .03,.22 .1,.44 .34,.46 .56,.26|.58,.02 .56,.5 .5,1"),
)
"""The forms by digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """A form ready to be drawn: what of it may move, and how the curve follows."""

    form: Form
    controls: Floats  # (n_controls, 2), x and y
    along: Floats  # (n_points, n_controls): points of the curve = along @ controls
    rounded: Floats  # the same, written in haste
    stroke: npt.NDArray[np.intp]  # (n_controls,) which stroke each belongs to
    ends: Floats  # (n_controls, n_controls): the ends' directions, `END` long = ends @ controls
    elbow: tuple[int, int, int] | None
    """Of a 1 with a flag and of a 7, the control points where the first line begins, where it
    meets the stem, and where the stem ends."""


def compiled(form: Form) -> Curves:
    """Catmull and Rom's curve (1974) through control points, as a matrix, its points spread evenly.

    The curve is linear in its control points: the matrix is made once for the form, and then any
    number of drawings, each with points moved a little, is one product. A corner ends a curve and
    begins the next one.
    """
    written = [stroke.split() for stroke in form.strokes.split("|")]
    controls = [[float(v) for v in p.rstrip("!").split(",")] for points in written for p in points]
    nominal = np.array(controls, np.float32)
    n = len(controls)
    ends = np.zeros((n, n), np.float32)
    strokes: list[Floats] = []
    rounded: list[Floats] = []
    borders: list[int] = []
    last = -1
    for points in written:
        first, last = last + 1, last + len(points)
        for end, inner in ((first, first + 1), (last, last - 1)):
            reach = float(np.hypot(*(nominal[end] - nominal[inner])))
            ends[end, [end, inner]] = np.array([1, -1]) * min(1, END / reach)
        corners = [first + i for i, point in enumerate(points) if point.endswith("!")]
        borders = borders or [first, *corners, last]
        pieces = sorted({first, *corners, last})
        curve = [_catmull_rom(start, stop, n) for start, stop in pairwise(pieces)]
        strokes.append(np.concatenate(curve))
    lengths = np.array([np.hypot(*np.diff(w @ nominal, axis=0).T).sum() for w in strokes])
    counts = np.maximum(4, np.floor(N_POINTS * lengths / lengths.sum()).astype(int))
    counts[lengths.argmax()] += N_POINTS - counts.sum()
    strokes = [_evenly(w, nominal, count) for w, count in zip(strokes, counts)]
    rounded = [_in_haste(w) for w in strokes]
    elbow = None
    if form.digit in (1, 7) and len(borders) > 2:
        at = 1 if form.digit == 1 else len(borders) - 2
        elbow = (borders[at - 1], borders[at], borders[at + 1])
    number = np.repeat(np.arange(len(written)), [len(points) for points in written])
    return Curves(
        form, nominal, np.concatenate(strokes), np.concatenate(rounded), number, ends, elbow
    )


def _catmull_rom(start: int, stop: int, n_controls: int) -> Floats:
    """Weights (n, n_controls) of the curve from one control point through all to another."""
    t = np.linspace(0, 1, _FINE, dtype=np.float32)
    bend = np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2]
    )
    parts: list[Floats] = []
    for here in range(start, stop):
        part = np.zeros((_FINE, n_controls), np.float32)
        for weight, place in zip(bend / 2, range(here - 1, here + 3)):
            part[:, min(max(place, start), stop)] += weight
        parts.append(part)
    return np.concatenate(parts)


def _evenly(weights: Floats, controls: Floats, n: int) -> Floats:
    """n rows at equal steps along the curve."""
    way = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(weights @ controls, axis=0).T))])
    steps = np.linspace(0, float(way[-1]), n)
    place: npt.NDArray[np.float64] = np.interp(steps, way, np.arange(len(way)))
    low = np.minimum(place.astype(np.intp), len(way) - 2)
    part: Floats = (place - low).astype(np.float32)[:, None]
    before: Floats = weights[low]
    after: Floats = weights[low + 1]
    return (before + part * (after - before)).astype(np.float32)


def _in_haste(weights: Floats) -> Floats:
    """A hand in haste cuts its corners: each point is an average of those before and after it.

    The ends stay: near them there are fewer points to average, the same number on both sides.
    """
    n = len(weights)
    reach = np.minimum(np.minimum(np.arange(n), np.arange(n)[::-1]), _HASTE)
    near = np.abs(np.arange(n)[:, None] - np.arange(n)) <= reach[:, None]
    return (near / near.sum(axis=1, keepdims=True)).astype(np.float32) @ weights
