"""The strokes on the pad as points, from what its canvas says of them, to be drawn once more."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

Stroke = list[float]
"""x0, y0, x1, y1, ... in pixels of the pad."""


@dataclass(frozen=True, slots=True, eq=False)
class PadDrawing:
    """What is on the pad: a page switch takes the pad away, and the next pad gets it back."""

    ink: np.ndarray  # (h, w)
    strokes: list[Stroke]


_ROUNDED = 0.001
"""Pixels by which the canvas may round where a stroke is."""


def strokes(said: object) -> list[Stroke]:
    """The strokes of a drawing, in the order in which they were drawn.

    Args:
        said: the canvas's `json_data`. It comes from a browser: what is no stroke is left out.
    """
    objects = cast(Mapping[str, Any], said).get("objects") if isinstance(said, Mapping) else None
    found = list[Stroke]()
    for drawn in cast(list[Any], objects) if isinstance(objects, list) else []:
        try:
            with np.errstate(all="ignore"):
                points = _points(drawn)
        except (TypeError, ValueError, KeyError, IndexError, OverflowError):
            continue
        if np.isfinite(points).all():
            found.append(points.ravel().tolist())
    return found


def _points(drawn: Mapping[str, Any]) -> np.ndarray:
    """The points (n, 2) that the pen went through.

    Fabric.js, which the canvas is made with, keeps them as a path M Q ... Q L: each curve's control
    point is a point of the pen, and both ends are drawn out by a thousandth of its width: a line's
    of two points to the left and the right, others' to where they come from and go.
    """
    start, *curves, end = (np.array(row[1:], dtype=float) for row in drawn["path"])
    if curves:
        controls = [curve[:2] for curve in curves]
        way = np.sign(end - controls[-1]) if len(controls) > 1 else np.array([1, 0])
        last = end - way * drawn["strokeWidth"] / 1000
        pen = np.array([*controls, last])
    else:
        pen = np.array([(start + end) / 2])  # a dot
    return _moved(pen, _middle(start, curves, end), drawn)


def _middle(start: np.ndarray, curves: list[np.ndarray], end: np.ndarray) -> np.ndarray:
    """The middle (2,) of the box that Fabric.js sees around a path: its curves are taken for cubic
    ones there, with the control point twice."""
    on_it, here = [start, end], start
    for curve in curves:
        control, there = curve[:2], curve[2:]
        before, after = control - here, control - there
        turns = before * after > 0
        s = np.sqrt(np.divide(before, after, out=np.zeros(2), where=turns))
        t = s / (1 + s)  # where its slope is 0
        on_it += [there, (1 - t) ** 3 * here + 3 * t * (1 - t) * control + t**3 * there]
        here = there
    return (np.min(on_it, axis=0) + np.max(on_it, axis=0)) / 2


def _moved(points: np.ndarray, middle: np.ndarray, drawn: Mapping[str, Any]) -> np.ndarray:
    """The points (n, 2) of a stroke where the pad's tools have moved, turned or stretched it to.

    The pen does not change with it: once more, a stretched stroke is as wide as any other.
    """
    place = np.array([drawn["left"], drawn["top"]], dtype=float)
    stretch = np.array([drawn["scaleX"], drawn["scaleY"]], dtype=float)
    stretch[[bool(drawn["flipX"]), bool(drawn["flipY"])]] *= -1
    turn = math.radians(drawn["angle"])
    if turn == 0 and (stretch == 1).all() and (abs(place - middle) < _ROUNDED).all():
        return points
    cos, sin = math.cos(turn), math.sin(turn)
    return (points - middle) * stretch @ np.array([[cos, sin], [-sin, cos]]) + place
