"""What the sections of Compare have in common: a button that measures a finding here, a fragment
that polls while it does, and a word when it is over, whichever section is open."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import streamlit as st

from dashboard import session
from dashboard.compare import state
from dashboard.compare.measurement_queue import (
    Ask,
    BusyError,
    Measurement,
    a_run_trains,
    measurements,
    torch_is_here,
)
from dashboard.settings import settings
from dashboard.ui import errors
from dashboard.ui.text import escape, power
from nncore.lab.machine import Machine

POLL_SECONDS = 1.0
NO_TORCH = (
    "PyTorch is not installed on this server, so nothing can be measured here; "
    "the figures shown are stored ones."
)


@dataclass(frozen=True, slots=True)
class Work:
    """What a section has measured or trained here; it goes on while another section is open."""

    name: str
    """The section's, as in the URL."""
    active: Callable[[], bool]
    """Whether it waits or runs now, whoever asked for it."""
    so_far: Callable[[], str]
    """How far it is, one sentence."""
    outcome: Callable[[], str | None]
    """What to say, in passing, when it has just come to its end."""


def measuring(name: str, what: str, ask: Callable[[], Ask]) -> Work:
    """A measurement as the work of a section of Compare.

    Args:
        name: the section's.
        what: what is measured, in words.
        ask: its kind and arguments, which may change with what is typed.
    """
    return Work(name, lambda: active(*ask()), lambda: so_far(*ask()), lambda: over(what, *ask()))


def polled(draw: Callable[[], None], work: Work) -> None:
    """Draw a section as a fragment of its own, again and again while its work goes on."""
    polling = work.active()
    over_before = False

    def body() -> None:
        nonlocal over_before
        with errors.shown_errors():
            still = work.active()
            _say_when_over(work, still)
            # Not at once: what is said right before a full run may not arrive.
            last = polling and not still and over_before
            over_before = not still
            draw()
            if last and not state.is_pressed():
                st.rerun()  # once: the full run takes the timer away

    st.fragment(body, run_every=POLL_SECONDS if polling else None)()


def watched(draw: Callable[[], None], work: Work) -> None:
    """Draw a line about a section that is not open, while its work goes on; say when it is over."""
    if work.active():
        polled(draw, work)
    else:
        _say_when_over(work, still=False)


def _say_when_over(work: Work, still: bool) -> None:
    if state.has_ended(work.name, active=still) and (words := work.outcome()):
        st.toast(words, icon=":material/check:")


def measured(*ask: str) -> Measurement | None:
    """For a section of Compare: its last measurement that came to its end, while another is made
    too.
    """
    return measurements().result(*ask)


def find(*ask: str) -> Measurement | None:
    """For a section of Compare: what was last asked for it, whatever has become of it."""
    return measurements().find(*ask)


def active(*ask: str) -> bool:
    """For a section of Compare: whether its measurement waits or runs, whoever asked for it."""
    found = find(*ask)
    return found is not None and found.active


def so_far(*ask: str) -> str:
    """How far a section's measurement is; empty where there is none."""
    found = find(*ask)
    return _said(found, None) if found else ""


def over(what: str, *ask: str) -> str | None:
    """What a section of Compare says once its measurement is over; None until then."""
    found = find(*ask)
    return f"{what}: measured" if found is not None and found.done else None


def button(
    label: str,
    *ask: str,
    takes: str,
    key: str,
    disabled: bool = False,
    outcome: str | None = None,
    of_times: bool = False,
) -> None:
    """The button that measures, one that stops it, and a line of what has become of that.

    Args:
        label: of the button.
        ask: what it has measured.
        takes: how long that takes, in words.
        key: of the button; the other one's is `stop-` and this.
        disabled: it cannot be asked for now.
        outcome: what the last one found, against the stored one; None to say when it was.
        of_times: whether it measures times, which whatever else runs here makes longer.
    """
    found = find(*ask)
    running = found is not None and found.active
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        pressed = st.button(
            label,
            key=key,
            icon=":material/play_arrow:",
            disabled=running or disabled or not torch_is_here(),
        )
        stop_button(*ask, key=f"stop-{key}")
        st.caption(_said(found, outcome) if found else f"Takes {takes}.", width="content")
    if of_times and a_run_trains():
        st.warning(
            "A run is training on this server: what is measured meanwhile comes out too slow."
        )
    if pressed:
        try:
            measurements().ask(
                *ask, workspace=session.workspace() if settings().multiuser else None
            )
        except BusyError as error:
            st.warning(escape(str(error)))
        else:
            st.rerun()
    if found is not None and found.error:
        st.error(escape(found.error))


def stop_button(*ask: str, key: str) -> None:
    """The button that ends a measurement; none where nothing is measured, or somebody else asked
    for it.
    """
    found = find(*ask)
    if found is not None and found.active and _may_stop(found):
        st.button(
            "Stop",
            key=key,
            icon=":material/stop:",
            on_click=measurements().stop,
            args=ask,
        )


def _may_stop(found: Measurement) -> bool:
    """Among visitors, who asked for it."""
    return not settings().multiuser or found.workspace == session.workspace()


def _said(found: Measurement, outcome: str | None) -> str:
    if found.stopped:
        return "Stopping." if found.active else "Stopped: no figure has changed."
    if not found.active:
        return (outcome or f"{_made(found)}.") if found.done else "Not measured."
    if ahead := measurements().ahead(found):
        return f"Waits for its turn: number {ahead} in the queue."
    so_far = f"Measuring, {time.time() - (found.started_at or time.time()):.0f} s so far"
    return f"{so_far}." if found.results else f"{so_far}: PyTorch has to start first."


def _made(measurement: Measurement) -> str:
    """When it was measured, and whether something was in its way."""
    when = datetime.fromtimestamp(measurement.over_at, UTC)
    told = f"Measured here on {_day(when.date())} at {when:%H:%M} UTC"
    return f"{told}, while a run was training" if measurement.disturbed else told


def provenance(
    machine: Machine, day: str, *commands: str, here: Measurement | None = None, of: str = ""
) -> None:
    """A line below a section of Compare: when, where and how its figures were measured.

    Args:
        machine: what they were measured on.
        day: when, for stored ones.
        commands: what makes them again.
        here: the measurement on this server that they are of; None for stored ones.
        of: which figures, where a section has some of another origin.
    """
    blas = machine.blas.split(" ")[0] if machine.blas else "no BLAS"
    torch = f"PyTorch {machine.torch}" if machine.torch else "no PyTorch"
    cores = "1 core" if machine.cores == 1 else f"{machine.cores} cores"
    again = " and ".join(f"`{command}`" for command in commands)
    made = _made(here) if here else f"Stored run of {_day(date.fromisoformat(day))}"
    st.caption(
        f"{of}{made}: {escape(machine.processor)}, {cores}, NumPy {machine.numpy} "
        f"({escape(blas)}), {torch}. Make it again: {again}"
    )


def tight(text: str) -> str:
    """Words of nncore with numbers as these sections write them: `96.69%`, `4.4·10⁻¹⁵`."""
    raised = _EXPONENTIAL.sub(lambda found: power(float(found.group())), text)
    return raised.replace(" %", "%")


_EXPONENTIAL = re.compile(r"\d(?:\.\d+)?e[-+]\d+")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
