"""What goes to and fro between a worker and the store."""

import threading
import time

import pytest

from dashboard.runs import messenger
from dashboard.runs.errors import StoreError
from nncore import training
from tests.dashboard.runs.training import TIMEOUT


class Line:
    """A claim that writes progress into a list, and can fail or be slow."""

    def __init__(self):
        self.sent, self.fails, self.writing, self.began = [], 0, 0, threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def save_progress(self, live):
        self.writing += 1
        self.began.set()
        assert self.may_go_on.wait(TIMEOUT)
        if self.fails:
            self.fails -= 1
            raise StoreError("The run store is locked.")
        self.sent.append(live.progress["numpy"].batch)


def test_progress_that_could_not_be_sent_is_sent_again():
    claim = Line()
    line = messenger.Messenger(claim)
    line.begin("numpy", [])
    line.report(training.Progress("numpy", 0, 7, 10, 0.5, 0.1))
    claim.fails = 1
    with pytest.raises(StoreError):
        line.flush()
    line.flush()
    line.flush()
    assert claim.sent == [7]


def test_an_older_progress_never_lands_last():
    claim = Line()
    line = messenger.Messenger(claim)
    line.begin("numpy", [])
    claim.may_go_on.clear()
    threads = [threading.Thread(target=line.flush) for _ in range(2)]
    for batch, thread in enumerate(threads, start=1):
        line.report(training.Progress("numpy", 0, batch, 10, 0.5, 0.1))
        thread.start()
        assert claim.began.wait(TIMEOUT)
    time.sleep(0.05)
    assert claim.writing == 1  # the second waits for its turn
    claim.may_go_on.set()
    for thread in threads:
        thread.join(TIMEOUT)
    assert claim.sent == [1, 2]


def test_costs_of_a_long_run_are_thinned():
    series = messenger.Series([])
    for i in range(20_000):
        series.add(i / 100, float(i))
    points = series.points()
    assert 100 <= len(points) <= messenger.MAX_POINTS
    assert points[0][0] == 0
    assert points[-1][0] > 198
    assert points == sorted(points)
