"""The one palette: every colour here reads on the light and on the dark page (3:1 or more).

Colours stand for things, not for moods: an engine has its colour on every page, a weight's sign
has its hue, and dashes tell training from validation and test.
"""

from typing import Literal

from nncore.config import EngineName

Split = Literal["training", "validation", "test"]

NUMPY = "#2b7de0"
TORCH = "#e0591c"
SHIPPED = "#7a6cf0"
"""The model that comes with the app, in the app's own colour: neither engine of a run."""

POSITIVE = "#12946f"
NEGATIVE = "#c9418f"
"""Weights, and whatever else has a sign; zero is the background."""

MISTAKE = NEGATIVE
"""Where a network was wrong."""

GREY = "#7a7f8c"
"""What belongs to nobody: lines to compare with, and words in a picture that knows no theme."""

RULE = "rgba(128,132,149,0.45)"
"""A thin line that shows on light and on dark."""

PAPER = "#0d1018"
INK = "#ffffff"
"""Digits are bright ink on dark paper on every page, whatever its mode."""

BLACK = "#000000"
"""The pad, and an edge or a number on what is bright in both modes."""

PAD_CORNERS = "#5b6070"
PAD_WORDS = "#9aa0b0"
"""On the black pad: the corners of the box that MNIST's digits fill, and the hint."""

TAG = "#3a3560"
"""Behind the name of a digit in a photograph that is not looked at: the app's own colour, dark."""

DISC = "#1f222b"
"""Behind white words in a chart."""

TRANSPARENT = "rgba(0,0,0,0)"

ENGINE_COLORS: dict[EngineName, str] = {"numpy": NUMPY, "torch": TORCH}
ENGINE_NAMES: dict[EngineName, str] = {"numpy": "NumPy", "torch": "PyTorch"}
ENGINE_MARKDOWN: dict[EngineName, str] = {"numpy": ":blue[NumPy]", "torch": ":orange[PyTorch]"}
"""The names in their colours, for markdown; the theme maps blue and orange to the same hues."""

AXIS_TEXT = {"light": "#3c4150", "dark": "#d3d6df"}
"""Words on the axes of a chart, by the page's mode: Streamlit's own grey has 3.7:1 on white."""

DASHES: dict[Split, list[float]] = {"training": [1, 0], "validation": [8, 4], "test": [2, 3]}
"""Vega's line styles: pixels with ink and without."""

ECHARTS_DASHES: dict[str, str] = {"training": "solid", "validation": "dashed", "test": "dotted"}
"""The same styles in the words of ECharts."""


def rgb(color: str) -> tuple[int, int, int]:
    """`#rrggbb` as three numbers from 0 to 255."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def sign_color(value: float) -> str:
    """The colour of a positive or a negative number."""
    return POSITIVE if value >= 0 else NEGATIVE
