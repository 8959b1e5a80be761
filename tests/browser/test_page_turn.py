"""A change of page or chapter: where it starts, what Back leaves, and a phone's menu."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.learn.state import PLACE_PARAMS
from dashboard.ui.components import page_turn
from tests.browser.app import PHONE, AppPage, Server

OpenApp = Callable[..., AppPage]
HEADINGS = {
    "Home": "Draw a digit",
    "Learn": "Perceptrons",
    "Train": "Train",
    "Results": "Results",
    "Inside": "Inside",
    "Draw": "What do the networks see?",
}
WALK = ["Inside", "Results", "Learn", "Train", "Inside"]


def shows(app: AppPage, page: str) -> None:
    expect(
        app.page.get_by_role("heading", name=HEADINGS[page], exact=True, level=1)
    ).to_be_visible()
    app.settle()


def top(app: AppPage) -> float:
    return app.page.get_by_test_id("stMain").evaluate("element => element.scrollTop")


def is_at(app: AppPage, place: float) -> None:
    app.page.wait_for_function(
        "top => Math.abs(document.querySelector('[data-testid=stMain]').scrollTop - top) < 2",
        arg=place,
    )


def test_one_press_of_back_is_one_page(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/")
    for page in WALK:
        app.page.get_by_role("link", name=page, exact=True).first.click()
        shows(app, page)
    for page in ["Home", *WALK][-2::-1]:
        app.page.go_back()
        shows(app, page)
    app.page.go_forward()
    shows(app, WALK[0])


def test_a_first_page_that_completed_its_address_is_left_by_one_press(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/inside")
    shows(app, "Inside")
    app.page.get_by_role("link", name="Draw", exact=True).click()
    shows(app, "Draw")
    app.page.go_back()
    shows(app, "Inside")
    app.page.go_back()  # to the tab's empty page
    expect(app.page).to_have_url("about:blank")


def test_a_chapter_starts_at_its_top_and_back_leads_to_where_the_last_one_was_left(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/learn?chapter=perceptron")
    next_chapter = app.key("next-chapter").get_by_role("button")
    next_chapter.scroll_into_view_if_needed()
    app.page.get_by_role("slider", name=re.compile("Bias")).first.press("ArrowRight")
    expect(app.page).to_have_url(re.compile("b="))
    assert top(app) > 0  # the same place, drawn anew
    next_chapter.scroll_into_view_if_needed()
    left = top(app)
    assert left > 300
    next_chapter.click()
    expect(app.page.get_by_role("heading", name="Sigmoid neurons", exact=True)).to_be_visible()
    app.settle()
    assert top(app) == 0
    app.page.go_back()  # at once: it is no echo of the address before
    expect(app.page.get_by_role("heading", name="Perceptrons", exact=True)).to_be_visible()
    is_at(app, left)
    app.page.get_by_role("link", name=re.compile("^Train ten neurons")).click()
    shows(app, "Train")
    assert top(app) == 0


def test_a_phones_menu_closes_over_what_was_chosen(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/", **PHONE)
    menu = app.page.get_by_test_id("stSidebar")

    def choose(name: str) -> None:
        app.page.get_by_test_id("stExpandSidebarButton").tap()
        expect(menu).to_have_attribute("data-collapsed", "false")
        menu.get_by_text(name, exact=True).tap()
        expect(menu).to_have_attribute("data-collapsed", "true")

    choose("Learn")
    shows(app, "Learn")
    choose("3 Pixels as numbers")
    expect(app.page.get_by_role("heading", name="Pixels as numbers", exact=True)).to_be_visible()
    choose("Learn")  # which is open already
    app.page.get_by_test_id("stExpandSidebarButton").tap()
    app.page.reload()
    app.settle()
    expect(menu).to_have_attribute("data-collapsed", "true")


# The component alone, where what Streamlit says comes in an order of our choice ------------------
@pytest.fixture
def bare(browser: Browser) -> Iterator[Page]:
    script = (Path(page_turn.__file__).parent / "page_turn.js").read_text(encoding="utf-8")
    begin = f"turn({{ data: {{ params: {list(PLACE_PARAMS)} }} }})"
    html = (
        "<main data-testid=stMain><div></div></main><script type=module>"
        + script.replace("export default function", "function turn")
        + f"\n{begin}</script>"
    )
    page = browser.new_page()
    page.route("**", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("http://app.test/compare")
    yield page
    page.close()


def says(page: Page, *urls: str) -> None:
    """New entries of the history as Streamlit makes them."""
    for url in urls:
        page.evaluate("url => history.pushState({}, '', url)", url)


def goes_back(page: Page) -> str:
    page.go_back()
    return page.url.removeprefix("http://app.test")


def test_an_address_that_is_completed_is_no_new_entry(bare: Page) -> None:
    says(bare, "/learn", "/learn?chapter=a", "/learn?chapter=a&w=1", "/learn?chapter=b")
    assert goes_back(bare) == "/learn?chapter=a&w=1"
    assert goes_back(bare) == "/compare"


@pytest.mark.parametrize("before", ["/inside?example=5", "/learn?chapter=a"])
def test_parameters_that_come_before_their_path_leave_the_old_page_alone(
    bare: Page, before: str
) -> None:
    page, _, _ = before.partition("?")
    says(bare, before, f"{page}?run=x", "/results?run=x")
    assert bare.url.endswith("/results?run=x")
    assert goes_back(bare) == before
    assert goes_back(bare) == "/compare"


def test_a_link_to_a_heading_is_the_browsers_own(bare: Page) -> None:
    bare.evaluate("location.hash = 'speed'")
    says(bare, "/draw")
    assert goes_back(bare) == "/compare#speed"
    assert goes_back(bare) == "/compare"
