"""Learn's slider in a browser: keys, fingers, two handles, a page or a server that goes away."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, WebSocketRoute, expect

from tests.browser.app import PHONE, AppPage, Server

OpenApp = Callable[..., AppPage]
SLOW_MS = 2000
BUMPS = "/learn?chapter=universality&n=6"


def slider(app: AppPage, name: str) -> Locator:
    found = app.page.get_by_role("slider", name=name)
    expect(found).to_be_visible()
    found.evaluate("element => element.scrollIntoView({ block: 'end' })")
    return found


def spot(handle: Locator, share: float) -> tuple[float, float]:
    """Where on the window a place of its track is, as a share of its length."""
    box = handle.evaluate(
        "e => { const { x, y, width } = e.parentElement.querySelector('.rail')"
        ".getBoundingClientRect(); return [x, y + 2, width] }"
    )
    return box[0] + share * box[2], box[1]


def bumps(number: int) -> float:
    """The share of the track at which so many bumps are."""
    return (number - 1) / 49


def says(handle: Locator, text: str) -> None:
    expect(handle).to_have_attribute("aria-valuetext", text)


def figure_says(app: AppPage, n_bumps: int) -> None:
    """The figure's number of hidden neurons, two a bump."""
    hidden = app.key("lesson-number").get_by_test_id("stMetricValue").nth(1)
    expect(hidden).to_have_text(str(2 * n_bumps))


def address_says(app: AppPage, text: str) -> None:
    expect(app.page).to_have_url(re.compile(rf"[?&]{re.escape(text)}(&|$)"))


def hold(app: AppPage, handle: Locator, *places: float) -> None:
    """Press at the first place and move to the others, without letting go."""
    app.page.mouse.move(*spot(handle, places[0]))
    app.page.mouse.down()
    for place in places[1:]:
        app.page.mouse.move(*spot(handle, place))


class Wire:
    """The page's way to the server: what goes up is kept, what comes down may be held back."""

    def __init__(self, app: AppPage) -> None:
        self.sent: list[bytes | str] = []
        self.held: list[tuple[WebSocketRoute, bytes | str]] = []
        self.is_slow = self.is_cut = False
        self.ends: list[WebSocketRoute] = []
        app.page.route_web_socket(re.compile("_stcore/stream"), self._opened)

    def _opened(self, page: WebSocketRoute) -> None:
        if self.is_cut:
            page.close()
            return
        server = page.connect_to_server()
        self.ends = [page, server]

        def up(message: bytes | str) -> None:
            self.sent.append(message)
            server.send(message)

        def down(message: bytes | str) -> None:
            if self.is_slow:
                self.held.append((page, message))
            else:
                page.send(message)

        page.on_message(up)
        server.on_message(down)

    def deliver(self) -> None:
        held, self.held = self.held, []
        for page, message in held:
            page.send(message)

    def cut(self) -> None:
        self.is_cut = True
        for end in self.ends:
            end.close()


def test_keys_move_it_and_a_screen_reader_hears_its_name_and_value(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, BUMPS)
    handle = slider(app, "Bumps (two hidden neurons each)")
    says(handle, "6")
    for key, text in (
        ("ArrowRight", "7"),
        ("ArrowUp", "8"),
        ("ArrowLeft", "7"),
        ("ArrowDown", "6"),
        ("End", "50"),
        ("Home", "1"),
    ):
        handle.press(key)
        says(handle, text)
        address_says(app, f"n={text}")
    handle.press("PageUp")
    assert int(handle.get_attribute("aria-valuetext") or 0) >= 4
    handle.press("PageDown")
    says(handle, "1")
    figure_says(app, 1)
    assert handle.evaluate("e => [e.min, e.max, e.step]") == ["1", "50", "1"]
    app.open("/learn?chapter=universality&show=bump&h=-1.5")
    says(slider(app, "Height h"), "\N{MINUS SIGN}1.5")
    for name in ("first", "second"):
        expect(app.page.get_by_role("slider", name=name)).to_be_visible()


def test_it_shows_where_the_keyboard_is_and_moves_nothing_by_itself(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, BUMPS, reduced_motion="reduce")
    handle = slider(app, "Bumps")
    ring = "e => getComputedStyle(e.nextElementSibling).outlineStyle"
    app.page.mouse.click(*spot(handle, bumps(9)))
    says(handle, "9")
    assert handle.evaluate(ring) == "none"
    handle.press("ArrowRight")
    assert handle.evaluate(ring) == "solid"
    moving = handle.evaluate(
        "e => [...e.getRootNode().querySelectorAll('*')].map(part => getComputedStyle(part))"
        ".filter(s => s.animationName !== 'none' || s.transitionDuration !== '0s').length"
    )
    assert moving == 0


def test_a_finger_drags_it_and_the_figure_follows(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, BUMPS, **PHONE)
    handle = slider(app, "Bumps")
    finger = app.page.context.new_cdp_session(app.page)

    def touch(kind: str, *place: float) -> None:
        points = [{"x": x, "y": y} for x, y in (spot(handle, share) for share in place)]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", bumps(6))
    for number in (8, 12, 20):
        touch("touchMove", bumps(number))
    says(handle, "20")
    figure_says(app, 20)
    address_says(app, "n=6")
    touch("touchEnd")
    address_says(app, "n=20")
    # Who scrolls the page with a finger on it moves the page alone, from the first touch on.
    x, y = spot(handle, bumps(40))
    for kind, up in (("touchStart", 0), ("touchMove", 20), ("touchMove", 60), ("touchMove", 90)):
        finger.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y - up}]}
        )
        assert handle.get_attribute("aria-valuetext") == "20"
    app.page.wait_for_timeout(100)  # or the page would roll on
    touch("touchEnd")
    app.settle()
    says(handle, "20")
    assert spot(handle, 0)[1] < y - 20
    touch("touchStart", bumps(40))
    touch("touchEnd")
    says(handle, "40")
    address_says(app, "n=40")


def test_two_handles_stop_at_each_other_and_can_part_again(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/learn?chapter=universality&show=bump&s=0.2,0.6")
    first, second = slider(app, "s₂, first"), slider(app, "s₂, second")
    hold(app, second, 0.6, 0.4, 0.1)
    says(second, "0.20")
    app.page.mouse.up()
    address_says(app, "s=0.2%2C0.2")
    x, y = spot(first, 0.2)
    app.page.mouse.move(x - 4, y)
    app.page.mouse.down()
    app.page.mouse.move(*spot(first, 0.1))
    app.page.mouse.up()
    says(first, "0.10")
    says(second, "0.20")
    address_says(app, "s=0.1%2C0.2")
    second.press("End")
    first.press("End")  # as far as the other
    says(first, "1.00")
    address_says(app, "s=1%2C1")
    hold(app, first, 0.995, 0.7)
    app.page.mouse.up()
    says(first, "0.70")
    says(second, "1.00")


def test_it_takes_over_a_links_value_and_what_back_brings(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/learn?chapter=cost&w=1")
    weight = slider(app, "Starting weight w")
    says(weight, "1.0")
    weight.press("ArrowRight")
    address_says(app, "w=1.1")
    app.key("next-chapter").get_by_role("button").click()
    expect(app.page.get_by_role("heading", name="Softmax", exact=True)).to_be_visible()
    app.page.go_back()
    says(slider(app, "Starting weight w"), "1.1")


def test_a_rerun_from_elsewhere_does_not_take_it_out_of_the_hand(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, BUMPS)
    option = app.key("lesson-question").get_by_role("radio").first
    option.evaluate("e => e.click()")
    expect(app.button("Reveal")).to_be_enabled()
    handle = slider(app, "Bumps")
    hold(app, handle, bumps(6), bumps(9))
    app.button("Reveal").evaluate("e => e.click()")  # the whole page is drawn anew
    expect(app.page.get_by_text("1 of 12 questions answered")).to_be_attached()
    says(handle, "9")
    app.page.mouse.move(*spot(handle, bumps(11)))
    says(handle, "11")
    figure_says(app, 11)
    app.page.mouse.up()
    address_says(app, "n=11")


def test_a_page_may_be_left_and_found_again_with_it_held(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, BUMPS)
    handle = slider(app, "Bumps")
    hold(app, handle, bumps(6), bumps(9))
    figure_says(app, 9)
    app.page.get_by_role("link", name="Train", exact=True).first.evaluate("e => e.click()")
    expect(app.page.get_by_role("heading", name="Train", exact=True, level=1)).to_be_visible()
    app.page.mouse.up()
    app.settle()
    app.page.get_by_role("link", name="Learn", exact=True).first.click()
    says(slider(app, "Bumps"), "9")
    figure_says(app, 9)
    address_says(app, "n=9")
    slider(app, "Bumps").press("ArrowRight")
    address_says(app, "n=10")


def test_on_a_slow_server_only_the_newest_place_goes(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/")
    wire = Wire(app)
    app.open(BUMPS)
    handle = slider(app, "Bumps")
    app.page.wait_for_timeout(500)
    wire.sent.clear()
    wire.is_slow = True
    hold(app, handle, bumps(6), *map(bumps, range(7, 31)))
    says(handle, "30")
    app.page.wait_for_timeout(SLOW_MS)
    assert len(wire.sent) == 1
    wire.deliver()
    app.page.wait_for_timeout(SLOW_MS)
    says(handle, "30")  # not what the server answered: that is old
    assert len(wire.sent) == 2
    app.page.mouse.up()
    app.page.wait_for_timeout(200)
    assert len(wire.sent) == 2
    wire.deliver()
    app.page.wait_for_timeout(SLOW_MS)
    assert len(wire.sent) == 3
    assert b'"moving":false' in bytes(wire.sent[-1])  # type: ignore[arg-type]
    wire.is_slow = False
    wire.deliver()
    figure_says(app, 30)
    address_says(app, "n=30")
    says(handle, "30")


def test_what_was_moved_while_the_connection_was_lost_is_not_lost(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/")
    wire = Wire(app)
    app.open(BUMPS)
    handle = slider(app, "Bumps")
    hold(app, handle, bumps(6), bumps(9))
    figure_says(app, 9)
    wire.cut()
    expect(app.page.get_by_test_id("stApp")).not_to_have_attribute(
        "data-test-connection-state", "CONNECTED"
    )
    for number in (12, 15, 18):
        app.page.mouse.move(*spot(handle, bumps(number)))
    app.page.mouse.up()
    says(handle, "18")
    wire.is_cut = False
    app.settle()
    figure_says(app, 18)
    address_says(app, "n=18")
    says(handle, "18")
    app.console.clear()  # a browser complains of a connection that is lost
