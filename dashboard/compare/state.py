"""What Compare remembers: the open section, in the session and in the URL, what is being measured
meanwhile, and the activation that was typed."""

from dataclasses import dataclass, field

import streamlit as st

from dashboard.session import Controls, Param, UrlMemory, read_url, write_url

SHOW = Param("show", str, lambda section: section or None, "")
"""The open section."""
PARAMS = (SHOW,)

CONTROLS = Controls("compare-")
"""`section`, the choice of one, and `findings`, whether the list of what was found is unfolded."""
TYPED = Controls("typed-")
"""The fields `activation` and `derivative`."""

_VIEW = "compare"

_STALE_SECONDS = 1.0
"""`UrlMemory.stale_seconds` on Compare, where somebody may go back to the last section soon."""


@dataclass(slots=True)
class CompareView:
    """What Compare shows, and what it has seen going on."""

    section: str = ""
    """Empty until one is chosen: the first is open then."""
    going_on: set[str] = field(default_factory=set)
    """The work, by its name, that was measured or trained when it was last looked at."""
    training: tuple[str, ...] = ()
    """What was being trained when the section Flexibility was last looked at, whatever its fields
    say since."""
    url: UrlMemory = field(default_factory=lambda: UrlMemory(_STALE_SECONDS))


def view() -> CompareView:
    """What Compare shows; made at first sight."""
    return st.session_state.setdefault(_VIEW, CompareView())


def read() -> None:
    """Take over the section that a link names, or the browser's back button.

    A page switch, which empties the URL, changes nothing; going back to an address without a
    section is as at first sight.
    """
    arrived = "section" not in CONTROLS  # its controls are not there yet
    said = read_url(PARAMS, view().url, anew=arrived, bare=not arrived)
    if said is not None:
        open_section(said[SHOW.name])


def write() -> None:
    """Make the URL say which section is open; writes only when it changed."""
    write_url(PARAMS, view().url, {SHOW.name: view().section})


def open_section(name: str) -> None:
    """Turn to a section and fold the list of findings, which would push it down; empty for none."""
    view().section = name
    CONTROLS.set(findings=not name)


def findings_key() -> str:
    """The key of the list of what was found: unfolded until a section is chosen."""
    return CONTROLS.starting("findings", not view().section)


def has_ended(work: str, *, active: bool) -> bool:
    """Whether work that was going on when it was last looked at, from any section, is over now."""
    seen = view().going_on
    was_active = work in seen
    (seen.add if active else seen.discard)(work)
    return was_active and not active
