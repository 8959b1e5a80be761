"""Arrays in, figures out: every chart of the app, with one look.

Plotly figures (`cost_curves`, `accuracy_curves`, `confusion`, `digit_scores`) are for looking
closely: hover, zoom, click, save as PNG. They are placed by `show`, which also hands their
alternative text to screen readers. ECharts (`show_live`) are for what changes while one
watches: the same element takes the new numbers, nothing flickers. `show_probabilities` is plain
HTML: it follows the pen.

Text and gridlines take their colours from the visitor's theme; what carries data uses
`dashboard.ui.palette`, readable on light and dark.
"""

import html
import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.ui.palette import (
    AXIS_TEXT,
    DASHES,
    ECHARTS_DASHES,
    ENGINE_COLORS,
    ENGINE_NAMES,
    MISTAKE,
    SHIPPED,
    TEXT,
    TRANSPARENT,
    Split,
    rgba,
)
from dashboard.ui.text import certainty, plain
from nncore.config import EngineName
from nncore.metrics import Calibration

if TYPE_CHECKING:
    from nncore.training import EpochRecord, Progress

Measure = Literal["cost", "accuracy"]
Score = Literal["precision", "recall", "F1"]

_PREFIXES: dict[Split, str] = {"training": "train", "validation": "validation", "test": "test"}
_PNG = {"format": "png", "scale": 2, "filename": "nn-magic"}
_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "modeBarButtons": [["toImage", "resetScale2d"]],
    "toImageButtonOptions": _PNG,
    "scrollZoom": False,
}


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One line of a chart of epochs: whose it is, of which data, and its points."""

    engine: EngineName
    split: Split
    epochs: Sequence[int]
    """Epochs trained, so the first is 1."""
    values: Sequence[float | None]
    run: str = ""
    """The run's name, where a chart shows two; it is text from a user."""
    second: bool = False
    """Drawn paler and with hollow points: the run that the first one is held against."""


def curves(
    records: "Iterable[EpochRecord]", measure: Measure, *, run: str = "", second: bool = False
) -> list[Curve]:
    """The lines of one run: training, validation and test of each engine in `records`.

    A split without any number (no validation data) has no line. Accuracies stay fractions.
    """
    by_engine: dict[EngineName, list[EpochRecord]] = {}
    for record in records:
        by_engine.setdefault(record.engine, []).append(record)
    found: list[Curve] = []
    for engine in ENGINE_NAMES:
        rows = sorted(by_engine.get(engine, []), key=lambda row: row.epoch)
        for split in DASHES:
            field = f"{_PREFIXES[split]}_{measure}"
            values: list[float | None] = [getattr(row, field) for row in rows]
            if any(value is not None for value in values):
                epochs = [row.epoch + 1 for row in rows]
                found.append(Curve(engine, split, epochs, values, run, second))
    return found


def cost_curves(lines: Sequence[Curve], *, log: bool = False) -> go.Figure:
    """Cost by epoch; a point that is not finite is left out, so a diverged run still draws."""
    shown = ", ".join(_name(line) for line in _unique_runs(lines))
    figure = _figure(
        "Cost by epoch: lower is better",
        _line_styles(lines),
        x="epochs trained",
        y="cost (mean over examples)",
        alt=f"Cost by epoch of {shown}. {_ends(lines, '{:.3f}')}",
    )
    _add_lines(figure, lines, factor=1.0, hover="cost %{y:.4f}")
    figure.update_yaxes(type="log" if log else "linear", rangemode="normal" if log else "tozero")
    return figure


def accuracy_curves(lines: Sequence[Curve]) -> go.Figure:
    """Accuracy by epoch in percent; the axis shows the range that the curves use."""
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


def confusion(
    matrix: np.ndarray, engine: EngineName, *, rates: bool = False, note: str = ""
) -> go.Figure:
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
        finding + (f"; {note}" if note else ""),
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
    """(true, predicted) of the cell clicked in a confusion chart, or None."""
    points = event.get("selection", {}).get("points", []) if event else []
    for point in points:
        data = point.get("customdata")
        if data is not None and len(data) >= 2:
            return int(data[0]), int(data[1])
    return None


def digit_scores(scores: Mapping[EngineName, Sequence[float]], measure: Score = "F1") -> go.Figure:
    """One score a digit and engine, as fractions: which digits a network finds hard."""
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
    """What a screen reader says for a figure of this module."""
    return str(figure.to_dict()["layout"]["meta"]["alt"])


def show(figure: go.Figure, key: str, *, filename: str = "nn-magic", **kwargs: Any) -> Any:
    """Place a figure at the full width, with its alternative text and a PNG button.

    `on_select="rerun", selection_mode="points"` makes a confusion chart clickable; the event is
    returned.
    """
    config = {**_CONFIG, "toImageButtonOptions": {**_PNG, "filename": filename}}
    return st.plotly_chart(
        figure, width="stretch", key=key, alt=alt_text(figure), config=config, **kwargs
    )


def live_cost(
    records: "Iterable[EpochRecord]", progress: "Iterable[Progress]" = ()
) -> pd.DataFrame:
    """Rows for `show_live(..., "cost")`: what is known so far, in epochs trained.

    `progress` adds the cost of single mini-batches inside an epoch, for the epochs in which the
    first numbers have not come yet.
    """
    rows = _live_rows(records, "cost")
    for point in progress:
        if math.isfinite(point.cost):
            done = point.epoch + point.batch / max(point.n_batches, 1)
            rows.append((done, point.cost, ENGINE_NAMES[point.engine], "mini-batch"))
    return pd.DataFrame(rows, columns=_LIVE_COLUMNS)


def live_accuracy(records: "Iterable[EpochRecord]") -> pd.DataFrame:
    """Rows for `show_live(..., "accuracy")`."""
    return pd.DataFrame(_live_rows(records, "accuracy"), columns=_LIVE_COLUMNS)


def show_live(frame: pd.DataFrame, measure: Measure, key: str, *, height: int = 300) -> None:
    """Draw the curves of a running training; the element stays the same while rows arrive."""
    title = {"cost": "Cost should fall", "accuracy": "Accuracy should rise"}[measure]
    told = "solid: training; dashed: validation; dotted: test"
    with st.container(gap="xsmall"):
        st.markdown(f"**{title}**")
        faint = "mini-batch" in set(frame["split"])
        st.caption(told + ("; faint: mini-batches" if faint else ""))
        st.echarts_chart(
            live_spec(frame, measure, axis_text()),
            width="stretch",
            height=height,
            key=key,
            alt=f"{measure.capitalize()} of the running training by epochs trained: "
            f"NumPy blue, PyTorch orange; {told}.",
        )


def axis_text() -> str | None:
    """The colour of the words on axes in this visitor's mode; None while that is not known."""
    return AXIS_TEXT.get(st.context.theme.type or "")


def axis_config() -> dict[str, Any]:
    """The part of a Vega-Lite specification that makes the words on its axes readable."""
    color = axis_text()
    return {"config": {"axis": {"labelColor": color, "titleColor": color}}} if color else {}


def live_spec(frame: pd.DataFrame, measure: Measure, color: str | None = None) -> dict[str, Any]:
    """The ECharts option of a live chart: one line an engine and kind of data, without animation.

    `color` is that of the words on the axes. The series are always the same ones in the same order,
    so that an update only moves points.
    """
    splits = ["mini-batch", *ECHARTS_DASHES] if measure == "cost" else list(ECHARTS_DASHES)
    text = {"color": color} if color else {}
    x = {"name": "epochs trained", "nameLocation": "middle", "nameGap": 28, "nameTextStyle": text}
    unit = "{value}%" if measure == "accuracy" else "{value}"
    legend = {"bottom": 0, "icon": "roundRect", "itemHeight": 4, "textStyle": text}
    return {
        "animation": False,
        "grid": {"left": 8, "right": 16, "top": 12, "bottom": 60, "containLabel": True},
        "legend": {**legend, "data": [*ENGINE_NAMES.values()]},
        "tooltip": {"trigger": "item", "formatter": "{a}: {c}"},
        "xAxis": {
            **x,
            "type": "value",
            "axisLabel": text,
            "minInterval": 1,
            "splitLine": {"show": False},
        },
        "yAxis": {
            "type": "value",
            "scale": measure == "accuracy",
            "axisLabel": {"formatter": unit, **text},
        },
        "series": [
            _live_series(frame, engine, split, 100 if measure == "accuracy" else 1)
            for engine in ENGINE_NAMES
            for split in splits
        ],
    }


MAX_SYMBOLS = 12
"""Points of a live line up to which each has its dot; more would hide the dashes."""


def _live_series(
    frame: pd.DataFrame, engine: EngineName, split: str, factor: float
) -> dict[str, Any]:
    rows = frame[(frame["engine"] == ENGINE_NAMES[engine]) & (frame["split"] == split)]
    points = [[round(x, 4), float(f"{factor * y:.5g}")] for x, y in zip(rows.epochs, rows.value)]
    broad, faint = engine == "numpy", split == "mini-batch"
    return {
        "type": "line",
        "name": ENGINE_NAMES[engine],
        "data": points,
        "color": ENGINE_COLORS[engine],
        "symbol": "circle",
        "symbolSize": 8 if broad else 4,
        "showSymbol": not faint and len(points) <= MAX_SYMBOLS,
        "lineStyle": {
            "type": ECHARTS_DASHES.get(split, "solid"),
            "width": 4 if broad else 1.8,
            "opacity": 0.35 if faint else 1,
        },
    }


def show_probabilities(
    probabilities: np.ndarray, color: str, key: str, *, height: int = 190, who: str = "The network"
) -> None:
    """Ten bars, one a digit, on a fixed scale from 0 to 100 %; the highest is in full colour."""
    with st.container(key=key):
        st.html(probability_html(probabilities, color, height=height, who=who))


def probability_html(
    probabilities: np.ndarray, color: str, *, height: int = 190, who: str = "The network"
) -> str:
    """The ten bars as plain HTML, which follows every stroke faster than charts redraw."""
    row = np.clip(np.nan_to_num(np.asarray(probabilities, dtype=float)), 0, 1)  # (10,)
    best = int(np.argmax(row))
    told = f"{who}: probability of each digit. Highest: {best} with {certainty(row[best])}."
    bars = "".join(
        f'<div title="digit {digit}: {certainty(part, 2)}" style="flex:1;min-width:0">'
        f'<div style="height:{height - 70}px;display:flex;align-items:flex-end;'
        f'border-bottom:1px solid {_RULE}">'
        f'<div style="width:100%;height:{100 * part:.2f}%;background:{color};'
        f'border-radius:3px 3px 0 0;opacity:{1 if digit == best else 0.55}"></div></div>'
        f'<div style="text-align:center;font-weight:{700 if digit == best else 400}">{digit}</div>'
        "</div>"
        for digit, part in enumerate(row)
    )
    return (
        f'<div role="img" aria-label="{html.escape(told)}" style="font-size:0.875rem">'
        '<div style="opacity:0.75">probability, 0 to 100%</div>'
        f'<div style="display:flex;gap:3px;border-top:1px solid {_RULE}">{bars}</div>'
        '<div style="text-align:center;opacity:0.75">digit</div></div>'
    )


_RULE = "rgba(128,132,149,0.45)"
"""A thin line that shows on light and on dark."""


def show_calibration(found: Calibration, key: str, *, height: int = 340) -> None:
    """Accuracy by confidence: on the diagonal, a network is as often right as it is sure."""
    used = found.counts > 0
    frame = pd.DataFrame(
        {
            "confidence": found.confidence[used],
            "accuracy": found.accuracy[used],
            "images": found.counts[used],
        }
    )
    title = "On the line, it is right as often as it is sure"
    st.vega_lite_chart(
        frame,
        {
            **axis_config(),
            "title": {"text": title, "anchor": "start"},
            "height": height,
            "layer": [
                {
                    "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
                    "mark": {"type": "line", "strokeDash": [4, 4], "color": "#7a7f8c"},
                    "encoding": {
                        "x": {"field": "x", "type": "quantitative"},
                        "y": {"field": "y", "type": "quantitative"},
                    },
                },
                {
                    "mark": {
                        "type": "line",
                        "point": {"size": 90, "color": SHIPPED},
                        "color": SHIPPED,
                    },
                    "encoding": {
                        "x": {
                            "field": "confidence",
                            "type": "quantitative",
                            "title": "how sure the network is",
                            "axis": {"format": "%"},
                            "scale": {"domain": [0, 1]},
                        },
                        "y": {
                            "field": "accuracy",
                            "type": "quantitative",
                            "title": "how often it is right",
                            "axis": {"format": "%"},
                            "scale": {"domain": [0, 1]},
                        },
                        "tooltip": [
                            {"field": "confidence", "title": "sure", "format": ".1%"},
                            {"field": "accuracy", "title": "right", "format": ".1%"},
                            {"field": "images", "title": "images", "format": ","},
                        ],
                    },
                },
            ],
        },
        width="stretch",
        key=key,
        alt=f"{title}. Mean gap between confidence and accuracy: {found.expected_error:.1%}.",
    )


_LIVE_COLUMNS = ["epochs", "value", "engine", "split"]


def _live_rows(
    records: "Iterable[EpochRecord]", measure: Measure
) -> list[tuple[float, float, str, str]]:
    return [
        (float(epoch), value, ENGINE_NAMES[line.engine], line.split)
        for line in curves(records, measure)
        for epoch, value in zip(line.epochs, line.values, strict=True)
        if value is not None and math.isfinite(value)
    ]


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
    for mask, color in ((strength > 0.9, "#000000"), (strength <= 0.9, TEXT)):
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


def with_batch_costs(
    frame: pd.DataFrame, costs: "Mapping[EngineName, Iterable[tuple[float, float]]]"
) -> pd.DataFrame:
    """Rows of `live_cost`, and before them single mini-batches: (position in epochs, cost)."""
    rows = [
        (position, cost, ENGINE_NAMES[engine], "mini-batch")
        for engine, points in costs.items()
        for position, cost in points
        if math.isfinite(cost)
    ]
    extra = pd.DataFrame(rows, columns=_LIVE_COLUMNS)
    return frame if extra.empty else extra if frame.empty else pd.concat([extra, frame])
