"""What every section of Draw looks at: one drawing, what became of it, and who is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.draw import state
from dashboard.ink import drawing
from dashboard.ink.drawing import Ink
from dashboard.models import load
from dashboard.models.load import Model, Trained
from dashboard.ui.text import escape
from nncore.preprocessing import Prepared, StageName


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One drawing on its way to the models."""

    ink: Ink
    whole: Prepared
    """With every stage on."""
    seen: Prepared
    """With the stages that are switched off left out; the same as `whole` where none is."""
    skipped: frozenset[StageName]
    models: list[Model]
    """Who answers: the shipped ones, the best first, then the engines of the chosen run."""
    trained: list[Trained]
    """Every network of this workspace, newest run first."""

    @property
    def pixels(self) -> np.ndarray:
        """(28, 28) in [0, 1]: what the models see."""
        return self.seen.pixels

    def choose_model(self, name: str, label: str) -> Model:
        """Place the choice of one of the models; the first engine, else the smallest shipped."""
        by_title = {model.title: model for model in self.models}
        first = next((m.title for m in self.models if isinstance(m, Trained)), [*by_title][-1])
        title = state.CONTROLS.value(name)
        st.segmented_control(
            label,
            list(by_title),
            required=True,
            key=state.CONTROLS.showing(name, title if title in by_title else first),
            label_visibility="collapsed",
        )
        return by_title[state.CONTROLS.value(name)]


def choose_run(models: Sequence[Trained]) -> list[Trained]:
    """Models of Draw's subject: those of one run, which is named; of several, it can be picked."""
    labels = {model.run_id: model.run_label for model in models}
    unfinished = {model.run_id for model in models if model.of_epochs is not None}
    run_id = state.run_that_answers(
        [name for name in labels if name not in unfinished],
        [name for name in labels if name in unfinished],
    )
    if len(labels) > 1:
        st.selectbox(
            "Networks of the run",
            list(labels),
            format_func=labels.__getitem__,
            key=state.OWN_RUN.showing("run", run_id),
            on_change=state.take_run,
        )
    elif run_id:
        st.caption(f"Networks of the run {escape(labels[run_id])}")
    return [model for model in models if model.run_id == run_id]


def look_at(ink: Ink, trained: Sequence[Trained], chosen: Sequence[Trained]) -> Subject | None:
    """Draw's subject: the ink prepared and who is asked; None after a sentence about the ink.

    Args:
        ink: where it comes from.
        trained: every network of this workspace.
        chosen: those of them that stand beside the shipped models.
    """
    skipped = state.view().skipped
    whole = drawing.prepared(ink)
    seen = drawing.prepared(ink, skipped) if whole and skipped else whole
    if whole is None:
        return None
    if seen is None:
        st.button(
            "All stages on", icon=":material/restart_alt:", on_click=state.switch_all_stages_on
        )
        return None
    models = [*(load.shipped_models() or [load.default_model()]), *chosen]
    return Subject(ink, whole, seen, skipped, models, list(trained))
