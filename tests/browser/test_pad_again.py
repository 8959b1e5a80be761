"""A drawing and a picture outlive the page: another page and back, Back, and a refresh."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from dashboard.draw.photograph import MAX_UPLOAD_MB
from dashboard.ink import samples
from tests.browser.app import PHONE, AppPage, Server
from tests.browser.test_draw import DIGITS, SIZES, placed
from tests.pages.drawn import png

OpenApp = Callable[..., AppPage]
TITLES = {"/": "Home", "/draw": "Draw"}
FOUR = placed(DIGITS[4], SIZES[2], 0)  # two strokes


def strokes_on_pad(app: AppPage) -> int:
    """The pixels that are drawn on."""
    return app.page.locator(".st-key-pad canvas.dc-canvas").first.evaluate(
        """canvas => {
          const copy = new OffscreenCanvas(canvas.width, canvas.height)
          const context = copy.getContext("2d", { willReadFrequently: true })
          context.drawImage(canvas, 0, 0)
          return context.getImageData(0, 0, canvas.width, canvas.height)
            .data.filter((value, i) => i % 4 === 3 && value > 127).length
        }"""
    )


def seen(app: AppPage) -> str:
    """The 28x28 pixels that the models get."""
    source = app.page.locator('img[alt^="The digit as 28 by 28"]').first.get_attribute("src")
    assert source is not None
    return source


def confidence(app: AppPage) -> str:
    return app.key("prediction-shipped").inner_text()


def undo(app: AppPage) -> Locator:
    return app.button("Undo the last stroke")


def leave(app: AppPage) -> None:
    app.page.get_by_role("link", name="Inside", exact=True).first.click()
    expect(app.page.get_by_role("heading", name="Inside", exact=True, level=1)).to_be_visible()
    app.settle()


def come_back(app: AppPage, path: str, how: str) -> None:
    if how == "back":
        leave(app)
        app.page.go_back()
    elif how == "link":
        leave(app)
        app.page.get_by_role("link", name=TITLES[path], exact=True).first.click()
    else:
        app.page.reload()
    expect(app.page.locator(".st-key-pad canvas.upper-canvas").first).to_be_visible()
    app.settle()


@pytest.mark.parametrize(
    ("path", "how"), [("/", "back"), ("/draw", "link"), ("/", "refresh"), ("/draw", "refresh")]
)
def test_a_drawing_is_still_there(server: Server, open_app: OpenApp, path: str, how: str) -> None:
    app = open_app(server, path)
    app.draw_and_wait(FOUR)
    app.settle()
    before = strokes_on_pad(app), seen(app), confidence(app)
    come_back(app, path, how)
    expect(undo(app)).to_be_enabled()
    app.wait_for_prediction("shipped", "4")
    app.page.wait_for_timeout(500)  # until the new pad has been heard of
    app.settle()
    assert (strokes_on_pad(app), seen(app), confidence(app)) == before
    # Each stroke can be undone, and what was undone or wiped stays away.
    undo(app).click()
    app.page.wait_for_function(
        "before => document.querySelector('img[alt^=\"The digit as 28 by 28\"]').src !== before",
        arg=before[1],
    )
    assert 0 < strokes_on_pad(app) < before[0]
    app.press("Clear")
    expect(app.page.get_by_text(re.compile("^Nothing drawn yet"))).to_be_visible()
    come_back(app, path, how)
    app.page.wait_for_timeout(500)
    assert strokes_on_pad(app) == 0
    expect(app.page.get_by_text(re.compile("^Nothing drawn yet"))).to_be_visible()


def test_what_was_drawn_on_home_is_on_draw_and_a_link_begins_anew(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/")
    app.draw_and_wait(FOUR)
    app.page.get_by_role("link", name="Draw", exact=True).first.click()
    app.wait_for_prediction("shipped", "4")
    expect(undo(app)).to_be_enabled()
    app.settle()
    app.open("/")  # an address that is typed or followed
    app.page.wait_for_timeout(500)
    assert strokes_on_pad(app) == 0


def test_a_section_of_draw_is_in_its_address_and_no_page_of_its_own(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/inside")
    app.page.get_by_role("link", name="Draw", exact=True).first.click()
    for section, name in (("Every neuron", "neurons"), ("Digit or not", "doubt")):
        app.page.get_by_role("radio", name=section, exact=True).click()
        expect(app.page).to_have_url(re.compile(f"/draw[?]show={name}$"))
    app.settle()
    app.page.reload()
    app.settle()
    expect(app.page.get_by_role("radio", name="Digit or not", exact=True)).to_be_checked()
    app.page.go_back()
    expect(app.page.get_by_role("heading", name="Inside", exact=True, level=1)).to_be_visible()


def test_a_picture_is_still_there_until_it_is_removed(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/draw")
    page = app.page
    page.get_by_text("Upload", exact=True).first.click()
    sheet = np.concatenate([samples.sample(digit) for digit in (4, 7, 1)], axis=1)
    page.locator(".st-key-ink-file input[type=file]").set_input_files(
        {"name": "three.png", "mimeType": "image/png", "buffer": png(sheet)}
    )
    expect(page.get_by_text("reads 4 7 1")).to_be_visible()
    page.get_by_role("radio", name="7", exact=True).click()
    app.wait_for_prediction("shipped", "7")
    app.settle()
    before = seen(app), confidence(app)
    for back in (page.go_back, lambda: page.get_by_role("link", name="Draw", exact=True).click()):
        leave(app)
        back()
        expect(page.get_by_text("Still here: three.png")).to_be_visible()
        app.wait_for_prediction("shipped", "7")
        app.settle()
        assert (seen(app), confidence(app)) == before
    app.press("Remove")
    expect(page.get_by_text(re.compile("^No picture yet"))).to_be_visible()
    leave(app)
    page.go_back()
    expect(page.get_by_text(re.compile("^No picture yet"))).to_be_visible()


def test_a_file_that_is_refused_is_told_why_until_one_is_taken(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/draw", **PHONE)
    page = app.page
    page.get_by_text("Upload", exact=True).first.click()
    kinds = page.get_by_test_id("stFileUploaderDropzoneInstructions").locator("span").first
    expect(kinds).to_be_visible()
    assert kinds.evaluate("element => element.scrollWidth <= element.clientWidth"), "it is cut off"
    chips = page.get_by_test_id("stFileChip")
    said = """() => getComputedStyle(
        document.querySelector("[data-testid=stFileChips]"), "::after").content"""

    def bring(name: str, kind: str, content: bytes) -> None:
        page.locator(".st-key-ink-file input[type=file]").set_input_files(
            {"name": name, "mimeType": kind, "buffer": content}
        )
        expect(chips.filter(has_text=name)).to_be_visible()

    bring("notes.txt", "text/plain", b"no picture")
    bring("large.png", "image/png", bytes(1_000_000 * MAX_UPLOAD_MB * 11 // 10))
    words = page.evaluate(said)
    for told in ("Not taken", "PNG", "JPEG", "HEIC", f"{MAX_UPLOAD_MB} MB"):
        assert told in words
    bring("seven.png", "image/png", png(samples.sample(7)))
    app.wait_for_prediction("shipped", "7")
    expect(chips.filter(visible=True)).to_have_count(1)
    assert page.evaluate(said) == "none"
