"""The past runs of a workspace: a table, and what can be done with one of them."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard import navigation, session
from dashboard.runs.errors import StoreError
from dashboard.runs.run import Run, RunStatus
from dashboard.runs.store import run_store
from dashboard.runs.tables import MAX_NAME
from dashboard.train import live, state
from dashboard.ui import runs
from dashboard.ui.errors import shown_errors
from dashboard.ui.runs import ACTIVE, labels, started
from dashboard.ui.text import escape

POLL_SECONDS = 2.0
_MOST = 50
"""Runs in the table; older ones stay in the store and in the list of Results."""


def past_runs(mine: Sequence[Run]) -> None:
    """The workspace's runs, the newest first, with the actions on the one chosen.

    While one of them goes on, their figures follow; a status that changes draws the whole page, so
    that the stage never says another one.
    """
    drawn = _statuses(mine)
    just_read = [mine]

    def poll() -> None:
        with shown_errors():
            now = just_read.pop() if just_read else run_store().list_runs(session.workspace())
            if _statuses(now) != drawn and not state.is_pressed():
                st.rerun()
            _past_runs(now)

    is_on = any(run.status in ACTIVE for run in mine[:_MOST])
    st.fragment(poll, run_every=POLL_SECONDS if is_on else None)()


def _statuses(mine: Sequence[Run]) -> dict[str, RunStatus]:
    return {run.id: run.status for run in mine[:_MOST]}


def _past_runs(mine: Sequence[Run]) -> None:
    mine = mine[:_MOST]
    st.subheader("Past runs")
    if said := state.take_said():
        st.toast(escape(said), icon=":material/delete:")
    if not mine:
        lasting = "; they survive a refresh and a restart" if session.is_remembered() else ""
        st.caption(f"Your runs will be listed here{lasting}.")
        return
    last = run_store().last_epochs([run.id for run in mine])
    st.dataframe(
        runs.runs_table(mine, last),
        hide_index=True,
        key=state.history_table_key(),
        on_select=lambda: state.take_history_cell([run.id for run in mine]),
        selection_mode="single-cell",
        placeholder="–",
        height=min(36 * (len(mine) + 1) + 2, 330),
        alt="Past runs: name, status, cost, activation, learning rate, epochs and test accuracy",
        column_config={
            "name": st.column_config.TextColumn("Name", pinned=True, width=190),
            "status": "Status",
            "network": "Network",
            "cost": "Cost",
            "activation": "Activation",
            "η": st.column_config.NumberColumn("η, last", format="%g"),
            "epochs": "Epochs",
            "NumPy": st.column_config.NumberColumn("NumPy, test", format="%.2f%%"),
            "PyTorch": st.column_config.NumberColumn("PyTorch, test", format="%.2f%%"),
            "started": st.column_config.DatetimeColumn("Started", format="calendar"),
        },
    )
    by_id = {run.id: run for run in mine}
    names = labels(mine)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Run",
            list(by_id),
            format_func=lambda run_id: names.get(run_id, ""),
            key=state.history_run_key(list(by_id)),
            on_change=state.take_history_run,
            args=(list(by_id),),
            width=340,
        )
        _actions(by_id[chosen], [run for run in mine if run.id != chosen], names)


def _actions(run: Run, others: list[Run], names: Mapping[str, str]) -> None:
    if st.button("Open results", key="history-open"):
        navigation.switch("results", {"run": run.id})
    if st.button("Show here", key="history-show"):
        state.show_run(run.id)
        st.rerun()
    if st.button("Train again", key="history-again", help="The same configuration as a new run."):
        _change(lambda: _train_again(run))
    with st.popover("Compare", key="history-compare", disabled=not others):
        other_ids = [other.id for other in others]
        other = st.selectbox(
            "Lay over it",
            other_ids,
            format_func=lambda run_id: names.get(run_id, ""),
            key=state.history_other_key(other_ids),
            on_change=state.take_history_other,
            args=(other_ids,),
        )
        if st.button("Compare the two", key="history-compare-go") and other is not None:
            navigation.switch("results", {"run": run.id, "other": other})
    with st.popover("Rename", key=state.popover_key("rename")), st.form("rename", border=False):
        name = st.text_input("New name", value=run.name, max_chars=MAX_NAME, key=f"name-{run.id}")
        if st.form_submit_button("Rename it", key="history-rename-go"):
            _change(lambda: _rename(run, name))
    with st.popover("Delete", key=state.popover_key("delete")):
        is_shared = any(other.name == run.name for other in others)
        which = f", started {started(run)}," if is_shared else ""
        st.markdown(f"Delete **{escape(run.name)}**{which} with its curves and models, for good?")
        if st.button("Delete it", key=state.delete_key(run.id), type="primary"):
            _change(lambda: _delete(run))


def _train_again(run: Run) -> None:
    state.fill_from_run(run.config)
    learned = run_store().handwriting.learned(run.id) is not None
    live.start(run.config, name=run.name, with_handwriting=learned)


def _rename(run: Run, name: str) -> None:
    run_store().rename_run(run.id, name, workspace=session.workspace())
    state.past_run_changed()


def _delete(run: Run) -> None:
    run_store().delete_run(run.id, workspace=session.workspace())
    if state.shown_run() == run.id:
        state.show_run(None)
    state.past_run_changed(f"Deleted {run.name}.")


def _change(action: Callable[[], None]) -> None:
    try:
        action()
    except StoreError as error:
        st.error(escape(str(error)))
    else:
        st.rerun()
