"""A run in figures: how it stands and where it ended, its curves, and both to take home."""

import re
from collections.abc import Iterable, Sequence
from typing import get_args

import pandas as pd
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
from dashboard.ui.differences import differences, told_apart
from dashboard.ui.names import ACTIVATIONS, COSTS, DEFORMED, OPTIMIZERS, SCHEDULES
from dashboard.ui.runs import STATUS_COLORS
from dashboard.ui.text import duration, escape, percent, plain
from nncore.checkpoints import CheckpointError
from nncore.config import EngineName, TrainingConfig, architecture
from nncore.training import EpochRecord

_MEASURES: tuple[Measure, ...] = get_args(Measure)
_LONGEST_STEM = 40
_ID_LETTERS = 6
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
        *_examples(config),
        f"seed {config.seed}",
    ]


def _examples(config: TrainingConfig) -> list[str]:
    """What the run learned from, where that is not the data set as it is."""
    told: list[str] = []
    if config.train_size is not None:
        told.append(f"{config.train_size:,} training images")
    if config.deform != "none":
        told.append(DEFORMED[config.deform])
    if config.world:
        told.append(f"{config.world:.0%} in the world's forms")
    return told


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
        told = _after(last, best) if last and best else "–"
        st.metric(
            f"{name}, test accuracy",
            percent(last.test_accuracy if last else None),
            delta=told,
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    seconds = sum(record.seconds for record in own)
    images = sum(record.examples_per_second * record.seconds for record in own)
    rate = f"{images / seconds:,.0f} images/s" if seconds else "–"
    with st.container(key=f"metric-{engine}-time"):
        st.metric(
            f"{name}, time training",
            duration(seconds) if own else "–",
            delta=rate,
            delta_color="off",
            delta_arrow="off",
            border=True,
        )


def _after(last: EpochRecord, best: EpochRecord) -> str:
    """Of which epoch an engine's figures are, since its twin may be one further; and its best."""
    if best.epoch == last.epoch:
        return f"after epoch {last.epoch + 1}, its best"
    return (
        f"after epoch {last.epoch + 1}; best {percent(best.test_accuracy)}, epoch {best.epoch + 1}"
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
    """Cost and accuracy by epoch, with the second run's laid over them where they can be compared.

    Values of two cost functions share no axis: which of them is lower says nothing.
    """
    name, other_name = told_apart(run, other) if other else ("", "")
    with st.container(key="curves"), st.grid(2, min_column_width=340):
        for measure in _MEASURES:
            laid = other if measure == "accuracy" or have_one_cost(run, other) else None
            lines = curves_of(records, measure, run=name if laid else "")
            if laid:
                rows = run_store().epochs(laid.id)
                lines += curves_of(rows, measure, run=other_name, second=True)
            charts.show_curves(lines, measure, axis_name(run, measure), f"curves-{measure}")
    if other and not have_one_cost(run, other):
        st.caption(
            "The costs of the second run are not laid over: they are values of another function, "
            f"{COSTS[other.config.cost].lower()} in place of {COSTS[run.config.cost].lower()}, and "
            "which is lower would say nothing."
        )
    st.caption(
        "A button above each chart saves it as a PNG. Ctrl and the wheel zoom, dragging moves, a "
        "double click shows all again."
    )


def side_by_side(run: Run, records: Sequence[EpochRecord], other: Run | None) -> None:
    """Two runs in a table: what differs in their settings, and where each engine ended."""
    if other is None:
        return
    told: list[tuple[str, ...]] = []
    both = [records, run_store().epochs(other.id)]
    for engine, name in palette.ENGINE_NAMES.items():
        if any(record.engine == engine for rows in both for record in rows):
            own = [[record for record in rows if record.engine == engine] for rows in both]
            told.append((f"{name}, test accuracy", *(_end(rows) for rows in own)))
            told.append((f"{name}, time training", *(_time(rows) for rows in own)))
    for row, pair in enumerate(differences(run.config, other.config)):
        told.append(("set differently" if row == 0 else "", *pair))
    names = (escape(name) for name in told_apart(run, other))
    st.markdown("**The two runs side by side**")
    st.table(
        pd.DataFrame(told, columns=["", *names]),
        border="horizontal",
        hide_index=True,
        alt="The two runs side by side: settings that differ, test accuracy and time",
    )


def _end(own: Sequence[EpochRecord]) -> str:
    """Where one engine of a run ended, in a table."""
    if not own:
        return "–"
    last = max(own, key=lambda record: record.epoch)
    best = max(own, key=lambda record: record.test_accuracy)
    return f"{percent(last.test_accuracy)} {_after(last, best)}"


def _time(own: Sequence[EpochRecord]) -> str:
    return duration(sum(record.seconds for record in own)) if own else "–"


@st.fragment
def epochs_in_numbers(records: Sequence[EpochRecord]) -> None:
    """Every epoch in a table, sent to a browser only when it is unfolded."""
    numbers = st.expander("Every epoch in numbers", on_change="rerun", key="every-epoch")
    if numbers.open:
        with numbers:
            runs.show_epochs(records, "epochs", height=320)


def have_one_cost(run: Run, other: Run | None) -> bool:
    """Whether the costs of two runs are values of the same function."""
    return other is not None and run.config.cost == other.config.cost


def axis_name(run: Run, measure: Measure) -> str:
    """What the axis of a run's curves measures."""
    if measure == "accuracy":
        return "accuracy (%)"
    return f"{COSTS[run.config.cost].lower()} cost (mean over examples)"


def downloads(run: Run, records: Sequence[EpochRecord]) -> None:
    """The curves as CSV, the models as safetensors."""
    engines = {info.engine for info in run_store().checkpoints(run.id)}
    stem = file_stem(run)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Curves as CSV",
            progress.curves_csv(records),
            file_name=f"{stem}-curves.csv",
            mime="text/csv",
            key="download-curves",
            on_click="ignore",
            disabled=not records,
            help="A row for each epoch and engine. `epoch` counts from 1, as on this page; "
            "accuracies are fractions, costs are means over the examples.",
        )
        for engine in run.config.engines:
            st.download_button(
                f"{palette.ENGINE_NAMES[engine]} model",
                lambda engine=engine: run_store().checkpoint_blob(run.id, engine) or b"",
                file_name=f"{stem}-{engine}.safetensors",
                mime="application/octet-stream",
                key=f"download-{engine}",
                on_click="ignore",
                disabled=engine not in engines,
                help="Safetensors: in `parameters` the weights of all layers in turn, each (n_in, "
                "n_out) row by row, then all biases; the configuration is in the metadata.",
            )


def file_stem(run: Run) -> str:
    """How the files of a run begin: its name, as far as every file system takes it, and who it is.

    Of its points, those in numbers stay. The first letters of its id tell runs of one name apart.
    """
    found = re.findall(r"(?:\w|(?<=\d)\.(?=\d))+", plain(run.name))
    words = "-".join(found)[:_LONGEST_STEM].rstrip("-_.")
    return f"{words or 'run'}-{run.id[:_ID_LETTERS]}"
