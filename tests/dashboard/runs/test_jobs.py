"""What the queue promises of its workers, with real processes and real kills."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from dashboard.runs import jobs as jobs_module
from dashboard.runs import lookout
from dashboard.runs.errors import StoreError
from dashboard.runs.jobs import Jobs
from dashboard.runs.run import RequestKind
from dashboard.runs.store import LOST
from tests.dashboard.runs.training import (
    CONFIG,
    ENDLESS,
    curve,
    new_run,
    status,
    uninterrupted,
    wait_for,
    wait_for_epochs,
    wait_until,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture
def jobs(store):
    jobs = Jobs(store, slots=1, warm=False)
    yield jobs
    jobs.close()


def worker_pid(jobs):
    (only,) = jobs._cluster._processes.workers.values()
    return only.process.pid


def test_a_killed_worker_costs_nothing_but_the_time(store, jobs, tmp_path):
    config = CONFIG.replace(epochs=150)
    run, waiting = new_run(store, config), new_run(store)
    began = time.monotonic()
    jobs.submit()
    assert time.monotonic() - began < 0.1
    wait_for_epochs(store, run.id, 5)
    assert status(store, waiting.id) == "queued"
    assert store.get_run(waiting.id).queue_position == 1

    os.kill(worker_pid(jobs), signal.SIGKILL)
    assert wait_for(store, run.id, "failed") < 10
    assert store.get_run(run.id).note == LOST
    before = curve(store, run.id)
    assert len(before) >= 5

    wait_for(store, waiting.id, "finished")  # another worker has taken its place
    assert not jobs.request(run.id, RequestKind.RESUME, workspace="theirs")
    assert jobs.request(run.id, RequestKind.RESUME, workspace="mine")
    wait_for(store, run.id, "finished")
    after = curve(store, run.id)
    assert after[: len(before)] == before
    assert after == uninterrupted(tmp_path, config)


OWNER = """
    import sys, threading
    from dashboard.runs import lookout
    from dashboard.runs.jobs import Jobs
    from dashboard.runs.store import RunStore

    if __name__ == "__main__":
        lookout.DEAD_AFTER = float(sys.argv[2])
        jobs = Jobs(RunStore(sys.argv[1]), slots=1, warm=False)
        jobs.start()
        threading.Event().wait()
"""


def owner(store, tmp_path, dead_after=lookout.DEAD_AFTER):
    """A server without pages: a process that owns the workers."""
    script = tmp_path / "owner.py"
    script.write_text(textwrap.dedent(OWNER))
    return subprocess.Popen(
        [sys.executable, str(script), store.url, str(dead_after)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_killed_server_takes_its_workers_along_and_the_next_one_goes_on(store, tmp_path):
    run, waiting = new_run(store, ENDLESS), new_run(store)
    server = owner(store, tmp_path)
    wait_for_epochs(store, run.id, 3)
    server.kill()
    server.wait()

    jobs = Jobs(store, slots=1, warm=False)
    jobs.start()
    try:
        assert wait_for(store, run.id, "failed") < 10
        assert "Resume goes on from the last checkpoint" in store.get_run(run.id).note
        n_epochs = len(store.epochs(run.id))
        assert n_epochs >= 3
        wait_for(store, waiting.id, "finished")  # it was queued when the server died
        assert len(store.epochs(run.id)) == n_epochs  # nobody has gone on by himself
        jobs.request(run.id, RequestKind.RESUME)
        wait_for_epochs(store, run.id, n_epochs + 1)
    finally:
        jobs.close()
    assert status(store, run.id) == "failed"  # closed in the middle of it: said at once
    epochs = [r.epoch for r in store.epochs(run.id)]
    assert epochs == list(range(len(epochs)))


def children(pid):
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds processes in Linux's /proc")
def test_a_laptop_that_sleeps_and_a_store_that_is_locked_lose_no_run(store, tmp_path):
    """Both for longer than a worker may be silent, and in each case the server is back first."""
    run = new_run(store, ENDLESS)
    server = owner(store, tmp_path, dead_after=3.0)
    other = sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)
    try:
        wait_for_epochs(store, run.id, 2)
        workers = children(server.pid)
        assert workers
        for pid in (*workers, server.pid):
            os.kill(pid, signal.SIGSTOP)
        time.sleep(4.0)
        n_epochs = len(store.epochs(run.id))
        os.kill(server.pid, signal.SIGCONT)
        time.sleep(1.2)
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
        wait_for_epochs(store, run.id, n_epochs + 2)

        other.execute("BEGIN IMMEDIATE")
        time.sleep(5.0)
        n_epochs = len(store.epochs(run.id))
        other.execute("ROLLBACK")
        wait_for_epochs(store, run.id, n_epochs + 2)
        time.sleep(0.7)  # the server has looked once more
        assert status(store, run.id) == "running"
    finally:
        other.close()
        server.kill()
        server.wait()


def test_a_scheduler_that_is_not_there_is_a_problem_for_the_reader(store):
    import dask.config

    nowhere = {
        "scheduler-address": "tcp://127.0.0.1:1",
        "distributed.comm.timeouts.connect": "200ms",
    }
    with dask.config.set(nowhere):
        jobs = Jobs(store)
        new_run(store)
        jobs.submit()
        wait_until(lambda: jobs.problem)
        jobs.close()
    assert jobs.problem.startswith("Training workers cannot be started (")
    assert jobs.problem.endswith("; queued runs wait.")


class Workers:
    """In the place of a cluster: it is asked to close, and that is all."""

    is_ours = True
    workers: dict[str, object] = {}  # noqa: RUF012
    closed = 0

    def close(self, timeout=None):
        self.closed += 1


def locked(*_args, **_options):
    raise StoreError("The run store is locked.")


@pytest.mark.parametrize("reason", ["locked", "broken"])
def test_a_queue_that_stumbles_goes_on_whatever_fails_meanwhile(store, jobs, monkeypatch, reason):
    rounds = []

    def stumble():
        rounds.append(len(rounds))
        jobs._cluster, jobs._given = workers, {"a run": (None, "token"), "another": (None, "token")}
        raise RuntimeError("the cat sat on it")

    workers = Workers()
    if reason == "broken":
        monkeypatch.setattr(workers, "close", lambda: 1 / 0)
    monkeypatch.setattr(store, "fail_lost", locked)
    monkeypatch.setattr(jobs, "_round", stumble)
    monkeypatch.setattr(jobs_module, "LOOK_EVERY", 0.01)
    jobs.start()
    wait_until(lambda: len(rounds) >= 3)
    monkeypatch.setattr(jobs, "_round", lambda: None)
    assert jobs._threads[1].is_alive()
    jobs._cluster = None


def test_a_look_for_dead_workers_that_stumbles_is_not_the_last(store, jobs, monkeypatch):
    looks = []

    def stumble():
        looks.append(len(looks))
        raise RuntimeError("the cat sat on it")

    monkeypatch.setattr(store, "reap", stumble)
    monkeypatch.setattr(jobs_module, "LOOK_EVERY", 0.01)
    jobs.start()
    wait_until(lambda: len(looks) >= 3)


def test_processes_without_a_client_are_ended(monkeypatch):
    processes = Workers()

    def no_client(*_args, **_options):
        raise OSError("too many open files")

    monkeypatch.setattr(jobs_module, "_start_processes", lambda *_: processes)
    monkeypatch.setattr("distributed.Client", no_client)
    with pytest.raises(OSError, match="too many"):
        jobs_module._Cluster(1, warm=False)
    assert processes.closed == 1
