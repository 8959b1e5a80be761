"""Where things are on Train: its button within reach of a thumb and of the keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.app import DESKTOP, PHONE, AppPage, Server

OpenApp = Callable[..., AppPage]
PATH = "/train?recipe=classroom&dataset=digits&epochs=2&engines=numpy"
FOCUSED = "element => element === document.activeElement"


def box(element: Locator) -> dict[str, float]:
    found = element.bounding_box()
    assert found is not None
    return dict(found)


def places(app: AppPage) -> dict[str, dict[str, float]]:
    """Where the parts of the page are that matter before anything is trained."""
    return {
        "buttons": box(app.key("stage-buttons")),
        "recipes": box(app.page.get_by_test_id("stExpander").filter(has_text="Recipes")),
        "form": box(app.page.get_by_role("textbox", name="Hidden layers")),
        "network": box(app.key("network")),
    }


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 640)])
def test_a_phone_shows_train_at_once(
    server: Server, open_app: OpenApp, width: int, height: int
) -> None:
    phone = {**PHONE, "viewport": {"width": width, "height": height}}
    for path, least, most in (("/train", 100, 400), (PATH, 0, 60)):  # in one row, or folded
        app = open_app(server, path, **phone)
        train = box(app.button("Train"))
        assert train["y"] + train["height"] <= height
        at = places(app)
        tops = [at[name]["y"] for name in ("buttons", "recipes", "form", "network")]
        assert tops == sorted(tops)
        assert least <= at["recipes"]["height"] <= most
        assert app.sideways_overflow() <= 0

    app.button("Train").tap()
    app.wait_for_status("finished")
    expect(app.button("Train")).to_be_enabled()
    status = box(app.key("run-status"))
    assert status["y"] + status["height"] <= height  # the run, before the form
    assert app.sideways_overflow() <= 0


def test_a_desktop_has_the_recipes_above_and_the_form_at_the_left(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, PATH, **DESKTOP)
    at = places(app)
    assert at["recipes"]["y"] + at["recipes"]["height"] <= at["form"]["y"]
    assert at["form"]["x"] + at["form"]["width"] <= at["buttons"]["x"]
    assert at["buttons"]["y"] < at["form"]["y"] < at["network"]["y"] + at["network"]["height"]
    assert at["buttons"]["x"] == pytest.approx(at["network"]["x"])


def test_a_frame_shows_the_buttons_and_the_network_or_the_curves_at_once(
    server: Server, open_app: OpenApp
) -> None:
    viewport = {"width": 960, "height": 640}
    app = open_app(server, PATH + "&hidden=16,16&embed=true", viewport=viewport)
    for key in ("stage-buttons", "network"):
        seen = box(app.key(key))
        assert 0 <= seen["y"] < seen["y"] + seen["height"] <= 640
    app.press("Train")
    app.wait_for_status("finished")
    assert box(app.key("live-cost-chart"))["y"] <= 400  # of 640; the figures come second
    assert box(app.key("live-cost"))["y"] < box(app.key("metric-numpy"))["y"]


def tabs_to_train(app: AppPage, most: int) -> int:
    train = app.button("Train")
    for pressed in range(1, most + 1):
        app.page.keyboard.press("Tab")
        if train.evaluate(FOCUSED):
            return pressed
    raise AssertionError(f"not in {most} presses of Tab")


def test_the_keyboard_comes_to_train_before_the_form(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, PATH, **DESKTOP)
    assert tabs_to_train(app, 13) > 7  # past the navigation
    app.page.reload()
    app.settle()
    app.page.keyboard.press("Tab")
    expect(app.page.get_by_role("link", name="Skip to main content")).to_be_focused()
    app.page.keyboard.press("Enter")
    assert tabs_to_train(app, 4) <= 4
    app.page.keyboard.press("Enter")
    app.wait_for_status("finished")
