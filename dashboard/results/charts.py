"""The figures of Results: arrays in, a Vega-Lite chart placed, to look at closely and to save.

A pointer on a point reads it; the PNG that Streamlit's button saves has the title and the legends.
"""

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from dashboard.ui import vega
from dashboard.ui.curves import Curve, Measure
from dashboard.ui.palette import DASHES, ENGINE_COLORS, ENGINE_NAMES, GREY
from nncore.config import EngineName

Score = Literal["precision", "recall", "F1"]

_HEIGHT = 270
_MOST_MARKS = 12
"""Points of a line up to which each has its mark; more would hide the dashes."""
_TITLES: dict[Measure, str] = {
    "cost": "Cost by epoch: lower is better",
    "accuracy": "Accuracy by epoch: higher is better",
}
_MEANINGS: dict[Score, str] = {
    "precision": "Of the images called this digit, how many are",
    "recall": "Of this digit's images, how many are found",
    "F1": "Precision and recall in one number",
}
_PERCENT = {"labelExpr": "datum.label + '%'"}
_ZOOM: dict[str, Any] = {
    "name": "zoom",
    "bind": "scales",
    "select": {
        "type": "interval",
        "translate": "[pointerdown[event.pointerType === 'mouse'], window:pointerup]"
        " > window:pointermove!",
        "zoom": "wheel![event.ctrlKey || event.metaKey]",
    },
}
"""Only with a mouse, and the wheel only with Ctrl, as a touchpad's pinch also says: else a finger
and a wheel scroll the page."""


def show_curves(lines: Sequence[Curve], measure: Measure, axis: str, key: str) -> None:
    """Place the chart of a measure by epoch, of one run or of two.

    Args:
        lines: accuracies are fractions, shown in percent.
        measure: what the lines are.
        axis: the name of their axis.
        key: the element's key.
    """
    shown = ", ".join(dict.fromkeys(_name(line) for line in lines))
    vega.place(
        curve_rows(lines, measure),
        curve_layers(lines, measure, axis),
        key=key,
        title={"text": _TITLES[measure]},
        alt=f"{measure.capitalize()} by epoch of {shown}. {curve_ends(lines, measure)}".strip(),
        height=_HEIGHT,
        is_figure=True,
    )


def curve_rows(lines: Sequence[Curve], measure: Measure) -> list[dict[str, Any]]:
    """A row for each point; one that is not finite is left out: what diverged still draws."""
    factor = 100 if measure == "accuracy" else 1
    rows: list[dict[str, Any]] = []
    for line in lines:
        every = math.ceil(len(line.epochs) / _MOST_MARKS)
        rows += [
            {
                "epochs": epochs,
                "value": factor * value,
                "engine": ENGINE_NAMES[line.engine],
                "data": line.split,
                "run": line.run,
                "opacity": 0.5 if line.second else 1,
                "size": 70 if line.engine == "numpy" else 24,
                "is_marked": epochs % every == 0 or epochs == line.epochs[-1],
            }
            for epochs, value in zip(line.epochs, line.values, strict=True)
            if value is not None and math.isfinite(value)
        ]
    return rows


def curve_layers(lines: Sequence[Curve], measure: Measure, axis: str) -> list[dict[str, Any]]:
    """Lines, marks on them, and around each point what a pointer finds.

    The twins often coincide, so PyTorch lies thin on NumPy's broad line. The second run is paler,
    and its marks are squares.
    """
    drawn = {line.engine for line in lines}
    engines: list[EngineName] = [engine for engine in ENGINE_NAMES if engine in drawn]
    dashes = {split: dash for split, dash in DASHES.items() if split in {li.split for li in lines}}
    runs = list(dict.fromkeys(line.run for line in lines))
    names = [ENGINE_NAMES[engine] for engine in engines]
    is_percent = measure == "accuracy"
    place = _axes(lines, axis, is_percent=is_percent)
    widths = [4 if engine == "numpy" else 1.8 for engine in engines]
    strokes = {"title": None, "symbolType": "stroke", "symbolSize": 500, "symbolOpacity": 1}
    is_alone = len(engines) == 1
    if is_alone:  # a scale of a single width gives none at all in Vega
        strokes["symbolStrokeWidth"] = widths[0]
    as_lines = {"legend": strokes}
    color = _by("engine", names, [ENGINE_COLORS[engine] for engine in engines]) | as_lines
    width = {"value": widths[0]} if is_alone else _by("engine", names, widths) | as_lines
    grey = {"title": None, "symbolFillColor": GREY, "symbolStrokeWidth": 0, "symbolSize": 120}
    shape = _by("run", runs, ["circle", "square"], "nominal")
    below_each_other = {"columns": 1}  # two long names are wider than a phone
    shape["legend"] = grey | below_each_other if len(runs) > 1 else None
    as_it_is = {"type": "quantitative", "scale": None, "legend": None}
    paler = {"field": "opacity", **as_it_is}
    line: dict[str, Any] = {
        "mark": {"type": "line", "clip": True},
        "params": [_ZOOM],
        "encoding": {
            **place,
            "color": color,
            "strokeWidth": width,
            "strokeDash": _by("data", list(dashes), list(dashes.values())) | as_lines,
            "opacity": paler,
            "detail": {"field": "run"},
        },
    }
    marks: dict[str, Any] = {
        "transform": [{"filter": "datum.is_marked"}],
        "mark": {"type": "point", "filled": True, "clip": True},
        "encoding": {
            **place,
            "color": color,
            "size": {"field": "size", **as_it_is},
            "shape": shape,
            "opacity": paler,
        },
    }
    told = [
        {"field": "engine"},
        {"field": "data"},
        *([{"field": "run"}] if len(runs) > 1 else []),
        {"field": "epochs", "title": "epochs trained"},
        {"field": "value", "title": axis, "format": ".2f" if is_percent else ".4f"},
    ]
    found = {
        "mark": {"type": "point", "filled": True, "opacity": 0, "size": 200, "clip": True},
        "encoding": {**place, "tooltip": told},
    }
    return [line, marks, found]


def _axes(lines: Sequence[Curve], axis: str, *, is_percent: bool) -> dict[str, Any]:
    """Whole epochs; costs from 0 on, accuracies where they are."""
    last = max((max(line.epochs, default=1) for line in lines), default=1)
    margin = 0.03 * max(last - 1, 1)
    epochs = {"tickMinStep": 1, "format": "d", "grid": False}
    ends = {"domain": [max(1 - margin, 0.5), last + margin], "nice": False}
    return {
        "x": vega.number("epochs", "epochs trained", axis=epochs) | {"scale": ends},
        "y": vega.number("value", axis, axis=_PERCENT if is_percent else {})
        | {"scale": {"zero": not is_percent}},
    }


def _by(
    field: str,
    domain: Sequence[str],
    values: Sequence[Any],
    kind: Literal["ordinal", "nominal"] = "ordinal",
) -> dict[str, Any]:
    """A channel of a chart: for each of a field's words, in turn, one of the values.

    Vega warns of widths and sizes that are `nominal`, and of shapes that are `ordinal`.
    """
    scale = {"domain": list(domain), "range": list(values[: len(domain)])}
    return {"field": field, "type": kind, "scale": scale, "legend": {"title": None}}


def curve_ends(lines: Sequence[Curve], measure: Measure) -> str:
    """Where each engine ends on test data, in words."""
    said: list[str] = []
    for line in lines:
        last = next((v for v in reversed(line.values) if v is not None and math.isfinite(v)), None)
        if line.split == "test" and last is not None:
            number = f"{last:.2%}" if measure == "accuracy" else f"{last:.3f}"
            said.append(f"{_name(line)} ends at {number} on test data.")
    return " ".join(said)


def _name(line: Curve) -> str:
    """`NumPy` or `NumPy (my run)`."""
    name = ENGINE_NAMES[line.engine]
    return f"{name} ({line.run})" if line.run else name


def show_digit_scores(
    scores: Mapping[EngineName, Sequence[float]], measure: Score, key: str
) -> None:
    """Place the chart of each digit's score by each engine: which digits a network finds hard.

    Args:
        scores: fractions, (10,) for each engine.
        measure: which score they are.
        key: the element's key.
    """
    title = f"{measure.capitalize()} of each digit"
    hardest = hardest_digits(scores)
    vega.place(
        [
            {"digit": digit, "engine": ENGINE_NAMES[engine], "score": 100 * score}
            for engine, row in scores.items()
            for digit, score in enumerate(row)
        ],
        [_score_points(list(scores), f"{measure} (%)")],
        key=key,
        title={
            "text": title,
            "subtitle": textwrap.wrap(f"{_MEANINGS[measure]}. Hardest: {hardest}", 48),
        },
        alt=f"{title}. Hardest: {hardest}.",
        height=_HEIGHT,
        is_figure=True,
    )


def hardest_digits(scores: Mapping[EngineName, Sequence[float]]) -> str:
    """The digit that each engine's score is lowest for, in words."""
    return ", ".join(
        f"{int(np.argmin(row))} for {ENGINE_NAMES[engine]}" for engine, row in scores.items()
    )


def _score_points(engines: Sequence[EngineName], axis: str) -> dict[str, Any]:
    names = [ENGINE_NAMES[engine] for engine in engines]
    return {
        "mark": {"type": "point", "filled": True, "size": 130, "opacity": 1},
        "encoding": {
            "x": {
                "field": "digit",
                "type": "ordinal",
                "title": "digit",
                "axis": {"labelAngle": 0, "grid": True},
            },
            "xOffset": {
                "field": "engine",
                "type": "nominal",
                "scale": {"domain": names, "paddingOuter": 0.8},
            },
            "y": vega.number("score", axis, axis=_PERCENT),
            "color": _by("engine", names, [ENGINE_COLORS[engine] for engine in engines], "nominal"),
            "shape": _by("engine", names, ["circle", "diamond"], "nominal"),
            "tooltip": [
                {"field": "engine"},
                {"field": "digit"},
                {"field": "score", "title": axis, "format": ".2f"},
            ],
        },
    }
