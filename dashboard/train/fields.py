"""The two kinds of fields of Train's form: a list to choose from, and a number as it is typed."""

from typing import TypeVar, cast

import streamlit as st

from dashboard.train import state
from dashboard.ui.components.number_fields import Counting, number_fields
from dashboard.ui.names import FIELDS
from nncore import typed_numbers

_T = TypeVar("_T")

_COUNTING = {
    "learning_rate": Counting(None),
    "schedule_epochs": Counting(1, least=1),
    "momentum": Counting(0.05),
    "batch_size": Counting(1, least=1),
    "epochs": Counting(1, least=1),
    "patience": Counting(1),
    "l1": Counting(0.1),
    "l2": Counting(0.1),
    "dropout": Counting(0.1),
    "seed": Counting(1),
    "train_size": Counting(1000, least=1),
    "deform_strength": Counting(0.1),
    "world": Counting(0.05),
}
LIVE_RATE = "live-rate"
"""The key of the container with a run's own learning rate."""


def choice(field: str, names: dict[_T, str], value: _T, help: str) -> _T:
    """A list of names to choose from; a value of a link that is not in it is added."""
    own = f"{value:g}" if isinstance(value, float) else str(value)
    options = names if value in names else {**names, value: own}
    chosen = st.selectbox(
        FIELDS[field],
        list(options),
        format_func=lambda option: options.get(option, str(option)),
        key=state.CONTROLS.starting(field, value),
        help=help,
        on_change=state.touch,
    )
    return value if chosen is None else cast(_T, chosen)


def number(
    field: str,
    value: float | None,
    help: str,
    *,
    placeholder: str | None = None,
    disabled: bool = False,
) -> str | float | None:
    """A number as it is typed, whatever that is; `value` while the field is disabled.

    A field that nobody can correct must not be in the way of the others.
    """
    typed = st.text_input(
        FIELDS[field],
        key=state.CONTROLS.starting(field, as_typed(value)),
        help=help,
        placeholder=placeholder,
        max_chars=40,
        on_change=state.touch,
        disabled=disabled,
    )
    return value if disabled else typed


def as_typed(value: float | None) -> str:
    """The text that a field of numbers begins with."""
    return str(value) if isinstance(value, int) else typed_numbers.written(value)


def watch_numbers() -> None:
    """Let the fields of numbers on Train be typed in as such; draws nothing."""
    form = {state.CONTROLS.key(field): way for field, way in _COUNTING.items()}
    number_fields({**form, LIVE_RATE: _COUNTING["learning_rate"]})
