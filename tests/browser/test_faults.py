"""Faults in the middle of a run, made for real: a killed worker, a killed server."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.app import AppPage, Server

OpenApp = Callable[..., AppPage]


def busiest_worker(server: Server) -> int:
    """The worker process that trains: a descendant of the server with the most CPU time."""
    assert server.process is not None
    ticks = {pid: cpu_ticks(pid) for pid in descendants(server.process.pid) if is_worker(pid)}
    return max(ticks, key=lambda pid: ticks[pid])


def descendants(pid: int) -> list[int]:
    children = [
        int(p)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for p in (task / "children").read_text().split()
    ]
    return children + [below for child in children for below in descendants(child)]


def is_worker(pid: int) -> bool:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    return b"dask spec" in command and b"Scheduler" not in command


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in Linux's /proc")
def test_a_killed_worker_and_a_killed_server(
    tmp_path: Path, open_app: OpenApp, dataset: str
) -> None:
    server = Server(tmp_path)
    server.start()
    epochs = {"mnist": 14, "digits": 300}[dataset]
    app = open_app(server, f"/train?dataset={dataset}&hidden=64&epochs={epochs}&engines=numpy")
    app.press("Train")
    app.wait_for_status("running")
    app.wait_for_metric("numpy")

    os.kill(busiest_worker(server), signal.SIGKILL)
    app.wait_for_status("failed", seconds=10)
    app.wait_for_metric("numpy")  # the history is there
    app.press("Resume")
    app.wait_for_status("running", seconds=30)

    server.stop(signal.SIGKILL)
    time.sleep(1)
    server.start()
    again = open_app(server, "/train")
    found = again.page.get_by_text("Past runs")
    found.wait_for()
    # The server is new: what it says of the run it did not start is true within 10 seconds.
    again.open("/train?run=" + run_id(app))
    if again.wait_for_status("running", "failed", "finished", seconds=10) != "finished":
        if again.wait_for_status("running", "failed", seconds=10) == "failed":
            again.press("Resume")
        again.wait_for_status("finished", seconds=120)
    assert again.wait_for_metric("numpy") > 0.8
    assert not again.console
    server.stop()
    for page in (app, again):
        page.page.goto("about:blank")
        page.console.clear()  # they lost their server: what they said of that is right


def run_id(app: AppPage) -> str:
    from urllib.parse import parse_qs, urlparse

    return parse_qs(urlparse(app.page.url).query)["run"][0]
