"""Every page at first sight: deep links, phone, dark mode, the pad, and nothing in the console."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.app import PHONE, AppPage, Server
from tests.browser.test_live_slider import Wire
from tests.browser.test_main_job import SEVEN

OpenApp = Callable[..., AppPage]
PATHS = ["/", "/train", "/results", "/inside", "/draw", "/compare"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_no_sideways_scrolling_and_no_complaint(
    server: Server, open_app: OpenApp, path: str, device: str
) -> None:
    app = open_app(server, path, **(PHONE if device == "phone" else {}))
    expect(app.page.get_by_role("heading", level=1).first).to_be_visible()
    assert app.sideways_overflow() <= 0


def test_dark_mode_is_dark(server: Server, open_app: OpenApp) -> None:
    def brightness(app: AppPage) -> float:
        colour = app.page.locator("[data-testid=stApp]").evaluate(
            "element => getComputedStyle(element).backgroundColor"
        )
        return sum(int(x) for x in re.findall(r"\d+", colour)[:3]) / 3

    assert brightness(open_app(server, "/", color_scheme="dark")) < 60
    assert brightness(open_app(server, "/", color_scheme="light")) > 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_words_are_too_faint(server: Server, open_app: OpenApp, scheme: str) -> None:
    app = open_app(server, "/train", color_scheme=scheme)
    expect(app.page.locator(".st-key-network img")).to_be_visible()
    assert app.faint_words() == []
    app.open("/learn?chapter=feedforward")
    axis = app.page.locator("[data-testid=stVegaLiteChart] svg text").first
    expect(axis).to_be_visible(timeout=20_000)
    assert app.faint_words() == []


def test_a_deep_link_fills_the_form_and_opens_the_right_page(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(
        server,
        "/train?hidden=16,16&activation=sigmoid&cost=quadratic&lr=0.25&batch=20&epochs=3&seed=7"
        "&engines=numpy",
    )
    expect(app.page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    expect(app.page.get_by_role("textbox", name="Hidden layers")).to_have_value("16,16")
    expect(app.page.get_by_role("textbox", name="Learning rate")).to_have_value("0.25")
    expect(app.page.get_by_text("784-16-16-10 · 13,002 parameters")).to_be_visible()
    assert app.page.locator("[data-testid=stSidebarNav]").count() == 0


def test_a_wrong_link_is_said_in_a_sentence_and_nothing_is_lost(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/train?lr=minus&hidden=16")
    expect(app.page.get_by_text("learning_rate = minus does not fit")).to_be_visible()
    expect(app.button("Train")).to_be_visible()


def test_an_unknown_run_is_said_in_a_sentence(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/results?run=no-such-run")
    expect(app.page.get_by_text(re.compile("no run no-such-run|no-such-run"))).to_be_visible()


def test_the_pad_on_home_answers_on_a_phone(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/", **PHONE)
    app.draw(SEVEN)
    app.wait_for_prediction("shipped", "7")


@pytest.mark.parametrize("path", ["/", "/draw"])
def test_the_pad_is_whole_at_every_width(server: Server, open_app: OpenApp, path: str) -> None:
    app = open_app(server, path)
    canvas = app.page.locator(".st-key-pad canvas.upper-canvas")
    expect(canvas).to_be_visible()
    for width in (320, 390, 641, 768, 900, 1024, 1093, 1280, 1920):
        app.page.set_viewport_size({"width": width, "height": 900})
        app.page.wait_for_timeout(100)
        ink, column = canvas.bounding_box(), app.key("pad").bounding_box()
        assert ink is not None
        assert column is not None
        assert ink["width"] == 280
        assert column["x"] <= ink["x"], width
        assert ink["x"] + ink["width"] <= min(column["x"] + column["width"], width), width
        assert app.sideways_overflow() <= 0, width


def test_what_the_pad_says_after_its_page_was_left_empties_no_other(
    server: Server, open_app: OpenApp
) -> None:
    """On a busy machine what the canvas sends when it appears may come after the next click."""
    app = open_app(server, "/train?recipe=classroom&dataset=digits&epochs=300&engines=numpy")
    late: list[bytes] = []

    def hold_what_fragments_ask(socket: WebSocketRoute) -> None:
        to_server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if isinstance(message, bytes):
                asked = BackMsg.FromString(message)
                if asked.rerun_script.fragment_id:
                    late.append(message)
                    return
            to_server.send(message)
            while late:  # it was waiting for the next page to be asked for
                to_server.send(late.pop())

        socket.on_message(pass_on)

    app.page.route_web_socket(re.compile("_stcore/stream"), hold_what_fragments_ask)
    app.open("/")
    app.page.wait_for_timeout(500)
    assert late
    app.page.get_by_role("link", name="Train", exact=True).first.click()
    expect(app.button("Train")).to_be_visible()
    app.page.wait_for_timeout(1000)
    expect(app.button("Train")).to_be_visible()


def test_a_lost_connection_is_said_until_it_is_back(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/")
    wire = Wire(app)
    app.open("/train")
    said = """() => {
        const words = getComputedStyle(document.querySelector("[data-testid=stApp]"), "::after")
        return words.visibility === "visible" && words.content.includes("No connection")
    }"""
    windows = """() => {
        window.opened = 0
        new MutationObserver(changes => changes.forEach(({ addedNodes }) => addedNodes.forEach(
            node => { window.opened += node.matches?.("[data-testid=stDialog]") ? 1 : 0 }
        ))).observe(document.body, { childList: true })
    }"""
    assert not app.page.evaluate(said)
    app.page.evaluate(windows)
    app.page.route("**/_stcore/health", lambda route: route.abort())
    wire.cut()
    app.page.wait_for_function(said, timeout=30_000)
    # Streamlit opens a window about it, which nobody gets to see, and the page can be read on.
    app.page.wait_for_function("window.opened", timeout=60_000)
    expect(app.page.get_by_test_id("stDialog")).to_have_count(0)
    app.page.mouse.move(640, 400)
    app.page.mouse.wheel(0, 300)
    app.page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 0")
    assert app.page.evaluate(said)
    app.page.unroute("**/_stcore/health")
    wire.is_cut = False
    app.settle()
    assert not app.page.evaluate(said)
    app.console.clear()  # a browser complains of a connection that is lost
