"""A phone, by real touch events: a finger that draws draws, and one that scrolls only scrolls."""

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.app import PHONE, AppPage, Server
from tests.browser.test_pad_again import confidence, seen, strokes_on_pad, undo

OpenApp = Callable[..., AppPage]
Point = tuple[float, float]
CORNER = (0.9, 0.06)
"""Where the pad's own toolbar lies unseen, and in it the bin, in shares of the pad."""

ROLL = """() => {
  const main = document.querySelector("[data-testid=stMain]")
  let up = 1
  const roll = () => {
    main.scrollBy(0, (up = -up))
    window.rolling = requestAnimationFrame(roll)
  }
  roll()
  window.mouse = new AbortController()
  const { signal } = window.mouse
  addEventListener("mousedown", event => event.stopPropagation(), { capture: true, signal })
}"""
"""The page rolls on, as after a finger that has let go of it in a hurry: a browser then makes no
mouse of the finger that stops it."""
STOP = "cancelAnimationFrame(window.rolling); window.mouse.abort()"


class Finger:
    """One finger on the screen."""

    def __init__(self, app: AppPage) -> None:
        self.page = app.page
        self.session: CDPSession = app.page.context.new_cdp_session(app.page)

    def move(self, *way: Point) -> None:
        """Touch the screen at the first point, go to the others, and leave it."""
        for number, (x, y) in enumerate(way):
            self._send("touchMove" if number else "touchStart", {"x": x, "y": y})
            self.page.wait_for_timeout(20)
        self.page.wait_for_timeout(100)  # or what it scrolls would roll on
        self._send("touchEnd")

    def _send(self, kind: str, *points: dict[str, float]) -> None:
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})


def on_pad(app: AppPage, *points: Point) -> list[Point]:
    """Places on the window, of points in shares of the pad."""
    canvas = app.page.locator(".st-key-pad canvas.upper-canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


@pytest.mark.parametrize("path", ["/", "/draw"])
def test_a_finger_draws_in_every_corner_and_each_stroke_can_be_undone(
    server: Server, open_app: OpenApp, path: str
) -> None:
    app = open_app(server, path, **PHONE)
    finger = Finger(app)
    inks, answers = [strokes_on_pad(app)], [seen(app)]
    for x, y in ((0.5, 0.9), CORNER, (0.06, 0.06)):
        finger.move(*on_pad(app, (x, y), (0.5, 0.5)))
        app.page.wait_for_function(
            "before => { const now = document.querySelector('img[alt^=\"The digit as 28\"]');"
            " return now && now.src !== before }",
            arg=answers[-1],
        )
        app.settle()
        inks.append(strokes_on_pad(app))
        answers.append(seen(app))
        assert inks[-1] > inks[-2], "the stroke is lost"
    finger.move(*on_pad(app, CORNER))  # a dot, or one more
    app.page.wait_for_timeout(500)
    assert strokes_on_pad(app) >= inks[-1]
    undo(app).tap()
    for ink, answer in zip(inks[-2::-1], answers[-2::-1], strict=True):
        undo(app).tap()
        expect(app.page.locator('img[alt^="The digit as 28"]').first).to_have_attribute(
            "src", answer
        )
        assert strokes_on_pad(app) == ink
    expect(undo(app)).to_be_disabled()
    assert "3" in confidence(app)


@pytest.mark.parametrize(
    ("path", "number"), [("/inside?show=touch", 1), ("/draw?show=doubt", 0)], ids=["any", "steps"]
)
def test_a_slider_is_set_by_a_tap_or_a_drag_and_a_scroll_leaves_it(
    server: Server, open_app: OpenApp, path: str, number: int
) -> None:
    app = open_app(server, path, **PHONE)
    finger = Finger(app)
    slider = app.page.get_by_test_id("stSlider").nth(number)
    value = slider.get_by_test_id("stSliderThumbValue")

    def spot(share: float | None = None) -> Point:
        """Where on the track a share of it is, or else the handle."""
        slider.evaluate("element => element.scrollIntoView({ block: 'center' })")
        app.page.wait_for_timeout(100)
        box = slider.get_by_role("group").bounding_box()
        handle = value.locator("xpath=..").bounding_box()
        assert box is not None
        assert handle is not None
        x = handle["x"] + handle["width"] / 2 if share is None else box["x"] + share * box["width"]
        return x, handle["y"] + handle["height"] / 2

    first = value.inner_text()
    for x, y in (spot(0.9), spot()):
        before = slider.bounding_box()
        finger.move((x, y), (x + 3, y - 30), (x + 5, y - 60), (x + 5, y - 120))
        app.settle()
        after = slider.bounding_box()
        assert before is not None
        assert after is not None
        assert after["y"] < before["y"] - 50, "it did not scroll"
        assert value.inner_text() == first
    x, y = spot(0.9)
    app.page.evaluate(ROLL)
    finger.move((x, y))
    app.page.wait_for_timeout(200)
    app.page.evaluate(STOP)
    app.settle()
    assert value.inner_text() == first, "a touch that stops the page is no tap"
    finger.move(spot(0.9))
    expect(value).not_to_have_text(first)
    app.settle()
    tapped = value.inner_text()
    x, y = spot()
    finger.move((x, y), (x - 30, y + 4), (x - 90, y + 9), (x - 250, y + 9))
    expect(value).not_to_have_text(tapped)
    app.settle()
    # Told to the server, and thus kept by the next run of the page.
    dragged = value.inner_text()
    finger.move(spot(0.9))
    expect(value).not_to_have_text(dragged)


def test_what_a_chart_says_of_a_place_is_in_nobodys_way(server: Server, open_app: OpenApp) -> None:
    for context in (PHONE, {}):
        app = open_app(server, "/results", **context)
        chart = app.page.get_by_test_id("stVegaLiteChart").first
        note = app.page.locator("#vg-tooltip-element.visible")
        expect(chart.locator("svg, canvas").first).to_be_visible()
        chart.evaluate("element => element.scrollIntoView({ block: 'center' })")
        app.page.wait_for_timeout(300)
        box = chart.bounding_box()
        assert box is not None
        x, y = box["x"] + 0.6 * box["width"], box["y"] + 0.6 * box["height"]
        if context:
            Finger(app).move(*[(x, y - 25 * step) for step in range(8)])
            app.page.wait_for_timeout(300)
            expect(note).not_to_be_visible()
        else:
            app.page.mouse.move(x, y)
            app.page.mouse.move(x + 1, y)
            expect(note).to_be_visible()
            assert note.evaluate("element => getComputedStyle(element).pointerEvents") == "none"
