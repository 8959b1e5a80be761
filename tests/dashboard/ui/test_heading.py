import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.ui import heading


@pytest.mark.parametrize(("embedded", "links"), [(None, 1), (False, 1), (True, 0)])
def test_a_page_can_be_sent_unless_it_is_shown_in_a_frame(
    monkeypatch: pytest.MonkeyPatch, embedded: bool | None, links: int
):
    placed: list[str] = []
    monkeypatch.setattr(type(st.context), "is_embedded", property(lambda _: embedded))
    monkeypatch.setattr(heading, "copy_link", lambda: placed.append("a button"))

    def page() -> None:
        from dashboard.ui.heading import heading

        heading("Results")

    at = AppTest.from_function(page, default_timeout=30).run()
    assert [title.value for title in at.title] == ["Results"]
    assert len(placed) == links
