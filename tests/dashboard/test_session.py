from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.settings import settings


@pytest.fixture(autouse=True)
def _fresh_settings():
    settings.cache_clear()
    yield
    settings.cache_clear()


def run_script(script: Callable[[], None]) -> AppTest:
    return AppTest.from_function(script, default_timeout=30)


def show_workspace() -> None:
    import streamlit as st

    from dashboard import session

    st.write(session.workspace())


def test_on_ones_own_machine_there_is_one_workspace():
    at = run_script(show_workspace).run()
    assert at.markdown[0].value == "local"
    assert not at.query_params


def test_a_visitor_gets_a_workspace_that_nobody_guesses(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NN_MULTIUSER", "1")
    first, second = run_script(show_workspace).run(), run_script(show_workspace).run()
    mine = first.markdown[0].value
    assert len(mine) >= 22
    assert mine != second.markdown[0].value
    assert first.query_params["workspace"] == mine
    del first.query_params["workspace"]  # as a page switch does
    first.run()
    assert first.query_params["workspace"] == mine


@pytest.mark.parametrize("text", ["local", "short", "a" * 21, "a" * 65, "../" * 10, "ä" * 30, ""])
def test_a_workspace_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setenv("NN_MULTIUSER", "1")
    at = run_script(show_workspace)
    at.query_params["workspace"] = text
    at.run()
    assert at.markdown[0].value != text
    assert at.query_params["workspace"] == at.markdown[0].value


def test_a_bookmarked_workspace_is_found_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NN_MULTIUSER", "1")
    at = run_script(show_workspace)
    at.query_params["workspace"] = token = "Abc_-" * 6
    assert at.run().markdown[0].value == token


def test_what_a_view_overwrote_comes_back_for_a_moment_and_is_news_after_it(
    monkeypatch: pytest.MonkeyPatch,
):
    now = 100.0
    monkeypatch.setattr(session.time, "monotonic", lambda: now)
    url = session.UrlMemory(stale_seconds=1.0)
    before, after = {"hidden": "30"}, {"hidden": "99"}
    assert not url.knows(before)
    url.write(before, after, after)
    assert url.knows(after)
    assert url.knows(before)
    now += 1.0
    assert url.knows(after)
    assert not url.knows(before)
    url.write(after, after, after)
    assert url.replaced == []  # what was not changed cannot come back


@pytest.mark.parametrize("text", ["", "../x", "<b>", "a b", "a" * 65])
def test_what_can_be_no_run_id_never_reaches_the_store(text: str):
    assert not session.is_run_id(text)


def test_no_module_but_state_names_session_keys():
    """Session keys live in one module: nobody else indexes the session or the URL."""
    dashboard = Path(session.__file__).parent
    own = {
        dashboard / "session.py",
        *dashboard.glob("*/state.py"),
        *(dashboard / "ui" / "components").rglob("*.py"),
    }
    own.add(dashboard / "startup.py")  # asks whether there is a session at all, by no key
    files = {*dashboard.rglob("*.py"), *(dashboard.parent / "pages").glob("*.py")} - own
    assert len(files) > 50
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert "st.query_params" not in text, path
        assert "st.session_state" not in text, path
