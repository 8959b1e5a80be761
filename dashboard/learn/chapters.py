"""The lessons of Learn: a table of chapters, and the parts that the page puts together."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard import navigation, session
from dashboard.learn import (
    backpropagation,
    cost,
    gradient_descent,
    images,
    initialisation,
    neurons,
    overfitting,
    prose,
    softmax,
    state,
    universality,
)
from dashboard.learn.onward import Onward
from dashboard.learn.panel import UNTOLD, Panel
from dashboard.models import load
from dashboard.runs.errors import StoreError
from dashboard.ui import errors
from dashboard.ui.components.browser_memory import browser_memory
from dashboard.ui.heading import heading


@dataclass(frozen=True, slots=True)
class Chapter:
    """One row of the table; its words are in `assets/lessons/<name>.md`."""

    name: str
    idea: str
    draw: Callable[[Panel], Onward]
    """Draws the figure with its controls and says what Train would open with."""

    @property
    def title(self) -> str:
        """As the page and the contents show it."""
        return prose.read(self.name).title


CHAPTERS = (
    Chapter("perceptron", "weighted evidence against a threshold", neurons.perceptron),
    Chapter("sigmoid-neuron", "small change in, small change out", neurons.sigmoid_neuron),
    Chapter("pixels", "784 numbers", images.pixels),
    Chapter("layers", "how neurons are put together", images.layers),
    Chapter("feedforward", "from pixels to an answer", images.feedforward),
    Chapter("cost", "one number for how wrong", cost.cost),
    Chapter("softmax", "outputs that share one", softmax.softmax),
    Chapter("gradient-descent", "downhill", gradient_descent.gradient_descent),
    Chapter("backpropagation", "who is to blame, by how much", backpropagation.backpropagation),
    Chapter("initialisation", "awake, and all different", initialisation.initialisation),
    Chapter("universality", "bumps that make any curve", universality.universality),
    Chapter("overfitting", "learned by heart", overfitting.overfitting),
)
_PROJECTION = Path(__file__).parents[2] / "assets" / "projection.css"
_QUESTION = "predict"
"""The anchor of a chapter's question."""
_BY_NAME = {chapter.name: chapter for chapter in CHAPTERS}


def chapter(name: str) -> Chapter:
    """The chapter of this name."""
    return _BY_NAME[name]


def number_of(chapter: Chapter) -> int:
    """Its place, counted from 1."""
    return CHAPTERS.index(chapter) + 1


def neighbours(chapter: Chapter) -> tuple[Chapter | None, Chapter | None]:
    """The chapters before and after this one."""
    place = CHAPTERS.index(chapter)
    return (
        CHAPTERS[place - 1] if place else None,
        CHAPTERS[place + 1] if place + 1 < len(CHAPTERS) else None,
    )


def contents(current: Chapter) -> None:
    """The chapters in the sidebar, and which of their questions were answered."""
    done = state.done()
    titles = {
        chapter.name: f"{number} {chapter.title}"
        + (" :material/check_circle:" if chapter.name in done else "")
        for number, chapter in enumerate(CHAPTERS, 1)
    }
    with st.sidebar:
        st.markdown(f"**{len(CHAPTERS)} short chapters**")
        st.radio(
            "Chapters",
            list(titles),
            label_visibility="collapsed",
            format_func=titles.__getitem__,
            captions=[chapter.idea for chapter in CHAPTERS],
            key=state.contents_key(current.name),
            on_change=state.take_contents_choice,
        )
        st.progress(len(done) / len(CHAPTERS), f"{len(done)} of {len(CHAPTERS)} questions answered")


def progress() -> None:
    """Let the browser remember which questions were answered, and the tab what it has revealed."""
    answered = browser_memory("answered", state.done(), lasts=True)
    state.finish(*answered.intersection(_BY_NAME))
    revealed = browser_memory("revealed", state.revealed(), gone=state.hidden())
    state.recall_revealed(revealed.intersection(_BY_NAME))


def opening(chapter: Chapter) -> None:
    """The chapter's title and its idea."""
    text = prose.read(chapter.name)
    st.caption(f"Chapter {number_of(chapter)} of {len(CHAPTERS)}: {chapter.idea}")
    heading(text.title)
    with st.container(width=820):
        st.markdown(text.idea)


@st.fragment
def figure(chapter: Chapter) -> None:
    """A chapter's live figure, reruns alone; below it the way to train with its setting."""
    panel = Panel()
    tall = "stretch" if state.is_alone() else "content"
    with st.container(border=True, key="lesson-figure", height=tall):
        onward = None
        with errors.shown_errors():
            onward = chapter.draw(panel)
        if panel.has_secret:
            _secret(chapter)
        elif panel.has_told and state.is_alone():
            _told(chapter)
        elif panel.has_told and chapter.name not in state.done():
            _hide(chapter, "hide-figure")
    if onward is not None and not state.is_alone():
        _ways_on(chapter, onward)
    if not state.place().is_moving:
        state.write(panel.query)


def _secret(chapter: Chapter) -> None:
    """Why the figure shows a question mark; in front of a class, the button that ends it."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap="medium", key="lesson-secret"
    ):
        if not state.is_alone():
            st.markdown(
                f"**{UNTOLD}** is what [the question below](#{_QUESTION}) asks: predict it, and "
                "the figure shows it."
            )
            return
        st.markdown(f"**{UNTOLD}** {prose.read(chapter.name).question}")
        st.button(
            "Reveal",
            icon=":material/visibility:",
            key="reveal-figure",
            on_click=state.reveal,
            args=(chapter.name,),
        )


def _told(chapter: Chapter) -> None:
    """The question with its answer, on a slide, which has no other place for them."""
    text = prose.read(chapter.name)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="medium", key="lesson-secret"
    ):
        answer, _, _ = text.options[text.right].partition(":")  # why is for whom has the chapter
        st.markdown(f"{text.question} **{answer}**")
        _hide(chapter, "hide-figure")


def _ways_on(chapter: Chapter, onward: Onward) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        navigation.link("train", onward.label, onward.config.to_query())
        if onward.inside:
            own = _newest_run()
            navigation.link(
                "inside",
                "Look inside your newest network" if own else "Look inside a trained network",
                {"show": onward.inside} | ({"run": own} if own else {}),
            )
        if st.button(
            "Show only the figure",
            icon=":material/fullscreen:",
            type="tertiary",
            help="For a projector, or for a link to a class: the address keeps every control.",
            key="enter-focus",
        ):
            state.open_chapter(chapter.name, focus=True)
            st.rerun()  # the page around the figure goes


def _newest_run() -> str | None:
    """The visitor's newest run that has learned something; the lessons do without a run store."""
    try:
        models = load.trained_models(session.workspace())
    except StoreError:
        return None
    return models[0].run_id if models else None


def question(chapter: Chapter) -> None:
    """A chapter's question with its answer, and beside it what to try with the figure."""
    text = prose.read(chapter.name)
    left, right = st.columns([3, 2], gap="large")
    with left, st.container(border=True, key="lesson-question"):
        st.subheader("Predict, then reveal", anchor=_QUESTION)
        _ask(chapter)
        if _is_told(chapter):
            _hide(chapter, "hide-answer")  # of the page, whose figure hides it too
    with right:
        st.subheader("Try this")
        st.markdown(text.look)
        st.caption(text.sources)


@st.fragment
def _ask(chapter: Chapter) -> None:
    """Predict, then reveal; once answered it counts as progress, and who answered it before needs
    no prediction."""
    text = prose.read(chapter.name)
    st.markdown(text.question)  # not the label: of a formula, its marks would be read out
    predicted = st.radio(
        "Your prediction",
        range(len(text.options)),
        label_visibility="collapsed",
        format_func=text.options.__getitem__,
        index=None,
        key=state.PREDICTION.key(chapter.name),
        persist_state="session",
    )
    if _is_told(chapter):
        if predicted is not None:
            st.markdown(
                ":material/check_circle: **As you predicted.**"
                if predicted == text.right
                else f"**Not quite: {text.options[text.right]}**"
            )
        st.markdown(text.answer)
    elif st.button("Reveal", disabled=predicted is None and chapter.name not in state.done()):
        state.finish(chapter.name)
        state.reveal(chapter.name)
        st.rerun()  # the contents count this answer, and the figure shows it


def _is_told(chapter: Chapter) -> bool:
    """Whether the answer stands below the question."""
    return chapter.name in state.done() and state.is_revealed()


def _hide(chapter: Chapter, key: str) -> None:
    st.button(
        "Hide the answer again",
        icon=":material/visibility_off:",
        key=key,
        on_click=state.hide,
        args=(chapter.name,),
    )


def ending(chapter: Chapter) -> None:
    """A chapter's end: back and on."""
    before, after = neighbours(chapter)
    with st.container(
        horizontal=True, horizontal_alignment="distribute" if before else "right", key="lesson-turn"
    ):
        if before:
            st.button(
                before.title,
                icon=":material/arrow_back:",
                on_click=state.open_chapter,
                args=(before.name,),
                key="previous-chapter",
            )
        if after:
            st.button(
                f"Next: {after.title}",
                icon=":material/arrow_forward:",
                type="primary",
                on_click=state.open_chapter,
                args=(after.name,),
                key="next-chapter",
            )
        elif st.button(
            "Now train a network",
            icon=":material/arrow_forward:",
            type="primary",
            key="to-train",
        ):
            navigation.switch("train", {"recipe": "nielsen-ch1"})


def alone(chapter: Chapter) -> None:
    """A chapter's figure alone, as large as the window; outside of frames, with the way back."""
    st.html(_PROJECTION)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson-head"):
        st.header(chapter.title, anchor=False, width="content")
        if not state.is_framed():
            st.button(
                "Show the whole chapter",
                icon=":material/fullscreen_exit:",
                type="tertiary",
                on_click=state.open_chapter,
                args=(chapter.name,),
                key="leave-focus",
            )
    figure(chapter)
