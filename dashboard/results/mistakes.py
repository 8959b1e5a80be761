"""The sections of Results: curves, confusion matrices, scores, mistakes, downloads."""

from collections.abc import Iterable, Sequence
from typing import Any, cast, get_args

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import navigation, session
from dashboard.models import evaluation as models_evaluation
from dashboard.models import handwriting, predictions
from dashboard.models.evaluation import Evaluation
from dashboard.models.handwriting import Score
from dashboard.results import charts, state
from dashboard.runs.store import Run, StoreError, run_store
from dashboard.ui import curves as ui_curves
from dashboard.ui import digits, errors, palette, runs
from dashboard.ui import names as ui_names
from dashboard.ui.runs import STATUS_COLORS, label
from dashboard.ui.text import certainty, duration, escape, percent
from nncore import metrics
from nncore.checkpoints import SHIPPED, CheckpointError
from nncore.config import DatasetName, EngineName, TrainingConfig, architecture
from nncore.training import EpochRecord

_IMAGE_PIXELS = 84
_MOST_IMAGES = 20
_MOST_MISTAKES = 10
_MEASURES: tuple[ui_curves.Measure, ...] = get_args(ui_curves.Measure)


# Which run --------------------------------------------------------------------------------------
def choose_run() -> Run | None:
    """The run of the URL, or the one picked from this workspace's; None where there is none."""
    mine = run_store().list_runs(session.workspace())
    by_id = {run.id: run for run in mine}
    asked = state.results_run()
    run = by_id.get(asked) if asked else None
    if asked and run is None:
        run = run_store().get_run(asked) if session.is_run_id(asked) else None
        if run is None:
            st.error(
                f"There is no run {escape(asked)} here: it was deleted, or the link is incomplete. "
                "Pick another run below, or train one."
            )
        else:
            by_id[run.id] = run  # shared by its link
    if not by_id:
        return None
    st.selectbox(
        "Run",
        list(by_id),
        index=None,
        format_func=lambda run_id: label(by_id[run_id]) if run_id in by_id else "",
        key=state.results_picker_key(run.id if run else None),
        placeholder="Pick a run",
        on_change=state.take_results_choice,
    )
    if run is not None:
        state.set_results_run(run.id)
    return run


def choose_other(run: Run) -> Run | None:
    """A second run of this workspace to lay over the first."""
    others = {other.id: other for other in run_store().list_runs(session.workspace())}
    others.pop(run.id, None)
    if not others:
        return None
    wanted = state.results_other()
    other = others.get(wanted) if wanted else None
    st.selectbox(
        "Lay another run over it",
        list(others),
        index=None,
        format_func=lambda run_id: label(others[run_id]) if run_id in others else "",
        key=state.results_other_key(other.id if other else None),
        placeholder="none",
        on_change=state.take_results_other_choice,
    )
    return other


# The sections -----------------------------------------------------------------------------------
def headline(run: Run, records: Sequence[EpochRecord]) -> None:
    """What the run was, how it stands, and where each engine ended."""
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
    last = runs.latest(records)
    with st.grid(4, min_column_width=150, gap="small"):
        for engine in run.config.engines:
            _final_metrics(engine, records, last.get(engine))
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
    for model in predictions.latest_models(run):
        try:
            right, learned = handwriting.named_right(model, kept), handwriting.learned(model, kept)
        except (CheckpointError, StoreError):
            continue  # the rest of the page needs no networks
        scores = handwriting.score(right, ~learned), handwriting.score(right, learned)
        found[model.engine] = scores
    return found


def facts(config: TrainingConfig, records: Iterable[EpochRecord]) -> list[str]:
    """What was trained and how, in the words of the form; η as it really was, epoch by epoch."""
    optimizer = ui_names.OPTIMIZERS[config.optimizer]
    if config.optimizer in ("momentum", "nesterov"):
        optimizer += f" μ {config.momentum:g}"
    penalties = [("L1 λ₁", config.l1), ("L2 λ", config.l2), ("dropout p", config.dropout)]
    full = config.batch_size == "full"
    return [
        architecture(config.layer_sizes),
        *([ui_names.ACTIVATIONS[config.activation]] if config.hidden else []),
        ui_names.COSTS[config.cost],
        optimizer,
        learning_rates(config, records),
        *[f"{name} {weight:g}" for name, weight in penalties if weight],
        "Full batch" if full else f"mini-batch {config.batch_size}",
        f"seed {config.seed}",
    ]


_MOST_RATES = 3


def learning_rates(config: TrainingConfig, records: Iterable[EpochRecord]) -> str:
    """`η 0.03, 0.05 from epoch 3 on`; of many changes only the last is told, of a schedule none."""
    if config.schedule != "constant":
        return f"η {config.learning_rate:g}, {ui_names.SCHEDULES[config.schedule].lower()}"
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
            f"{palette.ENGINE_MARKDOWN[engine]}, our handwriting",
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
                for line in ui_curves.curves(
                    rows, measure, run=one.name if other else "", second=second
                )
            ]
            draw = charts.cost_curves if measure == "cost" else charts.accuracy_curves
            charts.show(draw(lines), f"curves-{measure}", filename=f"{measure}-{run.id}")
    st.caption("The camera above a chart saves it as a PNG; drag across a chart to zoom.")


@st.fragment
def confusion(run: Run) -> None:
    """A confusion matrix an engine, after the epoch chosen; a clicked cell shows its images."""
    kept: dict[EngineName, list[int]] = {
        engine: sorted(
            {
                info.epoch
                for info in run_store().checkpoints(run.id)
                if info.engine == engine and info.epoch > 0 and info.batch == 0
            }
        )
        for engine in run.config.engines
    }
    epochs = sorted({epoch for own in kept.values() for epoch in own})
    if not epochs:
        st.caption("The first confusion matrix comes with the first finished epoch.")
        return
    with errors.shown_errors():
        shown_epoch, rates = _confusion_controls(run, epochs)
        columns = st.columns(2)[: len(kept)]
        clicked: list[tuple[EngineName, int | None, tuple[int, int], Evaluation]] = []
        for column, (engine, own) in zip(columns, kept.items(), strict=True):
            at = max((epoch for epoch in own if epoch <= shown_epoch), default=None)
            found = _evaluation(run, engine, at)
            if found is None:
                column.caption(f"No checkpoint of {palette.ENGINE_NAMES[engine]} is kept there.")
                continue
            with column:
                figure = charts.confusion(found.matrix, engine, rates=rates)
                event = charts.show(
                    figure,
                    f"confusion-{engine}",
                    filename=f"confusion-{engine}-{run.id}",
                    on_select="rerun",
                    selection_mode="points",
                )
            cell = charts.clicked_cell(event)
            if cell is not None:
                clicked.append((engine, at, cell, found))
        if not clicked:
            st.caption(
                "Click a cell to see its images, the worst first, and follow one through the "
                "network to see why."
            )
        for engine, at, cell, found in clicked:
            _cell_images(run, engine, at, cell, found)


def _confusion_controls(run: Run, epochs: list[int]) -> tuple[int, bool]:
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        if len(epochs) > 1:
            after = st.select_slider(
                "After epoch",
                epochs,
                value=epochs[-1],
                key=f"confusion-epoch-{run.id}-{len(epochs)}",
                help="The networks after so many epochs; a long run keeps some of them.",
            )
        else:
            after = epochs[0]
        shown = st.segmented_control(
            "Cells show", ["counts", "rates"], default="counts", required=True, key="confusion-show"
        )
    return after, shown == "rates"


def scores(run: Run) -> None:
    """Precision, recall and F1 of each digit, by the last checkpoint of each engine."""
    found = last_evaluations(run)
    if not found:
        st.caption("Scores come with the first finished epoch.")
        return
    names: tuple[charts.Score, ...] = get_args(charts.Score)
    chosen = st.segmented_control("Score", names, default="F1", required=True, key="score")
    measure = cast(charts.Score, chosen)
    by_engine: dict[EngineName, dict[charts.Score, np.ndarray]] = {
        engine: dict(zip(names, metrics.precision_recall_f1(evaluation.matrix), strict=True))
        for engine, evaluation in found.items()
    }
    left, right = st.columns(2, gap="medium")
    with left:
        of_engine: dict[EngineName, list[float]] = {
            engine: own[measure].tolist() for engine, own in by_engine.items()
        }
        charts.show(charts.digit_scores(of_engine, measure), "digit-scores")
    table = pd.DataFrame(
        {
            (palette.ENGINE_NAMES[engine], name): 100 * values
            for engine, own in by_engine.items()
            for name, values in own.items()
        }
    )
    columns: dict[Any, Any] = {
        place: st.column_config.NumberColumn(format="%.1f%%", width=80)
        for place in range(1, 1 + len(table.columns))
    }
    columns["_index"] = st.column_config.NumberColumn("digit", width=50)  # and place 0
    right.dataframe(
        table,
        height=35 * 12 + 2,
        key="score-table",
        alt="Precision, recall and F1 of each digit and engine",
        column_config=columns,
    )


def mistakes(run: Run) -> None:
    """The wrong answers that a network was surest of."""
    found = last_evaluations(run)
    if not found:
        st.caption("Mistakes come with the first finished epoch.")
        return
    for engine, evaluation in found.items():
        name = palette.ENGINE_MARKDOWN[engine]
        st.markdown(f"**{name}**: {len(evaluation.mistakes):,} of {len(evaluation.labels):,} wrong")
        chosen = evaluation.mistakes[:_MOST_MISTAKES]
        _images(run.config.dataset, evaluation, chosen, {"run": run.id, "engine": engine})


def downloads(run: Run, records: Sequence[EpochRecord]) -> None:
    """The curves as CSV, the models as safetensors."""
    engines = {info.engine for info in run_store().checkpoints(run.id)}
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Curves as CSV",
            runs.curves_csv(records),
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


def shipped() -> None:
    """Something real before anything is trained: the model that comes with the app."""
    if not SHIPPED["classroom"].exists():
        st.caption("Train a network, and its curves and mistakes will be here.")
        return
    found = models_evaluation.evaluate_shipped()
    share = 1 - len(found.mistakes) / len(found.labels)
    st.subheader("The network that comes with NN Magic")
    st.markdown(
        f"No run is open, so here is a network that is ready: it names **{percent(share)}** of "
        "10,000 images right that it never saw in training."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        charts.show(charts.confusion(found.matrix, "numpy"), "confusion-shipped")
    with right:
        st.markdown("**Its most confident mistakes**")
        _images("mnist", found, found.mistakes[:_MOST_MISTAKES], {})


# Images -----------------------------------------------------------------------------------------
def last_evaluations(run: Run) -> dict[EngineName, Evaluation]:
    """Each engine's answers after its last kept epoch."""
    last: dict[EngineName, int] = {}
    for info in run_store().checkpoints(run.id):
        if info.epoch > 0 and info.batch == 0:
            last[info.engine] = max(last.get(info.engine, 0), info.epoch)
    found: dict[EngineName, Evaluation] = {}
    for engine in run.config.engines:
        evaluation = _evaluation(run, engine, last.get(engine))
        if evaluation is not None:
            found[engine] = evaluation
    return found


def _evaluation(run: Run, engine: EngineName, epochs: int | None) -> Evaluation | None:
    if epochs is None:
        return None
    return models_evaluation.evaluate_run(run.id, engine, epochs, run.config.dataset)


def _cell_images(
    run: Run,
    engine: EngineName,
    epochs: int | None,
    cell: tuple[int, int],
    found: Evaluation,
) -> None:
    true, predicted = cell
    positions = found.cell(true, predicted)
    name = palette.ENGINE_MARKDOWN[engine]
    what = f"a {true} named right" if true == predicted else f"a {true} taken for a {predicted}"
    order = "the least sure first" if true == predicted else "the surest first"
    st.markdown(f"**{name}**: {what}, {len(positions):,} times; {order}")
    network = {"run": run.id, "engine": engine, "epoch": str(epochs)}
    _images(run.config.dataset, found, positions[:_MOST_IMAGES], network)


def _images(
    dataset: DatasetName, found: Evaluation, positions: np.ndarray, network: dict[str, str]
) -> None:
    """Test images with what was said of them; `network` is how Inside's URL names who said it."""
    images, _ = models_evaluation.test_images(dataset)
    if not len(positions):
        st.caption("None.")
        return
    captions = [
        f"{found.labels[i]} as {found.predictions[i]}, {certainty(float(found.confidence[i]))}"
        for i in positions
    ]
    with st.container(horizontal=True, gap="small"):
        for position, caption in zip(positions, captions, strict=True):
            with st.container(width=_IMAGE_PIXELS, gap="xxsmall"):
                st.image(
                    digits.digit_png(images[position], _IMAGE_PIXELS),
                    caption=caption,
                    width=_IMAGE_PIXELS,
                    alt=f"Test image {position}: {caption}",
                )
                example = {"example": str(position)}
                navigation.link("inside", "See why", {**network, **example}, with_icon=False)
