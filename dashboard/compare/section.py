"""What the sections of Compare have in common: a heading that states the finding, a button that
measures it here, and a fragment that polls while it does."""

import time
from collections.abc import Callable
from datetime import date

import streamlit as st

from dashboard import runs
from dashboard.compare.measurements import (
    BusyError,
    Measurement,
    measurements,
    torch_is_here,
)
from dashboard.text import escape
from nncore.machine import Machine

POLL_SECONDS = 1.0
NO_TORCH = (
    "PyTorch is not installed on this server, so nothing can be measured here; "
    "the figures shown are stored ones."
)


def polled(draw: Callable[[], None], active: Callable[[], bool]) -> None:
    """Draw a section as a fragment of its own, again and again while something is measured."""
    polling = active()

    def body() -> None:
        with runs.shown_errors():
            if polling and not active():
                st.rerun()  # once: the full run takes the timer away
            draw()

    st.fragment(body, run_every=POLL_SECONDS if polling else None)()


def measured(*ask: str) -> Measurement | None:
    """The measurement that stands for this, if it came to its end."""
    found = measurements().find(*ask)
    return found if found is not None and found.done else None


def active(*ask: str) -> bool:
    """Whether this waits or is measured now, whoever asked for it."""
    found = measurements().find(*ask)
    return found is not None and found.active


def button(label: str, *ask: str, takes: str, key: str, disabled: bool = False) -> None:
    """The button that measures, and in a line below it what has become of that."""
    found = measurements().find(*ask)
    running = found is not None and found.active
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        pressed = st.button(
            label,
            key=key,
            icon=":material/play_arrow:",
            disabled=running or disabled or not torch_is_here(),
        )
        st.caption(_said(found) if found else f"Takes {takes}.", width="content")
    if pressed:
        try:
            measurements().ask(*ask)
        except BusyError as error:
            st.warning(escape(str(error)))
        else:
            st.rerun()
    if found is not None and found.error:
        st.error(escape(found.error))


def _said(found: Measurement) -> str:
    if not found.active:
        when = time.strftime("%H:%M", time.localtime(found.asked_at))
        return f"Measured here at {when}." if found.done else "Not measured."
    if ahead := measurements().ahead(found):
        return f"Waits for its turn: number {ahead} in the queue."
    return f"Measuring, {time.time() - found.asked_at:.0f} s so far: PyTorch has to start first."


def provenance(machine: Machine, day: str, command: str, *, here: bool) -> None:
    """Where figures come from, in a line below them."""
    blas = machine.blas.split(" ")[0] if machine.blas else "no BLAS"
    torch = f"PyTorch {machine.torch}" if machine.torch else "no PyTorch"
    made = "Measured here, just now" if here else f"Stored run of {_day(day)}"
    st.caption(
        f"{made}: {escape(machine.processor)}, {machine.cores} cores, NumPy {machine.numpy} "
        f"({escape(blas)}), {torch}. Make it again: `{command}`"
    )


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power(value: float) -> str:
    """A very small number for reading, for example `4.4·10⁻¹⁵`; `0` for none at all."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa}·10{str(int(exponent)).translate(_RAISED)}"


def _day(day: str) -> str:
    found = date.fromisoformat(day)
    return f"{found.day} {found:%B %Y}"
