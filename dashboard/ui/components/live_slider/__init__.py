"""A slider like Streamlit's that tells its value while it moves, not only when it is let go.

    live_slider("Weight w₁", (0.5,), key="w1-slider", track=Track(-4, 4, 0.5), on_move=take)

The browser sends the next value when the last one was answered, so that at most one waits however
slow the server is; the one at which the slider is let go is always sent. One handle or two; arrow
keys, Page Up and Down, Home and End move them, and a screen reader hears a name and a value.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.ui.components import from_folder

_HTML = """
<div class="slider">
  <div class="head" aria-hidden="true"><span class="label"></span><span class="value"></span></div>
  <div class="track">
    <div class="rail"></div>
    <div class="ends" aria-hidden="true"><span></span><span></span></div>
  </div>
</div>
"""
_COMPONENT = from_folder(Path(__file__).parent, html=_HTML)


@dataclass(frozen=True, slots=True)
class Track:
    """The places at which a handle can stand: from `low` to `high` in steps."""

    low: float
    high: float
    step: float = 1
    texts: Sequence[str] = ()
    """What a place is called, counted from `low`, where that is not its number."""

    def nearest(self, place: float) -> float:
        """The place that is nearest to a number."""
        steps = round((min(max(place, self.low), self.high) - self.low) / self.step)
        return float(f"{min(self.low + steps * self.step, self.high):.10g}")

    @property
    def decimals(self) -> int:
        """How many decimals tell its places apart."""
        return max(-math.floor(math.log10(self.step) + 1e-9), 0)


def live_slider(
    label: str,
    places: Sequence[float],
    *,
    key: str,
    track: Track,
    on_move: Callable[[tuple[float, ...], bool], None],
    is_compact: bool = False,
) -> None:
    """Place the slider; the same `key` keeps the same element while it moves.

    Args:
        label: its name, in plain words.
        places: where its one or two handles stand, in order; the caller keeps them.
        key: the element's key.
        track: where they can stand.
        on_move: called with the places on the track and whether they still move, before the script
            runs again.
        is_compact: with the value beside the name, not above the handle; phones have that anyway.
    """
    # The number of the browser's last message goes back to it: that one has been answered.
    answered = getattr(st.session_state.get(key), "at", None)
    data = {
        "label": label,
        "places": list(places),
        "low": track.low,
        "high": track.high,
        "step": track.step,
        "decimals": track.decimals,
        "texts": list(track.texts),
        "compact": is_compact,
        "answered": answered.get("number", 0) if isinstance(answered, dict) else 0,
    }

    def moved() -> None:
        told = taken(st.session_state[key].at, track, len(places))
        if told is not None:
            on_move(*told)

    _COMPONENT(key=key, data=data, on_at_change=moved)


def taken(said: Any, track: Track, n_handles: int) -> tuple[tuple[float, ...], bool] | None:
    """The places that a browser says, on the track and in order, and whether they still move."""
    match said:
        case {"places": [*found], "moving": bool(moving)} if len(found) == n_handles and all(
            isinstance(place, int | float) and math.isfinite(place) for place in found
        ):
            return tuple(sorted(track.nearest(float(place)) for place in found)), moving
        case _:
            return None
