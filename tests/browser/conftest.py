"""One server and one browser for the browser tests; a fresh page for each."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from nncore import datasets
from tests.browser.app import DESKTOP, FLAGS, AppPage, Server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(480))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("home"))
    server.start()
    yield server
    complaints = server.complaints()  # before its end, when Dask misses the workers that go with it
    server.stop()
    assert not complaints


@pytest.fixture(scope="module")
def context_of(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """One context for each kind of device: its cache makes the second page open quickly."""
    contexts: dict[str, BrowserContext] = {}

    def context(**options: Any) -> BrowserContext:
        kind = repr(sorted(options.items()))
        if kind not in contexts:
            contexts[kind] = browser.new_context(**options)
        return contexts[kind]

    yield context
    for opened in contexts.values():
        opened.close()


@pytest.fixture
def open_app(context_of: Callable[..., BrowserContext]) -> Iterator[Callable[..., AppPage]]:
    """Open a path in a fresh tab; at the end, no page may have complained, and the browser
    remembers nothing of this test."""
    pages: list[AppPage] = []

    def open_page(server: Server, path: str = "/", **context: Any) -> AppPage:
        app = AppPage(context_of(**{**DESKTOP, **context}).new_page(), server)
        app.open(path)
        pages.append(app)
        return app

    yield open_page
    for app in pages:
        exceptions = app.exceptions()
        remembered = {"origin": app.server.url, "storageTypes": "local_storage"}
        app.page.context.new_cdp_session(app.page).send("Storage.clearDataForOrigin", remembered)
        app.page.close()
        assert not exceptions
        assert not app.console


@pytest.fixture(scope="session")
def dataset() -> str:
    """MNIST where its files are, else the embedded digits: the tests run on either."""
    return "mnist" if datasets.available("mnist") else "digits"
