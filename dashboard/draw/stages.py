"""From ink to what the models see, stage by stage, each with a switch."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard.draw import ablation, sources, state
from dashboard.draw.subject import Subject
from dashboard.ink import samples
from dashboard.models import doubts, predictions
from dashboard.models.predictions import Answer
from dashboard.ui import digits
from dashboard.ui.text import certainty, listed, sureness
from nncore.preprocessing import OF_MNIST, Stage, StageName


class Words(NamedTuple):
    """What a stage is called: on its switch, below its picture, and after `without`."""

    switch: str
    caption: str
    without: str
    instead: str = "as it came"
    """Below its picture where it is off: not every stage can hand on what it got."""


WORDS: dict[StageName, Words] = {
    "grey": Words("Grey", "The picture in grey", "grey"),
    "paper": Words("Paper", "The sheet cut out and laid flat", "finding the sheet"),
    "even light": Words("Light", "Light made even", "evening the light"),
    "lines": Words("Lines", "Printed lines taken away", "taking printed lines away"),
    "ink": Words("Ink", "What stands out", "finding the ink"),
    "border": Words(
        "Edge", "What reaches in from the edge left out", "leaving out what touches the edge"
    ),
    "cleaned": Words("Dust", "Dust swept away", "sweeping dust away"),
    "cropped": Words("Crop", "Cut to the ink's box", "cropping"),
    "squared": Words("Square", "Padded to a square", "padding to a square"),
    "stroked": Words("Pen", "Pen brought to MNIST's width", "bringing the pen to width"),
    "averaged": Words(
        "Average",
        "Areas averaged: grey edges appear",
        "averaging areas",
        "one pixel taken of each area",
    ),
    "brightened": Words("Bright", "Brightest pixel made white", "brightening"),
    "centred": Words(
        "Centre", "Centre of mass in the middle", "centring", "the box lies in the middle"
    ),
}
_OWN: frozenset[StageName] = frozenset(WORDS) - OF_MNIST
_TILE = 140
_FADED = 0.35
"""Of the ink's brightness, where a stage is off."""


def show(subject: Subject) -> None:
    """Every stage between the ink and the models with its switch, and what the switches change."""
    st.markdown(
        f"MNIST's digits were made by {_named(OF_MNIST)}, and a network that learned them "
        f"expects as much of a drawing. {_named(_OWN)} are this app's own: they find the sheet in "
        "a photograph and the ink on it, and bring its pen to the width that MNIST's have. Which "
        "stage matters depends on the drawing: turn one off, and see what the models say then."
    )
    what_matters = st.container(key="stages-what-matters", gap="xsmall")
    _difference(subject)
    with st.grid(5, min_column_width=_TILE):
        for number, stage in enumerate(subject.seen.stages, 1):
            _tile(number, stage, stage.name not in subject.skipped)
    with what_matters:  # found after all else is shown: on a photograph it takes up to a second
        _what_matters(subject)


def _what_matters(subject: Subject) -> None:
    """The stage that matters most to this drawing; where none changes a name, another drawing."""
    found = ablation.most_important(subject.ink, subject.models)
    if found is None:
        return
    st.markdown(ablation.sentence(found, WORDS[found.stage].switch))
    is_small = any(subject.ink.image is samples.small(digit) for digit in samples.DIGITS)
    if found.has_ink and not found.renamed and not is_small:
        st.button(
            "Try a small digit in a corner",
            key="stages-try-small",
            icon=":material/north_west:",
            help="One of the samples, in place of this drawing.",
            on_click=sources.take_small_sample,
        )


def _tile(number: int, stage: Stage, on: bool) -> None:
    words = WORDS[stage.name]
    with st.container(gap="xsmall"):
        st.toggle(
            words.switch,
            on,
            key=state.CONTROLS.key(state.stage_switch(stage.name)),
            on_change=state.switch_stage,
            args=(stage.name,),
            disabled=stage.name == "grey",
        )
        size = f"{stage.image.shape[1]}x{stage.image.shape[0]}"
        caption = f"{words.caption} ({size})" if on else f"Off: {words.instead} ({size})"
        whose = "MNIST's" if stage.name in OF_MNIST else "Our own"
        image = stage.image if on else stage.image * _FADED
        tile = digits.on_square(digits.fitted(image, _TILE))
        st.image(
            digits.png(tile), caption=f"{number}. {whose}: {caption}", alt=caption, width=_TILE
        )


def _named(stages: Collection[StageName]) -> str:
    """These stages by the names of their switches, in their order, in bold."""
    *rest, last = [f"**{words.switch}**" for name, words in WORDS.items() if name in stages]
    return f"{', '.join(rest)} and {last}"


def without(skipped: Collection[StageName]) -> str:
    """The stages that are left out, in words: `centring and cropping`."""
    return listed(words.without for name, words in WORDS.items() if name in skipped)


def _difference(subject: Subject) -> None:
    """A line a model: what it says now, and what it says with every stage on."""
    skipped = subject.skipped
    now = predictions.answers(subject.models, subject.pixels)
    whole = dict(predictions.answers(subject.models, subject.whole.pixels)) if skipped else {}
    with st.container(border=True, gap="xsmall", key="stages-difference"):
        with st.container(horizontal=True, vertical_alignment="center"):
            title = f"Without {without(skipped)}" if skipped else "With every stage on"
            st.markdown(f"**{title}**")
            all_on("stages-all-on")
        lines = [
            f"- {model.markdown} {_said(answer)}{_before(answer, whole.get(model), len(skipped))}"
            for model, answer in now
        ]
        st.markdown("\n".join(lines))
        if skipped:
            _doubt(subject.pixels, subject.whole.pixels)


def all_on(key: str) -> None:
    """The button that brings every stage back."""
    st.button(
        "All on",
        key=key,
        icon=":material/restart_alt:",
        type="tertiary",
        disabled=not state.view().skipped,
        on_click=state.switch_all_stages_on,
    )


def _said(answer: Answer) -> str:
    if not answer.is_number:
        return "has no answer"
    return f"says **{answer.digit}**, {sureness(answer.confidence)}"


def _before(now: Answer, before: Answer | None, n_skipped: int) -> str:
    if before is None or not before.is_number:
        return ""
    sure = certainty(before.confidence)
    it = "it" if n_skipped == 1 else "them"
    too = " too" if before.digit == now.digit else ""
    return f"; with {it} **{before.digit}**{too}, {sure}"


def _doubt(now: np.ndarray, whole: np.ndarray) -> None:
    if doubts.is_doubted(now) and not doubts.is_doubted(whole):
        st.caption("Like this it does not look like a digit any more.")
