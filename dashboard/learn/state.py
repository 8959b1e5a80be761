"""The open chapter, its controls and what is done, in the session and in the URL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.session import (
    Controls,
    Param,
    UrlMemory,
    notify,
    read_url,
    shortened,
    write_url,
)
from dashboard.ui.text import listed

CHAPTER = Param("chapter", str, str, "")


def _is_one(text: str) -> bool:
    if text != "1":
        raise ValueError(text)
    return True


FOCUS = Param("focus", _is_one, lambda focus: "1" if focus else None, False, expected="1")
DONE = Param(
    "done",
    lambda text: frozenset(text.split(".")),
    lambda done: None,
    frozenset[str](),
    is_place=False,
)
"""Chapters whose question counts as answered. It is taken out of the address and never written: an
address is sent to others, whom it would tell the answers."""
PARAMS = (CHAPTER, FOCUS, DONE)
"""Beside them, the URL has what the open chapter's controls say, each under its own name."""
PLACE_PARAMS = (CHAPTER.name, FOCUS.name)
"""Those that make a place of their own, which is one entry of the browser's history."""

PREDICTION = Controls("prediction-of-")
"""The answer that the visitor predicted, by chapter."""
_CONTENTS = Controls("contents")
"""The table of contents: one control, and this its whole key."""

_PLACE = "lesson"
_DONE = "lessons-done"
_SHOWN = "lessons-shown"

_STALE_SECONDS = 1.0
"""`UrlMemory.stale_seconds` on Learn, where somebody may go back to the last chapter soon."""


@dataclass(slots=True)
class LessonPlace:
    """Which chapter is open, and what the URL said about it when it was last read or written.

    A chapter's controls are kept in the session, which a page switch spares, and in the URL, which
    a refresh spares and a teacher can send. Progress is kept in the session and in the browser
    (`browser_memory`): it belongs to a person, and the run store knows only workspaces, which a
    whole class may share. What the figures have revealed is kept in the session and in the tab
    alone: a class that is shown a fresh tab is told no answer.
    """

    chapter: str = ""
    focus: bool = False
    """Show the figure alone."""
    is_moving: bool = False
    """A slider has not been let go yet: a browser takes only so many addresses a second."""
    url: UrlMemory = field(default_factory=lambda: UrlMemory(_STALE_SECONDS))


def place() -> LessonPlace:
    """The open chapter, as `read` found it."""
    return st.session_state.setdefault(_PLACE, LessonPlace())


def is_framed() -> bool:
    """Whether the app stands in a frame of another page (`embed=true`, which Streamlit keeps)."""
    return bool(st.context.is_embedded)


def is_alone() -> bool:
    """Whether a chapter's figure stands alone: on a projector, or in a frame of another page."""
    return place().focus or is_framed()


def is_bare() -> bool:
    """Whether the URL asks for a page without navigation: a figure alone, or a frame's page."""
    return is_framed() or bool(CHAPTER.in_url() and FOCUS.in_url())


def read(chapters: Sequence[str]) -> LessonPlace:
    """Take over a link, or the browser's back button.

    Where the URL names another chapter or other values than we last wrote, it is right. In place of
    a chapter that there is not, which is told, the first one is opened.
    """
    now = place()
    now.is_moving = False  # who held a slider may have left the page with it
    said = read_url(PARAMS, now.url, with_rest=True)
    if said is not None:
        now.chapter, now.focus = said[CHAPTER.name], said[FOCUS.name]
        controls().forget()
    if now.chapter not in chapters:
        if now.chapter:
            notify(
                f"There is no chapter {shortened(now.chapter)}; there are {listed(chapters)}. "
                "This is the first."
            )
        now.chapter = chapters[0]
    answered = DONE.in_url().intersection(chapters)
    finish(*answered)
    reveal(*answered)
    return now


def write(values: Mapping[str, str]) -> None:
    """Make the URL say which chapter is open and what its controls say."""
    now = place()
    said = {CHAPTER.name: now.chapter, FOCUS.name: now.focus, DONE.name: None}
    write_url(PARAMS, now.url, said, rest=values)


def open_chapter(chapter: str, *, focus: bool = False) -> None:
    """Turn to a chapter, or to its figure alone."""
    now = place()
    own = now.url.seen if now.chapter == chapter else {}
    now.chapter, now.focus = chapter, focus
    write({k: v for k, v in own.items() if k not in (CHAPTER.name, FOCUS.name)})


def contents_key(chapter: str) -> str:
    """The key of the table of contents, made to show this chapter."""
    return _CONTENTS.showing("", chapter)


def take_contents_choice() -> None:
    """The visitor picked a chapter: the state of Learn and its URL follow."""
    open_chapter(_CONTENTS.value(""))


def controls() -> Controls:
    """The controls of the open chapter."""
    return Controls(f"lesson-{place().chapter}-")


def control_key(param: Param) -> str:
    """The key of a control of the open chapter, which starts with what the URL says of it; a text
    that does not fit is told."""
    if param.name in controls():
        return controls().key(param.name)
    return controls().starting(param.name, param.value(place().url.seen, tell=True))


def slider_key(name: str) -> str:
    """The key of a slider's element, which keeps its state where a link makes its control start
    again: what it told last counts as answered."""
    return f"slider-{place().chapter}-{name}"


def control(param: Param) -> Any:
    """What a control of the open chapter says that is no widget of Streamlit's."""
    control_key(param)
    return controls().value(param.name)


def done() -> frozenset[str]:
    """The chapters whose question this visitor has answered."""
    return st.session_state.get(_DONE, frozenset())


def is_called_for(name: str) -> bool:
    """Whether a link sets this control of the open chapter, or it has been shown already and was
    not hidden again."""
    is_hidden = place().chapter in hidden()
    return not is_hidden and (name in place().url.seen or name in controls())


def finish(*chapters: str) -> None:
    """These chapters' questions were answered; that stays so where the answer is hidden again."""
    st.session_state[_DONE] = done().union(chapters)


def is_revealed() -> bool:
    """Whether the open chapter may show what its question asks: that was answered in this tab, or
    somebody in front of a class had it shown."""
    return place().chapter in revealed()


def revealed() -> frozenset[str]:
    """The chapters that show what their questions ask."""
    return frozenset(chapter for chapter, shows in _shown().items() if shows)


def hidden() -> frozenset[str]:
    """The chapters whose answers were shown and then hidden again."""
    return frozenset(chapter for chapter, shows in _shown().items() if not shows)


def reveal(*chapters: str) -> None:
    """Let these chapters show what their questions ask, in this tab only.

    No question was answered by that, and no address that is copied tells its reader the answer.
    """
    st.session_state[_SHOWN] = _shown() | dict.fromkeys(chapters, True)


def recall_revealed(chapters: Iterable[str]) -> None:
    """The tab remembers these as revealed: so they are, but for those that were hidden since."""
    st.session_state[_SHOWN] = dict.fromkeys(chapters, True) | _shown()


def hide(chapter: str) -> None:
    """Let a chapter keep its secret again. With an answer goes its prediction, which may tell."""
    st.session_state[_SHOWN] = _shown() | {chapter: False}
    if chapter in done():
        PREDICTION.set(**{chapter: None})


def _shown() -> dict[str, bool]:
    """By chapter, whether it was last revealed or hidden; nothing of one that was neither."""
    return st.session_state.get(_SHOWN, {})
