"""Whose runs a visitor sees, whatever their browser, its other tabs and their links say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session, visitor
from dashboard.runs.errors import StoreError
from dashboard.runs.run import RequestKind, RunStatus
from dashboard.runs.store import run_store
from dashboard.session import Visitor
from dashboard.settings import settings
from dashboard.ui.components.workspace_cookie import Heard
from nncore.config import TrainingConfig

MINE, THEIRS = "mine-" * 6, "theirs-" * 5
AS_USUAL = [visitor.FORGET, visitor.REMEMBERED]
CONFIG = TrainingConfig(dataset="digits", hidden=(30,), engines=("numpy",))


@dataclass
class Browser:
    """A browser's part: the cookie that it sent, what it says now, and what it was asked."""

    cookie: str = ""
    other: object = None
    refused: bool = False
    asked: list[tuple[str, bool, bool]] = field(default_factory=list)

    def take(self, name: str, key: str, *, insists: bool, leaves: bool) -> Heard:
        assert name == session.COOKIE
        self.asked.append((key, insists, leaves))
        heard = Heard(self.other, self.refused)
        self.other, self.refused = None, False
        return heard


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Browser]:
    monkeypatch.setenv("NN_HOME", str(tmp_path))
    monkeypatch.setenv("NN_MULTIUSER", "1")
    settings.cache_clear()
    run_store.cache_clear()
    browser = Browser()
    monkeypatch.setattr(session, "_remembered_key", lambda: browser.cookie)
    monkeypatch.setattr(visitor, "workspace_cookie", browser.take)
    yield browser
    run_store().close()
    settings.cache_clear()
    run_store.cache_clear()


def show() -> None:
    import streamlit as st

    from dashboard import session, visitor

    with visitor.frame(bare=st.session_state.get("bare", False)):
        st.title(session.workspace())
        st.session_state.setdefault("note", "of this session")


def opened(**query: str) -> AppTest:
    at = AppTest.from_function(show, default_timeout=30)
    for name, text in query.items():
        at.query_params[name] = text
    return at.run()


def whose(at: AppTest) -> str:
    assert not at.exception
    return at.title[0].value


def words(at: AppTest) -> list[str]:
    return [text.value for text in [*at.markdown, *at.caption, *at.error]]


def address(at: AppTest) -> dict[str, str]:
    """What it says: AppTest keeps what a test put there in lists, and what a script did as text."""
    return {name: "".join(said) for name, said in at.query_params.items()}


def visitor_of(at: AppTest) -> Visitor:
    return at.session_state["visitor"]


def a_run(key: str) -> str:
    return run_store().create_run(key, CONFIG).id


def test_a_new_visitor_is_remembered_and_the_page_says_so(browser: Browser):
    at = opened(hidden="16")
    assert browser.asked == [(whose(at), False, False)]
    assert words(at) == AS_USUAL
    assert address(at) == {"hidden": "16"}


def test_on_ones_own_machine_nothing_of_this_appears(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("NN_MULTIUSER")
    settings.cache_clear()
    at = opened(workspace=THEIRS)
    assert whose(at) == "local"
    assert (browser.asked, words(at), address(at)) == ([], [], {})


def test_a_page_that_is_shown_alone_is_alone(browser: Browser):
    a_run(THEIRS)
    at = AppTest.from_function(show, default_timeout=30)
    at.session_state["bare"] = True
    at.query_params["workspace"] = THEIRS
    assert whose(at.run()) == THEIRS
    assert words(at) == []
    at.session_state["bare"] = False
    assert visitor.ADOPTED in words(at.run())


# Old links --------------------------------------------------------------------------------------
def test_an_old_link_is_followed_once_and_remembered(browser: Browser):
    a_run(THEIRS)
    at = opened(workspace=THEIRS, run="a")
    assert whose(at) == THEIRS
    assert address(at) == {"run": "a"}
    assert visitor.ADOPTED in words(at)
    assert browser.asked == [(THEIRS, True, False)]  # and nothing else before that
    assert whose(at.run()) == THEIRS
    at.button(key="visitor-close").click().run()
    at.query_params["workspace"] = THEIRS  # the browser had not taken over the address yet
    assert whose(at.run()) == THEIRS
    assert visitor.ADOPTED not in words(at)
    assert address(at) == {"run": "a"}


def test_an_old_link_takes_nothing_from_a_browser_that_has_runs(browser: Browser):
    browser.cookie = MINE
    a_run(MINE)
    a_run(THEIRS)
    at = opened(workspace=THEIRS)
    assert whose(at) == THEIRS
    assert browser.asked[-1] == (MINE, False, False)
    assert visitor.ASIDE in words(at)
    assert "visitor-forget-go" not in [button.key for button in at.button]
    at.button(key="visitor-back").click().run()
    assert whose(at) == MINE
    assert browser.asked[-1] == (MINE, False, True)
    assert whose(opened()) == MINE  # what a reload finds


def test_the_runs_of_an_old_link_can_be_remembered_instead(browser: Browser):
    browser.cookie = MINE
    run_store().handwriting.keep(MINE, np.full(784, 9, dtype=np.uint8), 3)
    run = a_run(THEIRS)
    at = opened(workspace=THEIRS)
    assert visitor.INSTEAD in words(at)
    at.button(key="visitor-instead-go").click().run()
    assert (whose(at), browser.asked[-1]) == (THEIRS, (THEIRS, True, False))
    assert words(at) == AS_USUAL
    assert [found.id for found in run_store().list_runs(THEIRS)] == [run]
    assert run_store().holds(MINE)


@pytest.mark.parametrize("key", ["local", "short", "a" * 32, "../" * 10, ""])
def test_a_link_that_leads_nowhere_changes_nothing(browser: Browser, key: str):
    browser.cookie = MINE
    a_run("local")
    at = opened(workspace=key)
    assert whose(at) == MINE
    assert visitor.NOTHING in words(at)
    assert address(at) == {}


def test_ones_own_old_link_is_nothing_new(browser: Browser):
    browser.cookie = MINE
    a_run(MINE)
    at = opened(workspace=MINE)
    assert whose(at) == MINE
    assert words(at) == AS_USUAL
    assert address(at) == {}


def test_a_link_waits_for_a_store_that_cannot_be_read(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
):
    a_run(THEIRS)

    def locked():
        raise StoreError("The run store is locked.")

    with monkeypatch.context() as for_now:
        for_now.setattr(visitor, "run_store", locked)
        at = opened(workspace=THEIRS)
        assert whose(at) != THEIRS
        assert words(at)[-1].startswith("The run store is locked")
        assert address(at) == {}
    assert whose(at.run()) == THEIRS


# Other tabs -------------------------------------------------------------------------------------
def test_two_tabs_that_are_opened_at_once_agree(browser: Browser):
    at = opened(hidden="16")
    browser.other = MINE
    assert whose(at.run()) == MINE
    assert words(at) == AS_USUAL
    assert address(at) == {"hidden": "16"}
    assert browser.asked[-1] == (MINE, False, False)


def test_a_tab_follows_when_its_browser_was_told_to_remember_another(browser: Browser):
    browser.cookie = MINE
    a_run(MINE)
    at = opened(run="a")
    at.session_state["note"] = "of the first visitor"
    browser.other = THEIRS
    assert whose(at.run()) == THEIRS
    assert visitor.FOLLOWED in words(at)
    assert address(at) == {}
    assert at.session_state["note"] == "of this session"


@pytest.mark.parametrize("rubbish", ["local", "", "x" * 65, "<b>" * 10, 7, [THEIRS]])
def test_what_a_browser_says_is_checked(browser: Browser, rubbish: object):
    browser.cookie = MINE
    at = opened()
    browser.other = rubbish
    assert whose(at.run()) == MINE


def test_a_tab_with_the_runs_of_a_link_keeps_showing_them(browser: Browser):
    browser.cookie = MINE
    a_run(MINE)
    a_run(THEIRS)
    at = opened(workspace=THEIRS)
    browser.other = third = "third-" * 5
    assert whose(at.run()) == THEIRS
    assert visitor_of(at).own == third


def test_a_browser_without_cookies_is_told_what_a_refresh_costs(browser: Browser):
    at = opened()
    before = whose(at)
    browser.refused = True
    assert whose(at.run()) == before
    assert words(at) == [visitor.REFUSED, visitor.REFUSED]  # above the page, and below it
    at.button(key="visitor-close").click().run()
    assert words(at) == [visitor.REFUSED]
    assert not at.button


# To be forgotten --------------------------------------------------------------------------------
def test_who_is_forgotten_begins_again_and_the_runs_stay(browser: Browser):
    browser.cookie = MINE
    run = a_run(MINE)
    at = opened()
    at.button(key="visitor-forget-go").click().run()
    assert whose(at) != MINE
    assert browser.asked[-1] == (whose(at), True, True)
    assert not run_store().holds(whose(at))
    assert [found.id for found in run_store().list_runs(MINE)] == [run]


def test_who_is_forgotten_leaves_no_run_in_anybodys_way(browser: Browser):
    browser.cookie = MINE
    store = run_store()
    training, queued, paused, over, theirs = *(a_run(MINE) for _ in range(4)), a_run(THEIRS)
    claims = {run: store.claim(run, f"token-{run[:6]}") for run in (training, paused, over)}
    held = [claim for claim in claims.values() if claim is not None]
    held[1].set_status(RunStatus.PAUSED)
    held[2].release(RunStatus.FINISHED)
    at = opened()
    assert any("train or wait are stopped" in said for said in words(at))
    at.button(key="visitor-forget-go").click().run()
    for claim in held[:2]:  # a worker has them, and does what it is asked
        assert [asked.kind for asked in claim.requests()] == [RequestKind.STOP]
    found = {run.id: run.status for run in [*store.list_runs(MINE), *store.list_runs(THEIRS)]}
    assert (found[queued], found[over], found[theirs]) == ("stopped", "finished", "queued")


def test_runs_that_are_given_up_for_others_are_stopped_too(browser: Browser):
    browser.cookie = MINE
    a_run(MINE)
    theirs = a_run(THEIRS)
    at = opened(workspace=THEIRS)
    at.button(key="visitor-instead-go").click().run()
    assert [run.status for run in run_store().list_runs(MINE)] == ["stopped"]
    assert [(run.id, run.status) for run in run_store().list_runs(THEIRS)] == [(theirs, "queued")]


def test_nobody_is_forgotten_whose_runs_cannot_be_stopped(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
):
    browser.cookie = MINE
    run = a_run(MINE)
    at = opened()

    def locked():
        raise StoreError("The run store is locked.")

    with monkeypatch.context() as for_now:
        for_now.setattr(visitor, "run_store", locked)
        at.button(key="visitor-forget-go").click().run()
    assert whose(at) == MINE
    assert any("is locked" in said and "Nothing was forgotten" in said for said in words(at))
    at.button(key="visitor-forget-go").click().run()
    assert whose(at) != MINE
    assert [(found.id, found.status) for found in run_store().list_runs(MINE)] == [(run, "stopped")]
