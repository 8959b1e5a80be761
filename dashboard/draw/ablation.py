"""Which single stage between the ink and the models matters most to a drawing."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import streamlit as st

from dashboard.ink import drawing
from dashboard.ink.drawing import KEPT_SECONDS, Ink
from dashboard.models import predictions
from dashboard.models.load import Model
from dashboard.models.predictions import Answer
from dashboard.ui.text import certainty, listed
from nncore.preprocessing import StageName

LEAST_FALL = 0.001
"""Of a certainty: a smaller fall than a tenth of a percentage point is none to speak of."""


class Effect(NamedTuple):
    """What the models say without one stage, held against what they say with all."""

    stage: StageName
    has_ink: bool
    """False where nothing is left to show them."""
    renamed: list[tuple[Model, int]]
    """Who names another digit then, and which."""
    model: Model
    """Who loses most certainty about the digit that it names with all stages."""
    before: float
    after: float

    @property
    def weight(self) -> tuple[bool, int, float]:
        """The greater, the more the stage matters: no ink, then names, then certainty."""
        return (not self.has_ink, len(self.renamed), self.before - self.after)


def effect(
    stage: StageName, whole: Mapping[Model, Answer], without: Mapping[Model, Answer] | None
) -> Effect:
    """Judge one stage.

    Args:
        stage: which was left out.
        whole: every model's answer with all stages; at least one, and all of them numbers.
        without: the same without this stage; None where no ink is left.
    """
    said = whole if without is None else without
    falls = {m: a.confidence - said[m].probabilities[a.digit] for m, a in whole.items()}
    model = max(falls, key=falls.__getitem__)
    before = whole[model].confidence
    renamed = [(m, said[m].digit) for m, answer in whole.items() if said[m].digit != answer.digit]
    return Effect(stage, without is not None, renamed, model, before, before - float(falls[model]))


def most_important(ink: Ink, models: Sequence[Model]) -> Effect | None:
    """The stage without which these models' answers to this drawing change most; None where no
    model has an answer."""
    return _most_important(_name(ink), tuple(models), ink)


@st.cache_data(max_entries=200, ttl=KEPT_SECONDS, show_spinner=False)
def _most_important(name: str, models: tuple[Model, ...], _ink: Ink) -> Effect | None:
    del name  # it stands for the ink in the cache's key
    with_all, without_each = drawing.seen_without_each(_ink)
    said = predictions.answers(models, with_all)
    whole = {model: answer for model, answer in said if answer.is_number}
    if not whole:
        return None
    effects = [
        effect(stage, whole, None if seen is None else dict(predictions.answers([*whole], seen)))
        for stage, seen in without_each.items()
    ]
    return max(effects, key=lambda found: found.weight)


def _name(ink: Ink) -> str:
    sheet = ink.place.sheet if ink.place else ink.image
    piece = ink.place.piece if ink.place else None
    box = (piece.top, piece.left, piece.bottom, piece.right) if piece else ()
    return f"{hashlib.blake2b(sheet.tobytes()).hexdigest()}/{sheet.shape}/{box}"


def sentence(found: Effect, name: str) -> str:
    """What to say of the stage that matters most, called `name`."""
    if not found.has_ink:
        return f"For this drawing **{name}** matters most: without it, no ink is found."
    if found.renamed:
        return f"For this drawing **{name}** matters most: without it {_said(found.renamed)}."
    if found.before - found.after < LEAST_FALL:
        return (
            "Here no single stage changes a name, or makes a network less sure by even 0.1 "
            "percentage points."
        )
    return (
        f"Here no single stage changes a name; {found.model.markdown}'s certainty falls most "
        f"without **{name}**, from {certainty(found.before)} to {certainty(found.after)}."
    )


def _said(renamed: Sequence[tuple[Model, int]]) -> str:
    """`Robust and Classroom say 9`, or `Robust says 9 and Classroom 5`."""
    (first, digit), *others = renamed
    if others and {other for _, other in others} == {digit}:
        return f"{listed(model.markdown for model, _ in renamed)} say **{digit}**"
    said = [f"{model.markdown} **{other}**" for model, other in others]
    return listed([f"{first.markdown} says **{digit}**", *said])
