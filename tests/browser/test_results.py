"""Results under a finger and a mouse: what is chosen in a chart is shown, and the page scrolls."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from dashboard.ui.palette import TRANSPARENT
from tests.browser.app import PHONE, AppPage, Server

OpenApp = Callable[..., AppPage]


def cell(app: AppPage, key: str, true: int, predicted: int) -> Locator:
    return app.key(key).locator("svg.marks .mark-rect path").nth(10 * true + predicted)


def curves(app: AppPage, at: int) -> Locator:
    """The chart of the cost (0) or of the accuracy (1)."""
    return app.key("curves").get_by_test_id("stFullScreenFrame").nth(at)


def middle(of: Locator) -> tuple[float, float]:
    of.scroll_into_view_if_needed()
    box = of.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def chosen(app: AppPage, key: str) -> list[int]:
    """The cells that have a frame, counted row by row."""
    cells = app.key(key).locator("svg.marks .mark-rect path")
    strokes = cells.evaluate_all("cells => cells.map(cell => cell.getAttribute('stroke'))")
    return [at for at, stroke in enumerate(strokes) if stroke not in (None, TRANSPARENT)]


def scrolled(app: AppPage) -> float:
    return app.page.locator("[data-testid=stMain]").evaluate("element => element.scrollTop")


def swipe(app: AppPage, start: tuple[float, float], down: float) -> None:
    """One finger's way up or down the screen, as a touch screen tells it; the page must follow."""
    x, y = start
    before = scrolled(app)
    wire = app.page.context.new_cdp_session(app.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", (x, y))
    for step in range(1, 11):
        touch("touchMove", (x, y + down * step / 10))
        app.page.wait_for_timeout(16)
    touch("touchEnd")
    app.page.wait_for_function(
        "before => document.querySelector('[data-testid=stMain]').scrollTop > before + 100",
        arg=before,
    )
    app.page.wait_for_timeout(500)  # it glides on for a moment


def trained(app: AppPage, query: str) -> str:
    """Train a run and wait for its end: what it is called in a link."""
    app.open(f"/train?recipe=classroom&dataset=digits&epochs=3&{query}")
    app.press("Train")
    app.wait_for_status("finished", seconds=60)
    found = re.search(r"run=([\w-]+)", app.page.url)
    assert found is not None
    return found[1]


@pytest.mark.mnist
def test_the_shipped_networks_cells_can_be_chosen_before_anything_is_trained(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/results", **PHONE)
    app.page.touchscreen.tap(*middle(cell(app, "confusion-shipped", 4, 9)))
    expect(app.page.get_by_text("a 4 taken for a 9")).to_be_visible()
    assert chosen(app, "confusion-shipped") == [49]
    assert app.sideways_overflow() <= 0


def test_a_finger_scrolls_past_a_matrix_and_chooses_in_it(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/results", **PHONE)
    app.open(f"/results?run={trained(app, 'engines=numpy,torch')}")
    ticks = curves(app, 1).locator(".role-axis-label text").all_text_contents()
    swipe(app, middle(curves(app, 1).locator("svg.marks")), -150)
    assert curves(app, 1).locator(".role-axis-label text").all_text_contents() == ticks
    for key in ("confusion-numpy", "confusion-torch"):
        swipe(app, middle(cell(app, key, 5, 3)), -150)
        assert chosen(app, key) == []
        app.page.touchscreen.tap(*middle(cell(app, key, 7, 7)))
        expect(app.page.get_by_text("a 7 named right")).to_have_count(1)
        assert chosen(app, key) == [77]
        app.page.touchscreen.tap(*middle(cell(app, key, 7, 7)))
        expect(app.page.get_by_text("a 7 named right")).to_have_count(0)
        assert chosen(app, key) == []
    assert app.sideways_overflow() <= 0


def test_a_mouse_chooses_a_cell_another_and_none(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/results")
    app.open(f"/results?run={trained(app, 'engines=numpy')}")
    key = "confusion-numpy"
    named = app.page.get_by_text(re.compile("a 7 named right, .* times"))

    app.page.mouse.click(*middle(cell(app, key, 7, 7)))
    expect(named).to_be_visible()
    images = app.page.get_by_role("img", name=re.compile("^Test image .*7 as 7"))
    expect(images).to_have_count(20)

    app.page.get_by_text("rates", exact=True).click()  # it stays chosen in what else can be shown
    expect(
        app.key(key).locator("svg.marks").get_by_text(re.compile(r"^\d+\.\d$")).first
    ).to_be_visible()
    expect(named).to_be_visible()
    assert chosen(app, key) == [77]

    app.page.get_by_role("link", name=re.compile("^Why 7")).first.click()
    expect(app.page).to_have_url(re.compile("/inside"))
    expect(app.page.get_by_role("heading", name=re.compile("^Why 7"))).to_be_visible()
    app.page.go_back()  # to the next of its images
    expect(named).to_be_visible()
    assert chosen(app, key) == [77]

    app.page.mouse.click(*middle(cell(app, key, 0, 1)))
    expect(app.page.get_by_text("a 0 taken for a 1, not once")).to_be_visible()
    expect(named).to_have_count(0)
    assert chosen(app, key) == [1]

    app.page.mouse.click(*middle(cell(app, key, 0, 1)))
    expect(app.page.get_by_text("taken for a 1,")).to_have_count(0)
    assert chosen(app, key) == []


def test_curves_zoom_by_ctrl_and_the_wheel_which_alone_scrolls(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/results")
    app.open(f"/results?run={trained(app, 'engines=numpy')}")
    chart = curves(app, 1).locator("svg.marks")

    def ticks() -> list[str]:
        return chart.locator(".role-axis-label text").all_text_contents()

    whole = ticks()
    app.page.mouse.move(*middle(chart))
    app.page.mouse.wheel(0, 40)
    app.page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 0")
    assert ticks() == whole
    app.page.mouse.move(*middle(chart))
    app.page.keyboard.down("Control")
    app.page.mouse.wheel(0, -400)
    app.page.keyboard.up("Control")
    first_epoch = chart.locator(".role-axis-label text").filter(has_text=re.compile("^1$"))
    expect(first_epoch).to_have_count(0)
    app.page.mouse.dblclick(*middle(chart))
    expect(first_epoch).to_have_count(1)
    assert sorted(ticks()) == sorted(whole)


def test_a_chart_is_saved_as_a_picture_and_what_is_folded_is_not_sent(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/results")
    run = trained(app, "engines=numpy")
    fresh = AppPage(app.page.context.browser.new_context().new_page(), server)  # pyright: ignore
    sent: list[str] = []
    fresh.page.on("request", lambda request: sent.append(request.url))
    fresh.open(f"/results?run={run}")
    expect(fresh.page.locator("svg.marks")).to_have_count(4)
    assert not [url for url in sent if re.search("PlotlyChart|DataFrame|EChartsChart", url)]

    fresh.page.get_by_text("Every epoch in numbers").click()
    expect(fresh.page.get_by_test_id("stDataFrame")).to_be_visible()
    curves(fresh, 0).hover()
    with fresh.page.expect_download() as saved:
        curves(fresh, 0).get_by_role("button", name="Download as PNG").click()
    assert saved.value.suggested_filename.endswith(".png")
    assert not fresh.console
    fresh.page.context.close()
