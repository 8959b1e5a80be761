"""The control panel of a lesson's figure: each control knows its default and its URL parameter.

It also knows what the figure must keep to itself until the chapter's question is answered.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import streamlit as st

from dashboard.learn import state
from dashboard.session import Param
from dashboard.ui.components.live_slider import Track, live_slider
from dashboard.ui.text import listed

_Text = TypeVar("_Text", bound=str)

UNTOLD = "?"
"""In place of what the figure keeps back."""


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


class Panel:
    """Draws the controls of the open chapter and remembers what its link has to say.

    A label is plain words, `Weight w₁`: of a formula, a screen reader would say the dollars.
    """

    def __init__(self) -> None:
        self.query: dict[str, str] = {}
        """The controls that are not at their default, as URL parameters."""
        self.has_secret = False
        """Whether the figure kept something back."""
        self.has_told = False
        """Whether it shows what it would keep back, had that not been revealed."""

    def keeps(self, asked: bool) -> bool:
        """Whether the figure keeps something back: what the chapter's question asks for.

        Args:
            asked: whether the controls are where the figure would tell it.
        """
        kept = asked and not state.is_revealed()
        self.has_secret |= kept
        self.has_told |= asked and not kept
        return kept

    @staticmethod
    def number(label: str, value: str, *, kept: bool = False) -> None:
        """A number of the figure; a question mark in its place while it is kept back."""
        st.metric(label, UNTOLD if kept else value, width="content")

    def slider(
        self,
        name: str,
        label: str,
        low: float,
        high: float,
        default: float,
        step: float,
    ) -> float:
        """A number; a link's value is brought into the range, and to the nearest step.

        What is between two steps would be shown rounded, and its sums would not add up.
        """

        track = Track(low, high, step)

        def read(text: str) -> float:
            value = _finite(text)
            return track.nearest(value) if low <= value <= high else value

        param = Param(
            name,
            read,
            str,
            float(default),
            expected=f"a number from {low:g} to {high:g}",
            fit=lambda value: min(max(value, low), high),
        )
        value: float = state.control(param)
        _slide(name, label, track, (value,), lambda places: places[0])
        if value != default:
            self.query[name] = f"{value:.6g}"
        return value

    def span(
        self,
        name: str,
        label: str,
        low: float,
        high: float,
        default: tuple[float, float],
        step: float,
    ) -> tuple[float, float]:
        """Two numbers in order, on one slider with two handles; `0.3,0.7` in the URL."""

        track = Track(low, high, step)

        def read(text: str) -> tuple[float, float]:
            first, second = sorted(float(part) for part in text.split(","))
            if not (low <= first and second <= high):
                raise ValueError(text)
            return track.nearest(first), track.nearest(second)

        expected = f"two numbers from {low:g} to {high:g} with a comma between them"
        value: tuple[float, float] = state.control(
            Param(name, read, str, default, expected=expected)
        )
        _slide(name, label, track, value, lambda places: places)
        if value != default:
            self.query[name] = f"{value[0]:.6g},{value[1]:.6g}"
        return value

    def whole(self, name: str, label: str, low: int, high: int, default: int) -> int:
        """A whole number; a link's value is brought into the range."""
        param = Param(
            name,
            int,
            str,
            default,
            expected=f"a whole number from {low} to {high}",
            fit=lambda value: min(max(value, low), high),
        )
        value: int = state.control(param)
        _slide(name, label, Track(low, high), (value,), lambda places: int(places[0]))
        if value != default:
            self.query[name] = str(value)
        return value

    def scale(self, name: str, label: str, values: tuple[float, ...], default: float) -> float:
        """One of a few numbers, on a slider: for learning rates, whose steps are factors."""

        param = Param(
            name,
            _finite,
            str,
            default,
            expected=listed((f"{value:g}" for value in values), "or"),
            fit=lambda said: min(values, key=lambda value: abs(value - said)),
        )
        value: float = state.control(param)
        track = Track(0, len(values) - 1, texts=[f"{value:g}" for value in values])
        _slide(name, label, track, (values.index(value),), lambda places: values[int(places[0])])
        if value != default:
            self.query[name] = f"{value:g}"
        return value

    def choice(self, name: str, label: str, options: Mapping[_Text, str], default: _Text) -> _Text:
        """One of a few names; `options` maps what the URL says to what the page shows."""

        def read(text: str) -> str:
            if text not in options:
                raise ValueError(text)
            return text

        param = Param(name, read, str, default, expected=listed(options, "or"))
        value = st.segmented_control(
            label,
            list(options),
            format_func=options.__getitem__,
            key=state.control_key(param),
            required=True,
            persist_state="session",
            # The names of a figure's kinds say themselves what is chosen.
            label_visibility="collapsed" if name == "show" else "visible",
            wrap=True,
        )
        if value is None:
            return default
        if value != default:
            self.query[name] = value
        return value

    def digit(self, default: int) -> int:
        """One of the ten digits."""
        names = {str(digit): str(digit) for digit in range(10)}
        return int(self.choice("digit", "Digit", names, str(default)))


def _slide(
    name: str,
    label: str,
    track: Track,
    places: Sequence[float],
    value_at: Callable[[tuple[float, ...]], object],
) -> None:
    """Place a slider of the open chapter; `value_at` makes its handles' places a control's value.

    While it moves, the figure follows and the URL waits.
    """
    chapter = state.place().chapter

    def take(moved: tuple[float, ...], moving: bool) -> None:
        if state.place().chapter != chapter:
            return  # sent a moment before its chapter was left
        state.controls().set(**{name: value_at(moved)})
        state.place().is_moving = moving

    live_slider(
        label,
        places,
        key=state.slider_key(name),
        track=track,
        on_move=take,
        is_compact=state.is_alone(),
    )
