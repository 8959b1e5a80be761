"""What Draw remembers: the open section, in the session and in the URL, where the ink comes from,
and how it is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.session import (
    SHOW,
    Controls,
    UrlMemory,
    look_at_run,
    read_url,
    run_of_the_moment,
    write_url,
)
from nncore.preprocessing import StageName

PARAMS = (SHOW,)

CONTROLS = Controls("draw-control-")
"""How the drawing is looked at."""
INK = Controls("ink-")
"""Where the ink comes from."""
PHOTOGRAPH = Controls("photograph-")
"""Which digit of a photograph is looked at, by the file: another one starts with its first."""
MEANT_LABEL = Controls("handwriting-label-")
"""What a drawing was meant to be, by the drawing: another one is asked about anew."""
ALL_THE_SAME = Controls("handwriting-all-the-same-")
"""Whether a drawing is kept although it does not look like a digit, by the drawing."""
KEPT_TABLE = Controls("kept-")
"""The table of kept digits, by their version: ticks name rows, so another set is another table."""

OWN_RUN = Controls("draw-")
"""`run`, the choice of the run whose networks answer."""

_VIEW = "draw"


PictureSource = Literal["file", "camera"]
"""What a picture comes from, as `INK` calls it."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture that was brought."""

    file_id: str
    name: str
    image: npt.NDArray[np.uint8]  # (h, w)


@dataclass(slots=True)
class DrawView:
    """How Draw looks at the drawing; a page switch keeps it."""

    section: str = ""
    """Which section is open; empty for the first."""
    skipped: frozenset[StageName] = frozenset()
    """Stages between the ink and the network that are switched off."""
    times_all_on: int = 0
    """How often they were all switched on at once."""
    run: str | None = None
    """The run that was picked; another run of the moment takes its place."""
    pictures: dict[PictureSource, Picture] = field(default_factory=dict)
    """The last picture of each source: an upload and a camera forget theirs at a page switch."""
    url: UrlMemory = field(default_factory=UrlMemory)


def view() -> DrawView:
    """How Draw looks at the drawing; made at first sight."""
    return st.session_state.setdefault(_VIEW, DrawView())


def read() -> None:
    """Take over the section that a link names; a page switch, which empties the URL, changes
    nothing."""
    arrived = "section" not in CONTROLS  # its controls are not there yet
    said = read_url(PARAMS, view().url, anew=arrived, bare=not arrived)
    if said is not None:
        view().section = said[SHOW.name]


def open_section(name: str) -> None:
    """Turn to a section."""
    view().section = name


def write() -> None:
    """Make the URL say which section is open; writes only when it changed."""
    write_url(PARAMS, view().url, {SHOW.name: view().section})


def let_go_of_picture(source: PictureSource) -> None:
    """The visitor brought another picture, or took this one away."""
    view().pictures.pop(source, None)


def take_run() -> None:
    """The visitor picked the run whose networks answer; it is the one of the moment."""
    now = view()
    now.run = OWN_RUN.value("run")
    if now.run:
        look_at_run(now.run)


def run_that_answers(finished: Sequence[str], others: Sequence[str]) -> str | None:
    """The run whose networks answer: the one that was picked, else the one of the moment if it has
    finished, else the newest that has, and only then one that has not.

    Args:
        finished: runs that have, the newest first.
        others: runs that have not, the newest first.
    """
    now, moment = view(), run_of_the_moment()
    if moment != now.run:
        now.run = None
    if now.run in (*finished, *others):
        return now.run
    return moment if moment in finished else next(iter((*finished, *others)), None)


def stage_switch(name: StageName) -> str:
    """The name among `CONTROLS` of a stage's switch, which is drawn anew when all go on.

    Its value is its own, and not put here before it is drawn: on a slow server, a click elsewhere
    that comes before the browser has the switches would then count as switching them off.
    """
    return f"stage-{name}-{view().times_all_on}"


def switch_stage(name: StageName) -> None:
    """Leave a stage out, or take it in again, as its switch now says."""
    now, stage = view(), frozenset[StageName]({name})
    is_on = CONTROLS.value(stage_switch(name))
    now.skipped = now.skipped - stage if is_on else now.skipped | stage


def switch_all_stages_on() -> None:
    """Prepare the drawing with every stage again."""
    now = view()
    now.skipped = frozenset()
    now.times_all_on += 1
