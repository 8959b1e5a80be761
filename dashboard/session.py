"""What the pages share of a session and its URL: whose runs, the last drawing, and the ways in
which a page keys its controls and declares its URL parameters.

What belongs to one page is in its room's `state.py`. Nobody else indexes `st.session_state` or
`st.query_params`, but for a component, which reads what its own key holds. The session forgets
everything at a refresh, and the URL loses its parameters at a page switch, so what must survive
both is kept in both.
"""

import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.settings import settings

if TYPE_CHECKING:
    from nncore.explain.neuron import Neuron

WORKSPACE_PARAM = "workspace"
"""What the key to a workspace is called in links that were made before browsers remembered it."""
COOKIE = "nn-magic-workspace"
"""What it is called where a browser remembers it."""

# Session keys -----------------------------------------------------------------------------------
_VISITOR = "visitor"
_NOTICES = "notices"
_APP_ERROR = "app-error"
_RUN = "run-of-the-moment"
_PICTURE_NEURON = "picture-neuron-"
_DRAWING = "last-drawing"
_DOUBT_THRESHOLD = "doubt-threshold"

LOCAL_WORKSPACE = "local"

_KEY = re.compile(r"[A-Za-z0-9_-]{22,64}")
_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOTICE_SECONDS = 6.0
"""How long a notice stands while the page polls and draws itself anew."""
_MOST_SAID = 40
"""Characters of a URL's text that a notice repeats."""


# Controls ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Controls:
    """The controls of a view, whose keys begin with the same words.

    Who holds what a control says decides how it gets its value. The view does: `showing` puts it
    there every time. The control itself does: `starting` puts a first value there, once. A control
    that is given its value where it is drawn (its own `value=`) has just a `key`: that is for one
    that a browser may draw a second time, or miss at first, and would then answer with something
    else than what was put into the session.
    """

    prefix: str

    def key(self, name: str) -> str:
        """The key of a control, and nothing put there."""
        return self.prefix + name

    def showing(self, name: str, value: Any) -> str:
        """The key of a control, made to show this value whatever it showed before."""
        st.session_state[self.key(name)] = value
        return self.key(name)

    def starting(self, name: str, value: Any) -> str:
        """The key of a control that begins with this value and then keeps what its user sets."""
        st.session_state.setdefault(self.key(name), value)
        return self.key(name)

    def value(self, name: str, default: Any = None) -> Any:
        """What a control says; `default` before it is first drawn."""
        return st.session_state.get(self.key(name), default)

    def set(self, **values: Any) -> None:
        """Move controls (for a button's `on_click`: they are drawn after that)."""
        for name, value in values.items():
            st.session_state[self.key(name)] = value

    def forget(self) -> None:
        """Let every control start again."""
        for key in [key for key in st.session_state if str(key).startswith(self.prefix)]:
            del st.session_state[key]

    def __contains__(self, name: str) -> bool:
        return self.key(name) in st.session_state


# The URL ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Param:
    """One row of a room's table of URL parameters."""

    name: str
    read: Callable[[str], Any]
    """The value that a text says; ValueError where it says none."""
    write: Callable[[Any], str | None]
    """The text that `read` makes this value of; None to leave the parameter out."""
    default: Any = None
    """The value where the URL says nothing, or nothing that can be read."""
    is_place: bool = True
    """Whether another value in the URL is a wish to see something else; else it goes along."""
    expected: str = ""
    """What a text should say, for the sentence about one that does not; empty for no sentence."""
    fit: Callable[[Any], Any] = lambda value: value
    """The value that is taken for one that was read, such as the nearest in a range."""

    def in_url(self) -> Any:
        """What the URL says now."""
        return self.value(st.query_params.to_dict())

    def value(self, query: Mapping[str, str], *, tell: bool = False) -> Any:
        """What these parameters say.

        Args:
            query: the parameters.
            tell: let the visitor know where they say it wrongly, in one sentence.
        """
        text = query.get(self.name)
        if text is None:
            return self.default
        try:
            said = self.read(text)
            value = self.fit(said)
            is_wrong = value != said
        except ValueError:
            value, is_wrong = self.default, True
        if is_wrong and tell and self.expected:
            notify(f"{self.name} = {shortened(text)} does not fit; use {self.expected}.")
        return value


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


RUN = Param("run", lambda text: text[:64] or None, lambda run: run)
"""A run by its id; what can be no id is cut and told to the visitor."""


def read_url(
    params: Sequence[Param],
    memory: UrlMemory,
    *,
    anew: bool = False,
    with_rest: bool = False,
    bare: bool = False,
) -> dict[str, Any] | None:
    """What the URL says of a view, by parameter; None where it says nothing new.

    A link says all of it: what it leaves out has its default, and so has what it says wrongly,
    about which the visitor is told.

    Args:
        params: the view's table.
        memory: what the view last read and wrote.
        anew: what was seen before counts too, as on arrival.
        with_rest: parameters that no table knows belong to the view as well; they stand in
            `memory.seen`.
        bare: a URL without any of the parameters says something too, namely every default; else
            it is what a page switch leaves.
    """
    if _is_history_navigation():
        memory.replaced.clear()  # no echo: somebody pressed Back
    query = _of_view(params, with_rest)
    if not (query or bare) or (memory.knows(query) and not anew):
        return None
    memory.seen = query
    whole = st.query_params.to_dict()
    return {param.name: param.value(whole, tell=True) for param in params}


def write_url(
    params: Sequence[Param],
    memory: UrlMemory,
    values: Mapping[str, Any],
    *,
    rest: Mapping[str, str] | None = None,
) -> None:
    """Make the URL say what a view shows; writes only when that changes something.

    Args:
        params: the view's table.
        memory: what the view last read and wrote.
        values: by parameter.
        rest: the view's parameters that no table knows, where it has such.
    """
    present = _of_view(params, rest is not None)
    texts = {param.name: param.write(values[param.name]) for param in params}
    said = {name: text for name, text in texts.items() if text is not None}
    aside = {param.name for param in params if not param.is_place} | {WORKSPACE_PARAM}
    others = {
        key: value
        for key, value in st.query_params.to_dict().items()
        if key not in present and key not in aside
    }
    wanted = {key: text for key, text in said.items() if key not in aside} | dict(rest or {})
    memory.write(present, wanted, others | wanted | said)


def _is_history_navigation() -> bool:
    """Whether this run of the script answers the browser's Back or Forward."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def _of_view(params: Sequence[Param], with_rest: bool) -> dict[str, str]:
    """The URL's parameters that say where a view is."""
    own = {param.name for param in params if param.is_place}
    aside = {param.name for param in params if not param.is_place} | {WORKSPACE_PARAM}
    return {
        key: value
        for key, value in st.query_params.to_dict().items()
        if key in own or (with_rest and key not in aside)
    }


# A word of the glossary -------------------------------------------------------------------------
_WORD = Param("word", str, lambda word: word)


def take_word() -> str | None:
    """The word that the URL asks to have explained; the URL says it only once."""
    word = _WORD.in_url()
    if word is not None:
        del st.query_params[_WORD.name]
    return word


# The workspace ----------------------------------------------------------------------------------
@dataclass(slots=True)
class Visitor:
    """Whose runs and kept digits this session sees, with NN_MULTIUSER.

    A workspace is named by an unguessable token, the key to it: who has it may rename and delete.
    It is kept here and in a cookie, and never in an address.
    """

    own: str
    """The workspace that the browser remembers, or is to remember."""
    shown: str
    """The workspace that this tab shows: the browser's own, or another that an old link led to."""
    insists: bool = False
    """Whether the browser is to remember `own` even where it remembers another one."""
    leaves: bool = False
    """Whether the tab is to be opened anew, with nothing of this session."""
    is_remembered: bool = True
    """Whether the browser keeps its cookie, as far as is known."""
    link: str | None = None
    """The key that an old link brought, until it is seen what it leads to."""
    followed: str | None = None
    """The key of the last old link that was followed: a browser may send it once more."""
    word: str | None = None
    """A sentence that the visitor has not closed yet."""


def workspace() -> str:
    """Whose runs these are: `local`, or with NN_MULTIUSER this visitor's unguessable token."""
    return visitor().shown if settings().multiuser else LOCAL_WORKSPACE


def is_remembered() -> bool:
    """Whether a refresh finds the same runs again."""
    return not settings().multiuser or visitor().is_remembered


def visitor() -> Visitor:
    """Who this session's visitor is: known again by the browser's cookie, else new."""
    if _VISITOR not in st.session_state:
        remembered = _remembered_key()
        key = remembered if is_key(remembered) else new_key()
        st.session_state[_VISITOR] = Visitor(own=key, shown=key)
    return st.session_state[_VISITOR]


def start_over(key: str, *, keep_address: bool) -> Visitor:
    """Forget all that this session holds, and let it see this workspace."""
    st.session_state.clear()
    if not keep_address:
        st.query_params.clear()
    now = st.session_state[_VISITOR] = Visitor(own=key, shown=key)
    return now


def _remembered_key() -> str | None:
    """What the browser's cookie said when it connected, whatever that may be."""
    return st.context.cookies.get(COOKIE)


def new_key() -> str:
    """The key to a workspace that nobody has seen yet."""
    return secrets.token_urlsafe(24)


def is_key(said: object) -> TypeGuard[str]:
    """Whether what a browser or a link says could be the key to a workspace: long enough that
    nobody guesses it.
    """
    return isinstance(said, str) and _KEY.fullmatch(said) is not None


def take_key() -> str | None:
    """Take the key that an old link carries out of the address; None where there is none."""
    key = st.query_params.get(WORKSPACE_PARAM)
    if key is not None:
        del st.query_params[WORKSPACE_PARAM]
    return key


# The run of the moment --------------------------------------------------------------------------
def look_at_run(run_id: str) -> None:
    """A page shows this run, or trains it: it is the one that the others open."""
    st.session_state[_RUN] = run_id


def run_of_the_moment() -> str | None:
    """The run that was last shown or trained in this session; it may be gone meanwhile."""
    return st.session_state.get(_RUN)


# Run ids ----------------------------------------------------------------------------------------
def is_run_id(text: str) -> bool:
    """Whether what a URL says could be a run id at all (letters, digits, dash, underscore)."""
    return _RUN_ID.fullmatch(text) is not None


# The network picture outside of Inside ------------------------------------------------------------
def picture_neuron(page: str) -> "Neuron | None":
    """The neuron that this session clicked last in the network picture of a page."""
    return st.session_state.get(_PICTURE_NEURON + page)


def set_picture_neuron(page: str, neuron: "Neuron") -> None:
    """Keep for this session the neuron to mark and explain in the network picture of a page."""
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
    """This session's score from which on a drawing is doubted; None for what was shipped."""
    return st.session_state.get(_DOUBT_THRESHOLD)


def set_doubt_threshold(score: float | None) -> None:
    """Keep for this session from which score on drawings are doubted; None for what was shipped."""
    st.session_state[_DOUBT_THRESHOLD] = score


# Small things -----------------------------------------------------------------------------------
def set_app_error(sentence: str | None) -> None:
    """Remember what the entry script says above every page; None where all is well."""
    if sentence is not None:
        st.session_state[_APP_ERROR] = sentence
    elif _APP_ERROR in st.session_state:  # a session's first run must not leave a trace
        del st.session_state[_APP_ERROR]


def is_told(sentence: str) -> bool:
    """Whether this session's entry script says this already."""
    return st.session_state.get(_APP_ERROR) == sentence


def notify(sentence: str) -> None:
    """Show one sentence from the next time on that the page is drawn, for some seconds."""
    others = [notice for notice in st.session_state.get(_NOTICES, []) if notice[0] != sentence]
    st.session_state[_NOTICES] = [*others, (sentence, time.monotonic())]


def take_notices() -> list[str]:
    """The sentences of `notify`, each until its seconds are over."""
    now = time.monotonic()
    notices = [
        (sentence, since)
        for sentence, since in st.session_state.get(_NOTICES, [])
        if now - since <= _NOTICE_SECONDS
    ]
    if notices:
        st.session_state[_NOTICES] = notices
    else:
        st.session_state.pop(_NOTICES, None)
    return [sentence for sentence, _ in notices]


def shortened(text: str) -> str:
    """What a URL says, for a sentence about it: no more of it than fits."""
    return text if len(text) <= _MOST_SAID else text[:_MOST_SAID] + "…"
