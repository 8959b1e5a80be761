"""The main job, as a teacher does it: train both engines, steer them, see the results, draw."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.app import AppPage, Server

OpenApp = Callable[..., AppPage]
# A seven with a corner and a zero as a ring: both engines of any decent network name them.
SEVEN = [[(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]]
ZERO = [
    [
        (0.5, 0.2), (0.36, 0.27), (0.3, 0.42), (0.3, 0.6), (0.37, 0.75), (0.5, 0.82),
        (0.63, 0.75), (0.7, 0.6), (0.7, 0.42), (0.64, 0.27), (0.5, 0.2),
    ]
]  # fmt: skip


def test_train_steer_browse_and_draw(server: Server, open_app: OpenApp, dataset: str) -> None:
    epochs = {"mnist": 5, "digits": 40}[dataset]
    app = open_app(server, f"/train?recipe=classroom&dataset={dataset}&epochs={epochs}&batch=32")
    page = app.page

    app.press("Train")
    app.wait_for_status("queued", "running")
    app.wait_for_metric("numpy")
    chart = app.key("live-cost").locator("canvas, svg").first.element_handle()
    picture = page.locator(".st-key-network svg.net").element_handle()
    assert chart is not None
    assert picture is not None

    app.press("Pause")
    app.wait_for_status("paused")
    app.press("Step")
    app.wait_for_status("paused")
    rate = page.get_by_role("spinbutton", name="η now")
    rate.fill("0.02")
    rate.press("Enter")
    app.press("Resume")
    app.wait_for_status("running", "finished")
    app.wait_for_metric("torch")
    app.wait_for_status("finished", seconds=120)
    floor = {"mnist": 0.97, "digits": 0.9}[dataset]
    assert app.wait_for_metric("numpy") > floor
    assert app.wait_for_metric("torch") > floor
    # What was there in the first epoch still is: nothing was mounted anew, so nothing flickered.
    for element in (chart, picture):
        assert element.evaluate("element => element.isConnected")

    page.get_by_role("link", name="Open results").click()
    page.wait_for_url(re.compile(r"/results\?.*run="))
    app.settle()
    for key in ("curves", "confusion-numpy", "confusion-torch"):
        expect(app.key(key).locator("svg.marks").first).to_be_visible(timeout=20_000)

    page.get_by_role("link", name="Draw", exact=True).first.click()
    page.wait_for_url(re.compile("/draw"))
    app.settle()
    for digit, strokes in (("7", SEVEN), ("0", ZERO)):
        app.press("Clear")
        app.settle()
        app.draw(strokes)
        for model in ("numpy", "torch", "shipped"):
            app.wait_for_prediction(model, digit)


def test_a_refresh_and_a_second_tab_find_the_run(
    server: Server, open_app: OpenApp, dataset: str
) -> None:
    app = open_app(server, f"/train?recipe=classroom&dataset={dataset}&epochs=300&engines=numpy")
    app.press("Train")
    app.wait_for_status("running")
    before = app.wait_for_metric("numpy")
    app.page.reload()
    app.page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
    assert app.wait_for_status("running") == "running"
    assert app.wait_for_metric("numpy") >= before - 0.05

    other = AppPage(app.page.context.new_page(), server)
    other.page.goto(server.url + "/train")
    other.wait_for_status("running")
    other.press("Pause")
    other.wait_for_status("paused")
    app.wait_for_status("paused", seconds=10)

    app.page.get_by_role("link", name="Home", exact=True).first.click()
    app.page.wait_for_url(re.compile(r"/(\?.*)?$"))
    app.page.get_by_role("link", name="Train", exact=True).first.click()
    app.wait_for_status("paused")
    app.press("Stop")
    app.wait_for_status("stopped")
    other.wait_for_status("stopped", seconds=10)
    assert not other.console


def test_a_new_run_makes_room_on_the_stage(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/train?recipe=classroom&dataset=digits&epochs=2&engines=numpy")
    app.press("Step")
    app.wait_for_status("queued", "running", "paused")  # the stage goes on looking at the run
    expect(app.page).to_have_url(re.compile("run="))
    app.press("New run")
    expect(app.page.get_by_text("weights and biases start at random")).to_be_visible()
    expect(app.key("run-status")).to_have_count(0)
    expect(app.button("Train")).to_be_enabled()
    expect(app.page).not_to_have_url(re.compile("run="))
