"""Signed numbers to choose from: bars up and down from zero, or the pixels of a 28x28 picture.

    signed_view(delta, key="errors", name="output", selected=9, on_pick=follow, title="Errors")

Green is above zero, magenta below, the background is zero. The number under the pointer or the
keyboard is said below the drawing; a click, a tap or Enter picks it and tells Python.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st

from dashboard.ui.components import from_folder
from dashboard.ui.palette import NEGATIVE, POSITIVE

_HTML = """
<div class="signed">
  <div class="title"></div>
  <svg class="plot" role="listbox" tabindex="0"></svg>
  <div class="readout" aria-live="polite"></div>
  <div class="said"></div>
</div>
"""
_COMPONENT = from_folder(Path(__file__).parent, html=_HTML, writes_numbers=True)
SIDE = 28
_STEPS = (1, 1.5, 2, 3, 4, 5, 7, 10)


def signed_view(
    values: np.ndarray,
    *,
    key: str,
    title: str,
    said: str,
    name: str,
    symbol: str,
    axis: str = "",
    positions: Sequence[int] | None = None,
    kind: Literal["bars", "picture"] = "bars",
    selected: int | None = None,
    on_pick: Callable[[int], None] | None = None,
    height: int = 150,
) -> None:
    """Place the numbers; the same `key` keeps the same element while they change.

    Args:
        values: (n,) the numbers; one that is none counts as 0.
        key: the element's key.
        title: what to see in it, in words.
        said: one line below it.
        name: what a number belongs to: `output`, `neuron`, or `pixel`, whose position is said as
            row and column.
        symbol: what the number is, for example `δ`.
        axis: the words below the bars; `name` if not given.
        positions: (n,) the index that each number stands for; from 0 on if not given.
        kind: bars in the order given, or a picture of 784.
        selected: the position that is marked; the caller keeps it.
        on_pick: called with the position that was picked, before the script runs again.
        height: of the bars in pixels.

    Raises:
        ValueError: a picture of other than 784 numbers.
    """
    data = payload(values, positions, kind) | {
        "title": title,
        "said": said,
        "name": name,
        "axis": axis or name,
        "symbol": symbol,
        "selected": selected,
        "height": height,
        "colors": [POSITIVE, NEGATIVE],
    }

    def picked() -> None:
        position = st.session_state[key].picked
        if on_pick and isinstance(position, int) and position in data["positions"]:
            on_pick(position)

    _COMPONENT(key=key, data=data, on_picked_change=picked)


def payload(
    values: np.ndarray, positions: Sequence[int] | None, kind: Literal["bars", "picture"]
) -> dict[str, Any]:
    """What the browser needs of the numbers: four digits of each, and the ends of their scale.

    The scale goes in steps, so that it stays while the numbers change a little.
    """
    if kind == "picture" and len(values) != SIDE * SIDE:
        raise ValueError(f"{len(values)} numbers make no picture; {SIDE * SIDE} do.")
    finite = np.nan_to_num(np.asarray(values, float), posinf=0.0, neginf=0.0)
    return {
        "kind": kind,
        "values": [float(f"{value:.4g}") for value in finite.tolist()],
        "positions": list(range(len(finite))) if positions is None else list(positions),
        "low": _rounded_up(-float(finite.min(initial=0))),
        "high": _rounded_up(float(finite.max(initial=0))),
    }


def _rounded_up(size: float) -> float:
    """The next of `_STEPS` times a power of ten; 0 for what is not above 0."""
    if size <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in _STEPS if step * power >= 0.999999 * size)
