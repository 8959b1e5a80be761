"""What Draw remembers: how it looks at the drawing, and where the ink comes from."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from nncore.preprocessing import StageName

_DRAW = "draw"


_DRAW_CONTROL = "draw-control-"


_INK_CONTROL = "ink-"


_MEANT_LABEL = "handwriting-label-"


_ALL_THE_SAME = "handwriting-all-the-same-"


_KEPT_TABLE = "kept-"


HANDWRITING_RUN = "handwriting-run"


KEPT_LIST = "kept-list"


_PHOTOGRAPH = "photograph-"


@dataclass(slots=True)
class DrawView:
    """How Draw looks at the drawing; a page switch keeps it."""

    section: str = ""
    """Which section is open; empty for the first."""
    skipped: frozenset[StageName] = frozenset()
    """Stages between the ink and the network that are switched off."""
    times_all_on: int = 0
    """How often they were all switched on at once."""


def draw_view() -> DrawView:
    """How Draw looks at the drawing; made at first sight."""
    return st.session_state.setdefault(_DRAW, DrawView())


def draw_control(name: str, value: Any) -> str:
    """The key of a control on Draw, made to show this value."""
    st.session_state[_DRAW_CONTROL + name] = value
    return _DRAW_CONTROL + name


def draw_control_value(name: str) -> Any:
    """What the user set a control on Draw to."""
    return st.session_state.get(_DRAW_CONTROL + name)


def ink_control(name: str, default: Any) -> str:
    """The key of a control of where Draw's ink comes from, which begins with this value."""
    st.session_state.setdefault(_INK_CONTROL + name, default)
    return _INK_CONTROL + name


def set_ink_controls(**values: Any) -> None:
    """Move controls of where Draw's ink comes from (for a button's `on_click`)."""
    for name, value in values.items():
        st.session_state[_INK_CONTROL + name] = value


def photograph_key(file_id: str) -> str:
    """The key of the choice among the digits of a photograph."""
    return _PHOTOGRAPH + file_id


def photograph_choice(file_id: str) -> int:
    """Which digit of a photograph is looked at, from 0; the first to begin with."""
    return st.session_state.get(photograph_key(file_id)) or 0


def meant_label_key(drawing: str) -> str:
    """The key of what a drawing was meant to be: another drawing is asked about anew."""
    return _MEANT_LABEL + drawing


def all_the_same_key(drawing: str) -> str:
    """The key of whether a drawing is kept although it does not look like a digit."""
    return _ALL_THE_SAME + drawing


def kept_table_key(version: str) -> str:
    """The key of the table of kept digits: ticks name rows, so another set is another table."""
    return _KEPT_TABLE + version


def stage_switch_key(name: StageName) -> str:
    """The key of a stage's switch, which is drawn anew when all go on.

    Its value is its own, and not put here before it is drawn: on a slow server, a click elsewhere
    that comes before the browser has the switches would then count as switching them off.
    """
    return f"{_DRAW_CONTROL}stage-{name}-{draw_view().times_all_on}"


def switch_stage(name: StageName) -> None:
    """Leave a stage out, or take it in again, as its switch now says."""
    view, stage = draw_view(), frozenset[StageName]({name})
    is_on = st.session_state[stage_switch_key(name)]
    view.skipped = view.skipped - stage if is_on else view.skipped | stage


def switch_all_stages_on() -> None:
    """Prepare the drawing as MNIST's digits were again."""
    view = draw_view()
    view.skipped = frozenset()
    view.times_all_on += 1
