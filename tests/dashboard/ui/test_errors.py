import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session


def test_the_same_sentence_stands_on_a_page_once():
    def script():
        from dashboard.runs.errors import StoreError
        from dashboard.ui import errors

        with errors.shown_errors(above_all=True):
            raise StoreError("The run store is locked.")
        for sentence in ("The run store is locked.", "Something else."):
            with errors.shown_errors():
                raise StoreError(sentence)

    at = AppTest.from_function(script).run()
    assert [error.value for error in at.error] == [
        "The run store is locked\\.",
        "Something else\\.",
    ]
    assert len(at.run().error) == 2  # it is said again at the next run


def test_notices_stand_one_by_one_for_some_seconds(monkeypatch: pytest.MonkeyPatch):
    def script():
        import streamlit as st

        from dashboard import session
        from dashboard.ui import errors

        for sentence in st.session_state.pop("news", []):
            session.notify(sentence)
        errors.show_notices()

    now = 100.0
    monkeypatch.setattr(session.time, "monotonic", lambda: now)
    at = AppTest.from_function(script)
    at.session_state["news"] = ["The first.", "<b>Another", "The first."]
    assert [notice.value for notice in at.run().warning] == ["\\<b\\>Another", "The first\\."]
    now += 5
    at.session_state["news"] = ["A third."]
    assert len(at.run().warning) == 3
    now += 5
    assert [notice.value for notice in at.run().warning] == ["A third\\."]
    now += 5
    assert not at.run().warning
