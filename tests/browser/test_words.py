"""The glossary in a browser: at once, by keyboard, and from words in a text."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from dashboard.ui.glossary import words
from tests.browser.app import PHONE, AppPage, Server

OpenApp = Callable[..., AppPage]


def window(app: AppPage) -> Locator:
    return app.page.get_by_role("dialog", name="Words and what they mean")


def shown(app: AppPage) -> Locator:
    return window(app).locator("article:not([hidden])")


def test_it_opens_searches_and_closes_by_keyboard(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/train")
    expect(app.button("Words")).to_be_visible()
    app.page.locator("body").press("?")
    expect(shown(app)).to_have_count(len(words()))
    expect(window(app).get_by_role("searchbox")).to_be_focused()
    app.page.keyboard.type("adam")
    expect(shown(app).get_by_role("heading")).to_have_text(re.compile("^optimizer"))
    app.page.keyboard.press("Enter")
    expect(shown(app)).to_be_focused()
    app.page.keyboard.press("Escape")
    expect(window(app)).to_be_hidden()
    app.page.locator("body").press("?")
    app.page.keyboard.type("wieghts")
    expect(shown(app).get_by_role("heading").first).to_have_text(re.compile("^weight"))
    app.page.keyboard.press("Control+A")
    app.page.keyboard.type("xyzzy")
    expect(shown(app)).to_have_count(0)
    app.page.keyboard.press("Escape")  # empties the search first
    app.page.keyboard.press("Escape")
    expect(window(app)).to_be_hidden()
    field = app.page.get_by_role("textbox", name="Hidden layers")
    field.press("?")
    expect(field).to_have_value(re.compile(r"\?"))
    expect(window(app)).to_be_hidden()


def test_a_word_in_a_lesson_opens_on_the_spot(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=cost&epoch=60")
    expect(app.button("Words")).to_be_visible()
    link = app.page.get_by_role("link", name="network", exact=True).first
    link.click()
    expect(shown(app).filter(has_text="784 pixels, 30 hidden neurons")).to_be_focused()
    assert len(app.page.context.pages) == 1
    expect(app.page).to_have_url(re.compile("epoch=60"))
    app.page.keyboard.press("Escape")
    expect(link).to_be_focused()


@pytest.mark.parametrize("look", ["phone", "dark"])
def test_an_address_opens_a_word_and_the_word_its_chapter(
    server: Server, open_app: OpenApp, look: str
) -> None:
    context = PHONE if look == "phone" else {"color_scheme": "dark"}
    app = open_app(server, "/learn?chapter=cost&word=dropout", **context)
    dropout = window(app).get_by_role("article").filter(has_text="In each step a share p")
    expect(dropout).to_be_focused()
    expect(dropout).to_be_in_viewport()
    assert app.sideways_overflow() <= 0
    assert window(app).evaluate("it => it.scrollWidth - it.clientWidth") <= 0
    assert app.faint_words() == []
    dropout.get_by_role("button", name="Open the chapter on dropout").click()
    expect(window(app)).to_be_hidden()
    expect(app.page.get_by_role("heading", name="Overfitting", exact=True)).to_be_visible()
    expect(app.page).to_have_url(re.compile("chapter=overfitting"))
    app.settle()
    expect(window(app)).to_be_hidden()


def test_an_embedded_page_and_a_figure_alone_have_no_button(
    server: Server, open_app: OpenApp
) -> None:
    for path in ("/learn?chapter=cost&focus=1", "/learn?chapter=cost&embed=true"):
        app = open_app(server, path)
        expect(app.key("lesson-number")).to_be_visible()
        expect(app.button("Words")).to_have_count(0)
