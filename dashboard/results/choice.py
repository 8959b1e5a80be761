"""Which run Results shows, and which one is laid over it."""

import streamlit as st

from dashboard import session
from dashboard.results import state
from dashboard.runs.run import Run
from dashboard.runs.store import run_store
from dashboard.ui.runs import label
from dashboard.ui.text import escape


def choose_run(*, by_link: bool) -> Run | None:
    """Place the choice of the run: a link's, else the run of the moment, else the newest.

    Args:
        by_link: the run was asked for by a link, so that a missing one is told.

    Returns:
        The run; None where this workspace has none.
    """
    view = state.view()
    by_id = {run.id: run for run in run_store().list_runs(session.workspace())}
    found = _found(view.run, by_id)
    if found is None and view.run and by_link:
        instead = (
            "Here is your newest run." if by_id else "Train one, or look at the network below."
        )
        st.error(
            f"There is no run {escape(view.run)} here: it was deleted, or the link is incomplete. "
            + instead
        )
    if found is None:
        found = next(iter(by_id.values()), None)
        if view.run:
            view.other = None  # it was to be laid over another run
    view.run = found.id if found else None
    if found is None:
        return None
    by_id[found.id] = found
    session.look_at_run(found.id)
    st.selectbox(
        "Run",
        list(by_id),
        format_func=lambda run_id: label(by_id[run_id]) if run_id in by_id else "",
        key=state.CONTROLS.showing("picker", found.id),
        on_change=state.take_run,
    )
    return found


def choose_other(run: Run, *, by_link: bool) -> Run | None:
    """Place the choice of a second run to lay over this one; None for none.

    Args:
        run: the run that is shown.
        by_link: the second run was asked for by a link, so that one that cannot be laid over is
            told.
    """
    view = state.view()
    others = {other.id: other for other in run_store().list_runs(session.workspace())}
    others.pop(run.id, None)
    found = _found(view.other, others) if view.other != run.id else None
    if found is None and view.other and by_link:
        st.warning(
            "A run cannot be laid over itself; pick another one."
            if view.other == run.id
            else f"There is no run {escape(view.other)} to lay over this one: it was deleted, or "
            "the link is incomplete."
        )
    view.other = found.id if found else None
    if found is not None:
        others[found.id] = found
    if others:
        st.selectbox(
            "Lay another run over it",
            list(others),
            index=None,
            format_func=lambda run_id: label(others[run_id]) if run_id in others else "",
            key=state.CONTROLS.showing("other-picker", view.other),
            placeholder="none",
            on_change=state.take_other,
        )
    return found


def _found(run_id: str | None, mine: dict[str, Run]) -> Run | None:
    """A run of this workspace, or one that is shared by its id."""
    if run_id is None or run_id in mine:
        return mine.get(run_id or "")
    return run_store().get_run(run_id) if session.is_run_id(run_id) else None
