"""The strokes on the pad as points, from what its canvas says of them, to be drawn once more."""

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
    return pen
