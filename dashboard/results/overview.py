"""A run in figures: how it stands and where it ended, its curves, and both to take home."""

from collections.abc import Iterable, Sequence
from typing import get_args

import streamlit as st

from dashboard import session
from dashboard.models import handwriting, load
from dashboard.models.handwriting import Score
from dashboard.results import charts
from dashboard.runs import progress
from dashboard.runs.errors import StoreError
from dashboard.runs.run import Run
from dashboard.runs.store import run_store
from dashboard.ui import palette, runs
from dashboard.ui.curves import Measure, curves_of
from dashboard.ui.names import ACTIVATIONS, COSTS, OPTIMIZERS, SCHEDULES
from dashboard.ui.runs import STATUS_COLORS
from dashboard.ui.text import duration, percent
from nncore.checkpoints import CheckpointError
from nncore.config import EngineName, TrainingConfig, architecture
from nncore.training import EpochRecord

_MEASURES: tuple[Measure, ...] = get_args(Measure)
_MOST_RATES = 3
"""Changes of the learning rate that are told one by one."""


def headline(run: Run, records: Sequence[EpochRecord]) -> None:
    """The overview's head: what the run was, how it stands, and where each engine ended."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="run-status", width="content"):
            st.badge(run.status, color=STATUS_COLORS[run.status])
        shape, *rest = facts(run.config, records)
        st.markdown(" · ".join([f"**{shape}**", *rest]), width="content")
        if not run.status.is_over and run.workspace == session.workspace():
            st.button("Refresh", key="refresh", help="The run goes on; take in its newest figures.")
    runs.show_note(run, records)
    if learned := handwriting.learned_from(run):
        st.caption(learned)
    last = progress.latest(records)
    with st.grid(4, min_column_width=150, gap="small"):
        for engine in run.config.engines:
            _final_metrics(engine, records, last.get(engine))
    runs.show_why_twins_part(run, records)
    if ours := _our_handwriting(run):
        with st.grid(2, min_column_width=300, gap="small"):
            for engine, (new, learned) in ours.items():
                _handwriting_metric(engine, new, learned)


def _our_handwriting(run: Run) -> dict[EngineName, tuple[Score, Score]]:
    """How each engine of a run that is over reads this workspace's digits: those new to it, and
    those it learned from; without an engine whose checkpoint cannot be read."""
    if not run.status.is_over:
        return {}
    kept = run_store().handwriting.digits(session.workspace())
    if not len(kept):
        return {}
    found: dict[EngineName, tuple[Score, Score]] = {}
    for model in load.latest_models(run):
        try:
            right, learned = handwriting.named_right(model, kept), handwriting.learned(model, kept)
        except (CheckpointError, StoreError):
            continue  # the rest of the page needs no networks
        scores = handwriting.score(right, ~learned), handwriting.score(right, learned)
        found[model.engine] = scores
    return found


def facts(config: TrainingConfig, records: Iterable[EpochRecord]) -> list[str]:
    """The facts of an overview: what was trained and how; η as it really was, epoch by epoch."""
    optimizer = OPTIMIZERS[config.optimizer]
    if config.optimizer in ("momentum", "nesterov"):
        optimizer += f" μ {config.momentum:g}"
    penalties = [("L1 λ₁", config.l1), ("L2 λ", config.l2), ("dropout p", config.dropout)]
    full = config.batch_size == "full"
    return [
        architecture(config.layer_sizes),
        *([ACTIVATIONS[config.activation]] if config.hidden else []),
        COSTS[config.cost],
        optimizer,
        learning_rates(config, records),
        *[f"{name} {weight:g}" for name, weight in penalties if weight],
        "Full batch" if full else f"mini-batch {config.batch_size}",
        f"seed {config.seed}",
    ]


def learning_rates(config: TrainingConfig, records: Iterable[EpochRecord]) -> str:
    """The overview's `η 0.03, 0.05 from epoch 3 on`: the last of many; a schedule by its name."""
    if config.schedule != "constant":
        return f"η {config.learning_rate:g}, {SCHEDULES[config.schedule].lower()}"
    in_turn = sorted(records, key=lambda record: (record.epoch, record.engine))
    now, changes = config.learning_rate, list[str]()
    by_epoch = {record.epoch: record.learning_rate for record in in_turn}  # the later twin's
    for epoch, rate in by_epoch.items():
        if rate != now:
            changes.append(f"{rate:g} from epoch {epoch + 1} on")
            now = rate
    if len(changes) > _MOST_RATES:
        changes = [f"changed {len(changes)} times", changes[-1]]
    return ", ".join([f"η {config.learning_rate:g}", *changes])


def _final_metrics(
    engine: EngineName,
    records: Sequence[EpochRecord],
    last: EpochRecord | None,
) -> None:
    own = [record for record in records if record.engine == engine]
    name = palette.ENGINE_MARKDOWN[engine]
    with st.container(key=f"metric-{engine}"):
        best = max(own, key=lambda record: record.test_accuracy, default=None)
        told = f"best {percent(best.test_accuracy)} after epoch {best.epoch + 1}" if best else "–"
        st.metric(
            f"{name}, test accuracy",
            percent(last.test_accuracy if last else None),
            delta=told,
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    seconds = sum(record.seconds for record in own)
    rate = f"{last.examples_per_second:,.0f} examples a second" if last else "–"
    st.metric(
        f"{name}, time training",
        duration(seconds) if own else "–",
        delta=rate,
        delta_color="off",
        delta_arrow="off",
        border=True,
    )


def _handwriting_metric(engine: EngineName, new: Score, learned: Score) -> None:
    told = [f"{new} right"] if new.n else []
    told += [f"{learned} it learned from"] if learned.n else []
    with st.container(key=f"handwriting-{engine}"):
        st.metric(
            f"{palette.ENGINE_NAMES[engine]}, our handwriting",
            percent(new.share),
            delta="; ".join(told),
            delta_color="off",
            delta_arrow="off",
            border=True,
            help="Of the digits kept on Draw, those that this network never learned from.",
        )


def curves(run: Run, records: Sequence[EpochRecord], other: Run | None) -> None:
    """Cost and accuracy by epoch, with the second run's laid over them."""
    pairs: list[tuple[Run, Sequence[EpochRecord], bool]] = [(run, records, False)]
    if other is not None:
        pairs.append((other, run_store().epochs(other.id), True))
    with st.container(key="curves"), st.grid(2, min_column_width=340):
        for measure in _MEASURES:
            lines = [
                line
                for one, rows, second in pairs
                for line in curves_of(rows, measure, run=one.name if other else "", second=second)
            ]
            draw = charts.cost_curves if measure == "cost" else charts.accuracy_curves
            charts.show(draw(lines), f"curves-{measure}", filename=f"{measure}-{run.id}")
    st.caption("The camera above a chart saves it as a PNG; drag across a chart to zoom.")


def downloads(run: Run, records: Sequence[EpochRecord]) -> None:
    """The curves as CSV, the models as safetensors."""
    engines = {info.engine for info in run_store().checkpoints(run.id)}
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Curves as CSV",
            progress.curves_csv(records),
            file_name=f"curves-{run.id}.csv",
            mime="text/csv",
            key="download-curves",
            on_click="ignore",
            disabled=not records,
            help="A row an epoch and engine; its epochs count from 0, as in the book.",
        )
        for engine in run.config.engines:
            st.download_button(
                f"{palette.ENGINE_NAMES[engine]} model",
                lambda engine=engine: run_store().checkpoint_blob(run.id, engine) or b"",
                file_name=f"{engine}-{run.id}.safetensors",
                mime="application/octet-stream",
                key=f"download-{engine}",
                on_click="ignore",
                disabled=engine not in engines,
                help="Weights and biases with their configuration, as safetensors.",
            )
