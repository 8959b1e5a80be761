"""The class's handwriting in a browser: a fragment reruns alone, and a button leaves the page."""

import re

from playwright.sync_api import expect

from tests.browser.app import Server
from tests.browser.test_main_job import SEVEN, ZERO, OpenApp


def test_keep_a_drawing_and_train_with_it(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/draw")
    page = app.page
    app.draw(SEVEN)
    app.wait_for_prediction("shipped", "7")
    page.get_by_text("Our handwriting", exact=True).click()
    page.get_by_role("radio", name="7", exact=True).or_(app.button("7")).first.click()
    app.press("Keep it")
    expect(page.get_by_text("Kept as a 7.")).to_be_visible()
    expect(app.key("handwriting-wall").get_by_alt_text("Handwritten 7: 1")).to_be_visible()
    app.press("Undo")
    expect(app.button("Keep it")).to_be_visible()
    expect(app.key("handwriting-wall")).to_have_count(0)
    page.get_by_role("radio", name="7", exact=True).or_(app.button("7")).first.click()
    app.press("Keep it")

    expect(page.get_by_text("Kept as a 7.")).to_be_visible()
    # A second one, for one in five is held back: which, its pixels decide.
    app.draw(ZERO)
    expect(app.button("Keep it")).to_be_disabled()
    page.get_by_role("radio", name="0", exact=True).or_(app.button("0")).first.click()
    app.press("Keep it")
    expect(page.get_by_text("Kept as a 0.")).to_be_visible()

    app.press("Train a network with our handwriting")
    page.wait_for_url(re.compile("/train"))
    expect(page.get_by_text(re.compile("It also learns from [12] handwr"))).to_be_visible()
    app.press("Stop")
    app.wait_for_status("stopped")
