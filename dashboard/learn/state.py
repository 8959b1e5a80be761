"""The open chapter, its controls and what is done, in the session and in the URL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.session import WORKSPACE_PARAM, UrlMemory

CHAPTER_PARAM = "chapter"


FOCUS_PARAM = "focus"


DONE_PARAM = "done"


_LESSON = "lesson"


_LESSON_CONTROL = "lesson-"


_LESSONS_DONE = "lessons-done"


_PREDICTION = "prediction-of-"


_CONTENTS = "contents"


_LESSON_STALE_SECONDS = 1.0
"""`UrlMemory.stale_seconds` on Learn, where somebody may go back to the last chapter soon."""


@dataclass(slots=True)
class LessonPlace:
    """Which chapter is open, and what the URL said about it when it was last read or written.

    A chapter's controls are kept in the session, which a page switch spares, and in the URL, which
    a refresh spares and a teacher can send. Progress is kept in the same two places: it belongs to
    a person, and the run store knows only workspaces, which a whole class may share.
    """

    chapter: str = ""
    focus: bool = False
    """Show the figure alone."""
    url: UrlMemory = field(default_factory=lambda: UrlMemory(_LESSON_STALE_SECONDS))


def lesson_place() -> LessonPlace:
    """The open chapter, as `read_lesson_from_url` found it."""
    return st.session_state.setdefault(_LESSON, LessonPlace())


def lesson_in_focus() -> bool:
    """Whether the URL asks for a chapter's figure alone."""
    return CHAPTER_PARAM in st.query_params and st.query_params.get(FOCUS_PARAM) == "1"


def read_lesson_from_url(chapters: Sequence[str]) -> LessonPlace:
    """Take over a link, or the browser's back button; an unknown chapter opens the first one.

    Where the URL names another chapter or other values than we last wrote, it is right.
    """
    place, query = lesson_place(), _lesson_query()
    if query and not place.url.knows(query):
        place.chapter = query.get(CHAPTER_PARAM, "")
        place.focus = query.get(FOCUS_PARAM) == "1"
        for key in [key for key in st.session_state if str(key).startswith(_LESSON_CONTROL)]:
            if str(key).startswith(f"{_LESSON_CONTROL}{place.chapter}-"):
                del st.session_state[key]
        place.url.seen = query
    if place.chapter not in chapters:
        place.chapter = chapters[0]
    known = st.session_state.get(_LESSONS_DONE, frozenset())
    told = st.query_params.get(DONE_PARAM, "").split(".")
    st.session_state[_LESSONS_DONE] = known | {name for name in told if name in chapters}
    return place


def open_lesson(chapter: str, *, focus: bool = False) -> None:
    """Turn to a chapter, or to its figure alone (for a button's `on_click`)."""
    place = lesson_place()
    own = place.url.seen if place.chapter == chapter else {}
    place.chapter, place.focus = chapter, focus
    write_lesson_to_url({k: v for k, v in own.items() if k not in (CHAPTER_PARAM, FOCUS_PARAM)})


def contents_key(chapter: str) -> str:
    """The key of the table of contents, made to show this chapter."""
    st.session_state[_CONTENTS] = chapter
    return _CONTENTS


def take_contents_choice() -> None:
    """The visitor picked a chapter in the table of contents."""
    open_lesson(st.session_state[_CONTENTS])


def lesson_key(name: str, read: Callable[[str], Any], default: Any) -> str:
    """The key of a control of the open chapter, filled from the URL where `read` can read it.

    `read` turns the URL's text into a value and raises ValueError where that cannot be.
    """
    place = lesson_place()
    key = f"{_LESSON_CONTROL}{place.chapter}-{name}"
    if key not in st.session_state:
        try:
            st.session_state[key] = read(place.url.seen[name])
        except (KeyError, ValueError):
            st.session_state[key] = default
    return key


def set_lesson(**values: Any) -> None:
    """Move controls of the open chapter (for a button's `on_click`)."""
    for name, value in values.items():
        st.session_state[f"{_LESSON_CONTROL}{lesson_place().chapter}-{name}"] = value


def write_lesson_to_url(values: Mapping[str, str]) -> None:
    """Make the URL say which chapter is open and what its controls say."""
    place = lesson_place()
    wanted = {CHAPTER_PARAM: place.chapter, **values}
    if place.focus:
        wanted[FOCUS_PARAM] = "1"
    present = _lesson_query()
    done = {DONE_PARAM: ".".join(sorted(lessons_done()))} if lessons_done() else {}
    workspace = {key: st.query_params[key] for key in (WORKSPACE_PARAM,) if key in st.query_params}
    place.url.write(present, wanted, wanted | done | workspace)


def _lesson_query() -> dict[str, str]:
    aside = (WORKSPACE_PARAM, DONE_PARAM)
    return {key: value for key, value in st.query_params.items() if key not in aside}


def lessons_done() -> frozenset[str]:
    """The chapters whose question this visitor has answered."""
    return st.session_state.get(_LESSONS_DONE, frozenset())


def finish_lesson(chapter: str) -> None:
    """This chapter's question was answered."""
    st.session_state[_LESSONS_DONE] = lessons_done() | {chapter}


def prediction_key(chapter: str) -> str:
    """The key of the answer that the visitor predicted in a chapter."""
    return _PREDICTION + chapter
