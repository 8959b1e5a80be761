"""Compare in a browser: a section at a time, and what is measured here arrives by itself."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dashboard.compare.sections import SECTIONS
from tests.browser.app import DESKTOP, PHONE, AppPage, Server

OpenApp = Callable[..., AppPage]

SCREENS = 5
"""How long a page may be, in screens of its device."""
LOADED_WHEN_OPENED = {
    "speed": ["[data-testid=stDataFrame] canvas"],
    "ease": ["[data-testid=stCode] .token.function", ".st-key-ease-quick .token.function"],
    "published": ["[data-testid=stTable] td"],
}
"""What the folders of a section have in them."""


def choose(app: AppPage, section: str) -> None:
    title = SECTIONS[section].title
    app.page.get_by_role("radio", name=title, exact=True).click()
    expect(app.page).to_have_url(re.compile(f"show={section}$"))


def test_a_measurement_arrives_by_itself_and_is_there_for_the_next_visitor(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/compare?show=ease")
    app.press("Run the parts here")
    expect(app.page.get_by_text(re.compile("Measuring, [0-9]+ s so far"))).to_be_visible()
    app.page.get_by_role("link", name="Results").first.click()  # it goes on meanwhile
    expect(app.page.get_by_role("heading", name="Results", exact=True)).to_be_visible()
    app.page.get_by_role("link", name="Compare").first.click()
    choose(app, "published")
    said = app.page.get_by_text("Parts of a step: measured")
    expect(said).to_be_visible(timeout=90_000)  # PyTorch has to start
    choose(app, "ease")
    row = app.page.get_by_role("row", name=re.compile("Backward"))
    expect(row).to_contain_text("µs")
    expect(app.button("Run the parts here")).to_be_enabled()

    other = open_app(server, "/compare?show=ease")
    expect(other.page.get_by_role("row", name=re.compile("Backward"))).to_contain_text("µs")


def test_a_measurement_is_stopped_by_a_button(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/compare?show=speed")
    app.press("Measure it here")
    expect(app.page.get_by_text(re.compile("^Measuring, "))).to_be_visible()
    app.press("Stop")
    expect(app.page.get_by_text("Stopped: no figure has changed.")).to_be_visible()
    expect(app.button("Measure it here")).to_be_enabled()
    expect(app.button("Stop")).to_have_count(0)


def test_a_finding_leads_to_its_section_which_a_refresh_keeps(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/compare", **PHONE)
    finding = app.page.get_by_role("button", name=re.compile("The 90.64% .* riddle"))
    finding.click()
    expect(app.page.get_by_role("heading", name=re.compile("^The 90.64"))).to_be_in_viewport()
    expect(finding).to_be_hidden()
    expect(app.page).to_have_url(re.compile("show=riddle"))
    app.page.reload()
    expect(app.page.get_by_role("heading", name=re.compile("^The 90.64"))).to_be_visible()
    expect(finding).to_be_hidden()


@pytest.mark.parametrize(
    ("device", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")], ids=["desktop", "phone"]
)
def test_every_section_is_short_and_can_be_read_whatever_is_open(
    server: Server, open_app: OpenApp, device: dict, scheme: str
) -> None:
    app = open_app(server, "/compare?show=twins", color_scheme=scheme, **device)
    most = SCREENS * device["viewport"]["height"]
    for section in reversed(SECTIONS):
        choose(app, section)
        expect(app.page.locator(f"h2#{section}")).to_be_visible()
        app.page.get_by_text("What was found").click()  # a choice folds it
        expect(app.page.locator(".st-key-finding-published")).to_be_visible()
        for held, folder in zip(
            LOADED_WHEN_OPENED.get(section, []),
            app.page.locator("[data-testid=stExpander] summary").all()[1:],
            strict=True,
        ):
            folder.click()
            expect(app.page.locator(held).first).to_be_visible()
        expect(app.page.locator("[data-testid=stVegaLiteChart] svg text").first).to_be_visible()
        length = app.page.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight")
        assert length <= most, section
        assert app.sideways_overflow() <= 0, section
        assert app.faint_words() == [], section
