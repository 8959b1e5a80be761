"""The live curves on Train."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.ui.curves import Measure, curves_of
from dashboard.ui.palette import ECHARTS_DASHES, ENGINE_COLORS, ENGINE_NAMES
from dashboard.ui.vega import axis_text
from nncore.config import EngineName
from nncore.training import EpochRecord


def live_cost(records: "Iterable[EpochRecord]") -> pd.DataFrame:
    """Rows for `show_live(..., "cost")`: what is known so far, in epochs trained."""
    return pd.DataFrame(_live_rows(records, "cost"), columns=_LIVE_COLUMNS)


def live_accuracy(records: "Iterable[EpochRecord]") -> pd.DataFrame:
    """Rows for `show_live(..., "accuracy")`."""
    return pd.DataFrame(_live_rows(records, "accuracy"), columns=_LIVE_COLUMNS)


def live_chart(frame: pd.DataFrame, measure: Measure, key: str) -> None:
    """Place a chart of a running training; the element stays the same while rows arrive."""
    title = {"cost": "Cost should fall", "accuracy": "Accuracy should rise"}[measure]
    told = "solid: training; dashed: validation; dotted: test"
    with st.container(gap="xsmall"):
        st.markdown(f"**{title}**")
        faint = "mini-batch" in set(frame["split"])
        st.caption(told + ("; faint: mini-batches" if faint else ""))
        st.echarts_chart(
            live_spec(frame, measure, axis_text()),
            width="stretch",
            height=300,
            key=key,
            alt=f"{measure.capitalize()} of the running training by epochs trained: "
            f"NumPy blue, PyTorch orange; {told}.",
        )


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


_LIVE_COLUMNS = ["epochs", "value", "engine", "split"]


def _live_rows(
    records: "Iterable[EpochRecord]", measure: Measure
) -> list[tuple[float, float, str, str]]:
    return [
        (float(epoch), value, ENGINE_NAMES[line.engine], line.split)
        for line in curves_of(records, measure)
        for epoch, value in zip(line.epochs, line.values, strict=True)
        if value is not None and math.isfinite(value)
    ]


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
