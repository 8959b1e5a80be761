"""A Vega-Lite chart of a table, placed so that it updates where it stands."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.ui.palette import AXIS_TEXT
from dashboard.ui.text import power_of_ten


def place(
    rows: "Iterable[dict[str, Any]] | pd.DataFrame",
    layers: Sequence[dict[str, Any]],
    *,
    key: str,
    title: str | Mapping[str, Any],
    alt: str,
    height: int = 220,
    is_projected: bool = False,
    is_figure: bool = False,
    choice: str | None = None,
    on_choice: Callable[[], None] | None = None,
    saved_as: str | None = None,
) -> None:
    """Layers over one table of rows; new rows go to the same element.

    Where every axis has the ends of its `scale` written down, the specification does not depend on
    the rows: numbers move on scales that stay, and nothing flickers. Other axes end where the rows
    do.

    Args:
        rows: the table.
        layers: Vega-Lite's, each with its mark and encoding.
        key: the element's key.
        title: what to see, above the chart, where it wraps; or Vega's own title, for a chart whose
            height must not change with the words around its plot.
        alt: the same for those who do not see it.
        height: of the plot, in pixels; with Vega's own title, of all of the chart.
        is_figure: it is there to be looked at closely and saved as a picture: with Vega's own title
            its plot keeps its height too, and its legends stand below each other.
        is_projected: it fills the height of its container, and all that is in it grows with the
            window, as the page around it does (`assets/projection.css`); with Vega's own title.
        choice: the name of a layer's selection parameter; only with a title above the chart.
        on_choice: what to do when somebody chooses.
        saved_as: what it is of, small in the chart itself: a picture that is saved of it lacks the
            title above.
    """
    table = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    inside = not isinstance(title, str)
    # Streamlit's own words are too small for a projector; in a height that is shared with the plot
    # larger ones would be at its expense.
    words: dict[str, Any] = {} if inside else {"labelFontSize": 14, "titleFontSize": 14}
    if color := axis_text():
        words |= {"labelColor": color, "titleColor": color}
    spec: dict[str, Any] = {
        "height": height,
        "layer": _with_ends(layers, table),
        "config": {"axis": words, "legend": words, "text": {"color": color} if color else {}},
    }
    if not isinstance(title, str):
        spec["title"] = title
        if is_figure:
            spec["autosize"] = _PLOT_KEEPS_HEIGHT
            spec["config"]["legend"] = {**words, **_BELOW}
            spec["config"]["title"] = {"subtitleFontSize": 13}
            if color:
                spec["config"]["title"]["subtitleColor"] = color
        if is_projected:
            spec = _enlarged(spec)
        tall = "stretch" if is_projected else "content"
        st.vega_lite_chart(table, spec, width="stretch", height=tall, key=key, alt=alt)
        return
    spec["autosize"] = _PLOT_KEEPS_HEIGHT
    if saved_as:
        spec["title"] = {"text": saved_as, **_SMALL, **({"color": color} if color else {})}
    with st.container(gap="xsmall"):
        st.markdown(f"**{title}**")  # wraps; a title of Vega's is cut on a phone
        if choice is None:
            st.vega_lite_chart(table, spec, width="stretch", key=key, alt=alt)
            return
        st.vega_lite_chart(
            table,
            spec,
            width="stretch",
            key=key,
            alt=alt,
            on_select=on_choice or "rerun",
            selection_mode=choice,
        )


_PLOT_KEEPS_HEIGHT = {"type": "fit-x", "contains": "padding"}
"""Whatever its legend needs on a narrow page."""
_SMALL = {"anchor": "start", "fontSize": 12, "fontWeight": "normal", "limit": 320}
"""A title inside a chart, cut where a phone ends."""
_BELOW: dict[str, Any] = {
    "orient": "bottom",
    "titleOrient": "left",
    "labelLimit": 260,
    "layout": {"bottom": {"direction": "vertical", "anchor": "start", "margin": 6}},
}
"""Legends below a plot, one on each line."""
_GROWS = {
    "fontSize": 1, "labelFontSize": 1, "titleFontSize": 1, "subtitleFontSize": 1, "size": 2,
    "strokeWidth": 1, "dx": 1, "dy": 1, "subtitlePadding": 1,
}  # fmt: skip
"""Which of a chart's sizes grow with the window, and with which power of its width."""
_WINDOW = (
    "windowSize()[0] <= 640 ? 1 : "
    "max(0.85, min(windowSize()[0] / 960, windowSize()[1] / 640)) + 0 * width"
)
"""How large everything is, as in `assets/projection.css`; `width` makes Vega look again."""


def _enlarged(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A chart's specification with every size growing with the window, and no height of its own."""

    def grown(part: Any) -> Any:
        if isinstance(part, Mapping):
            return {
                name: {"expr": f"{value} * pow(projected, {_GROWS[name]})"}
                if name in _GROWS and isinstance(value, int | float)
                else grown(value)
                for name, value in part.items()
            }
        return [grown(each) for each in part] if isinstance(part, list) else part

    layers = [{**layer, "mark": grown(layer["mark"])} for layer in spec["layer"]]
    return {
        "params": [{"name": "projected", "expr": _WINDOW}],
        "layer": layers,
        "config": grown(spec["config"]),
        "title": grown({"fontSize": 16, **spec["title"]}),
    }


def _with_ends(layers: Sequence[dict[str, Any]], table: pd.DataFrame) -> list[dict[str, Any]]:
    """The layers with the ends written down of those axes that say none.

    A browser draws a chart once before it has the rows, and complains of axes without ends.
    """
    rows = table.to_dict("records")
    values: dict[str, list[float]] = {"x": [], "y": []}
    for layer in layers:
        own: list[dict[Any, Any]] = layer.get("data", {}).get("values", rows)
        for channel in ("x", "x2", "y"):
            encoded = layer["encoding"].get(channel, {})
            if encoded.get("type", "quantitative") == "quantitative":
                found = [encoded.get("datum"), *(row.get(encoded.get("field")) for row in own)]
                values[channel[0]] += [v for v in found if v is not None and math.isfinite(v)]
    done: list[dict[str, Any]] = []
    for layer in layers:
        encoding = dict(layer["encoding"])
        for channel, ends in values.items():
            encoded = encoding.get(channel, {})
            if encoded.get("type") == "quantitative" and "domain" not in encoded.get("scale", {}):
                scale = _scale(encoded, ends)
                encoding[channel] = {**encoded, "scale": scale}
                if scale.get("type") == "log":
                    own_axis = encoded.get("axis", {})
                    encoding[channel]["axis"] = log_axis(*scale["domain"]) | own_axis
        done.append({**layer, "encoding": encoding})
    return done


def _scale(encoded: Mapping[str, Any], values: Sequence[float]) -> dict[str, Any]:
    """The encoding's scale from the least to the greatest value, with a little room."""
    scale = dict(encoded.get("scale", {}))
    share = scale.pop("room", 0.04)
    log = scale.get("type") == "log"
    low, high = (min(values), max(values)) if values else (1.0, 2.0)
    if scale.get("zero", not log):
        low, high = min(low, 0.0), max(high, 0.0)
    if log:
        room = (high / low) ** 0.03 if high > low else 1.1
        return {**scale, "domain": [low / room, high * room]}
    room = share * (high - low) or 0.5
    return {**scale, "domain": [low - room if low else low, high + room if high else high]}


def log_axis(low: float, high: float) -> dict[str, Any]:
    """Ticks of a logarithmic axis at 1, 10, 100 and so on, in less than two decades at 2 and 5 too.

    Vega's own may stand at 3.8, 3.4, 3 or at 2, 20, 200, and name a number as 1e-14.

    Args:
        low: where the axis begins, above 0.
        high: where it ends.
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high < 100 * low else (1,)
    every = math.ceil(len(decades) / 7)
    values = [
        float(f"{step}e{exponent}")
        for exponent in decades
        if exponent % every == 0
        for step in steps
        if low <= step * 10.0**exponent <= high
    ]
    if not values:
        return {}  # less than from one of these to the next: Vega finds some
    axis: dict[str, Any] = {"values": values, "format": ",~r"}
    if low < 1e-4 or high > 1e6:
        names = ", ".join(f"'{power_of_ten(exponent)}'" for exponent in decades)
        place = f"round(log(datum.value) / LN10) - ({decades[0]})"
        axis = {"values": values, "labelExpr": f"[{names}][{place}]"}
    return axis


def number(field: str, title: str, *, log: bool = False, **more: Any) -> dict[str, Any]:
    """A quantitative axis."""
    scale: dict[str, Any] = {"type": "log", "nice": False} if log else {"zero": False}
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, **more}


def axis_text() -> str | None:
    """The colour of a Vega chart's words in this visitor's mode; None while that is not known."""
    return AXIS_TEXT.get(st.context.theme.type or "")
