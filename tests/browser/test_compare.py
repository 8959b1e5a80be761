"""Compare in a browser: what is measured here arrives by itself, and survives leaving the page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.app import AppPage, Server

OpenApp = Callable[..., AppPage]


def test_a_measurement_arrives_by_itself_and_is_there_for_the_next_visitor(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/compare")
    app.press("Run the parts here")
    expect(app.page.get_by_text(re.compile("Measuring, [0-9]+ s so far"))).to_be_visible()
    app.page.get_by_role("link", name="Results").first.click()  # it goes on meanwhile
    expect(app.page.get_by_role("heading", name="Results", exact=True)).to_be_visible()
    app.page.get_by_role("link", name="Compare").first.click()
    row = app.page.get_by_role("row", name=re.compile("Backward"))
    expect(row).to_contain_text("µs", timeout=90_000)  # PyTorch has to start
    expect(app.page.get_by_text("Parts of a step: measured")).to_be_visible()
    expect(app.button("Run the parts here")).to_be_enabled()

    other = open_app(server, "/compare")
    expect(other.page.get_by_role("row", name=re.compile("Backward"))).to_contain_text("µs")


def test_a_measurement_is_stopped_by_a_button(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/compare")
    app.press("Measure it here")
    expect(app.page.get_by_text(re.compile("^Measuring, "))).to_be_visible()
    app.press("Stop")
    expect(app.page.get_by_text("Stopped: no figure has changed.")).to_be_visible()
    expect(app.button("Measure it here")).to_be_enabled()
    expect(app.button("Stop")).to_have_count(0)


def test_a_link_in_the_table_of_sections_leads_there(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/compare")
    app.page.get_by_role("link", name="The riddle").click()
    expect(app.page.get_by_role("heading", name=re.compile("^The 90.64"))).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_words_are_too_faint_of_code_neither(
    server: Server, open_app: OpenApp, scheme: str
) -> None:
    app = open_app(server, "/compare", color_scheme=scheme)
    expect(app.page.locator("[data-testid=stCode] .token.function").first).to_be_visible()
    expect(app.page.locator("[data-testid=stVegaLiteChart] svg text").first).to_be_visible()
    assert app.faint_words() == []
