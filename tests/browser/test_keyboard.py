"""Without a mouse or a screen: names, a ring around what is in focus, and no slides."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.app import LIGHT, AppPage, Server

OpenApp = Callable[..., AppPage]

RING = (
    "element => {"
    + LIGHT
    + """
  const app = document.querySelector("[data-testid=stApp]")
  const style = getComputedStyle(element)
  light(getComputedStyle(app).backgroundColor)
  const behind = light(style.backgroundColor)  // over the page, where it is transparent
  const ring = light(style.outlineColor)
  const is = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2
  return is ? (Math.max(ring, behind) + 0.05) / (Math.min(ring, behind) + 0.05) : 0
}"""
)
"""The contrast of the ring around an element with what it lies on (WCAG 2.2); 0 without one."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_in_focus_has_a_ring(server: Server, open_app: OpenApp, scheme: str) -> None:
    app = open_app(server, "/", color_scheme=scheme)
    for name in ("Home", "Train"):
        link = app.page.get_by_test_id("stTopNavLink").filter(has_text=name)
        link.focus()
        app.page.keyboard.press("Shift+Tab")
        app.page.keyboard.press("Tab")
        expect(link).to_be_focused()
        assert link.evaluate(RING) >= 3, name
    for role, name in (("link", "Start with one neuron"), ("button", "About Robust")):
        found = app.page.get_by_role(role, name=name)  # pyright: ignore
        found.focus()
        assert found.evaluate(RING) >= 3, name


def test_the_pad_and_its_buttons_have_names(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/")
    expect(app.page.get_by_role("img", name=re.compile("^Drawing pad: draw"))).to_be_visible()
    undo, clear = app.button("Undo the last stroke"), app.button("Clear")
    expect(undo).to_be_disabled()
    for key in ("Enter", "Control+z"):
        app.draw([[(0.4, 0.2), (0.4, 0.8)]])
        expect(undo).to_be_enabled()
        clear.focus()
        app.page.keyboard.press("Shift+Tab")  # nothing of the pad's own lies between
        expect(undo).to_be_focused()
        app.page.keyboard.press(key)
        expect(undo).to_be_disabled()
    expect(app.page.get_by_role("toolbar")).to_have_count(0)
    expect(app.page.get_by_role("button", name=re.compile("^Help for"))).to_have_accessible_name(
        "Help for Robust"
    )


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_with_reduced_motion_nothing_slides(server: Server, open_app: OpenApp, motion: str) -> None:
    app = open_app(server, "/train", reduced_motion=motion)
    details = app.page.get_by_test_id("stExpander").first.locator("details")
    summary = details.locator("summary")
    for _ in range(2):  # open or shut, and back
        before = details.bounding_box()
        summary.click()
        at_once = details.evaluate(
            "e => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>"
            " setTimeout(() => done(e.getBoundingClientRect().height), 60))))"
        )
        app.page.wait_for_timeout(800)
        after = details.bounding_box()
        assert before
        assert after
        assert abs(after["height"] - before["height"]) > 20
        assert (abs(at_once - after["height"]) <= 2) == (motion == "reduce")
