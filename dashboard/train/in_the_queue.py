"""A run in the queue, in words: its place, and what it waits for."""

import streamlit as st

from dashboard.runs import jobs, waiting
from dashboard.runs.run import Run
from dashboard.runs.store import run_store
from dashboard.runs.worker import PARK_IF_OTHERS_WAIT
from dashboard.ui.text import roughly

_PLACES = ("Next", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")
_KEEPS = f"keeps the place until it has not been stepped for {PARK_IF_OTHERS_WAIT:.0f} seconds"


def in_the_queue(run: Run) -> str:
    """`Second in the queue, about 3 minutes`, or what a queued run waits for.

    Raises:
        StoreError: the run store cannot be used.
    """
    place = run.queue_position or 1
    where = f"{_PLACES[place - 1] if place <= len(_PLACES) else f'Number {place}'} in the queue"
    wait = _wait_of(run.id, place, run)
    match wait.waits_for:
        case "a worker":
            return f"{where}: it starts as soon as a worker is ready"
        case "a paused run":
            return f"{where}: a paused run {_KEEPS}"
        case "an own paused run":
            return f"{where}: your paused run {_KEEPS}"
        case "runs" if wait.seconds is not None:
            return f"{where}, about {roughly(wait.seconds)}"
        case "runs":
            those = "the run before it is" if place == 1 else "those before it are"
            return f"{where}: it starts when {those} over"


@st.cache_data(ttl=3, max_entries=500, show_spinner=False)
def _wait_of(run_id: str, place: int, _run: Run) -> waiting.Wait:
    """As `waiting.wait_of`, once in a few seconds however often a page polls."""
    return waiting.wait_of(run_store(), _run, jobs.jobs().places)
