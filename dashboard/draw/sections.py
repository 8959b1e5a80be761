"""The sections of Draw below the answers: only the open one is computed at every stroke."""

from collections.abc import Callable

import streamlit as st

from dashboard.draw import doubts, handwriting, neurons, stages, state, why
from dashboard.draw.subject import Subject
from dashboard.ui.sections import choose_section

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
    st.space("small")
    titles = {name: title for name, (title, _) in SECTIONS.items()}
    view = state.view()
    opened = choose_section(titles, view.section, state.CONTROLS, state.open_section)
    if view.section:
        view.section = opened
    state.write()
    SECTIONS[opened][1](subject)
