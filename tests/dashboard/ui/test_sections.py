import pytest
from streamlit.testing.v1 import AppTest


def show_sections() -> None:
    import streamlit as st

    from dashboard.session import Controls
    from dashboard.ui.sections import choose_section

    wanted = st.session_state.setdefault("wanted", "")
    titles = {"first": "The first", "second": "The second"}

    def take(name: str) -> None:
        st.session_state["wanted"] = name

    st.write(choose_section(titles, wanted, Controls("room-"), take))


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_function(show_sections, default_timeout=30)


def test_the_first_section_is_open_until_another_is_chosen(at: AppTest):
    assert at.run().markdown[0].value == "first"
    control = at.segmented_control(key="room-section")
    assert (control.options, control.value) == (["The first", "The second"], "first")
    control.set_value("second").run()
    assert at.markdown[0].value == "second"
    assert not at.info


def test_a_section_that_is_not_there_is_said_in_one_harmless_sentence(at: AppTest):
    at.session_state["wanted"] = "<b>" + "x" * 100
    assert at.run().markdown[0].value == "first"
    assert at.segmented_control(key="room-section").value == "first"
    (said,) = at.info
    assert said.value.startswith(r"There is no section \<b\>xxx")
    assert said.value.count("x") == 61
    assert said.value.endswith(" here, so this is The first; a link can show any of first, second.")
