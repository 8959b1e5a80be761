from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.settings import settings
from dashboard.train import state as train_state
from nncore import recipes
from nncore.config import ConfigError, TrainingConfig


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


def show_form() -> None:
    import streamlit as st

    from dashboard.train import state as train_state

    train_state.read_form_from_url()
    st.write(train_state.config().to_json())
    train_state.write_form_to_url()


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


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_recipe_survives_its_link(name: str):
    config = recipes.get(name).config
    query = train_state.query_of(config, name)
    assert query["recipe"] == name
    assert train_state.config_from_query(query) == (config, name)


@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(
    name=some.sampled_from([None, *recipes.RECIPES]),
    changes=some.fixed_dictionaries(
        {},
        optional={
            "l1": some.floats(0, 1000),
            "l2": some.floats(0, 1000),
            "momentum": some.floats(0, 0.99),
            "train_size": some.none() | some.integers(1, 60_000),
            "validation_split": some.sampled_from([0.0, 0.1, 1 / 6]),
            "dtype": some.sampled_from(["float32", "float64"]),
            "hidden": some.lists(some.integers(1, 64), max_size=3).map(tuple),
            "batch_size": some.just("full") | some.integers(1, 1000),
        },
    ),
)
def test_any_configuration_survives_its_link_whatever_recipe_it_came_from(name, changes):
    base = recipes.get(name).config if name else TrainingConfig()
    config = base.replace(**changes)
    assert train_state.config_from_query(train_state.query_of(config, name))[0] == config


def test_an_unknown_recipe_is_a_config_error():
    with pytest.raises(ConfigError, match="nobody"):
        train_state.config_from_query({"recipe": "nobody"})


def test_the_form_follows_the_url_and_the_url_the_form():
    at = run_script(show_form)
    at.query_params["hidden"] = "16,16"
    at.query_params["foreign"] = "kept"
    at.run()
    assert TrainingConfig.from_json(at.markdown[0].value).hidden == (16, 16)
    assert at.query_params["hidden"] == "16,16"
    assert at.query_params["foreign"] == "kept"
    assert TrainingConfig.from_query(at.query_params).hidden == (16, 16)


def test_a_page_switch_that_empties_the_url_loses_nothing():
    at = run_script(show_form)
    at.query_params["hidden"] = "16,16"
    at.run()
    at.query_params.clear()
    at.run()
    assert at.query_params["hidden"] == "16,16"


def test_the_browsers_back_button_brings_the_configuration_back(monkeypatch: pytest.MonkeyPatch):
    at = run_script(show_form)
    at.query_params["hidden"] = "16,16"
    at.run()
    at.query_params["hidden"] = "30"
    at.run()
    assert TrainingConfig.from_json(at.markdown[0].value).hidden == (30,)


def test_a_browser_that_is_a_moment_behind_does_not_undo_a_change():
    def script() -> None:
        import streamlit as st

        from dashboard.train import state as train_state

        train_state.read_form_from_url()
        if st.button("Change", key="change", on_click=train_state.touch_form):
            form = train_state.training_form()
            form.config = form.config.replace(hidden=(99,))
        st.write(train_state.config().to_json())
        train_state.write_form_to_url()

    at = run_script(script).run()
    old = dict(at.query_params)
    at.button(key="change").click().run()
    assert at.query_params["hidden"] == "99"
    for key, value in old.items():  # the next message still carries the URL from before
        at.query_params[key] = value
    at.run()
    assert TrainingConfig.from_json(at.markdown[0].value).hidden == (99,)
    assert at.query_params["hidden"] == "99"


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


def show_inside() -> None:
    import streamlit as st

    from dashboard.inside import state

    state.read_inside_from_url()
    state.inside_control("run", "")
    st.button("Other", on_click=lambda: setattr(state.inside(), "neuron", (0, 1)))
    state.write_inside_to_url()


def test_inside_reads_a_link_and_follows_its_user():
    at = run_script(show_inside)
    query = {"run": "abc", "engine": "torch", "epoch": "3", "example": "12", "neuron": "2.7"}
    for key, value in (query | {"show": "backward"}).items():
        at.query_params[key] = value
    at.run()
    view = at.session_state["inside"]
    assert (view.run, view.engine, view.epoch) == ("abc", "torch", 3)
    assert (view.example, view.neuron, view.section) == (12, (1, 7), "backward")
    at.button[0].click().run()
    assert at.query_params["neuron"] == "1.1"
    assert at.query_params["run"] == "abc"


def test_inside_forgets_the_neuron_and_the_changes_with_another_run():
    at = run_script(show_inside)
    at.query_params["run"] = "abc"
    at.run()
    at.session_state["inside"].neuron = (0, 5)
    at.session_state["inside"].edits = ("an edit",)
    at.query_params.clear()
    at.query_params["run"] = "other"
    at.run()
    view = at.session_state["inside"]
    assert (view.run, view.neuron, view.edits) == ("other", None, ())
