"""A confusion matrix: a chart whose cells can be chosen; a finger may as well scroll past it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from dashboard.results import state
from dashboard.ui import vega
from dashboard.ui.palette import BLACK, MISTAKE, TRANSPARENT
from dashboard.ui.text import a_digit, counted, listed, plain

_CHOICE = "cell"
_FIELDS = ("true", "predicted")
_HEIGHT = 400
_MOST_NAMED = 3
"""Mistakes that are told where several are equally common."""
_LOUD = {"light": 0.25, "dark": 0.8}
"""From this strength of a cell's colour on, black words are easier to read than the page's, by the
page's mode."""
_IS_CHOSEN_AGAIN = f"datum && vlSelectionTest('{_CHOICE}_store', datum)"
"""Vega's words for a click on the cell that is chosen already: then none is."""


def choose_cell(
    matrix: np.ndarray, name: str, color: str, *, key: str, whose: str = "", rates: bool = False
) -> state.Cell | None:
    """Place a confusion matrix; the cell that is chosen in it, (true, predicted), or None.

    Right answers are shaded in the network's colour by their share of the row; mistakes have a
    hue of their own, strongest at the commonest one, so that they are not drowned. Who chooses the
    same cell again chooses none. A cell stays chosen while another page is looked at.

    Args:
        matrix: `matrix[true, predicted]` counts, (n, n).
        name: whose it is, in words.
        color: and its colour.
        key: the element's key.
        whose: the run's name, a text from a user, for the picture that is saved of it.
        rates: the cells show the share of their row in percent, in place of counts.
    """
    seen = finding(matrix, rates=rates)
    right, of = int(np.trace(matrix)), int(matrix.sum())
    title = f"{name}: {of - right:,} of {of:,} named wrong" if of else f"{name}: no data"
    vega.place(
        cells(matrix, rates=rates),
        _layers(color, len(matrix), state.cell_at_first(key)),
        key=key,
        title=title,
        alt=f"Confusion matrix of {name}: {right:,} of {of:,} right. {seen}.",
        height=_HEIGHT,
        choice=_CHOICE,
        on_choice=lambda: state.choose_cell(key, chosen_cell(state.event_of(key))),
        saved_as=f"{name}, {plain(whose)}" if whose else name,
    )
    st.caption(seen)
    return state.view().cells.get(key)


def cells(matrix: np.ndarray, *, rates: bool = False) -> list[dict[str, Any]]:
    """A row for each cell: where it is, what it says, and how strong its colour is, from 0 to 1."""
    shares, mistakes = _shares(matrix), _mistakes(matrix, rates=rates)
    shades = np.sqrt(mistakes / max(float(mistakes.max()), 1e-12))
    rows: list[dict[str, Any]] = []
    for true, predicted in np.ndindex(matrix.shape):
        count, share = int(matrix[true, predicted]), float(shares[true, predicted])
        is_right = true == predicted
        said = f"{100 * share:.1f}" if rates else str(count)
        rows.append(
            {
                "true": true,
                "predicted": predicted,
                "count": count,
                "share": 100 * share,
                "kind": "right" if is_right else "wrong",
                "said": said if count else "",
                "strength": share if is_right else float(shades[true, predicted]),
            }
        )
    return rows


def finding(matrix: np.ndarray, *, rates: bool = False) -> str:
    """What to see in it, in words: the commonest mistake."""
    mistakes = _mistakes(matrix, rates=rates)
    if not mistakes.any():
        return "Every example is on the diagonal: no mistake"
    commonest = [divmod(int(at), len(matrix)) for at in np.flatnonzero(mistakes == mistakes.max())]
    true, predicted = commonest[0]
    share, n = float(_shares(matrix)[true, predicted]), int(matrix[true, predicted])
    often = f"{share:.1%} of them" if rates else counted(n, "time")
    if len(commonest) > _MOST_NAMED:
        return f"{len(commonest)} mistakes are equally common ({often} each)"
    named = [f"{a_digit(true)} is taken for {a_digit(predicted)}" for true, predicted in commonest]
    each = " each" if len(named) > 1 else ""
    return f"Most often, {listed(named)} ({often}{each})"


def chosen_cell(event: Mapping[str, Any] | None) -> state.Cell | None:
    """The cell that was chosen, (true, predicted), as the browser says it; None for none."""
    chosen = event.get("selection", {}).get(_CHOICE) if event else None
    match chosen:
        case [*_, {"true": int(true), "predicted": int(predicted)}]:
            return true, predicted
        case _:
            return None


def _shares(matrix: np.ndarray) -> np.ndarray:
    totals = matrix.sum(axis=1, keepdims=True)
    return np.divide(matrix, totals, out=np.zeros(matrix.shape), where=totals > 0)


def _mistakes(matrix: np.ndarray, *, rates: bool) -> np.ndarray:
    return np.where(np.eye(len(matrix), dtype=bool), 0.0, _shares(matrix) if rates else matrix)


def _layers(color: str, n: int, chosen: state.Cell | None) -> list[dict[str, Any]]:
    """Colours and numbers; nothing of them depends on the matrix, so that it changes in place.

    Args:
        color: of the right answers.
        n: digits.
        chosen: the cell that is chosen when the chart is put on the page.
    """
    scale = {"domain": list(range(n)), "padding": 0}
    place = {
        "x": {
            "field": "predicted",
            "type": "ordinal",
            "title": "predicted digit",
            "axis": {"labelAngle": 0},
            "scale": scale,
        },
        "y": {"field": "true", "type": "ordinal", "title": "true digit", "scale": scale},
        "tooltip": [
            {"field": "true", "title": "true digit"},
            {"field": "predicted", "title": "predicted digit"},
            {"field": "count", "type": "quantitative", "title": "examples"},
            {"field": "share", "type": "quantitative", "title": "% of the row", "format": ".2f"},
        ],
    }
    words = vega.axis_text() or BLACK
    loud = _LOUD[st.context.theme.type or "light"]
    is_chosen = {"param": _CHOICE, "empty": False}
    colors = {
        "mark": {"type": "rect", "cursor": "pointer", "strokeWidth": 2.5},
        "params": [
            {
                "name": _CHOICE,
                **({"value": [dict(zip(_FIELDS, chosen, strict=True))]} if chosen else {}),
                "select": {
                    "type": "point",
                    "fields": list(_FIELDS),
                    "toggle": _IS_CHOSEN_AGAIN,
                    "clear": False,
                },
            }
        ],
        "encoding": {
            **place,
            "fill": {
                "field": "kind",
                "type": "nominal",
                "scale": {"domain": ["right", "wrong"], "range": [color, MISTAKE]},
                "legend": None,
            },
            "fillOpacity": {
                "field": "strength",
                "type": "quantitative",
                "scale": {"domain": [0, 1], "range": [0, 0.95]},
                "legend": None,
            },
            "stroke": {"condition": {**is_chosen, "value": words}, "value": TRANSPARENT},
        },
    }
    numbers = {
        "mark": {"type": "text", "fontSize": 12, "cursor": "pointer"},
        "encoding": {
            **place,
            "text": {"field": "said"},
            "color": {
                "condition": {"test": f"datum.strength > {loud}", "value": BLACK},
                "value": words,
            },
        },
    }
    return [colors, numbers]
