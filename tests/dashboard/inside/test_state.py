from streamlit.testing.v1 import AppTest


def show_inside() -> None:
    import streamlit as st

    from dashboard.inside import state

    state.read()
    state.CONTROLS.showing("run", "")
    st.button("Other", on_click=lambda: setattr(state.view(), "neuron", (0, 1)))
    state.write()


def test_inside_reads_a_link_and_follows_its_user():
    at = AppTest.from_function(show_inside, default_timeout=30)
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
    at = AppTest.from_function(show_inside, default_timeout=30)
    at.query_params["run"] = "abc"
    at.run()
    at.session_state["inside"].neuron = (0, 5)
    at.session_state["inside"].edits = ("an edit",)
    at.query_params.clear()
    at.query_params["run"] = "other"
    at.run()
    view = at.session_state["inside"]
    assert (view.run, view.neuron, view.edits) == ("other", None, ())
