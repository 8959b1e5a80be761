"""A phone, by real touch events: on the pad each finger draws, and nothing unseen takes it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.app import PHONE, AppPage, Server
from tests.browser.test_pad_again import confidence, seen, strokes_on_pad, undo

OpenApp = Callable[..., AppPage]
Point = tuple[float, float]
CORNER = (0.9, 0.06)
"""Where the pad's own toolbar lies unseen, and in it the bin, in shares of the pad."""


class Finger:
    """One finger on the screen."""

    def __init__(self, app: AppPage) -> None:
        self.page = app.page
        self.session: CDPSession = app.page.context.new_cdp_session(app.page)

    def move(self, *way: Point) -> None:
        """Touch the screen at the first point, go to the others, and leave it."""
        for number, (x, y) in enumerate(way):
            kind = "touchMove" if number else "touchStart"
            self._send(kind, {"x": x, "y": y})
            self.page.wait_for_timeout(20)
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
            "before => document.querySelector('img[alt^=\"The digit as 28\"]').src !== before",
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
