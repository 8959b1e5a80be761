"""With NN_MULTIUSER, whose runs a visitor sees: what their browser remembers, what an old link led
to, and how to be forgotten; said around every page.
"""

from contextlib import AbstractContextManager, nullcontext

import streamlit as st

from dashboard import session
from dashboard.runs.errors import StoreError
from dashboard.runs.run import RequestKind
from dashboard.runs.store import run_store
from dashboard.session import Visitor
from dashboard.settings import SettingsError, settings
from dashboard.ui.components.workspace_cookie import Heard, workspace_cookie
from dashboard.ui.errors import shown_errors
from dashboard.ui.text import escape

REMEMBERED = (
    "This browser remembers, by a cookie, which runs and kept digits are yours; and which "
    "questions of Learn you have answered."
)
FORGET = (
    "Your runs that train or wait are stopped. All your runs and kept digits stay stored, but "
    "nobody finds them any more, you neither: delete first what should be gone. Links to them that "
    "were sent or saved still work. This browser then begins again with nothing."
)
REFUSED = (
    "This browser keeps no cookies: a refresh or a second tab does not find your runs and kept "
    "digits again. Copy the link of each result that you want to come back to."
)
ADOPTED = (
    "This browser now remembers the runs that your link led to, and the address no longer holds "
    "the key to them. Who else has that link can still rename and delete them."
)
ASIDE = (
    "Your link leads to other runs than this browser remembers: this tab shows them and adds to "
    "them until it is reloaded. Yours are kept."
)
INSTEAD = (
    "The runs and kept digits that this browser remembers now stay stored, but nobody finds them "
    "any more, you neither, and those runs that train or wait are stopped. Links to them that were "
    "sent or saved still work."
)
NOTHING = "There are no runs (any more) where your link leads: these are the ones of this browser."
FOLLOWED = "In another tab this browser was told to remember other runs: this tab shows them too."


def frame(*, bare: bool) -> AbstractContextManager[object]:
    """Where a page is to be drawn: between what its visitor is told and what is remembered.

    Args:
        bare: whether the page is shown alone.
    """
    key = session.take_key()
    if not _has_many_visitors():
        return nullcontext()
    now = session.visitor()
    if key not in (None, now.shown, now.own, now.followed):
        now.link = key
    above = st.container()
    page = st.container(key=None if bare else "page-above-what-is-remembered")
    below = st.container()
    with above, shown_errors():
        if now.link is not None:
            follow(now, now.link)
    with below:
        heard = workspace_cookie(session.COOKIE, now.own, insists=now.insists, leaves=now.leaves)
    with above, shown_errors():
        _listen(now, heard)
    if not bare:
        with above:
            _tell(now)
        with below:
            _remember(now)
    return page


def _has_many_visitors() -> bool:
    try:
        return settings().multiuser
    except SettingsError:  # the entry script has said it already
        return False


# What is so -------------------------------------------------------------------------------------
def _listen(now: Visitor, heard: Heard) -> None:
    if heard.refused and now.is_remembered:
        now.is_remembered, now.word = False, REFUSED
    other = heard.other
    if not session.is_key(other) or other == now.own:
        return
    if now.shown != now.own:
        now.own = other
        return
    had_something = run_store().holds(now.own)
    now = session.start_over(other, keep_address=not had_something)
    now.word = FOLLOWED if had_something else None
    st.rerun()


def follow(now: Visitor, key: str) -> None:
    """Show what an old link leads to, once, and have it remembered where nothing is lost by that.

    Raises:
        StoreError: the store cannot be used; the link is followed when it can be.
    """
    if not (session.is_key(key) and run_store().holds(key)):
        now.word = NOTHING
    elif run_store().holds(now.own):
        now.shown, now.word = key, ASIDE
    else:
        _remember_instead(now, key)
        now.word = ADOPTED
    now.followed, now.link = key, None


# What the visitor does --------------------------------------------------------------------------
def _remember_instead(now: Visitor, key: str) -> None:
    now.own = now.shown = key
    now.insists, now.word = True, None


def _close(now: Visitor) -> None:
    now.word = None


def _back(now: Visitor) -> None:
    """Open the tab anew, with what the browser remembers."""
    now.shown, now.word = now.own, None
    now.insists, now.leaves = False, True


def _choose_instead(now: Visitor) -> None:
    """Have the browser remember what a link led to, in place of what it does."""
    if _stop_all(now):
        _remember_instead(now, now.shown)


def _forget(now: Visitor) -> None:
    """Have the browser remember a new workspace and nothing else, and open the tab anew."""
    if _stop_all(now):
        _remember_instead(now, session.new_key())
        now.leaves = True


def _stop_all(now: Visitor) -> bool:
    """Stop the runs that nobody will find again: they would train, and others wait, for nobody.

    False, with a word to the visitor, where that cannot be done now.
    """
    try:
        store = run_store()
        for run in store.list_runs(now.own):
            store.request(run.id, RequestKind.STOP, workspace=now.own)
    except StoreError as error:
        now.word = f"{escape(str(error))} Nothing was forgotten; try again later."
        return False
    return True


# What is said -----------------------------------------------------------------------------------
def _tell(now: Visitor) -> None:
    """What the visitor has to know, until they have closed it or decided."""
    if now.word is None:
        return
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key="visitor-word"
    ):
        st.markdown(now.word)
        if now.word == ASIDE:
            _choose(now)
        else:
            st.button("Close", on_click=_close, args=(now,), type="tertiary", key="visitor-close")


def _choose(now: Visitor) -> None:
    """Between the runs that a link led to and those that the browser remembers."""
    st.button("Back to my runs", on_click=_back, args=(now,), key="visitor-back")
    with st.popover("Remember these instead", key="visitor-instead"):
        st.markdown(INSTEAD)
        st.button(
            "Remember these",
            on_click=_choose_instead,
            args=(now,),
            type="primary",
            key="visitor-instead-go",
        )


def _remember(now: Visitor) -> None:
    """What the browser remembers, and how it forgets."""
    if now.shown != now.own:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="visitor-remembered"):
        st.caption(REMEMBERED if now.is_remembered else REFUSED, width="content")
        if now.is_remembered:
            with st.popover("Forget me", type="tertiary", key="visitor-forget"):
                st.markdown(FORGET)
                st.button(
                    "Forget me",
                    on_click=_forget,
                    args=(now,),
                    type="primary",
                    key="visitor-forget-go",
                )
