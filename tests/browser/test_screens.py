"""Phones, projectors and frames: a lesson's figure and what changes it are in one view, and no card
stands alone beside an empty place."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from dashboard.learn.chapters import CHAPTERS
from tests.browser.app import PHONE, ROOT, AppPage, Server

OpenApp = Callable[..., AppPage]
ANSWERED = ".".join(chapter.name for chapter in CHAPTERS)
BAR = 60
"""Pixels that Streamlit's own bar covers."""


def box(element: Locator) -> tuple[float, float]:
    """Where an element begins and ends, from the top of the window."""
    found = element.bounding_box()
    assert found is not None
    return found["y"], found["y"] + found["height"]


def drawing(app: AppPage) -> Locator:
    """The figure's main part: its chart, its drawing or its picture of a network."""
    kinds = "svg.marks, svg.net, svg[viewBox], [data-testid=stImage] img"
    return app.key("lesson-places").locator("[data-testid=stColumn]").first.locator(kinds).first


def controls(app: AppPage) -> list[Locator]:
    """What changes the figure, beside it or below it."""
    column = app.key("lesson-places").locator("[data-testid=stColumn]").nth(1)
    return column.locator("input[type=range], [data-testid=stButtonGroup] [role=radiogroup]").all()


def test_a_small_phone_shows_a_drawing_with_each_control_that_changes_it(
    server: Server, open_app: OpenApp
) -> None:
    width, height = 360, 640
    size = {**PHONE, "viewport": {"width": width, "height": height}}
    app = open_app(server, f"/learn?chapter={CHAPTERS[0].name}&done={ANSWERED}", **size)
    for chapter in CHAPTERS:
        if chapter is not CHAPTERS[0]:
            app.open(f"/learn?chapter={chapter.name}&done={ANSWERED}")
        expect(drawing(app)).to_be_visible()
        app.settle()
        found = controls(app)
        assert found, chapter.name
        for control in found:
            control.evaluate("element => element.scrollIntoView({block: 'end'})")
            app.page.wait_for_timeout(50)
            top, bottom = box(drawing(app))
            begins, ends = box(control)
            assert top >= BAR, chapter.name
            assert bottom <= begins + 0.5, chapter.name
            assert ends <= height + 0.5, chapter.name
        assert app.sideways_overflow() <= 0, chapter.name


def test_a_figure_alone_fills_a_screen_and_a_frame_with_large_letters(
    server: Server, open_app: OpenApp
) -> None:
    smallest = (ROOT / "tests/browser/smallest.js").read_text(encoding="utf-8")
    app = open_app(server, "/")
    for number, chapter in enumerate(CHAPTERS):
        alone = "embed=true" if number % 2 else "focus=1"
        for width, height, letters in ((1920, 1080, 18), (960, 640, 11)):
            app.page.set_viewport_size({"width": width, "height": height})
            if width == 1920:
                app.open(f"/learn?chapter={chapter.name}&done={ANSWERED}&{alone}")
                expect(drawing(app)).to_be_visible()
            app.page.wait_for_timeout(300)
            main = app.page.locator("[data-testid=stMain]")
            over = main.evaluate("element => element.scrollHeight - element.clientHeight")
            assert over <= 0, (chapter.name, width)
            assert app.sideways_overflow() <= 0, (chapter.name, width)
            found = app.key("lesson-figure").evaluate(smallest)
            assert found["pixels"] >= letters, (chapter.name, width, found)
            # It fills the window, and nothing of it lies beyond.
            assert box(app.key("lesson-figure"))[1] > 0.96 * height, (chapter.name, width)
            for part in (drawing(app), *controls(app)):
                top, bottom = box(part)
                assert top >= 0, (chapter.name, width)
                assert bottom <= height, (chapter.name, width)


def test_a_slide_asks_its_question_itself(server: Server, open_app: OpenApp) -> None:
    frame = {"viewport": {"width": 960, "height": 640}}
    app = open_app(server, "/learn?chapter=perceptron&gate=XOR&focus=1", **frame)
    expect(app.key("lesson-secret")).to_contain_text("How many of its four rows")
    expect(app.button("Reveal")).to_be_in_viewport(ratio=1)
    assert box(app.key("lesson-figure"))[1] <= 640

    app.open("/learn?chapter=overfitting&focus=1")  # the longest
    app.press("Reveal")
    expect(app.key("lesson-secret")).to_contain_text("or deformed digits? Deformed digits")
    expect(app.button("Hide the answer again")).to_be_in_viewport(ratio=1)
    assert box(app.key("lesson-figure"))[1] <= 640


def test_a_frame_has_no_navigation(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=cost&w=1&embed=true")
    expect(app.page.get_by_role("heading", name="Cost", exact=True)).to_be_visible()
    links = app.page.get_by_role("link").filter(has_not_text="Skip to main content")
    expect(links).to_have_count(0)
    expect(app.page.get_by_test_id("stSidebar")).to_have_count(0)
    expect(app.button("Show the whole chapter")).to_have_count(0)
    app.page.get_by_role("slider", name="Starting weight").press("ArrowRight")
    expect(app.page).to_have_url(re.compile(r"w=1\.1"))
    expect(app.page).to_have_url(re.compile("embed=true"))


def test_the_figure_follows_a_slider_while_it_moves(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=universality&n=6")
    slider = app.page.get_by_role("slider", name="Bumps")
    slider.scroll_into_view_if_needed()
    place = slider.bounding_box()
    assert place is not None
    left, wide, y = place["x"] + 6, place["width"] - 12, place["y"] + place["height"] / 2
    number = app.key("lesson-number")
    expect(number).to_contain_text("12")
    app.page.mouse.move(left + wide * 5 / 49, y)
    app.page.mouse.down()
    for bumps in (7, 8):
        app.page.mouse.move(left + wide * (bumps - 1) / 49, y)
        expect(number).to_contain_text(str(2 * bumps))
    assert re.search("n=6(&|$)", app.page.url)
    assert slider.evaluate("element => element.getRootNode().activeElement === element")
    app.page.mouse.up()
    expect(app.page).to_have_url(re.compile("n=8(&|$)"))
    expect(slider).to_have_attribute("aria-valuetext", "8")


@pytest.mark.parametrize("path", ["/", "/train", "/results", "/inside", "/draw", "/compare"])
def test_a_frame_shows_a_page_without_its_surroundings(
    server: Server, open_app: OpenApp, path: str
) -> None:
    app = open_app(server, f"{path}?embed=true", viewport={"width": 960, "height": 640})
    expect(app.page.get_by_role("heading", level=1)).to_be_visible()
    for page in ("Home", "Learn", "Train", "Results", "Inside", "Draw", "Compare"):
        expect(app.page.get_by_role("link", name=page, exact=True)).to_have_count(0)
    for surrounding in ("stSidebar", "stExpandSidebarButton", "stMainMenu", "stLogoLink"):
        expect(app.page.get_by_test_id(surrounding)).to_have_count(0)
    expect(app.button("Copy link")).to_have_count(0)
    expect(app.button("Words")).to_have_count(0)
    assert app.sideways_overflow() <= 0


def test_no_card_stands_alone_beside_an_empty_place(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/")
    cards = app.key("ways").get_by_test_id("stGridCell")
    invitation = app.key("invitation")
    answers = app.page.get_by_test_id("stGrid").filter(has=invitation)
    for width, in_a_row in ((390, 1), (700, 2), (1000, 2), (1280, 4)):
        app.page.set_viewport_size({"width": width, "height": 900})
        app.page.wait_for_timeout(300)
        tops = [box(card)[0] for card in cards.all()]
        assert [tops.count(top) for top in tops] == [in_a_row] * 4, width
    app.open("/draw")
    for width, is_alone in ((390, True), (700, False), (900, True), (1280, False)):
        app.page.set_viewport_size({"width": width, "height": 900})
        app.page.wait_for_timeout(300)
        own, row = invitation.bounding_box(), answers.bounding_box()
        assert own is not None
        assert row is not None
        assert (own["width"] > 0.95 * row["width"]) == is_alone, width
        assert app.sideways_overflow() <= 0, width
