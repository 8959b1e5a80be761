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
    BLACK,
    DASHES,
    ENGINE_COLORS,
    ENGINE_NAMES,
    MISTAKE,
    TEXT,
    TRANSPARENT,
    rgba,
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


def confusion(matrix: np.ndarray, engine: EngineName, *, rates: bool = False) -> go.Figure:
    """A confusion matrix: `matrix[true, predicted]` counts, shown as counts or as row rates.

    Right answers are shaded in the engine's colour by their share of the row; mistakes have a
    hue of their own, strongest at the commonest one, so that they are not drowned. Cells can be
    clicked: `clicked_cell` reads the event of `show(..., on_select="rerun")`.
    """
    counts = np.asarray(matrix, dtype=np.int64)  # (n, n)
    n = len(counts)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    right = np.eye(n, dtype=bool)
    mistakes = np.where(right, 0.0, shares if rates else counts)
    strength = np.where(right, shares, np.sqrt(mistakes / max(float(mistakes.max()), 1e-12)))
    n_right, n_all = int(np.trace(counts)), int(counts.sum())
    name = ENGINE_NAMES[engine]
    title = f"{name}: {n_all - n_right:,} of {n_all:,} named wrong" if n_all else f"{name}: no data"
    finding = _commonest_mistake(counts, shares, mistakes, rates)
    figure = _figure(
        title,
        finding,
        x="predicted digit",
        y="true digit",
        alt=f"Confusion matrix of {name}: {n_right:,} of {n_all:,} right. {finding}.",
        height=470,
    )
    for mask, color in ((right, ENGINE_COLORS[engine]), (~right, MISTAKE)):
        figure.add_heatmap(
            z=np.where(mask, strength, np.nan),
            zmin=0,
            zmax=1,
            colorscale=[[0, rgba(color, 0.0)], [1, rgba(color, 0.95)]],
            showscale=False,
            hoverinfo="skip",
            xgap=1,
            ygap=1,
        )
    _add_cells(figure, counts, shares, strength, rates)
    axis = {"tickmode": "array", "tickvals": list(range(n)), "showgrid": False, "zeroline": False}
    figure.update_xaxes(**axis, side="bottom", range=[-0.5, n - 0.5], fixedrange=True)
    figure.update_yaxes(**axis, range=[n - 0.5, -0.5], fixedrange=True)
    figure.update_layout(showlegend=False, hovermode="closest", margin={"b": 56})
    return figure


def _commonest_mistake(
    counts: np.ndarray, shares: np.ndarray, mistakes: np.ndarray, rates: bool
) -> str:
    if not mistakes.any():
        return "Every example is on the diagonal: no mistake"
    true, predicted = divmod(int(np.argmax(mistakes)), len(counts))
    often = (
        f"{shares[true, predicted]:.1%} of them" if rates else f"{counts[true, predicted]} times"
    )
    return f"Most often, a {true} is taken for a {predicted} ({often})"


def clicked_cell(event: Any) -> tuple[int, int] | None:
    """The cell clicked in a confusion chart, (true, predicted), or None."""
    points = event.get("selection", {}).get("points", []) if event else []
    for point in points:
        data = point.get("customdata")
        if data is not None and len(data) >= 2:
            return int(data[0]), int(data[1])
    return None


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


def _add_cells(
    figure: go.Figure,
    counts: np.ndarray,
    shares: np.ndarray,
    strength: np.ndarray,
    rates: bool,
) -> None:
    """Numbers in the cells, and the points that hover and clicks find: black where it is strong."""
    places = np.indices(counts.shape)
    true, predicted = places[0], places[1]
    for mask, color in ((strength > 0.9, BLACK), (strength <= 0.9, TEXT)):
        if not mask.any():
            continue
        numbers, parts = counts[mask], shares[mask]
        if rates:
            words = [f"{100 * part:.1f}" if part else "" for part in parts]
        else:
            words = ["" if n == 0 else str(n) for n in numbers]
        figure.add_scatter(
            x=predicted[mask],
            y=true[mask],
            mode="markers+text",
            text=words,
            textfont={"size": 12, "color": color},
            marker={"symbol": "square", "size": 26, "color": TRANSPARENT},
            selected={"textfont": {"color": color}},
            unselected={"textfont": {"color": color}},  # a click must not fade the rest
            # A list: the browser would hand a typed array back as something else.
            customdata=np.stack(
                [true[mask], predicted[mask], numbers, 100 * parts], axis=1
            ).tolist(),
            hovertemplate="true %{customdata[0]}, predicted %{customdata[1]}<br>"
            "%{customdata[2]} examples, %{customdata[3]:.2f}% of the row<extra></extra>",
        )


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
