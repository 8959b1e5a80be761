"""Runs as several pages show them: status and note, tables of epochs and runs, label, start."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.runs import jobs
from dashboard.runs.progress import latest
from dashboard.runs.run import RequestKind, Run, RunStatus
from dashboard.runs.store import run_store
from dashboard.settings import settings
from dashboard.ui import palette
from dashboard.ui.differences import in_a_sentence
from dashboard.ui.names import ACTIVATIONS, COSTS
from dashboard.ui.text import escape, plain
from nncore import remarks
from nncore.config import EngineName, TrainingConfig, architecture
from nncore.training import EpochRecord

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


def epochs_table(records: Iterable[EpochRecord]) -> pd.DataFrame:
    """A run's table of epochs: a row an epoch and engine, the newest first; they count from 1."""
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


def show_note(run: Run, records: Sequence[EpochRecord]) -> None:
    """Place what there is to tell about a run, as loud as it is bad."""
    if stuck := remarks.not_learning(run.config, records):
        st.warning(escape(stuck))
    if not run.note:
        return
    last = latest(records).values()
    ended_early = run.status == RunStatus.FINISHED and not any(
        record.diverged or record.epoch + 1 == run.config.epochs for record in last
    )
    quiet = st.info if ended_early else st.warning
    (st.error if run.status == RunStatus.FAILED else quiet)(escape(run.note))


def show_why_twins_part(run: Run, records: Sequence[EpochRecord]) -> None:
    """Place, below the figures of a run's two engines, why they are not the same."""
    if remark := remarks.twins_part(run.config, records):
        st.caption(escape(remark))


_VALIDATION = ["val. cost", "val. %"]


def show_epochs(records: Sequence[EpochRecord], key: str, height: int = 250) -> None:
    """Place a run's table of epochs; columns that never hold a number are left out."""
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


def runs_table(
    runs: Sequence[Run], last: Mapping[str, dict[EngineName, EpochRecord]]
) -> pd.DataFrame:
    """The table of runs, a row each: what it was and how far it came.

    Their networks are a column where a name does not say its own.
    """
    shapes = {run.id: architecture(run.config.layer_sizes) for run in runs}
    is_in_names = all(shapes[run.id] in run.name for run in runs)
    return pd.DataFrame(
        [
            {
                "name": plain(run.name),
                "status": str(run.status),
                **({} if is_in_names else {"network": shapes[run.id]}),
                "cost": COSTS[run.config.cost],
                "activation": ACTIVATIONS[run.config.activation] if run.config.hidden else None,
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
    """A run in a list: its name, when it started, and what is most often compared; plain text.

    It says nothing that training changes, as a status is: a browser goes on showing what was chosen
    as it was then. The seconds tell runs of one name apart, which a browser knows by these words
    alone; what stands behind them may be cut where there is little room.
    """
    return f"{plain(run.name)} · {started(run)} · {in_a_sentence(COSTS[run.config.cost])}"


def labels(runs: Iterable[Run]) -> dict[str, str]:
    """The labels of a list by the runs' ids, no two of which are the same."""
    found: dict[str, str] = {}
    for run in runs:
        words = label(run)
        same = sum(other.startswith(words) for other in found.values())
        found[run.id] = f"{words} ({same + 1})" if same else words
    return found


def started(run: Run) -> str:
    """When a run was made, where this server is: `30 Nov 21:22:03`."""
    return f"{run.created_at.astimezone():%d %b %H:%M:%S}"


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
