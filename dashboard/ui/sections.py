"""The sections of a page, one open at a time: only that one is computed, sent and drawn."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.session import Controls
from dashboard.ui.text import escape

_LONGEST = 64
"""Characters of a wrong name that are said again."""


def choose_section(
    titles: Mapping[str, str], wanted: str, controls: Controls, take: Callable[[str], None]
) -> str:
    """Place the choice among a page's sections.

    Args:
        titles: what each section is called on the page, by its name; the first is open at first.
        wanted: the name of the section to open, perhaps from a link; empty for the first.
        controls: the room's; the choice is its `section`.
        take: what to do with the name that a visitor chooses, before the page is drawn again.

    Returns:
        The open section's name: the first, after a sentence, where there is none that is wanted.
    """
    first = next(iter(titles))
    section = wanted if wanted in titles else first
    if wanted and wanted != section:
        st.info(
            f"There is no section {escape(wanted[:_LONGEST])} here, so this is {titles[first]}; "
            f"a link can show any of {', '.join(titles)}."
        )
    st.segmented_control(
        "What to see",
        list(titles),
        format_func=titles.__getitem__,
        required=True,
        key=controls.showing("section", section),
        on_change=lambda: take(controls.value("section")),
        label_visibility="collapsed",
        wrap=True,
    )
    return section
