"""Which run's network Inside looks into, and after how many epochs; else the one of the app."""

from collections.abc import Mapping

import streamlit as st

from dashboard import session
from dashboard.inside import state
from dashboard.inside.state import InsideView
from dashboard.models import load
from dashboard.runs.run import Run
from dashboard.runs.store import run_store
from dashboard.ui.palette import ENGINE_NAMES
from dashboard.ui.runs import label
from dashboard.ui.text import escape, listed
from nncore.config import EngineName, architecture
from nncore.network import Network

_SHIPPED = "Classroom, comes with the app"


def choose_run(view: InsideView) -> Run | None:
    """Place the choice of the run; None where the model that comes with the app is chosen."""
    by_id = {run.id: run for run in run_store().list_runs(session.workspace())}
    if view.is_opened:
        _follow_the_moment(view, by_id)
    if view.run and view.run not in by_id:
        shared = run_store().get_run(view.run) if session.is_run_id(view.run) else None
        if shared is None:
            st.error(
                f"There is no run {escape(view.run)} here: it was deleted, or the link is "
                "incomplete. Here is the model that comes with the app."
            )
            view.run = None
        else:
            by_id[shared.id] = shared
    st.selectbox(
        "Network",
        ["", *by_id],
        format_func=lambda run_id: label(by_id[run_id]) if run_id else _SHIPPED,
        key=state.CONTROLS.showing("run", view.run or ""),
        on_change=_take_run,
    )
    if not view.run:
        st.caption(_which_shipped())
        if of_runs := view.asked & {"engine", "epoch"}:
            session.notify(
                f"The network that comes with the app has no {listed(sorted(of_runs), 'or')} to "
                "choose; name a run beside it."
            )
            view.epoch = None
        return None
    session.look_at_run(view.run)
    view.followed = view.run
    return by_id[view.run]


def _follow_the_moment(view: InsideView, mine: Mapping[str, Run]) -> None:
    """Open the run of the moment, else the newest that can be opened, unless that was done already:
    what was chosen here stays until another run is shown or trained."""
    moment = session.run_of_the_moment()
    if moment not in mine and not (moment and run_store().get_run(moment)):
        moment = next((model.run_id for model in load.trained_models(session.workspace())), None)
    if moment != view.followed:
        view.followed = moment
        state.open_run(moment)


def _which_shipped() -> str:
    """How small the shipped model is, and who answers on Home where that is another one."""
    small = architecture(load.shipped_network().layer_sizes)
    said = f"The small model that came along, {small}."
    answers_on_home = load.default_model()
    if answers_on_home.name == "classroom":
        return said
    large = architecture(load.network_of(answers_on_home).layer_sizes)
    return f"{said} On Home another one answers: {answers_on_home.title}, {large}."


def _take_run() -> None:
    state.open_run(state.CONTROLS.value("run") or None)


def choose_checkpoint(view: InsideView, run: Run) -> tuple[Network | None, str]:
    """Place the choice of a run's engine and checkpoint.

    Returns:
        The network, None where the run has none yet; and a name of exactly these weights.
    """
    kept: dict[EngineName, list[tuple[int, int]]] = {}
    for info in run_store().checkpoints(run.id):
        kept.setdefault(info.engine, []).append((info.epoch, info.batch))
    if not kept:
        st.info("This run has no checkpoint yet, so here is the model that comes with the app.")
        return None, "shipped"
    if view.engine not in kept:
        missing, view.engine = view.engine, next(iter(kept))
        if "engine" in view.asked:
            session.notify(
                f"This run has no network of {ENGINE_NAMES[missing]}'s; here is "
                f"{ENGINE_NAMES[view.engine]}'s."
            )
    if len(kept) > 1:
        st.segmented_control(
            "Engine",
            list(kept),
            format_func=ENGINE_NAMES.__getitem__,
            required=True,
            key=state.CONTROLS.showing("engine", view.engine),
            on_change=_take_engine,
        )
    places = sorted(kept[view.engine])
    last = len(places) - 1
    at = next((i for i, (epoch, _) in enumerate(places) if epoch == view.epoch), last)
    if view.epoch not in (None, places[at][0]):
        if "epoch" in view.asked:
            session.notify(
                f"This run keeps no network after {view.epoch:,} epochs; here is its last, after "
                f"{_place_name(*places[at])}."
            )
        view.epoch = None
    if len(places) > 1:
        st.select_slider(
            "Epochs trained",
            list(range(len(places))),  # not the places: of a tuple, it makes a range
            format_func=lambda position: _place_name(*places[position]),
            key=state.CONTROLS.showing("epoch", at),
            on_change=_take_epoch,
            args=(places,),
            help="Every kept checkpoint; 0 is the network before its first mini-batch.",
        )
    read = load.newest_network if at == last else load.trained_network
    network = read(run.id, view.engine, *places[at])
    # What was the newest may have given way to a newer one since.
    return network, f"{run.id}/{view.engine}/{network.epoch}.{network.batch}"


def _place_name(epoch: int, batch: int) -> str:
    return f"{epoch} and {batch:,} mini-batches" if batch else str(epoch)


def _take_engine() -> None:
    state.view().engine = state.CONTROLS.value("engine")


def _take_epoch(places: list[tuple[int, int]]) -> None:
    at = int(state.CONTROLS.value("epoch"))
    state.view().epoch = None if at == len(places) - 1 else places[at][0]
