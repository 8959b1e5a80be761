"""What the lessons' figures have in common: Vega charts that update in place, and SVG drawings.

A chart's specification never depends on the data, so that moving a control swaps the numbers and
nothing flickers. A drawing takes the page's text colour by itself.
"""

import html
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.components.v2 import component
from streamlit.delta_generator import DeltaGenerator

from dashboard.learn import state
from dashboard.ui import vega
from dashboard.ui.palette import GREY, NEGATIVE, POSITIVE, SHIPPED

MAIN = SHIPPED
"""The one curve that answers to the controls."""

# `st.html` drops SVG, and an SVG shown as an image knows no theme.
_DRAWING = component(
    "lesson_drawing",
    html="<div></div>",
    css="div { color: var(--st-text-color); font-family: var(--st-font); }",
    js="""
export default function ({ data, parentElement }) {
  parentElement.querySelector("div").innerHTML = data.svg
}
""",
)


def chart(
    rows: "Iterable[dict[str, Any]] | pd.DataFrame",
    layers: Sequence[dict[str, Any]],
    *,
    key: str,
    title: str,
    alt: str,
    height: int = 310,
) -> None:
    """A lesson's chart: layers over one table of rows.

    `title` says what to see and is fixed for the chapter; its further lines are the key.
    """
    # Vega cuts a line that is longer than a phone is wide.
    head, *key_lines = title.split("\n")
    is_alone = state.is_alone()
    wide = 1.9 if is_alone else 1
    heading: dict[str, Any] = {"text": textwrap.wrap(head, round(36 * wide)), "anchor": "start"}
    if key_lines:
        lines = [part for line in key_lines for part in textwrap.wrap(line, round(40 * wide))]
        heading |= {"subtitle": lines, "subtitlePadding": 6}
        heading |= {"subtitleFontSize": 14, "subtitleColor": vega.axis_text() or GREY}
    vega.place(rows, layers, key=key, title=heading, alt=alt, height=height, is_projected=is_alone)


def only(kind: str) -> list[dict[str, str]]:
    """The transform of a lesson's chart that keeps the rows of one kind."""
    return [{"filter": f"datum.kind === '{kind}'"}]


def axis(
    field: str, title: str, low: float | None = None, high: float | None = None, **more: Any
) -> dict[str, Any]:
    """An axis of a lesson's chart, with fixed ends where they are given."""
    scale: dict[str, Any] = {"nice": False, "zero": False}
    if low is not None:
        scale["domain"] = [low, high]
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, **more}


def bars(
    values: np.ndarray,
    *,
    x: str,
    y: str,
    ends: tuple[float, float],
    key: str,
    title: str,
    alt: str,
    chosen: int | None = None,
    height: int = 220,
) -> None:
    """A lesson's chart of bars, one a number, hue by sign; the chosen one stands out."""
    hue = {"condition": {"test": "datum.value >= 0", "value": POSITIVE}, "value": NEGATIVE}
    weight = {"condition": {"test": "datum.chosen", "value": 1}, "value": 0.5}
    across = {"field": "unit", "type": "ordinal", "title": x, "sort": None}
    chart(
        [
            {"unit": str(i), "value": float(value), "chosen": chosen in (i, None)}
            for i, value in enumerate(values)
        ],
        [
            {
                "mark": "bar",
                "encoding": {
                    "x": {**across, "axis": {"labelAngle": 0}},
                    "y": axis("value", y, *ends, stack=None),
                    "color": hue,
                    "opacity": weight,
                    "tooltip": [
                        {"field": "unit", "title": x},
                        {"field": "value", "title": y, "format": ".4f"},
                    ],
                },
            },
            {"mark": {"type": "rule", "color": GREY}, "encoding": {"y": {"datum": 0}}},
        ],
        key=key,
        title=title,
        alt=alt,
        height=height,
    )


def places() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Places of a lesson's figure: its controls, and the drawing that they change.

    With the drawing stand its numbers; words about it go below the controls. On a phone the drawing
    stays in sight while the controls are moved below it (`assets/style.css`), so that what is
    placed with it has to be short.
    """
    return _columns("lesson-places")


def below() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Places below those of `places`, in the same columns, for what need not stay in sight."""
    return _columns("lesson-below")


def _columns(key: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    with st.container(key=key, height="stretch" if state.is_alone() else "content"):
        if state.is_alone():
            figure, controls = st.columns([9, 4], gap="medium")
        else:
            figure, controls = st.columns([5, 3], gap="large")
    return controls, figure


def svg(body: Iterable[str], width: int, height: int, alt: str, *, key: str) -> None:
    """Place a drawing of ours; on a narrow screen it shrinks, on a wide one it grows a little, and
    alone on the page it fills its place (`assets/projection.css`)."""
    with st.container(key=key):
        _DRAWING(
            key=f"{key}-drawing",
            data={
                "svg": f'<svg viewBox="0 0 {width} {height}" role="img" '
                f'aria-label="{html.escape(alt)}" '
                f'style="width:100%;max-width:var(--drawing-width, {1.35 * width:.0f}px);'
                'max-height:var(--drawing-height, none);height:auto;display:block" '
                f'font-size="14" text-anchor="middle" fill="currentColor">{"".join(body)}</svg>'
            },
        )


def text(x: float, y: float, words: str, **attributes: Any) -> str:
    """A piece of text in a drawing."""
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{words}</text>'


def signed_term(value: float, places: int = 2) -> str:
    """`+ 0.50` or `- 0.50`, for a sum in the title of a lesson's chart or in its LaTeX."""
    return f"{'-' if value < 0 else '+'} {abs(value):.{places}f}"
