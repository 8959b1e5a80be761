"""What the canvas says of its strokes, as streamlit-drawable-canvas 0.13 says it."""

import copy
import math
from typing import Any

import pytest

from dashboard.ink.strokes import strokes

SAID: dict[str, Any] = {
    "version": "7.4.0",
    "objects": [
        {
            "type": "Path", "strokeWidth": 24,
            "left": 110.238, "top": 141.3383, "width": 52.524, "height": 163.8089,
            "scaleX": 1, "scaleY": 1, "angle": 0, "flipX": False, "flipY": False,
            "path": [["M", 83.976, 83.24275], ["Q", 84, 83.21875, 98, 76.21875],
                     ["Q", 112, 69.21875, 126, 62.21875], ["Q", 140, 55.21875, 126, 139.21875],
                     ["L", 111.976, 223.24275]],
        },
        {
            "type": "Path", "strokeWidth": 24,
            "left": 168, "top": 167.2188, "width": 0.048, "height": 0,
            "scaleX": 1, "scaleY": 1, "angle": 0, "flipX": False, "flipY": False,
            "path": [["M", 167.976, 167.21875], ["L", 168.024, 167.21875]],
        },
    ],
}  # fmt: skip
LINE = [84, 83.21875, 112, 69.21875, 140, 55.21875, 112, 223.21875]


def changed(**changes: object) -> dict[str, Any]:
    said = copy.deepcopy(SAID)
    said["objects"][0] |= changes
    return said


def test_the_points_are_where_the_pen_was():
    line, dot = strokes(SAID)
    assert line == pytest.approx(LINE, abs=1e-9)
    assert dot == pytest.approx([168, 167.21875], abs=1e-9)


def test_a_line_of_two_points_is_drawn_out_sideways_only():
    path = [
        ["M", 112.976, 82.21875],
        ["Q", 113, 82.21875, 107, 148.71875],
        ["L", 101.024, 215.21875],
    ]
    line, _ = strokes(changed(path=path, left=107.0014, top=148.7188))
    assert line == pytest.approx([113, 82.21875, 101, 215.21875], abs=1e-9)


@pytest.mark.parametrize(
    "junk", [None, [], "x", {}, {"objects": 3}, {"objects": [None, 1, {}, {"path": "M"}]}]
)
def test_what_is_no_drawing_has_no_strokes(junk: object):
    assert strokes(junk) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"path": [["M"], ["L", 1, 2]]},
        {"path": [["M", 1, 2]]},
        {"path": [["M", 1, 2], ["Q", 3], ["L", 4, 5]]},
        {"path": [["M", "a", 2], ["L", 4, 5]]},
        {"path": [["M", 1, 2], ["L", math.inf, 5]]},
        {"strokeWidth": "wide"},
    ],
)
def test_a_stroke_that_cannot_be_one_is_left_out(changes: dict[str, object]):
    line_or_dot = strokes(changed(**changes))
    assert len(line_or_dot) == 1
    assert line_or_dot[0] == pytest.approx([168, 167.21875], abs=1e-9)
