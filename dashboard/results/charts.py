"""The figures of Results: arrays in, Plotly figures out, for looking closely.

One can hover, zoom, click, and save them as PNG. `show` places them, and hands their alternative
text to screen readers. Text and gridlines take their colours from the visitor's theme; what carries
data uses `dashboard.ui.palette`, readable on light and dark.
"""

import html
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.ui.curves import Curve
from dashboard.ui.palette import (
    DASHES,
    ENGINE_COLORS,
    ENGINE_NAMES,
    TEXT,
    TRANSPARENT,
)
from dashboard.ui.text import plain
from nncore.config import EngineName

Score = Literal["precision", "recall", "F1"]

_PNG = {"format": "png", "scale": 2, "filename": "nn-magic"}
_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "modeBarButtons": [["toImage", "resetScale2d"]],
    "toImageButtonOptions": _PNG,
    "scrollZoom": False,
}


def cost_curves(lines: Sequence[Curve]) -> go.Figure:
    """Chart of cost by epoch; a point that is not finite is left out: what diverged still draws."""
    shown = ", ".join(_name(line) for line in _unique_runs(lines))
    figure = _figure(
        "Cost by epoch: lower is better",
        _line_styles(lines),
        x="epochs trained",
        y="cost (mean over examples)",
        alt=f"Cost by epoch of {shown}. {_ends(lines, '{:.3f}')}",
    )
    _add_lines(figure, lines, factor=1.0, hover="cost %{y:.4f}")
    figure.update_yaxes(type="linear", rangemode="tozero")
    return figure


def accuracy_curves(lines: Sequence[Curve]) -> go.Figure:
    """Chart of accuracy by epoch in percent; its axis shows the range that the curves use."""
    shown = ", ".join(_name(line) for line in _unique_runs(lines))
    figure = _figure(
        "Accuracy by epoch: higher is better",
        _line_styles(lines),
        x="epochs trained",
        y="accuracy (%)",
        alt=f"Accuracy by epoch of {shown}. {_ends(lines, '{:.2%}')}",
    )
    _add_lines(figure, lines, factor=100.0, hover="accuracy %{y:.2f}%")
    figure.update_yaxes(ticksuffix="%")
    return figure


def digit_scores(scores: Mapping[EngineName, Sequence[float]], measure: Score = "F1") -> go.Figure:
    """Chart of a score for each digit and engine: which digits a network finds hard."""
    meaning = {
        "precision": "of the images called this digit, how many are",
        "recall": "of this digit's images, how many are found",
        "F1": "precision and recall in one number",
    }[measure]
    values: dict[EngineName, np.ndarray] = {
        engine: np.asarray(row, dtype=float) for engine, row in scores.items()
    }
    worst: dict[EngineName, int] = {
        engine: int(np.argmin(row)) for engine, row in values.items() if len(row)
    }
    hardest = ", ".join(f"{digit} for {ENGINE_NAMES[engine]}" for engine, digit in worst.items())
    figure = _figure(
        f"{measure.capitalize()} of each digit",
        f"{meaning.capitalize()}. Hardest: {hardest}",
        x="digit",
        y=f"{measure} (%)",
        alt=f"{measure.capitalize()} of each digit. Hardest: {hardest}.",
        height=340,
    )
    offsets = np.linspace(-0.12, 0.12, len(values)) if len(values) > 1 else np.zeros(1)
    for offset, (engine, row) in zip(offsets, values.items(), strict=True):
        figure.add_scatter(
            x=np.arange(len(row)) + offset,
            y=100 * row,
            mode="markers",
            name=ENGINE_NAMES[engine],
            marker={
                "color": ENGINE_COLORS[engine],
                "size": 12,
                "symbol": "circle" if engine == "numpy" else "diamond",
            },
            customdata=np.arange(len(row)),
            hovertemplate=f"digit %{{customdata}}: {measure} %{{y:.2f}}%"
            f"<extra>{ENGINE_NAMES[engine]}</extra>",
        )
    figure.update_xaxes(tickmode="array", tickvals=list(range(10)), showgrid=True)
    figure.update_yaxes(ticksuffix="%")
    return figure


def alt_text(figure: go.Figure) -> str:
    """What a screen reader says of a chart of Results."""
    return str(figure.to_dict()["layout"]["meta"]["alt"])


def show(figure: go.Figure, key: str, *, filename: str = "nn-magic", **kwargs: Any) -> Any:
    """Place a chart of Results at the full width, with alternative text and a PNG button.

    `on_select="rerun", selection_mode="points"` makes a confusion chart clickable; the event is
    returned.
    """
    config = {**_CONFIG, "toImageButtonOptions": {**_PNG, "filename": filename}}
    return st.plotly_chart(
        figure, width="stretch", key=key, alt=alt_text(figure), config=config, **kwargs
    )


def _figure(title: str, subtitle: str, *, x: str, y: str, alt: str, height: int = 400) -> go.Figure:
    """An empty figure in the app's look; titles of 40 characters fit a phone, subtitles wrap."""
    sub = "<br>".join(textwrap.wrap(subtitle, 50))
    figure = go.Figure()
    figure.update_layout(
        title={
            "text": title,
            "subtitle": {"text": sub, "font": {"size": 13, "color": TEXT}},
            "x": 0,
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 4},
            "font": {"size": 17, "color": TEXT},
        },
        meta={"alt": alt},
        height=height,
        margin={"l": 64, "r": 12, "t": 46 + 17 * (sub.count("<br>") + 1), "b": 92},
        paper_bgcolor=TRANSPARENT,
        plot_bgcolor=TRANSPARENT,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "title": None,
            "font": {"color": TEXT},
        },
        modebar={"bgcolor": TRANSPARENT, "color": TEXT, "activecolor": TEXT},
        hovermode="closest",
        dragmode=False,
    )
    words = {"tickfont": {"color": TEXT, "size": 13}, "automargin": True}
    figure.update_xaxes(title={"text": x, "standoff": 14, "font": {"color": TEXT}}, **words)
    figure.update_yaxes(title={"text": y, "standoff": 20, "font": {"color": TEXT}}, **words)
    return figure


def _add_lines(figure: go.Figure, lines: Sequence[Curve], *, factor: float, hover: str) -> None:
    """One entry of the legend an engine and run; the twins often coincide, so PyTorch lies thin on
    NumPy's broad line."""
    listed: set[str] = set()
    for line in lines:
        finite = [v if v is not None and math.isfinite(v) else None for v in line.values]
        broad = line.engine == "numpy"
        figure.add_scatter(
            x=list(line.epochs),
            y=[None if v is None else factor * v for v in finite],
            mode="lines+markers" if len(line.epochs) <= 16 else "lines",
            name=_name(line),
            legendgroup=_name(line),
            showlegend=_name(line) not in listed,
            line={
                "color": ENGINE_COLORS[line.engine],
                "dash": DASHES[line.split],
                "width": 4 if broad else 1.8,
            },
            marker={
                "size": 9 if broad else 5,
                "symbol": "circle-open" if line.second else "circle",
            },
            opacity=0.55 if line.second else 1.0,
            hovertemplate=f"after epoch %{{x}}: {hover}<extra>{_name(line, split=True)}</extra>",
        )
        listed.add(_name(line))
    rows = len(listed) if any(line.run for line in lines) else 1  # on a phone, long names stack
    figure.update_layout(margin_b=68 + 26 * rows, height=400 + 26 * (rows - 1))
    last = max((max(line.epochs, default=1) for line in lines), default=1)
    margin = 0.03 * max(last - 1, 1)
    figure.update_xaxes(range=[1 - margin, last + margin])
    if last <= 12:
        figure.update_xaxes(dtick=1)


def _name(line: Curve, *, split: bool = False) -> str:
    """`NumPy`, `NumPy, training` or `NumPy, training (my run)`; a run's name is escaped."""
    name = ENGINE_NAMES[line.engine] + (f", {line.split}" if split else "")
    return f"{name} ({_safe(line.run)})" if line.run else name


def _safe(text: str) -> str:
    """A user's text for Plotly, which reads some HTML: escaped and short."""
    return html.escape(textwrap.shorten(plain(text), 32, placeholder="..."), quote=False)


def _unique_runs(lines: Sequence[Curve]) -> list[Curve]:
    return list({(line.run, line.engine): line for line in lines}.values())


def _line_styles(lines: Sequence[Curve]) -> str:
    words = {
        "training": "solid: training",
        "validation": "dashed: validation",
        "test": "dotted: test",
    }
    present = [words[split] for split in DASHES if any(line.split == split for line in lines)]
    hollow = ["hollow: the second run"] if any(line.second for line in lines) else []
    return "; ".join([*present, *hollow])


def _ends(lines: Sequence[Curve], number: str) -> str:
    """The last test value (or training value) of each engine, for the alternative text."""
    said: list[str] = []
    for line in lines:
        last = next((v for v in reversed(line.values) if v is not None and math.isfinite(v)), None)
        if line.split == "test" and last is not None:
            said.append(f"{_name(line)} ends at {number.format(last)} on test data.")
    return " ".join(said)
