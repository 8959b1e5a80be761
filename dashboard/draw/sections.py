"""Which section of Draw is open below the answers; only that one is computed at every stroke."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.draw import state
from dashboard.draw.subject import Subject

Section = tuple[str, Callable[[Subject], None]]
"""Its name on the page, and what shows it."""


def show(sections: Mapping[str, Section], subject: Subject) -> None:
    """Place the choice of the section, and the one that is open."""
    view = state.draw_view()
    if view.section not in sections:
        view.section = next(iter(sections))
    st.space("small")
    st.segmented_control(
        "What to see",
        list(sections),
        format_func=lambda name: sections[name][0],
        required=True,
        key=state.draw_control("section", view.section),
        on_change=_take_section,
        label_visibility="collapsed",
        wrap=True,
    )
    sections[view.section][1](subject)


def _take_section() -> None:
    state.draw_view().section = state.draw_control_value("section")
