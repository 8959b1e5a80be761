"""The sections of Draw below the answers: only the open one is computed at every stroke."""

from collections.abc import Callable

import streamlit as st

from dashboard.draw import doubts, handwriting, neurons, stages, state, why
from dashboard.draw.subject import Subject

SECTIONS: dict[str, tuple[str, Callable[[Subject], None]]] = {
    "stages": ("From ink to 28x28", stages.show),
    "why": ("Why this digit", why.show),
    "doubt": ("Digit or not", doubts.show),
    "neurons": ("Every neuron", neurons.show),
    "handwriting": ("Our handwriting", handwriting.show),
}
"""By name: what it is called on the page, and what shows it."""


def show(subject: Subject) -> None:
    """Place the choice among Draw's sections, and the one that is open."""
    view = state.view()
    if view.section not in SECTIONS:
        view.section = next(iter(SECTIONS))
    st.space("small")
    st.segmented_control(
        "What to see",
        list(SECTIONS),
        format_func=lambda name: SECTIONS[name][0],
        required=True,
        key=state.CONTROLS.showing("section", view.section),
        on_change=_take_section,
        label_visibility="collapsed",
        wrap=True,
    )
    SECTIONS[view.section][1](subject)


def _take_section() -> None:
    state.view().section = state.CONTROLS.value("section")
