"""The riddle of a published report: two recipes on two engines, and what makes the difference."""

import time
from dataclasses import dataclass
from statistics import fmean

import streamlit as st

from dashboard import navigation, session
from dashboard.compare import charts, common, published
from dashboard.compare.measurement_queue import torch_is_here
from dashboard.runs import jobs, progress
from dashboard.runs.errors import StoreError
from dashboard.runs.run import Run, RunStatus
from dashboard.runs.store import run_store
from dashboard.settings import settings
from dashboard.ui import runs
from dashboard.ui.arithmetic import points
from dashboard.ui.palette import ENGINE_MARKDOWN, ENGINE_NAMES
from dashboard.ui.runs import ACTIVE, STATUS_COLORS
from dashboard.ui.text import duration, escape, percent
from nncore import recipes
from nncore.config import EngineName, TrainingConfig
from nncore.datasets import steps_an_epoch
from nncore.lab.reproduction import Row, find
from nncore.training import EpochRecord

FULL, MINI = "full-batch", "mini-batch"
_TAKES = "about 4 minutes on two free cores"
"""Measured: `python -m nncore train --recipe full-batch --engines numpy,torch`, and the other."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the four stored results say; differences in percentage points, of the shares shown."""

    rows: dict[tuple[str, EngineName], Row]

    @property
    def batch(self) -> float | None:
        """By how much mini-batches are better, mean over the engines."""
        gaps = [
            float(points(self.rows[FULL, engine].mean, self.rows[MINI, engine].mean))
            for engine in ENGINE_NAMES
            if (MINI, engine) in self.rows and (FULL, engine) in self.rows
        ]
        return fmean(gaps) if gaps else None

    @property
    def engine(self) -> float | None:
        """By how much the engines differ, at most, with the same recipe."""
        gaps = [
            abs(float(points(self.rows[name, "numpy"].mean, self.rows[name, "torch"].mean)))
            for name in (FULL, MINI)
            if (name, "numpy") in self.rows and (name, "torch") in self.rows
        ]
        return max(gaps) if gaps else None


class Pace:
    """How fast runs go while one looks: by the clock, for evaluation takes as long as training."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[float, float]] = {}

    def seconds_left(self, name: str, done: float, now: float) -> float | None:
        """Of a run of which a share is done; None until that has grown by a hundredth."""
        began, had = self._first.setdefault(name, (now, done))
        return (1 - done) * (now - began) / (done - had) if done - had >= 0.01 else None

    def forget(self, name: str) -> None:
        """It does not run now."""
        self._first.pop(name, None)


def finding() -> Finding:
    """What the riddle's stored rows say; those that are missing are left out."""
    every = published.stored()
    rows: dict[tuple[str, EngineName], Row] = {}
    for name in (FULL, MINI):
        for engine in ENGINE_NAMES:
            if row := find(every, name, engine):
                rows[name, engine] = row
    return Finding(rows)


def work(here: dict[str, Run] | None = None) -> common.Work:
    """What the section The riddle trains: the two runs of the job queue.

    Args:
        here: is given the visitor's runs at each look, once for all that is drawn of them.
    """
    mine = {} if here is None else here

    def active() -> bool:
        mine.clear()
        mine.update(_here())
        return any(run.status in ACTIVE for run in mine.values())

    def so_far() -> str:
        shares = [_share_done(run, run_store().epochs(run.id)) for run in mine.values()]
        return f"{fmean(shares):.0%} of the training is done." if shares else ""

    def outcome() -> str | None:
        finished = all(run.status == RunStatus.FINISHED for run in mine.values())
        return "The riddle: all four trained" if finished and len(mine) == 2 else None

    return common.Work("riddle", active, so_far, outcome)


def heading() -> str:
    """What was found, in a line."""
    found = finding()
    title = f"The {_reported(FULL)}% against {_reported(MINI)}% riddle"
    if found.batch is not None:
        title += f": here the batch makes {found.batch:.1f} points"
    if found.engine is not None:
        title += f", the engine {found.engine:.2f}"
    return title


def show() -> None:
    """The section The riddle: full batch against mini-batches, each on both engines."""
    here: dict[str, Run] = {}
    pace = Pace()  # lives as long as the fragment polls
    common.polled(lambda: _draw(dict(here), pace), work(here))


def _draw(here: dict[str, Run], pace: Pace) -> None:
    found = finding()
    records = {name: run_store().epochs(run.id) for name, run in here.items()}
    st.header(heading(), anchor="riddle")
    full, mini = (recipes.get(name).config for name in (FULL, MINI))
    st.markdown(
        "Somebody published a comparison of the two: the full batch with NumPy had "
        f"{_reported(FULL)}%, mini-batches with PyTorch {_reported(MINI)}%, which reads as if "
        f"PyTorch were the more accurate. But with the full batch, {full.epochs:,} epochs are "
        f"{full.epochs * steps_an_epoch(full):,} steps; with mini-batches they are "
        f"{mini.epochs * steps_an_epoch(mini):,}. So we train each recipe on both engines."
        + conclusion(found)
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        if drawn := _points(found, here, records):
            charts.accuracy_by_steps(drawn)
        else:
            st.caption("No results are stored yet: train all four here.")
    with right, st.grid(2, min_column_width=150, gap="small"):
        for name in (FULL, MINI):
            for engine in ENGINE_NAMES:
                _result(found.rows.get((name, engine)), name, engine)
    _train(here, records, pace)
    if row := next(iter(found.rows.values()), None):
        command = f"python -m nncore reproduce --recipes {FULL},{MINI} --engines numpy,torch"
        common.provenance(row.machine, row.date, command)


def conclusion(found: Finding) -> str:
    """What the stored results say, and why not just what the report says; nothing without them."""
    told = ""
    if found.engine is not None:
        told += (
            " Given the same batch, our engines end within "
            f"{found.engine:.2f} points of each other."
        )
    if found.batch is not None:
        seeds = max(len(row.runs) for row in found.rows.values())
        told += (
            f" The batch makes {found.batch:.2f} points here and {_reported_gap():.2f} there: the "
            "report names neither its layers nor its mini-batches, so ours were chosen to come "
            f"near both its figures, and each of ours is the mean of {seeds} seeds."
        )
    return told


def _reported_gap() -> float:
    """By how many points the report's mini-batches are better."""
    return float(_reported(MINI)) - float(_reported(FULL))


def _reported(name: str) -> str:
    """The report's accuracy, in percent."""
    accuracy = recipes.get(name).published_accuracy
    assert accuracy is not None, name
    return f"{100 * accuracy:.2f}"


def _result(row: Row | None, name: str, engine: EngineName) -> None:
    with st.container(border=True, key=f"riddle-{name}-{engine}", gap="xsmall"):
        st.metric(
            f"{ENGINE_MARKDOWN[engine]}, {'full batch' if name == FULL else 'mini-batches'}",
            percent(row.mean if row else None),
            published.spread(row) if row else "not run yet",
            delta_color="off",
            delta_arrow="off",
        )


def _points(
    found: Finding, here: dict[str, Run], records: dict[str, list[EpochRecord]]
) -> list[charts.Accuracy]:
    """Mean over the seeds after each epoch, and the epochs of the runs made here."""
    drawn = [
        charts.Accuracy(ENGINE_NAMES[engine], name, epoch * steps_an_epoch(row.config), mean)
        for (name, engine), row in found.rows.items()
        for epoch, mean in enumerate(map(fmean, zip(*(r.accuracy for r in row.runs))), 1)
    ]
    for name, run in here.items():
        each = steps_an_epoch(run.config)
        drawn += [
            charts.Accuracy(
                ENGINE_NAMES[r.engine], name, (r.epoch + 1) * each, r.test_accuracy, here=True
            )
            for r in records[name]
        ]
    return drawn


def _config(name: str) -> TrainingConfig:
    return recipes.get(name).config.replace(engines="numpy,torch")


def _here() -> dict[str, Run]:
    """The visitor's newest run of each recipe, whenever and wherever it was started."""
    mine = run_store().list_runs(session.workspace())
    found = {n: next((r for r in mine if r.config == _config(n)), None) for n in (FULL, MINI)}
    return {name: run for name, run in found.items() if run is not None}


def _share_done(run: Run, records: list[EpochRecord]) -> float:
    return progress.fraction_done(run.config, records, run_store().live(run.id).progress)


def _train(here: dict[str, Run], records: dict[str, list[EpochRecord]], pace: Pace) -> None:
    busy = any(run.status in ACTIVE for run in here.values())
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        pressed = st.button(
            "Train all four here",
            key="run-riddle",
            icon=":material/play_arrow:",
            disabled=busy or not torch_is_here(),
        )
        st.caption(f"Two runs of both engines: takes {_TAKES}.", width="content")
    if pressed:
        try:
            run_store().require_room(session.workspace(), settings().max_active, 2)
            for name in (FULL, MINI):
                runs.start(_config(name), recipes.get(name).title)
        except StoreError as error:
            st.error(escape(str(error)))
        else:
            st.rerun()
    if busy and (problem := jobs.jobs().problem):
        st.warning(escape(problem))
    for name, run in here.items():
        done = _share_done(run, records[name])
        told = f"{escape(recipes.get(name).title)}: {done:.0%}"
        if run.status != RunStatus.RUNNING:
            pace.forget(name)
        elif left := pace.seconds_left(name, done, time.time()):
            told += f", about {duration(left)} left"
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(run.status, color=STATUS_COLORS[run.status])
            st.markdown(told, width="content")
            what = "full batch" if name == FULL else "mini-batches"
            navigation.link("train", f"Watch {what} on Train", {"run": run.id}, with_icon=False)
            navigation.link("results", f"Open results of {what}", {"run": run.id}, with_icon=False)
