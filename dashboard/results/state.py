"""Which runs Results shows, in the session and in the URL, and which cells were chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.session import (
    RUN,
    Controls,
    Param,
    UrlMemory,
    read_url,
    run_of_the_moment,
    write_url,
)

OTHER = Param("other", RUN.read, RUN.write)
"""The run that is laid over the first."""
PARAMS = (RUN, OTHER)

CONTROLS = Controls("results-")
"""`picker` and `other-picker`, the choices of the two runs."""

_VIEW = "results"

Cell = tuple[int, int]
"""Of a confusion matrix: the true and the predicted digit."""


@dataclass(slots=True)
class ResultsView:
    """The runs that are shown; None for none."""

    run: str | None = None
    other: str | None = None
    url: UrlMemory = field(default_factory=UrlMemory)
    cells: dict[str, Cell] = field(default_factory=dict)
    """Chosen in each matrix, by its element's key; it outlives a look at another page."""
    at_first: dict[str, Cell | None] = field(default_factory=dict)
    """What was chosen when the matrix was put on the page, which the browser has drawn it with."""


def view() -> ResultsView:
    """What Results shows; made at first sight."""
    return st.session_state.setdefault(_VIEW, ResultsView())


def read() -> bool:
    """Take over the runs that a link names, both of them; whether there was one.

    Without a link, the page opens the run of the moment; one that was laid over it stays.
    """
    now = view()
    arrived = "picker" not in CONTROLS  # its controls are not there yet
    said = read_url(PARAMS, now.url, anew=arrived)
    if said is not None:
        now.run, now.other = said[RUN.name], said[OTHER.name]
    elif arrived and (moment := run_of_the_moment()) not in (None, now.run):
        now.run, now.other = moment, None
    return said is not None


def write() -> None:
    """Make the URL say which runs are shown."""
    write_url(PARAMS, view().url, {RUN.name: view().run, OTHER.name: view().other})


def cell_at_first(key: str) -> Cell | None:
    """The cell that is chosen in a matrix when it comes on the page: the one from before."""
    now = view()
    if key not in st.session_state:
        now.at_first[key] = now.cells.get(key)
    return now.at_first.get(key)


def event_of(key: str) -> Mapping[str, Any]:
    """What the browser says of a matrix, in which somebody has just chosen."""
    return st.session_state[key]


def choose_cell(key: str, cell: Cell | None) -> None:
    """A cell was chosen in a matrix, or none any more."""
    cells = view().cells
    cells.pop(key, None)
    if cell is not None:
        cells[key] = cell


def take_run() -> None:
    """The user picked another run: a run that was laid over it is laid over it no more."""
    now = view()
    now.run = CONTROLS.value("picker")
    if now.other == now.run:
        now.other = None


def take_other() -> None:
    """The user picked another run to lay over the first, or none."""
    view().other = CONTROLS.value("other-picker")
