import pytest
from streamlit.testing.v1 import AppTest

from dashboard.compare import state


def show_compare() -> None:
    import streamlit as st

    from dashboard.compare import state

    state.read()
    state.CONTROLS.showing("section", state.view().section)
    unfolded = st.expander("What was found", key=state.findings_key(), on_change="rerun").open
    st.button("Speed", on_click=state.open_section, args=("speed",))
    state.write()
    st.write(f"{state.view().section or 'none'} {'unfolded' if unfolded else 'folded'}")


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_function(show_compare, default_timeout=30)


def told(at: AppTest) -> str:
    return at.markdown[0].value


def test_compare_reads_a_link_and_follows_its_user(at: AppTest):
    at.query_params["show"] = "ease"
    assert told(at.run()) == "ease folded"
    assert told(at.button[0].click().run()) == "speed folded"
    assert at.query_params["show"] == "speed"


def test_the_page_chosen_once_more_is_as_at_first_sight(at: AppTest):
    assert told(at.run()) == "none unfolded"
    assert not at.query_params  # a section that nobody chose is not in the address
    at.button[0].click().run()
    at.query_params.clear()
    assert told(at.run()) == "speed folded"  # what we have just overwritten comes back once more
    assert at.query_params["show"] == "speed"
    at.session_state["compare"].url.stale_seconds = 0.0
    at.query_params.clear()
    assert told(at.run()) == "none unfolded"
    assert not at.query_params


def test_a_page_switch_which_empties_the_url_keeps_the_section(at: AppTest):
    at.query_params["show"] = "ease"
    at.run()
    at.session_state["compare"].url.stale_seconds = 0.0
    at.query_params.clear()
    del at.session_state["compare-section"]  # as leaving a page does
    assert told(at.run()) == "ease folded"
    assert at.query_params["show"] == "ease"


def test_work_has_ended_once(monkeypatch: pytest.MonkeyPatch):
    view = state.CompareView()
    monkeypatch.setattr(state, "view", lambda: view)
    looks = [False, True, True, False, False]
    assert [state.has_ended("speed", active=active) for active in looks] == [
        False, False, False, True, False
    ]  # fmt: skip
    state.has_ended("speed", active=True)
    assert not state.has_ended("ease", active=False)
