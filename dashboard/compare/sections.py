"""The sections of Compare: what each found in a line, the choice of one, and what goes on in the
others."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.compare import (
    common,
    ease,
    flexibility,
    published,
    riddle,
    speed,
    state,
    twins,
)
from dashboard.ui import errors
from dashboard.ui.sections import choose_section


@dataclass(frozen=True, slots=True)
class Section:
    """A row of the table: how a section is called, what it found, and what shows it."""

    title: str
    heading: Callable[[], str]
    """What was found, in a line: known without drawing the section."""
    show: Callable[[], None]
    work: Callable[[], common.Work] | None = None
    """What it has measured or trained, if it does."""


SECTIONS = {
    "twins": Section("Same numbers", twins.heading, twins.show, twins.work),
    "speed": Section("Speed", speed.heading, speed.show, speed.work),
    "ease": Section("Ease", ease.heading, ease.show, ease.work),
    "flexibility": Section("Flexibility", flexibility.heading, flexibility.show, flexibility.work),
    "riddle": Section("The riddle", riddle.heading, riddle.show, riddle.work),
    "published": Section("Published results", published.heading, published.show),
}
"""By the name that the URL has."""


def findings() -> None:
    """Place what every section found, a line each that leads there; folded once one is chosen."""
    folder = st.expander("What was found", key=state.findings_key(), on_change="rerun")
    if not folder.open:
        return
    with folder, st.container(gap="xxsmall"):
        for name, section in SECTIONS.items():
            what, _, found = section.heading().partition(": ")
            st.button(
                f"**{what}**: {found}" if found else f"**{what}**",
                key=f"finding-{name}",
                icon=":material/arrow_forward:",
                type="tertiary",
                on_click=state.open_section,
                args=(name,),
            )


def choose() -> str:
    """Place the choice of a section; returns the open one's name."""
    titles = {name: section.title for name, section in SECTIONS.items()}
    view = state.view()
    opened = choose_section(titles, view.section, state.CONTROLS, state.open_section)
    if view.section:
        view.section = opened
    return opened


def show(opened: str) -> None:
    """Place the open section, and above it a line of whatever goes on in another one."""
    with st.container():
        for name, section in SECTIONS.items():
            if name != opened and section.work is not None:
                with errors.shown_errors():  # a store that fails the riddle is no other's affair
                    _watch(name, section, section.work())
    SECTIONS[opened].show()


def _watch(name: str, section: Section, work: common.Work) -> None:
    def draw() -> None:
        with st.container(horizontal=True, vertical_alignment="center", key=f"goes-on-{name}"):
            st.markdown(
                f":material/hourglass_top: **{section.title}**: {work.so_far()}", width="content"
            )
            pressed = st.button(
                f"Open {section.title}",
                key=f"open-{name}",
                icon=":material/arrow_forward:",
                type="tertiary",
                on_click=state.open_section,
                args=(name,),
            )
            if pressed:
                st.rerun()  # all of the page, not this line alone

    common.watched(draw, work)
