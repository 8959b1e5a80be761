"""Measure what the app promises in seconds: `python -m tests.browser.measure`, on a quiet machine.

Prints one JSON object: seconds from a cold request to an idle first page; what each page costs a
browser that has never been here; milliseconds from mouse-up to a new prediction on Draw, and from
each step of a slider to the new drawing on Learn; examples a second of the NumPy engine inside the
app, with the live page open, by the command line's, as the median over pairs of runs.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, WebSocket, sync_playwright

from tests.browser.app import DESKTOP, FLAGS, ROOT, AppPage, Server
from tests.browser.find_chromium import find
from tests.browser.test_draw import written

PAIRS = 5
LOADS = 5
USEFUL = {
    "/": ".st-key-prediction-shipped [data-testid=stMetricValue]",
    "/learn": ".st-key-lesson-figure svg",
    "/train": ".st-key-network img",
    "/results": ".st-key-curves svg.marks",
    "/inside": ".st-key-network svg",
    "/draw": ".st-key-prediction-shipped [data-testid=stMetricValue]",
    "/compare": "[data-testid=stVegaLiteChart] svg",
}
"""What a visitor came for, by page: its first load is over when that is there."""
CONFIG = {"dataset": "mnist", "hidden": "128", "lr": "0.1", "batch": "32", "epochs": "6"}


def first_page_idle(browser: Browser) -> float:
    """Seconds from the first request to a server that has just started until Home is idle."""
    with tempfile.TemporaryDirectory() as home:
        server = Server(Path(home))
        server.start()
        page = browser.new_context(**DESKTOP).new_page()
        began = time.perf_counter()
        AppPage(page, server).open("/")
        seconds = time.perf_counter() - began
        page.context.close()
        server.stop()
    return seconds


@dataclass
class FirstLoad:
    """What a browser's first visit to a page cost, and when what it waited for was there.

    Seconds from the request; megabytes and requests until the page is idle.
    """

    connected: float = 0.0
    """Streamlit's own scripts were loaded and ran: they have opened their connection."""
    told: float = 0.0
    """The last message of the page's script before its useful picture."""
    seconds: float = 0.0
    """The first useful picture."""
    MB: float = 0.0
    requests: int = 0


def first_load(browser: Browser, server: Server, path: str) -> FirstLoad:
    """Visit a page with a browser that has never been here."""
    context = browser.new_context(**DESKTOP)
    page = context.new_page()
    load = FirstLoad()

    def count(event: dict[str, float]) -> None:
        load.MB += event["encodedDataLength"] / 1e6
        load.requests += 1

    def connect(socket: WebSocket) -> None:
        load.connected = load.connected or time.perf_counter() - began
        socket.on("framereceived", hear)

    def hear(frame: str | bytes) -> None:
        load.MB += len(frame) / 1e6
        if not load.seconds:
            load.told = time.perf_counter() - began

    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", count)
    page.on("websocket", connect)
    began = time.perf_counter()
    page.goto(server.url + path, wait_until="commit")
    page.locator(USEFUL[path.partition("?")[0]]).first.wait_for(timeout=60_000)
    load.seconds = time.perf_counter() - began
    AppPage(page, server).settle()
    page.wait_for_timeout(1000)
    context.close()
    return load


def first_loads(browser: Browser) -> dict[str, dict[str, float]]:
    """What a browser's first visit to each page costs, on a server that has been visited before."""
    with tempfile.TemporaryDirectory() as home:
        server = Server(Path(home))
        server.start()
        app = AppPage(browser.new_context(**DESKTOP).new_page(), server)
        app.open("/train?recipe=classroom&dataset=digits&epochs=3")
        app.press("Train")
        app.wait_for_status("finished", seconds=60)
        found = re.search(r"run=([\w-]+)", app.page.url)
        assert found is not None
        app.page.context.close()
        table: dict[str, dict[str, float]] = {}
        for path in USEFUL:
            address = path + f"?run={found[1]}" * (path == "/results")
            first_load(browser, server, address)  # the server's own first time
            loads = [asdict(first_load(browser, server, address)) for _ in range(LOADS)]
            table[path] = {
                what: round(statistics.median(load[what] for load in loads), 2) for what in loads[0]
            }
        server.stop()
    return table


def stroke_to_prediction(app: AppPage) -> list[float]:
    """Milliseconds from mouse-up to the answer, for each stroke of 30 digits, sorted."""
    app.open("/draw")
    millis: list[float] = []
    for _, strokes in written():
        millis += app.draw_and_wait(strokes)
        app.press("Clear")
    return sorted(millis)


def slider_to_drawing(app: AppPage) -> list[float]:
    """Milliseconds from each step of a slider that is being dragged to the new drawing, sorted."""
    app.open("/learn?chapter=backpropagation")
    slider = app.page.get_by_role("slider", name="Input x₁")
    slider.scroll_into_view_if_needed()
    place = slider.bounding_box()
    assert place is not None
    left, wide, y = place["x"] + 6, place["width"] - 12, place["y"] + place["height"] / 2
    app.page.wait_for_timeout(1000)
    app.page.mouse.move(left + wide, y)
    app.page.mouse.down()
    millis: list[float] = []
    for tenths in (*range(9, -1, -1), *range(1, 11)):
        app.page.evaluate(_WATCH)
        app.page.mouse.move(left + wide * tenths / 10, y)
        millis.append(app.page.evaluate("window.drawn"))
        app.page.wait_for_timeout(150)
    app.page.mouse.up()
    return sorted(millis)


_WATCH = """() => {
    const parts = document.querySelectorAll(".st-key-figure-small *")
    const { shadowRoot } = [...parts].find(part => part.shadowRoot)
    let moved = 0
    addEventListener("input", () => (moved = performance.now()), { capture: true, once: true })
    window.drawn = new Promise(done => {
        const watch = new MutationObserver(() => {
            watch.disconnect()
            requestAnimationFrame(() => done(performance.now() - moved))
        })
        watch.observe(shadowRoot, { subtree: true, childList: true })
    })
}"""
"""Promises the milliseconds from the next move of a slider to the next frame with a new drawing."""


def speed_in_the_app(app: AppPage) -> float:
    """Median examples a second over the epochs of a run trained with its page open."""
    query = "&".join(f"{key}={value}" for key, value in CONFIG.items())
    app.open(f"/train?{query}&engines=numpy")
    app.press("Train")
    app.wait_for_status("finished", seconds=120)
    text = app.key("metric-numpy").inner_text()
    return float(text.split("examples")[0].split("\n")[-1].replace(",", ""))


def speed_of_the_command_line() -> float:
    """The last epoch's examples a second, as the page shows it."""
    settings = [part for key, value in CONFIG.items() for part in ("--set", f"{key}={value}")]
    command = [sys.executable, "-m", "nncore", "train", "--engines", "numpy", "--json", *settings]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    epochs = json.loads(done.stdout)["engines"]["numpy"]["epochs"]
    return epochs[-1]["examples_per_second"]


def in_short(millis: list[float]) -> dict[str, int]:
    """What is printed of sorted milliseconds."""
    return {
        "median": round(statistics.median(millis)),
        "p95": round(millis[int(0.95 * (len(millis) - 1))]),
    }


def asked() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.browser.measure",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument(
        "--first-loads",
        action="store_true",
        help="only what each page costs a browser that has never been here",
    )
    only.add_argument(
        "--slider",
        action="store_true",
        help="only the milliseconds from a slider's step to the new drawing",
    )
    return parser.parse_args()


def main() -> None:
    only = asked()
    with sync_playwright() as play, tempfile.TemporaryDirectory() as home:
        browser = play.chromium.launch(executable_path=find(), args=FLAGS)
        if only.first_loads:
            print(json.dumps(first_loads(browser), indent=2))
            return
        if only.slider:
            server = Server(Path(home))
            server.start()
            app = AppPage(browser.new_context(**DESKTOP).new_page(), server)
            print(json.dumps({"slider_to_drawing_ms": in_short(slider_to_drawing(app))}, indent=2))
            server.stop()
            return
        report: dict[str, object] = {
            "first_page_idle_seconds": [round(first_page_idle(browser), 2) for _ in range(3)],
            "first_loads": first_loads(browser),
        }
        server = Server(Path(home))
        server.start()
        app = AppPage(browser.new_context(**DESKTOP).new_page(), server)
        report["stroke_to_prediction_ms"] = in_short(stroke_to_prediction(app))
        report["slider_to_drawing_ms"] = in_short(slider_to_drawing(app))
        ratios = [speed_in_the_app(app) / speed_of_the_command_line() for _ in range(PAIRS)]
        report["app_by_command_line"] = {
            "median": round(statistics.median(ratios), 3),
            "pairs": [round(ratio, 3) for ratio in ratios],
        }
        server.stop()
        browser.close()
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
