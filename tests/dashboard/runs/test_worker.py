"""What a worker promises of a run, with a real disk that is full and a real kill."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from dashboard.runs import worker
from dashboard.runs.claim import Claim
from dashboard.runs.errors import StoreError
from dashboard.runs.run import RequestKind, RunStatus
from dashboard.runs.store import RunStore
from dashboard.runs.worker import run_training
from nncore import checkpoints, datasets, training
from tests.dashboard.runs.training import (
    CONFIG,
    ENDLESS,
    TIMEOUT,
    curve,
    new_run,
    place,
    status,
    training_thread,
    uninterrupted,
    wait_for,
    wait_for_epochs,
    wait_until,
)

ROOT = Path(__file__).parents[3]


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
    parks_for(store, "theirs")


def test_a_paused_run_gives_way_at_once_to_one_of_its_own_workspace(store):
    parks_for(store, "mine")


def test_a_paused_run_keeps_its_worker_while_somebody_elses_run_is_first(store, monkeypatch):
    monkeypatch.setattr(worker, "BEAT_EVERY", 0.05)
    run = new_run(store, ENDLESS, start=RequestKind.STEP_BATCH)
    with training_thread(store, run.id):
        wait_for(store, run.id, "paused")
        theirs = store.create_run("theirs", CONFIG)
        new_run(store)
        time.sleep(0.5)
        assert store.get_run(run.id).has_worker
        store.delete_run(theirs.id)
        wait_until(lambda: not store.get_run(run.id).has_worker)


def test_a_paused_run_whose_place_is_not_kept_gives_its_worker_up_to_nobody(store, monkeypatch):
    monkeypatch.setattr(worker, "BEAT_EVERY", 0.05)
    monkeypatch.setattr(worker, "PATIENCE", 0.2)
    run = new_run(store, ENDLESS, start=RequestKind.STEP_BATCH)
    failing(monkeypatch, Claim, "save_checkpoint", 1_000)
    with training_thread(store, run.id):
        wait_for(store, run.id, "paused")
        assert "did not take the last checkpoint" in store.get_run(run.id).note
        new_run(store)
        time.sleep(0.5)
        assert store.get_run(run.id).has_worker


def parks_for(store, workspace):
    """A paused run leaves its worker to one of this workspace, and loses nothing by it."""
    run = new_run(store, ENDLESS, start=RequestKind.STEP_BATCH)
    thread = threading.Thread(target=run_training, args=(run.id, store.url))
    thread.start()
    wait_for(store, run.id, "paused")
    store.create_run(workspace, CONFIG)
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


def test_a_store_that_stays_locked_is_waited_for(store, tmp_path, monkeypatch):
    """Longer than a worker would insist on what fails for another reason."""
    monkeypatch.setattr(worker, "PATIENCE", 0.1)
    monkeypatch.setattr(worker, "BEAT_EVERY", 0.05)
    monkeypatch.setattr(worker, "RunStore", partial(RunStore, busy_seconds=0.05))
    run = new_run(store, ENDLESS)
    other = sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)
    with training_thread(store, run.id):
        wait_for_epochs(store, run.id, 1)
        assert store.request(run.id, RequestKind.PAUSE)
        other.execute("BEGIN IMMEDIATE")
        time.sleep(1.0)
        other.execute("ROLLBACK")
        other.close()
        wait_for(store, run.id, "paused")
        assert store.get_run(run.id).note is None
        store.request(run.id, RequestKind.RESUME)
        wait_for_epochs(store, run.id, len(store.epochs(run.id)) + 2)
    epochs = [r.epoch for r in store.epochs(run.id)]
    assert epochs == list(range(len(epochs)))


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


@pytest.mark.parametrize("name", ["who_waits", "release"])
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
