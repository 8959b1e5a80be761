"""What Compare remembers: the open section, in the session and in the URL, what is being measured
meanwhile, and the activation that was typed."""

from dataclasses import dataclass, field

import streamlit as st

from dashboard.session import SHOW, Controls, UrlMemory, read_url, write_url

PARAMS = (SHOW,)

CONTROLS = Controls("compare-")
"""`section`, the choice of one, and `findings`, whether the list of what was found is unfolded."""
TYPED = Controls("typed-")
"""The fields `activation` and `derivative`."""

_IN_FRAGMENTS = ("run-twins", "run-bench", "run-pieces", "run-activation", "run-riddle")
"""The buttons in the parts of Compare that poll, but for those whose callbacks say it all."""

_VIEW = "compare"


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
    url: UrlMemory = field(default_factory=UrlMemory)


def view() -> CompareView:
    """What Compare shows; made at first sight."""
    return st.session_state.setdefault(_VIEW, CompareView())


def read() -> None:
    """Take over the section that a link names.

    A page switch, which empties the URL, changes nothing; whoever chooses the page once more, which
    is open already, sees it as at first sight.
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


def is_pressed() -> bool:
    """Whether a button was pressed in a part that polls.

    Streamlit forgets the presses that came together with a timer whose part asks for the whole
    page: who asks must wait.
    """
    return any(st.session_state.get(key) for key in _IN_FRAGMENTS)
