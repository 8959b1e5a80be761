"""What a run's networks got right and wrong: confusion matrices, scores, mistakes."""

from collections.abc import Mapping
from typing import cast, get_args

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import navigation
from dashboard.models import evaluation, load
from dashboard.models.evaluation import Answers
from dashboard.results import charts
from dashboard.results.confusion import choose_cell
from dashboard.runs.run import Run
from dashboard.runs.store import run_store
from dashboard.ui import digits, errors, palette
from dashboard.ui.text import a_digit, certainty, percent
from nncore import metrics
from nncore.checkpoints import SHIPPED
from nncore.config import DatasetName, EngineName

_IMAGE_PIXELS = 84
_TILE_PIXELS = 96
"""An image with the words below it, which need more room; three fit a phone and ten a desktop."""
_MOST_IMAGES = 20
_MOST_MISTAKES = 10
_HINT = (
    "Choose a cell to see its images{where}, the worst first, and follow one through the network "
    "to see why. Choose it again to close them."
)


@st.fragment
def confusion(run: Run) -> None:
    """A confusion matrix an engine, after the epoch chosen, above the images of a chosen cell."""
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
        st.caption(_HINT.format(where=" below"))
        for column, (engine, own) in zip(st.columns(2, gap="medium"), kept.items(), strict=False):
            at = max((epoch for epoch in own if epoch <= shown_epoch), default=None)
            found = _evaluation(run, engine, at)
            with column:
                if found is None:
                    st.caption(f"No checkpoint of {palette.ENGINE_NAMES[engine]} is kept there.")
                    continue
                cell = choose_cell(
                    found.matrix,
                    palette.ENGINE_NAMES[engine],
                    palette.ENGINE_COLORS[engine],
                    key=f"confusion-{engine}",
                    whose=run.name,
                    rates=rates,
                )
                if cell is not None:
                    network = {"run": run.id, "engine": engine, "epoch": str(at)}
                    name = palette.ENGINE_MARKDOWN[engine]
                    _cell_images(name, run.config.dataset, cell, found, network)


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
    """The mistakes summed up: precision, recall and F1 of each digit, by each engine in the end."""
    found = last_evaluations(run)
    if not found:
        st.caption("Scores come with the first finished epoch.")
        return
    names: tuple[charts.Score, ...] = get_args(charts.Score)
    chosen = st.segmented_control("Score", names, default="F1", required=True, key="score")
    measure = cast(charts.Score, chosen)
    by_engine: dict[EngineName, dict[charts.Score, np.ndarray]] = {
        engine: dict(zip(names, metrics.precision_recall_f1(answers.matrix), strict=True))
        for engine, answers in found.items()
    }
    left, right = st.columns(2, gap="medium")
    with left:
        of_engine: dict[EngineName, list[float]] = {
            engine: own[measure].tolist() for engine, own in by_engine.items()
        }
        charts.show_digit_scores(of_engine, measure, "digit-scores")
    with right:
        _score_table(by_engine)


def _score_table(by_engine: Mapping[EngineName, Mapping[charts.Score, np.ndarray]]) -> None:
    # No dataframe: its grid is a quarter of a megabyte of JavaScript, for ten rows.
    table = pd.DataFrame(
        {
            (palette.ENGINE_NAMES[engine], name): [f"{100 * value:.1f}%" for value in values]
            for engine, own in by_engine.items()
            for name, values in own.items()
        }
    )
    st.table(
        table.rename_axis("digit"),
        border="horizontal",
        hide_index=False,
        alt="Precision, recall and F1 of each digit and engine",
    )


def most_confident(run: Run) -> None:
    """The wrong answers that a network was surest of."""
    found = last_evaluations(run)
    if not found:
        st.caption("Mistakes come with the first finished epoch.")
        return
    for engine, answers in found.items():
        name = palette.ENGINE_MARKDOWN[engine]
        st.markdown(f"**{name}**: {len(answers.mistakes):,} of {len(answers.labels):,} wrong")
        chosen = answers.mistakes[:_MOST_MISTAKES]
        _images(run.config.dataset, answers, chosen, {"run": run.id, "engine": engine})


@st.fragment
def shipped() -> None:
    """The shipped model's mistakes: something real before anything is trained."""
    if not SHIPPED["classroom"].exists():
        st.caption("Train a network, and its curves and mistakes will be here.")
        return
    with errors.shown_errors():
        model, found = load.Shipped("classroom"), evaluation.evaluate_shipped()
        share = 1 - len(found.mistakes) / len(found.labels)
        st.subheader("The network that comes with NN Magic")
        st.markdown(
            f"No run is open, so here is a network that is ready: it names **{percent(share)}** of "
            "10,000 images right that it never saw in training."
        )
        left, right = st.columns(2, gap="medium")
        with left:
            st.caption(_HINT.format(where=""))
            cell = choose_cell(found.matrix, model.title, model.color, key="confusion-shipped")
        with right:
            if cell is not None:
                _cell_images(model.markdown, "mnist", cell, found, {})
            st.markdown("**Its most confident mistakes**")
            _images("mnist", found, found.mistakes[:_MOST_MISTAKES], {})


# Images -----------------------------------------------------------------------------------------
def last_evaluations(run: Run) -> dict[EngineName, Answers]:
    """Each engine's answers after its last kept epoch."""
    last: dict[EngineName, int] = {}
    for info in run_store().checkpoints(run.id):
        if info.epoch > 0 and info.batch == 0:
            last[info.engine] = max(last.get(info.engine, 0), info.epoch)
    found: dict[EngineName, Answers] = {}
    for engine in run.config.engines:
        answers = _evaluation(run, engine, last.get(engine))
        if answers is not None:
            found[engine] = answers
    return found


def _evaluation(run: Run, engine: EngineName, epochs: int | None) -> Answers | None:
    if epochs is None:
        return None
    try:
        return evaluation.evaluate_run(run.id, engine, epochs, run.config.dataset)
    except load.ModelDeletedError:
        return None


def _cell_images(
    name: str,
    dataset: DatasetName,
    cell: tuple[int, int],
    found: Answers,
    network: dict[str, str],
) -> None:
    true, predicted = cell
    positions = found.cell(true, predicted)
    as_what = "named right" if true == predicted else f"taken for {a_digit(predicted)}"
    what = f"{a_digit(true)} {as_what}"
    if not len(positions):
        st.markdown(f"**{name}**: {what}, not once")
        return
    order = "the least sure first" if true == predicted else "the surest first"
    some = f"the first {_MOST_IMAGES}, " if len(positions) > _MOST_IMAGES else ""
    times = "once" if len(positions) == 1 else f"{len(positions):,} times; {some}{order}"
    st.markdown(f"**{name}**: {what}, {times}")
    _images(dataset, found, positions[:_MOST_IMAGES], network)


def _images(
    dataset: DatasetName, found: Answers, positions: np.ndarray, network: dict[str, str]
) -> None:
    """Test images with what was said of them; `network` is how Inside's URL names who said it."""
    images, _ = evaluation.test_images(dataset)
    if not len(positions):
        st.caption("None.")
        return
    engine = cast(EngineName | None, network.get("engine"))
    which = f"{palette.ENGINE_NAMES[engine]}, image" if engine else "Image"
    captions = [
        f"{found.labels[i]} as {found.predictions[i]}, {certainty(float(found.confidence[i]))}"
        for i in positions
    ]
    with st.container(horizontal=True, gap="small"):
        for position, caption in zip(positions, captions, strict=True):
            with st.container(width=_TILE_PIXELS, gap="xxsmall"):
                st.image(
                    digits.digit_png(images[position], _IMAGE_PIXELS),
                    caption=caption,
                    width=_IMAGE_PIXELS,
                    alt=f"Test image {position}: {caption}",
                )
                example = {"example": str(position)}
                why = f"Why {found.predictions[position]}? {which} {position:,}"
                navigation.link("inside", why, {**network, **example}, with_icon=False)
