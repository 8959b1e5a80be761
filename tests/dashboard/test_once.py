"""Objects that a process has one of, however many visitors ask for it at once."""

import threading
import time

from dashboard.once import once
from dashboard.runs.jobs import jobs
from dashboard.runs.store import run_store


def test_two_visitors_at_a_cold_start_get_one_object():
    made = []

    @once
    def slow():
        made.append(object())
        time.sleep(0.05)
        return made[-1]

    barrier, got = threading.Barrier(4), []

    def ask():
        barrier.wait()
        got.append(slow())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == made * 4
    slow.cache_clear()
    assert slow() is not got[0]
    assert isinstance(jobs, once)
    assert isinstance(run_store, once)
