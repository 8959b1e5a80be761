"""The past runs on Train: what is done with one of them is done with no other."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from dashboard.runs.run import RequestKind, Run
from dashboard.runs.store import RunStore
from nncore.config import TrainingConfig
from tests.browser.app import AppPage, Server

OpenApp = Callable[..., AppPage]
ROW = 36
"""Pixels of a row of Streamlit's tables."""


@pytest.fixture
def store(server: Server) -> Iterator[RunStore]:
    """The server's run store, as another process sees it."""
    opened = RunStore(f"sqlite:///{server.home / 'runs.sqlite'}")
    yield opened
    opened.close()


def stopped(store: RunStore, name: str) -> Run:
    """A run that nobody will train."""
    run = store.create_run("local", TrainingConfig(dataset="digits", hidden=(10,)), name)
    assert store.request(run.id, RequestKind.STOP)
    return run


def names(store: RunStore) -> list[str]:
    return [run.name for run in store.list_runs("local")]


def picker(app: AppPage) -> Locator:
    return app.key("history-run").get_by_role("combobox")


def test_a_renamed_run_stays_chosen_and_a_deleted_one_takes_no_other_along(
    server: Server, open_app: OpenApp, store: RunStore
) -> None:
    for name in ("oldest", "older", "newer", "newest"):
        stopped(store, name)
    app = open_app(server, "/train")
    table = app.key("history-table").locator("canvas").first
    table.scroll_into_view_if_needed()
    place = table.bounding_box()
    assert place is not None
    app.page.mouse.click(place["x"] + 40, place["y"] + 2.5 * ROW)
    expect(picker(app)).to_have_value(re.compile("newer"))

    option = app.page.get_by_role("option").filter(has_text="older")
    while not option.is_visible():  # a page that is still being drawn may close the list again
        picker(app).click()
        app.page.wait_for_timeout(1000)
    option.click()

    app.press("Rename")
    field = app.page.get_by_role("textbox", name="New name")
    expect(field).to_have_value("older")
    field.fill("thirty neurons")
    app.press("Rename it")
    expect(picker(app)).to_have_value(re.compile("thirty neurons"))
    expect(field).to_be_hidden()
    assert names(store) == ["newest", "newer", "thirty neurons", "oldest"]

    app.press("Delete")
    question = app.page.get_by_text("for good?")
    expect(question).to_have_text("Delete thirty neurons with its curves and models, for good?")
    app.button("Delete it").dblclick()
    expect(app.page.get_by_text("Deleted thirty neurons.")).to_be_visible()
    expect(question).to_be_hidden()
    expect(picker(app)).to_have_value(re.compile("newest"))
    app.settle()
    assert names(store) == ["newest", "newer", "oldest"]
