"""What the pages share of a session and its URL: whose runs, which run, the last drawing.

What belongs to one page is in its room's `state.py`; nobody else indexes `st.session_state` or
`st.query_params`. The session forgets everything at a refresh, and the URL loses its parameters at
a page switch, so what must survive both is kept in both.
"""

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard.settings import settings

if TYPE_CHECKING:
    from nncore.explain.neuron import Neuron

# URL parameters ---------------------------------------------------------------------------------
WORKSPACE_PARAM = "workspace"
RUN_PARAM = "run"

# Session keys -----------------------------------------------------------------------------------
_WORKSPACE = "workspace"
_NOTICE = "notice"
_APP_ERROR = "app-error"
_PICTURE_NEURON = "picture-neuron-"
_DRAWING = "last-drawing"
_DOUBT_THRESHOLD = "doubt-threshold"

LOCAL_WORKSPACE = "local"


_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOTICE_SECONDS = 6.0
"""How long a notice stands while the page polls and draws itself anew."""


# What a view remembers of its URL ---------------------------------------------------------------
@dataclass(slots=True)
class UrlMemory:
    """The parameters that a view read, wrote and overwrote: they tell a link from an echo.

    A browser may send its next message before it has taken over the URL that we wrote; what we
    have just overwritten then comes back once more, and is no wish to go back.
    """

    stale_seconds: float = 3.0
    """For how long parameters that we overwrote may still come back."""
    seen: dict[str, str] = field(default_factory=dict)
    """The parameters as last read or written."""
    replaced: list[tuple[float, dict[str, str]]] = field(default_factory=list)
    """Parameters that we overwrote a moment ago, and when."""

    def knows(self, query: Mapping[str, str]) -> bool:
        """Whether these parameters say nothing new: seen last, or overwritten a moment ago."""
        now = time.monotonic()
        self.replaced = [old for old in self.replaced if now - old[0] < self.stale_seconds]
        return query == self.seen or any(query == old for _, old in self.replaced)

    def write(self, present: dict[str, str], wanted: dict[str, str], whole: dict[str, str]) -> None:
        """Say `wanted` where the URL said `present`; writes `whole` only when that changes it.

        `whole` is `wanted` and what the URL says of other things.
        """
        if present != wanted:
            self.replaced.append((time.monotonic(), present))
        if st.query_params.to_dict() != whole:
            st.query_params.from_dict(whole)
        self.seen = wanted


# The workspace ----------------------------------------------------------------------------------
def workspace() -> str:
    """Whose runs these are: `local`, or with NN_MULTIUSER this visitor's unguessable token.

    The token lives in the URL, so that a refresh or a bookmark finds the same runs again, and in
    the session, so that a page switch, which empties the URL, does too.
    """
    if not settings().multiuser:
        return LOCAL_WORKSPACE
    token = st.query_params.get(WORKSPACE_PARAM, "")
    if not _TOKEN.fullmatch(token):
        token = st.session_state.get(_WORKSPACE) or secrets.token_urlsafe(24)
        st.query_params[WORKSPACE_PARAM] = token
    st.session_state[_WORKSPACE] = token
    return token


# The runs that the pages show -------------------------------------------------------------------
def run_in_url() -> str | None:
    """The run id that the URL names, or None; text that can be no run id stays as it is, cut."""
    return st.query_params.get(RUN_PARAM, "")[:64] or None


def is_run_id(text: str) -> bool:
    """Whether this could be a run id at all (letters, digits, dash, underscore)."""
    return _RUN_ID.fullmatch(text) is not None


# The network picture outside of Inside ------------------------------------------------------------
def picture_neuron(page: str) -> "Neuron | None":
    """The neuron that was clicked last in the network picture of this page."""
    return st.session_state.get(_PICTURE_NEURON + page)


def set_picture_neuron(page: str, neuron: "Neuron") -> None:
    """Mark and explain this neuron from now on."""
    st.session_state[_PICTURE_NEURON + page] = neuron


# The last drawing -------------------------------------------------------------------------------
def keep_drawing(ink: np.ndarray) -> None:
    """Remember what was drawn on a pad, picked or uploaded, for the pages without one."""
    st.session_state[_DRAWING] = ink


def last_drawing() -> np.ndarray | None:
    """The ink (h, w) that was last drawn, picked or uploaded in this session."""
    return st.session_state.get(_DRAWING)


# From when on a drawing is doubted ---------------------------------------------------------------
def doubt_threshold() -> float | None:
    """From which score on a drawing is doubted in this session; None for what was shipped."""
    return st.session_state.get(_DOUBT_THRESHOLD)


def set_doubt_threshold(score: float | None) -> None:
    """Doubt drawings from this score on, on every page; None for what was shipped."""
    st.session_state[_DOUBT_THRESHOLD] = score


# Small things -----------------------------------------------------------------------------------
def set_app_error(sentence: str | None) -> None:
    """Remember what the entry script says above every page; None where all is well."""
    if sentence is not None:
        st.session_state[_APP_ERROR] = sentence
    elif _APP_ERROR in st.session_state:  # a session's first run must not leave a trace
        del st.session_state[_APP_ERROR]


def is_told(sentence: str) -> bool:
    """Whether the entry script says this already."""
    return st.session_state.get(_APP_ERROR) == sentence


def notify(sentence: str) -> None:
    """Show one sentence from the next time on that the page is drawn, for some seconds."""
    st.session_state[_NOTICE] = (sentence, time.monotonic())


def take_notice() -> str | None:
    """The sentence of `notify`, until its seconds are over."""
    sentence, since = st.session_state.get(_NOTICE, (None, 0.0))
    if time.monotonic() - since > _NOTICE_SECONDS:
        st.session_state.pop(_NOTICE, None)
        return None
    return sentence
