import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from dashboard.train import state as train_state
from nncore import recipes
from nncore.config import ConfigError, TrainingConfig


def show_form() -> None:
    import streamlit as st

    from dashboard.train import state as train_state

    train_state.read()
    train_state.CONTROLS.starting("hidden", "")
    st.write(train_state.form().config.to_json())
    train_state.write()


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
    at = AppTest.from_function(show_form, default_timeout=30)
    at.query_params["hidden"] = "16,16"
    at.query_params["foreign"] = "kept"
    at.run()
    assert TrainingConfig.from_json(at.markdown[0].value).hidden == (16, 16)
    assert at.query_params["hidden"] == "16,16"
    assert at.query_params["foreign"] == "kept"
    assert TrainingConfig.from_query(at.query_params).hidden == (16, 16)


def test_a_page_switch_that_empties_the_url_loses_nothing():
    at = AppTest.from_function(show_form, default_timeout=30)
    at.query_params["hidden"] = "16,16"
    at.run()
    at.query_params.clear()
    at.run()
    assert at.query_params["hidden"] == "16,16"


def test_the_browsers_back_button_brings_the_configuration_back(monkeypatch: pytest.MonkeyPatch):
    at = AppTest.from_function(show_form, default_timeout=30)
    at.query_params["hidden"] = "16,16"
    at.run()
    at.query_params["hidden"] = "30"
    at.run()
    assert TrainingConfig.from_json(at.markdown[0].value).hidden == (30,)


def test_a_browser_that_is_a_moment_behind_does_not_undo_a_change():
    def script() -> None:
        import streamlit as st

        from dashboard.train import state as train_state

        train_state.read()
        train_state.CONTROLS.starting("hidden", "")
        form = train_state.form()
        if st.button("Change", key="change", on_click=train_state.touch):
            form.config = form.config.replace(hidden=(99,))
        st.write(form.config.to_json())
        train_state.write()

    at = AppTest.from_function(script, default_timeout=30).run()
    old = dict(at.query_params)
    at.button(key="change").click().run()
    assert at.query_params["hidden"] == "99"
    for key, value in old.items():  # the next message still carries the URL from before
        at.query_params[key] = value
    at.run()
    assert TrainingConfig.from_json(at.markdown[0].value).hidden == (99,)
    assert at.query_params["hidden"] == "99"
