"""Visitors who share a server: what a browser, its tabs and a link lead to, and Copy link."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from dashboard import navigation, session, visitor
from dashboard.runs.run import RequestKind
from dashboard.runs.store import RunStore
from nncore.config import TrainingConfig
from tests.browser.app import DESKTOP, AppPage, Server

NO_RUNS = "Your runs will be listed here"
"""What Train says to whom has none."""
CONFIG = TrainingConfig(dataset="digits", hidden=(16,), engines=("numpy",))
COPIES_NOTHING = "delete Navigator.prototype.clipboard; document.execCommand = () => false"
WITHOUT_LINK = ("home", "draw")
"""Pages that show a drawing, which is in no address."""
LOOKED_AT = "dispatchEvent(new Event('focus'))"
KEEPS_NO_COOKIES = "Object.defineProperty(Document.prototype, 'cookie', {get: () => '', set() {}})"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("home"), NN_MULTIUSER="1")
    server.start()
    yield server
    complaints = server.complaints()
    server.stop()
    assert not complaints


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A browser of its own, with its own cookies."""
    opened: list[BrowserContext] = []

    def new(script: str = "", **options: Any) -> BrowserContext:
        context = browser.new_context(**{**DESKTOP, **options})
        context.add_init_script(script)
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


def tab(context: BrowserContext, server: Server, path: str = "/train") -> AppPage:
    app = AppPage(context.new_page(), server)
    app.open(path)
    return app


def go_to(app: AppPage, title: str) -> None:
    """By the navigation above the pages."""
    app.page.get_by_role("link", name=title, exact=True).first.click()
    expect(app.page.locator("[data-testid=stTopNavLink][aria-current=page]")).to_contain_text(title)
    app.settle()


def key_of(context: BrowserContext) -> str:
    """What the browser remembers; it is written when the page has been drawn."""
    page = context.pages[0]
    page.wait_for_function(f"() => document.cookie.includes('{session.COOKIE}=')")
    cookies = [c for c in context.cookies() if c["name"] == session.COOKIE]
    assert [(c["path"], c["sameSite"]) for c in cookies] == [("/", "Lax")]
    assert session.is_key(cookies[0]["value"])
    return cookies[0]["value"]


def a_run(server: Server, key: str) -> None:
    store = RunStore(f"sqlite:///{server.home / 'runs.sqlite'}")
    store.request(store.create_run(key, CONFIG, "Of this browser").id, RequestKind.STOP)
    store.close()


def expect_runs(app: AppPage) -> None:
    """Train lists some, at the latest when the browser has told what it remembers."""
    expect(app.page.get_by_text("Past runs")).to_be_visible()
    expect(app.page.get_by_text(NO_RUNS)).to_have_count(0, timeout=20_000)


def has_runs(app: AppPage) -> bool:
    """Whether Train, once it is drawn to its end, lists any."""
    expect(app.page.get_by_text("Past runs")).to_be_visible()
    app.settle()
    return app.page.get_by_text(NO_RUNS).count() == 0


def test_a_browser_finds_its_runs_again_another_does_not_and_no_address_has_the_key(
    server: Server, open_browser: Callable[..., BrowserContext]
):
    mine = open_browser()
    tabs = [AppPage(mine.new_page(), server) for _ in range(2)]
    for app in tabs:  # at once: each session begins with a key of its own
        app.page.goto(f"{server.url}/train", wait_until="commit")
    for app in tabs:
        app.settle()
        app.page.evaluate(LOOKED_AT)
    key = key_of(mine)
    a_run(server, key)
    first, second = tabs
    go_to(first, "Train")  # without a reload
    expect_runs(first)
    first.open("/train")  # a typed address
    expect_runs(first)
    for page in [*navigation.TABLE, navigation.TABLE[2]]:
        go_to(second, page.title)
        expect(second.button("Copy link")).to_have_count(int(page.name not in WITHOUT_LINK))
        addresses = second.page.eval_on_selector_all("a[href]", "links => links.map(a => a.href)")
        said = [second.page.url, second.page.title(), *addresses]
        assert [text for text in said if key in text or "workspace=" in text] == []
    expect_runs(second)
    assert not has_runs(tab(open_browser(), server))
    assert key not in server.log.read_text()
    assert [app.console + app.exceptions() for app in tabs] == [[], []]


def test_an_old_link_works_once_loses_its_key_and_can_be_forgotten(
    server: Server, open_browser: Callable[..., BrowserContext]
):
    old = "old-link-" * 4
    a_run(server, old)
    context = open_browser()
    context.add_cookies([{"name": session.COOKIE, "value": "%7Brubbish", "url": server.url}])
    app = tab(context, server, f"/train?hidden=16&workspace={old}")
    expect_runs(app)
    expect(app.page.get_by_text(visitor.ADOPTED)).to_be_visible()
    assert old not in app.page.url
    assert "hidden=16" in app.page.url
    assert key_of(context) == old
    other = tab(context, server)
    expect_runs(other)

    app.page.evaluate("""localStorage.setItem("nn-magic answered", '["cost"]')""")
    app.page.get_by_role("button", name="Forget me").click()
    with app.page.expect_navigation(url=f"{server.url}/train"):
        app.key("visitor-forget-go").get_by_role("button").click()
    app.settle()
    assert not has_runs(app)
    assert key_of(context) != old
    assert app.page.evaluate("localStorage.getItem('nn-magic answered')") is None

    other.page.evaluate(LOOKED_AT)
    expect(other.page.get_by_text(visitor.FOLLOWED)).to_be_visible()
    assert not has_runs(other)
    assert app.console + other.console == []


def test_the_link_is_copied_or_shown_and_a_browser_without_cookies_is_told(
    server: Server, open_browser: Callable[..., BrowserContext]
):
    context = open_browser(KEEPS_NO_COOKIES)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    app = tab(context, server, "/learn?chapter=cost&eta=0.5")
    expect(app.page.get_by_text(visitor.REFUSED).first).to_be_visible()
    app.press("Copy link")
    expect(app.page.get_by_text("Copied").first).to_be_visible()
    assert app.page.evaluate("navigator.clipboard.readText()") == app.page.url
    assert "chapter=cost" in app.page.url

    app.page.evaluate(COPIES_NOTHING)
    app.press("Copy link")
    field = app.key("copy-link").get_by_role("textbox")
    expect(field).to_have_value(app.page.url)
    expect(field).to_be_focused()
    app.page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    assert app.console == []
