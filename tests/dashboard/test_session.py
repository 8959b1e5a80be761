from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.inside import state as inside_state
from dashboard.learn import state as learn_state
from dashboard.results import state as results_state
from dashboard.settings import settings
from dashboard.train import state as train_state
from nncore.config import QUERY_KEYS


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
    assert len(mine) == 32
    assert session.is_key(mine)
    assert mine != second.markdown[0].value
    assert first.run().markdown[0].value == mine
    assert not first.query_params


def test_a_browser_that_remembers_a_workspace_finds_it_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NN_MULTIUSER", "1")
    monkeypatch.setattr(session, "_remembered_key", lambda: "Abc_-" * 6)
    assert run_script(show_workspace).run().markdown[0].value == "Abc_-" * 6


@pytest.mark.parametrize("text", ["local", "short", "a" * 21, "a" * 65, "../" * 10, "ä" * 30, ""])
def test_a_workspace_that_can_be_guessed_is_not_remembered(
    monkeypatch: pytest.MonkeyPatch, text: str
):
    monkeypatch.setenv("NN_MULTIUSER", "1")
    monkeypatch.setattr(session, "_remembered_key", lambda: text)
    at = run_script(show_workspace).run()
    assert at.markdown[0].value != text
    assert session.is_key(at.markdown[0].value)


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


def show_controls() -> None:
    import streamlit as st

    from dashboard.session import Controls

    mine, others = Controls("mine-"), Controls("yours-")
    st.number_input("Begins with 3", key=mine.starting("kept", 3))
    st.number_input("Shows 5", key=mine.showing("shown", 5))
    st.number_input("Has its own 7", value=7, key=mine.key("own"))
    st.number_input("Another's", key=others.starting("kept", 9))
    st.button("Set", on_click=mine.set, kwargs={"kept": 30})
    st.button("Forget", on_click=mine.forget)
    said = mine.value("kept"), mine.value("absent", "a default"), "kept" in mine, "no" in mine
    st.write(repr(said))


def test_a_control_is_keyed_read_moved_and_forgotten():
    at = run_script(show_controls).run()

    def values() -> dict[str, int]:
        return {field.key: field.value for field in at.number_input}

    first = {"mine-kept": 3, "mine-shown": 5, "mine-own": 7, "yours-kept": 9}
    assert values() == first
    assert at.markdown[0].value == repr((3, "a default", True, False))
    for field in at.number_input:
        field.set_value(1)
    at.run()
    assert values() == dict.fromkeys(first, 1) | {"mine-shown": 5}
    at.button[0].click().run()
    assert values()["mine-kept"] == 30
    at.button[1].click().run()
    assert values()["mine-kept"] == 3


def show_view() -> None:
    import streamlit as st

    from dashboard import session
    from dashboard.session import RUN, Param, UrlMemory

    table = (
        RUN,
        Param("count", int, lambda count: str(count) if count else None, 0),
        Param("done", str, lambda done: done, "", is_place=False),
    )
    memory = st.session_state.setdefault("memory", UrlMemory())
    st.write(repr(session.read_url(table, memory)))
    values = st.session_state.setdefault("values", {"run": "a", "count": 2, "done": "x"})
    session.write_url(table, memory, values, rest=st.session_state.get("rest"))


def test_a_table_reads_a_link_whole_and_writes_what_is_to_be_said():
    at = run_script(show_view)
    at.query_params["count"] = "many"  # no number: as if it were not there
    at.query_params["foreign"] = "kept"
    at.query_params["workspace"] = "k" * 32  # the key of an old link, sent once more
    at.run()
    assert at.markdown[0].value == repr({"run": None, "count": 0, "done": ""})
    assert dict(at.query_params) == {"run": "a", "count": "2", "done": "x", "foreign": "kept"}
    assert at.run().markdown[0].value == "None"  # nothing new
    at.query_params["done"] = "y"  # it goes along: no wish to see something else
    assert at.run().markdown[0].value == "None"
    at.session_state["values"] = {"run": None, "count": 0, "done": None}
    at.run()
    assert dict(at.query_params) == {"foreign": "kept"}


def test_what_comes_back_by_the_back_button_is_no_echo(monkeypatch: pytest.MonkeyPatch):
    at = run_script(show_view)
    at.query_params["count"] = "3"
    at.run()
    at.session_state["values"] = {"run": "a", "count": 4, "done": None}
    at.run()
    before = {"run": "a", "count": "2"}  # what was overwritten first
    at.query_params.clear()
    for key, value in before.items():
        at.query_params[key] = value
    assert at.run().markdown[0].value == "None"
    monkeypatch.setattr(session, "_is_history_navigation", lambda: True)
    at.query_params.clear()
    for key, value in before.items():
        at.query_params[key] = value
    assert at.run().markdown[0].value == repr({"run": "a", "count": 2, "done": ""})


def test_a_parameter_is_read_and_brought_into_its_range():
    share = session.Param("share", float, str, 0.5, fit=lambda value: min(value, 1.0))
    read = [share.value({"share": text}) for text in ("0.25", "7", "much", "")]
    assert read == [0.25, 1.0, 0.5, 0.5]
    assert share.value({}) == 0.5


def test_a_view_with_parameters_that_no_table_knows_owns_all_but_the_workspace():
    at = run_script(show_view)
    at.session_state["rest"] = {"w1": "4"}
    at.query_params["w2"] = "9"
    at.query_params["workspace"] = "somebody"
    at.run()
    said = {"run": "a", "count": "2", "w1": "4", "done": "x"}
    assert dict(at.query_params) == said
    assert at.session_state["memory"].seen == {"run": "a", "count": "2", "w1": "4"}


def test_the_parameters_of_links_are_a_contract():
    def names(params: tuple[session.Param, ...]) -> list[str]:
        return [param.name for param in params]

    assert names(inside_state.PARAMS) == ["run", "engine", "epoch", "example", "neuron", "show"]
    assert names(learn_state.PARAMS) == ["chapter", "focus", "done"]
    assert names(results_state.PARAMS) == ["run", "other"]
    assert names(train_state.PARAMS)[:7] == [
        "dataset",
        "hidden",
        "activation",
        "cost",
        "optimizer",
        "lr",
        "batch",
    ]
    assert sorted(names(train_state.PARAMS)) == sorted({*QUERY_KEYS, "recipe", "run"})
