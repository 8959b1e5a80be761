"""What several pages need of a run: its figures as tables, the time left, its label, its start."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.runs import jobs
from dashboard.runs.run import RequestKind, Run, RunStatus
from dashboard.runs.store import run_store
from dashboard.settings import settings
from dashboard.ui import palette
from dashboard.ui.text import escape, plain
from nncore.config import EngineName, TrainingConfig, architecture
from nncore.training import EpochRecord, Progress

ACTIVE = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED)
Color = Literal["gray", "blue", "yellow", "green", "red"]
STATUS_COLORS: dict[RunStatus, Color] = {
    RunStatus.QUEUED: "gray",
    RunStatus.RUNNING: "blue",
    RunStatus.PAUSED: "yellow",
    RunStatus.FINISHED: "green",
    RunStatus.STOPPED: "gray",
    RunStatus.FAILED: "red",
}


# Figures of a run -------------------------------------------------------------------------------
def latest(records: Iterable[EpochRecord]) -> dict[EngineName, EpochRecord]:
    """The last epoch of each engine."""
    last: dict[EngineName, EpochRecord] = {}
    for record in records:
        if record.engine not in last or record.epoch >= last[record.engine].epoch:
            last[record.engine] = record
    return last


def fraction_done(
    config: TrainingConfig,
    records: Iterable[EpochRecord],
    progress: Mapping[EngineName, Progress],
) -> float:
    """The share of all epochs of all engines that is done, 0 to 1; what diverged is done."""
    done = 0.0
    last = latest(records)
    for engine in config.engines:
        finished = last[engine].epoch + 1 if engine in last else 0
        if engine in last and last[engine].diverged:
            finished = config.epochs
        now = progress.get(engine)
        part = 0.0
        if now is not None and now.epoch >= finished:
            part = now.epoch - finished + now.batch / max(now.n_batches, 1)
        done += min(finished + part, config.epochs)
    return min(done / (config.epochs * len(config.engines)), 1.0)


def seconds_left(
    config: TrainingConfig,
    records: Sequence[EpochRecord],
    progress: Mapping[EngineName, Progress],
) -> float | None:
    """Training seconds still to come, from each engine's own pace; None while there is none."""
    left = 0.0
    last = latest(records)
    for engine in config.engines:
        if engine in last and last[engine].diverged:
            continue
        seconds = [record.seconds for record in records if record.engine == engine][-3:]
        now = progress.get(engine)
        finished = last[engine].epoch + 1 if engine in last else 0
        part = 0.0
        if now is not None and now.epoch >= finished and now.batch:
            part = now.batch / max(now.n_batches, 1)
        if seconds:
            per_epoch = sum(seconds) / len(seconds)
        elif now is not None and part > 0:
            per_epoch = now.seconds / part
        else:
            return None
        left += max(config.epochs - finished - part, 0.0) * per_epoch
    return left


def epochs_table(records: Iterable[EpochRecord]) -> pd.DataFrame:
    """A row an epoch and engine, the newest first; epochs count from 1."""
    rows = [
        {
            "epoch": record.epoch + 1,
            "engine": palette.ENGINE_NAMES[record.engine],
            "η": record.learning_rate,
            "cost": record.train_cost,
            "val. cost": record.validation_cost,
            "train %": 100 * record.train_accuracy,
            "val. %": None
            if record.validation_accuracy is None
            else 100 * record.validation_accuracy,
            "test %": 100 * record.test_accuracy,
            "s": record.seconds,
            "images/s": round(record.examples_per_second),
        }
        for record in records
    ]
    table = pd.DataFrame(rows, columns=list(EPOCH_COLUMNS))
    return table.sort_values(["epoch", "engine"], ascending=[False, True], ignore_index=True)


EPOCH_COLUMNS: dict[str, tuple[str | None, int, str]] = {
    "epoch": ("%d", 64, "Epochs trained"),
    "engine": (None, 78, "Which of the twins"),
    "η": ("%g", 62, "Learning rate at the end of the epoch"),
    "cost": ("%.4f", 72, "Cost on the training images"),
    "val. cost": ("%.4f", 84, "Cost on the images kept for validation"),
    "train %": ("%.2f", 74, "Training images named right, in percent"),
    "val. %": ("%.2f", 70, "Validation images named right, in percent"),
    "test %": ("%.2f", 70, "Test images named right, in percent"),
    "s": ("%.2f", 58, "Seconds of training"),
    "images/s": ("localized", 84, "Training images a second"),
}
"""Columns of `epochs_table`: how their numbers are written, their width in pixels (720 in all, what
Train has room for), their meaning."""


def show_note(run: Run, records: Iterable[EpochRecord]) -> None:
    """Place what there is to tell about a run, as loud as it is bad."""
    if not run.note:
        return
    last = latest(records).values()
    ended_early = run.status == RunStatus.FINISHED and not any(
        record.diverged or record.epoch + 1 == run.config.epochs for record in last
    )
    quiet = st.info if ended_early else st.warning
    (st.error if run.status == RunStatus.FAILED else quiet)(escape(run.note))


_VALIDATION = ["val. cost", "val. %"]


def show_epochs(records: Sequence[EpochRecord], key: str, height: int = 250) -> None:
    """Place the table of epochs; columns that never hold a number are left out."""
    table = epochs_table(records)
    empty = [] if any(record.validation_cost is not None for record in records) else _VALIDATION
    st.dataframe(
        table.drop(columns=empty),
        hide_index=True,
        height=min(36 * (len(table) + 1) + 2, height),
        key=key,
        alt="Cost, accuracy and speed of each engine, epoch by epoch",
        column_config={
            name: st.column_config.NumberColumn(format=number, width=width, help=meaning)
            if number
            else st.column_config.TextColumn(width=width, help=meaning)
            for name, (number, width, meaning) in EPOCH_COLUMNS.items()
        },
    )


def curves_csv(records: Iterable[EpochRecord]) -> bytes:
    """The figures of every epoch as a CSV file: fractions, full precision."""
    fields = list(EpochRecord.__dataclass_fields__)
    frame = pd.DataFrame([{f: getattr(r, f) for f in fields} for r in records], columns=fields)
    text = io.StringIO()
    frame.to_csv(text, index=False)
    return text.getvalue().encode()


def runs_table(
    runs: Sequence[Run], last: Mapping[str, dict[EngineName, EpochRecord]]
) -> pd.DataFrame:
    """A row a run: what it was and how far it came."""
    return pd.DataFrame(
        [
            {
                "name": plain(run.name),
                "status": str(run.status),
                "network": architecture(run.config.layer_sizes),
                "η": run.learning_rate,
                "epochs": max((r.epoch + 1 for r in last.get(run.id, {}).values()), default=0),
                **{
                    palette.ENGINE_NAMES[engine]: 100 * last[run.id][engine].test_accuracy
                    if engine in last.get(run.id, {})
                    else None
                    for engine in palette.ENGINE_NAMES
                },
                "started": run.created_at,
            }
            for run in runs
        ]
    )


def label(run: Run) -> str:
    """A run in a list: its name, when it started, how it stands; plain text."""
    return f"{plain(run.name)} · {run.created_at.astimezone():%d %b %H:%M} · {run.status}"


def start(
    config: TrainingConfig,
    name: str,
    step: RequestKind | None = None,
    *,
    with_handwriting: bool = False,
) -> Run:
    """Queue a new run of this configuration; with `step` it does that and pauses.

    `with_handwriting` adds the workspace's kept digits to what it learns from.

    Raises:
        StoreError: the store cannot be used, or too many of the workspace's runs wait.
    """
    run = run_store().create_run(
        session.workspace(),
        config,
        name=name,
        start=step,
        max_active=settings().max_active,
        with_handwriting=with_handwriting,
    )
    jobs.jobs().submit()
    return run
