"""What the worker and the queue promise, with real processes, real kills and a real full disk."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from dashboard.once import once
from dashboard.runs import jobs as jobs_module
from dashboard.runs import messenger, worker
from dashboard.runs.claim import Claim
from dashboard.runs.database import StoreError
from dashboard.runs.jobs import Jobs
from dashboard.runs.run import RequestKind, RunStatus
from dashboard.runs.store import LOST, RunStore
from dashboard.runs.worker import run_training
from nncore import checkpoints, datasets, training
from nncore.config import TrainingConfig

ROOT = Path(__file__).parents[3]
CONFIG = TrainingConfig(dataset="digits", hidden=(20,), engines=("numpy",), epochs=3)
ENDLESS = CONFIG.replace(epochs=1_000)
TIMEOUT = 60.0
"""For what takes a second on an idle machine."""


@pytest.fixture
def store(tmp_path):
    store = RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield store
    store.close()


def wait_until(condition, timeout=TIMEOUT):
    """Seconds until the condition holds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < timeout, "timed out"
        time.sleep(0.01)
    return time.monotonic() - began


def status(store, run_id):
    return store.get_run(run_id).status


def wait_for(store, run_id, wanted, timeout=TIMEOUT):
    return wait_until(lambda: status(store, run_id) == wanted, timeout)


def wait_for_epochs(store, run_id, n):
    return wait_until(lambda: len(store.epochs(run_id)) >= n)


def new_run(store, config=CONFIG, **options):
    return store.create_run("mine", config, **options)


@contextmanager
def training_thread(store, run_id):
    """A worker of this process; it is stopped at the end, whatever the test did."""
    thread = threading.Thread(target=run_training, args=(run_id, store.url))
    thread.start()
    try:
        yield thread
    finally:
        wait_until(lambda: status(store, run_id) != "queued" or not thread.is_alive())
        store.request(run_id, RequestKind.STOP)
        thread.join(TIMEOUT)
        assert not thread.is_alive()


def curve(store, run_id):
    return [(r.engine, r.epoch, r.train_cost, r.test_cost) for r in store.epochs(run_id)]


def place(store, run_id, engine="numpy"):
    last = [c for c in store.checkpoints(run_id) if c.engine == engine][-1]
    return last.epoch, last.batch


def uninterrupted(tmp_path, config):
    store = RunStore(f"sqlite:///{tmp_path / 'uninterrupted.sqlite'}")
    run = new_run(store, config)
    assert run_training(run.id, store.url) == "finished"
    expected = curve(store, run.id)
    store.close()
    return expected


# --- a worker -------------------------------------------------------------------------------------


def test_a_run_trains_to_its_end_and_all_of_it_is_kept(store):
    run = new_run(store)
    assert run_training(run.id, store.url) == "finished"
    after = store.get_run(run.id)
    assert (after.status, after.note) == (RunStatus.FINISHED, None)
    records = store.epochs(run.id)
    assert [r.epoch for r in records] == [0, 1, 2]
    assert records[-1].test_accuracy > 0.8
    assert [(c.epoch, c.batch) for c in store.checkpoints(run.id)] == [(n, 0) for n in range(4)]
    progress = store.live(run.id).progress["numpy"]
    assert (progress.epoch, progress.batch) == (2, progress.n_batches)


def test_the_last_checkpoint_has_the_recorded_accuracy(store):
    run = new_run(store)
    run_training(run.id, store.url)
    checkpoint = checkpoints.from_bytes(store.checkpoint_blob(run.id, "numpy"))
    test = datasets.load("digits").test
    right = checkpoint.network().predict_proba(test.images).argmax(axis=1) == test.labels
    assert right.mean() == pytest.approx(store.epochs(run.id)[-1].test_accuracy)


def test_both_engines_train_and_have_live_costs(store):
    run = new_run(store, CONFIG.replace(engines="numpy,torch", epochs=2))
    assert run_training(run.id, store.url) == "finished"
    assert [(r.engine, r.epoch) for r in store.epochs(run.id)] == [
        ("numpy", 0),
        ("torch", 0),
        ("numpy", 1),
        ("torch", 1),
    ]
    assert set(store.live(run.id).progress) == {"numpy", "torch"}


def test_a_run_that_is_not_queued_is_left_alone(store):
    run = new_run(store)
    store.request(run.id, RequestKind.STOP)
    assert run_training(run.id, store.url) is None
    assert run_training("nothing", store.url) is None
    assert status(store, run.id) == "stopped"


def test_pause_step_learning_rate_resume_stop(store):
    run = new_run(store, ENDLESS)
    with training_thread(store, run.id):
        wait_for_epochs(store, run.id, 2)
        assert store.request(run.id, RequestKind.PAUSE)
        wait_for(store, run.id, "paused")
        epoch, batch = place(store, run.id)
        n_batches = store.live(run.id).progress["numpy"].n_batches
        for _ in range(2):
            store.request(run.id, RequestKind.STEP_BATCH)
        at = epoch * n_batches + batch + 2
        wait_until(lambda: place(store, run.id) == divmod(at, n_batches))
        store.request(run.id, RequestKind.STEP_EPOCH)
        wait_until(lambda: place(store, run.id) == (at // n_batches + 1, 0))
        wait_for(store, run.id, "paused")
        n_epochs = len(store.epochs(run.id))
        assert n_epochs == at // n_batches + 1
        store.request(run.id, RequestKind.LEARNING_RATE, 0.025)
        wait_until(lambda: store.get_run(run.id).learning_rate == 0.025)
        assert len(store.epochs(run.id)) == n_epochs  # paused: nothing was trained meanwhile
        store.request(run.id, RequestKind.RESUME)
        wait_for_epochs(store, run.id, n_epochs + 2)
        assert store.epochs(run.id)[-1].learning_rate == 0.025
        store.request(run.id, RequestKind.STOP)
        wait_for(store, run.id, "stopped")
    assert place(store, run.id) >= (n_epochs + 2, 0)


def test_a_run_can_begin_with_a_step(store):
    run = new_run(store, ENDLESS, start=RequestKind.STEP_BATCH)
    with training_thread(store, run.id):
        wait_for(store, run.id, "paused")
        assert place(store, run.id) == (0, 1)
        assert store.epochs(run.id) == []
        assert len(store.live(run.id).batch_costs["numpy"]) == 1


def test_a_stopped_run_goes_on_to_the_same_numbers(store, tmp_path):
    config = CONFIG.replace(epochs=12, optimizer="momentum")
    run = new_run(store, config)
    for wanted in (2, 5):
        with training_thread(store, run.id):
            wait_for_epochs(store, run.id, wanted)
            store.request(run.id, RequestKind.PAUSE)  # somewhere inside an epoch
            wait_until(lambda: status(store, run.id) in ("paused", "finished"))
        if not store.request(run.id, RequestKind.RESUME):  # a quick machine was through before
            break
    run_training(run.id, store.url)
    assert status(store, run.id) == "finished"
    assert curve(store, run.id) == uninterrupted(tmp_path, config)


def test_a_resumed_run_keeps_its_learning_rate(store):
    run = new_run(store)
    store.request(run.id, RequestKind.PAUSE)
    store.request(run.id, RequestKind.LEARNING_RATE, 0.033)
    store.request(run.id, RequestKind.RESUME)
    run_training(run.id, store.url)
    assert {r.learning_rate for r in store.epochs(run.id)} == {0.033}


def test_two_tabs_pressing_at_once_corrupt_nothing(store):
    run = new_run(store, ENDLESS)

    def press(kind):
        for _ in range(25):
            store.request(run.id, kind)

    with training_thread(store, run.id):
        wait_for_epochs(store, run.id, 1)
        kinds = (RequestKind.PAUSE, RequestKind.RESUME, RequestKind.STEP_BATCH)
        tabs = [threading.Thread(target=press, args=(kind,)) for kind in kinds]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        store.request(run.id, RequestKind.RESUME)
        store.request(run.id, RequestKind.LEARNING_RATE, 0.025)  # the last in the line
        wait_until(lambda: store.get_run(run.id).learning_rate == 0.025)
        wait_for_epochs(store, run.id, len(store.epochs(run.id)) + 2)
        assert status(store, run.id) == "running"
    assert status(store, run.id) == "stopped"
    epochs = [r.epoch for r in store.epochs(run.id)]
    assert epochs == list(range(len(epochs)))


def test_a_deleted_run_ends_its_worker(store):
    run = new_run(store, ENDLESS)
    thread = threading.Thread(target=run_training, args=(run.id, store.url))
    thread.start()
    wait_for_epochs(store, run.id, 1)
    store.delete_run(run.id)
    thread.join(TIMEOUT)
    assert not thread.is_alive()


def test_a_worker_that_lost_its_claim_stops_and_writes_nothing_more(store):
    run = new_run(store, ENDLESS)
    thread = threading.Thread(target=run_training, args=(run.id, store.url, "first"))
    thread.start()
    wait_for_epochs(store, run.id, 1)
    assert store.fail_lost(run.id, "first")
    n_epochs = len(store.epochs(run.id))
    thread.join(TIMEOUT)
    assert not thread.is_alive()
    assert len(store.epochs(run.id)) == n_epochs
    assert status(store, run.id) == "failed"


def test_a_paused_run_gives_its_worker_up_to_one_that_waits(store, monkeypatch):
    monkeypatch.setattr(worker, "PARK_IF_OTHERS_WAIT", 0.0)
    run = new_run(store, ENDLESS, start=RequestKind.STEP_BATCH)
    thread = threading.Thread(target=run_training, args=(run.id, store.url))
    thread.start()
    wait_for(store, run.id, "paused")
    new_run(store)
    thread.join(TIMEOUT)
    assert not thread.is_alive()
    assert status(store, run.id) == "paused"
    assert store.request(run.id, RequestKind.RESUME)
    assert store.get_run(run.id).queue_position == 2


def test_a_diverging_run_finishes_and_says_where(store):
    config = CONFIG.replace(activation="linear", cost="quadratic", learning_rate=1_000, l2=1_000)
    run = new_run(store, config)
    assert run_training(run.id, store.url) == "finished"
    note = store.get_run(run.id).note
    last = store.epochs(run.id)[-1]
    assert last.diverged
    assert f"stopped being finite in epoch {last.epoch + 1} (numpy)" in note
    assert "smaller learning rate than 1000, such as 100." in note


IDLE = CONFIG.replace(engines="numpy,torch", learning_rate=1e-12, epochs=9, patience=2)


def test_a_run_that_lost_patience_is_finished_and_says_why(store):
    run = new_run(store, IDLE)
    assert run_training(run.id, store.url) == "finished"
    assert [(r.engine, r.epoch) for r in store.epochs(run.id)][-2:] == [("numpy", 2), ("torch", 2)]
    assert "has not improved since epoch 1" in store.get_run(run.id).note


def test_a_resumed_run_loses_patience_after_the_same_epoch(store, tmp_path):
    config = IDLE.replace(schedule="halving", schedule_epochs=1, dropout=0.5)
    run = new_run(store, config, start=RequestKind.STEP_EPOCH)
    with training_thread(store, run.id):
        wait_for(store, run.id, "paused")
    assert status(store, run.id) == "stopped"
    assert store.request(run.id, RequestKind.RESUME)
    assert run_training(run.id, store.url) == "finished"
    assert curve(store, run.id) == uninterrupted(tmp_path, config)
    assert [r.learning_rate for r in store.epochs(run.id)][::2] == [1e-12, 1e-12, 5e-13]
    assert "has not improved since epoch 1" in store.get_run(run.id).note


def test_twins_that_stand_apart_take_a_new_rate_together(store):
    run = new_run(store, ENDLESS.replace(engines="numpy,torch"), start=RequestKind.STEP_BATCH)
    with training_thread(store, run.id):
        wait_for(store, run.id, "paused")  # NumPy one mini-batch into the epoch, PyTorch not yet
        store.request(run.id, RequestKind.LEARNING_RATE, 0.025)
        store.request(run.id, RequestKind.RESUME)
        wait_for_epochs(store, run.id, 4)
    rates = {(r.engine, r.epoch): r.learning_rate for r in store.epochs(run.id)}
    assert rates["numpy", 0] == rates["torch", 0] == CONFIG.learning_rate
    assert rates["numpy", 1] == rates["torch", 1] == 0.025


def test_missing_data_is_one_sentence(store, tmp_path, monkeypatch):
    monkeypatch.setenv("NN_DATA_DIR", str(tmp_path / "empty"))
    run = new_run(store, CONFIG.replace(dataset="mnist"))
    assert run_training(run.id, store.url) == "failed"
    note = store.get_run(run.id).note
    assert "empty" in note
    assert note.endswith(".")


def test_an_unexpected_error_is_told_and_logged(store, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("the cat sat on it")

    monkeypatch.setattr(training, "build", broken)
    run = new_run(store)
    assert run_training(run.id, store.url) == "failed"
    assert "unexpected error (RuntimeError: the cat sat on it)" in store.get_run(run.id).note
    assert "Traceback" in caplog.text


def test_a_locked_store_only_delays(store, tmp_path):
    run = new_run(store, CONFIG.replace(epochs=20))
    other = sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)
    with training_thread(store, run.id):
        wait_for_epochs(store, run.id, 1)
        other.execute("BEGIN IMMEDIATE")
        time.sleep(1.0)
        other.execute("ROLLBACK")
        other.close()
        wait_until(lambda: status(store, run.id) == "finished")
    assert [r.epoch for r in store.epochs(run.id)] == list(range(20))


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


def failing(monkeypatch, owner, name, times):
    """Have a method raise StoreError so many times before it works; returns what is left of it."""
    left, real = [times], getattr(owner, name)

    def method(*args, **options):
        if left[0] > 0:
            left[0] -= 1
            raise StoreError("The run store is locked.")
        return real(*args, **options)

    monkeypatch.setattr(owner, name, method)
    return left


@pytest.mark.parametrize("name", ["others_wait", "release"])
def test_a_paused_run_outlives_a_store_that_is_locked_when_it_would_park(store, monkeypatch, name):
    monkeypatch.setattr(worker, "PARK_IF_OTHERS_WAIT", 0.0)
    monkeypatch.setattr(worker, "BEAT_EVERY", 0.05)
    left = failing(monkeypatch, Claim, name, 2)
    run = new_run(store, ENDLESS, start=RequestKind.STEP_BATCH)
    new_run(store)
    assert run_training(run.id, store.url) == "paused"
    assert left == [0]
    assert status(store, run.id) == "paused"


@pytest.mark.parametrize("name", ["live", "checkpoint_blob", "epochs"])
def test_a_run_begins_although_the_store_cannot_be_read_at_once(store, monkeypatch, name):
    monkeypatch.setattr(worker, "BEAT_EVERY", 0.05)
    left = failing(monkeypatch, RunStore, name, 2)
    run = new_run(store)
    assert run_training(run.id, store.url) == "finished"
    assert left == [0]


def test_a_pause_insists_on_its_checkpoint(store, monkeypatch):
    monkeypatch.setattr(worker, "BEAT_EVERY", 0.05)
    run = new_run(store, ENDLESS, start=RequestKind.STEP_BATCH)
    left = failing(monkeypatch, Claim, "save_checkpoint", 3)  # the initial weights' is the first
    with training_thread(store, run.id):
        wait_for(store, run.id, "paused")
        assert left == [0]
        assert place(store, run.id) == (0, 1)
        assert store.get_run(run.id).note is None


def test_a_pause_without_a_checkpoint_says_so(store, monkeypatch):
    monkeypatch.setattr(worker, "BEAT_EVERY", 0.05)
    monkeypatch.setattr(worker, "PATIENCE", 0.5)
    run = new_run(store, ENDLESS, start=RequestKind.STEP_BATCH)
    left = failing(monkeypatch, Claim, "save_checkpoint", 10_000)
    with training_thread(store, run.id):
        wait_for(store, run.id, "paused")
        assert store.get_run(run.id).note == worker.UNKEPT.format(0)
        left[0] = 0
        store.request(run.id, RequestKind.STEP_BATCH)
        wait_until(lambda: store.checkpoints(run.id))
        wait_until(lambda: store.get_run(run.id).note is None)


@contextmanager
def disk_of(n_bytes):
    """SQLite itself refuses to grow beyond this, with the error of a full disk."""

    def limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {n_bytes // 4_096}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


@pytest.mark.parametrize(
    ("n_bytes", "note", "places"),
    [(400_000, worker.SPARING, [0, 12]), (200_000, "no longer kept", [0])],
)
def test_a_full_disk_costs_checkpoints_but_not_the_training(store, n_bytes, note, places):
    run = new_run(store, CONFIG.replace(epochs=12, hidden=(30,)))
    with disk_of(n_bytes):
        assert run_training(run.id, store.url) == "finished"
    assert [r.epoch for r in store.epochs(run.id)] == list(range(12))
    assert note in store.get_run(run.id).note
    assert [c.epoch for c in store.checkpoints(run.id)] == places


def test_costs_of_a_long_run_are_thinned():
    series = messenger.Series([])
    for i in range(20_000):
        series.add(i / 100, float(i))
    points = series.points()
    assert 100 <= len(points) <= messenger.MAX_POINTS
    assert points[0][0] == 0
    assert points[-1][0] > 198
    assert points == sorted(points)


# --- the queue, its workers and their deaths ------------------------------------------------------


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


def test_a_power_cut_is_noticed_by_whoever_looks(store):
    run = new_run(store, ENDLESS)
    code = (
        f"from dashboard.runs.worker import run_training; run_training({run.id!r}, {store.url!r})"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    wait_for_epochs(store, run.id, 3)
    assert store.reap() == []
    process.kill()
    process.wait()
    n_epochs = len(store.epochs(run.id))
    assert wait_until(store.reap) < 10  # as pages do
    assert status(store, run.id) == "failed"
    assert len(store.epochs(run.id)) == n_epochs


OWNER = """
    import sys, threading
    from dashboard.runs.jobs import Jobs
    from dashboard.runs.store import RunStore

    if __name__ == "__main__":
        jobs = Jobs(RunStore(sys.argv[1]), slots=1, warm=False)
        jobs.start()
        threading.Event().wait()
"""


def test_a_killed_server_takes_its_workers_along_and_the_next_one_goes_on(store, tmp_path):
    script = tmp_path / "owner.py"
    script.write_text(textwrap.dedent(OWNER))
    run, waiting = new_run(store, ENDLESS), new_run(store)
    server = subprocess.Popen(
        [sys.executable, str(script), store.url], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
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
    assert isinstance(jobs_module.jobs, once)
    assert isinstance(jobs_module.run_store, once)
