"""The real app as the browser tests see it: a server process and pages that know how to wait."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

EXPECTED = re.compile(r"_stcore/(health|host-config)|Multiple different fragmentIds")
"""Streamlit's own ways: it looks for its server below the page's own path first, and remarks that a
field and the button that took the focus from it are in two fragments, which it then reruns both."""

LIGHT = """
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
  const light = color => {
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => {
      const share = v / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
"""
"""A JavaScript function: the luminance of a colour laid over the last one (WCAG 2.2)."""

_SEEN = """() => ({
    image: document.querySelector('img[alt^="The digit as 28 by 28"]')?.src,
    bars: document.querySelector('.st-key-prediction-shipped [role=img]')?.innerHTML,
    isDrawn: !document.body.innerText.includes("Nothing drawn yet"),
    isIdle: document.querySelector('[data-testid=stApp]').dataset.testScriptState === "notRunning",
})"""
"""What the models see and what the first one says of it."""


class Server:
    """`streamlit run streamlit_app.py` with a run store of its own."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = environment
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Path(tempfile.mkstemp(suffix=".log")[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        options = {
            "server.port": self.port,
            "server.headless": "true",
        }
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={
                    **os.environ,
                    "NN_HOME": str(self.home),
                    "PYTHONUNBUFFERED": "1",
                    **self.environment,
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        for _ in range(240):
            try:
                with urllib.request.urlopen(self.url + "/_stcore/health", timeout=1) as answer:
                    if answer.read() == b"ok":
                        return
            except OSError:
                time.sleep(0.25)
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(with_signal)
        self.process.wait(20)

    def complaints(self) -> list[str]:
        """Lines of the log that a warning-free server would not have written."""
        words = ("warning", "deprecat", "error", "traceback", "exception")
        lines = self.log.read_text().splitlines()
        return [line for line in lines if any(word in line.lower() for word in words)]


class AppPage:
    """One browser page on the app, with its console kept."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.console: list[str] = []
        self.example = ""
        """The image that the models see while nothing is drawn."""
        page.on(
            "console", lambda message: self._heard(message.type, message.text, message.location)
        )
        page.on("pageerror", lambda error: self.console.append(str(error)))

    def _heard(self, kind: str, text: str, location: dict[str, str]) -> None:
        if kind in ("error", "warning") and not EXPECTED.search(text + location.get("url", "")):
            self.console.append(f"{kind}: {text}")

    def open(self, path: str) -> None:
        self.page.goto(self.server.url + path)
        self.settle()

    def settle(self) -> None:
        """Wait until the app is connected and its script is idle, or a fragment is polling."""
        self.page.wait_for_selector(
            "[data-testid=stApp][data-test-connection-state=CONNECTED]", timeout=30_000
        )
        self.page.wait_for_selector(
            "[data-testid=stApp][data-test-script-state=notRunning]", timeout=30_000
        )
        self.page.wait_for_function(
            "() => !document.querySelector('[data-testid=stSkeleton]')", timeout=30_000
        )

    def key(self, key: str) -> Locator:
        """The element of a stable key."""
        return self.page.locator(f".st-key-{key}").first

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True).first

    def press(self, name: str) -> None:
        self.button(name).click()

    def status(self) -> str:
        return self.key("run-status").inner_text().strip()

    def wait_for_status(self, *words: str, seconds: float = 30) -> str:
        """Wait for one of the status words, and return it."""
        until = time.monotonic() + seconds
        seen = ""
        while time.monotonic() < until:
            if self.key("run-status").count():
                seen = self.status()
                if seen in words:
                    return seen
            self.page.wait_for_timeout(100)
        raise AssertionError(f"status {seen!r} after {seconds} s, expected one of {words}")

    def wait_for_metric(self, engine: str, seconds: float = 60) -> float:
        """Wait for an engine's test accuracy, and return it as a fraction."""
        until = time.monotonic() + seconds
        text = ""
        while time.monotonic() < until:
            text = self.key(f"metric-{engine}").inner_text()
            if found := re.search(r"(\d+\.\d\d)%", text):
                return float(found[1]) / 100
            self.page.wait_for_timeout(100)
        raise AssertionError(f"no accuracy of {engine} after {seconds} s: {text!r}")

    def wait_for_prediction(self, model: str, digit: str) -> None:
        """Wait until a model names this digit."""
        named = self.key(f"prediction-{model}").locator("[data-testid=stMetricValue]")
        expect(named).to_have_text(digit, timeout=30_000)

    def sideways_overflow(self) -> int:
        return self.page.locator("[data-testid=stMain]").evaluate(
            "element => element.scrollWidth - element.clientWidth"
        )

    def draw(self, strokes: list[list[tuple[float, float]]], *, steps: int = 6) -> None:
        """Draw strokes on the pad, each a list of points in fractions of its width and height.

        The mouse moves from point to point in so many steps.
        """
        canvas = self.page.locator(".st-key-pad canvas.upper-canvas").first
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        for stroke in strokes:
            points = [
                (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke
            ]
            self.page.mouse.move(*points[0])
            self.page.mouse.down()
            for point in points[1:]:
                self.page.mouse.move(*point, steps=steps)
            self.page.mouse.up()

    def draw_and_wait(self, strokes: list[list[tuple[float, float]]]) -> list[float]:
        """Draw, after each stroke waiting for the answer to it: milliseconds from mouse-up.

        A pad that was wiped a moment ago may be answered with the example first: that is no answer.
        Two drawings may get the same bars: then the end of the script is waited for.
        """
        millis: list[float] = []
        for stroke in strokes:
            before = self.page.evaluate(f"({_SEEN})()")
            if not before["isDrawn"]:
                self.example = before["image"]
            self.draw([stroke], steps=2)
            began = time.perf_counter()
            self.page.wait_for_function(
                f"([before, example]) => {{ const now = ({_SEEN})(); return now.isDrawn && "
                "now.image !== before.image && now.image !== example && "
                "(now.bars !== before.bars || now.isIdle) }",
                arg=[before, self.example],
                timeout=30_000,
            )
            millis.append(1000 * (time.perf_counter() - began))
        return millis

    def faint_words(self) -> list[str]:
        """Texts below a contrast of 4.5:1, each with its ratio."""
        return self.page.evaluate((ROOT / "tests/browser/contrast.js").read_text(encoding="utf-8"))

    def exceptions(self) -> list[str]:
        return self.page.locator("[data-testid=stException]").all_inner_texts()
