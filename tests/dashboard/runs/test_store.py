"""Runs of several workspaces, what pages ask of them, and who may train them."""

import math
import sqlite3
import subprocess
import sys
import threading

import numpy as np
import pytest

from dashboard.runs import lookout
from dashboard.runs.claim import ClaimLostError
from dashboard.runs.errors import StoreError
from dashboard.runs.run import Live, RequestKind, RunStatus
from dashboard.runs.store import LOST
from nncore.config import ConfigError, TrainingConfig
from nncore.training import Progress
from tests.dashboard.runs.training import live, one_sentence, record, status

CONFIG = TrainingConfig(dataset="digits", hidden=(30,), engines=("numpy",))


def test_importing_store_and_jobs_loads_neither_torch_nor_streamlit():
    code = (
        "import sys, dashboard.runs.store, dashboard.runs.jobs;"
        "print([m for m in ('torch', 'streamlit', 'distributed', 'sklearn') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


# --- runs -----------------------------------------------------------------------------------------


def test_a_new_run_waits_in_the_queue(store):
    run = store.create_run("mine", CONFIG, "  My   run ")
    assert store.get_run(run.id) == run
    assert (run.status, run.name, run.config) == (RunStatus.QUEUED, "My run", CONFIG)
    assert run.created_at.tzinfo is not None
    assert run.learning_rate == CONFIG.learning_rate
    assert store.create_run("mine", CONFIG).name == "784-30-10, relu, learning rate 0.1"


def test_an_unknown_run_is_none_or_empty_everywhere(store):
    assert store.get_run("nothing") is None
    assert store.epochs("nothing") == []
    assert store.last_epochs(["nothing"]) == {}
    assert store.live("nothing") == Live({}, {})
    assert store.checkpoints("nothing") == []
    assert store.checkpoint_blob("nothing", "numpy") is None
    assert store.claim("nothing", "w") is None
    assert not store.request("nothing", RequestKind.PAUSE)
    store.rename_run("nothing", "x")
    store.delete_run("nothing")


def test_workspaces_do_not_see_each_other_but_an_id_is_enough(store):
    mine, yours = store.create_run("mine", CONFIG), store.create_run("yours", CONFIG)
    newer = store.create_run("mine", CONFIG)
    assert [run.id for run in store.list_runs("mine")] == [newer.id, mine.id]
    assert [run.id for run in store.list_runs("yours")] == [yours.id]
    assert store.list_runs("") == []
    assert store.get_run(yours.id) == yours


def test_a_workspace_holds_something_while_it_has_a_run_or_a_digit(store):
    assert not store.holds("mine")
    run = store.create_run("mine", CONFIG)
    assert store.holds("mine")
    assert not store.holds("yours")
    store.delete_run(run.id)
    assert not store.holds("mine")
    store.handwriting.keep("mine", np.full(784, 9, dtype=np.uint8), 1)
    assert store.holds("mine")
    assert not store.holds("yours")


def test_renaming(store):
    run = store.create_run("mine", CONFIG)
    store.rename_run(run.id, " x" * 200)
    assert len(store.get_run(run.id).name) <= 120
    store.rename_run(run.id, "   ")
    assert store.get_run(run.id).name.startswith("x")


def test_only_its_owner_changes_a_run(store):
    run = store.create_run("mine", CONFIG, "My run")
    store.rename_run(run.id, "Theirs", workspace="theirs")
    store.delete_run(run.id, workspace="theirs")
    for kind in RequestKind:
        assert not store.request(run.id, kind, 0.5, workspace="theirs")
        assert not store.request(run.id, kind, 0.5, workspace="")
    assert store.get_run(run.id) == run
    assert store.request(run.id, RequestKind.PAUSE, workspace="mine")
    assert status(store, run.id) is RunStatus.PAUSED
    store.rename_run(run.id, "Mine", workspace="mine")
    assert store.get_run(run.id).name == "Mine"
    store.delete_run(run.id, workspace="mine")
    assert store.get_run(run.id) is None


def test_a_workspace_can_be_kept_from_filling_the_queue(store):
    runs = [store.create_run("mine", CONFIG, max_active=2) for _ in range(2)]
    claim = store.claim(runs[0].id, "w")
    with pytest.raises(StoreError, match="No more than 2 of your runs") as error:
        store.create_run("mine", CONFIG, max_active=2)
    assert one_sentence(error)
    claim.set_status(RunStatus.PAUSED)  # it still has its worker
    with pytest.raises(StoreError, match="No more than 2"):
        store.create_run("mine", CONFIG, max_active=2)
    assert len(store.list_runs("mine")) == 2
    store.create_run("yours", CONFIG, max_active=2)
    store.create_run("mine", CONFIG)
    store.request(runs[1].id, RequestKind.STOP)
    claim.release(RunStatus.PAUSED)
    store.create_run("mine", CONFIG, max_active=2)


def test_deleting_takes_everything_with_it_and_stops_the_worker(store, tmp_path):
    run = store.create_run("mine", CONFIG)
    claim = store.claim(run.id, "w")
    claim.save_checkpoint("numpy", 1, 0, b"blob", [record(0)])
    claim.save_progress(live(Progress("numpy", 1, 3, 9, 0.5, 0.1), [(1.3, 0.5)]))
    store.request(run.id, RequestKind.PAUSE)
    store.delete_run(run.id)
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        for table in ("run", "epoch", "checkpoint", "request", "progress"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    connection.close()
    with pytest.raises(ClaimLostError):
        claim.beat()


def test_a_run_of_another_version_does_not_hide_the_others(store, tmp_path):
    old, run = store.create_run("mine", CONFIG), store.create_run("mine", CONFIG)
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.execute("UPDATE run SET config = '{\"depth\": 3}' WHERE id = ?", (old.id,))
    connection.close()
    assert [run.id for run in store.list_runs("mine")] == [run.id]
    with pytest.raises(StoreError, match="another version"):
        store.get_run(old.id)


def test_the_last_epochs_of_several_runs(store):
    runs = [store.create_run("mine", CONFIG) for _ in range(3)]
    for run, n_epochs in zip(runs, (3, 0, 1), strict=True):
        claim = store.claim(run.id, "w")
        for epoch in range(n_epochs):
            claim.save_epochs([record(epoch)])
    store.claim(store.create_run("mine", CONFIG).id, "w").save_epochs([record(7)])
    torch_is_behind = record(1, "torch")
    claim = store.claim(store.create_run("mine", CONFIG).id, "w")
    claim.save_epochs([record(0), record(1), record(2), record(0, "torch"), torch_is_behind])
    assert store.last_epochs([run.id for run in (*runs, claim.run)]) == {
        runs[0].id: {"numpy": record(2)},
        runs[2].id: {"numpy": record(0)},
        claim.run.id: {"numpy": record(2), "torch": torch_is_behind},
    }
    assert store.last_epochs([]) == {}


# --- requests and claims --------------------------------------------------------------------------


def test_without_a_worker_requests_change_the_status_at_once(store):
    run = store.create_run("mine", CONFIG)
    for kind, expected in (
        (RequestKind.PAUSE, RunStatus.PAUSED),
        (RequestKind.RESUME, RunStatus.QUEUED),
        (RequestKind.STOP, RunStatus.STOPPED),
        (RequestKind.RESUME, RunStatus.QUEUED),
        (RequestKind.PAUSE, RunStatus.PAUSED),
        (RequestKind.STOP, RunStatus.STOPPED),
    ):
        assert store.request(run.id, kind)
        assert status(store, run.id) is expected
    assert not store.request(run.id, RequestKind.PAUSE)
    assert not store.request(run.id, RequestKind.STOP)
    assert store.request(run.id, RequestKind.LEARNING_RATE, 0.5)
    assert store.get_run(run.id).learning_rate == 0.5


def test_nothing_moves_a_finished_run(store):
    run = store.create_run("mine", CONFIG)
    store.claim(run.id, "w").release(RunStatus.FINISHED)
    assert not any(store.request(run.id, kind, 0.1) for kind in RequestKind)
    assert status(store, run.id) is RunStatus.FINISHED


@pytest.mark.parametrize("rate", [0, -1, math.nan, math.inf, 1e9, None])
def test_a_wrong_learning_rate_is_one_sentence(store, rate):
    run = store.create_run("mine", CONFIG)
    with pytest.raises(ConfigError, match="learning_rate"):
        store.request(run.id, RequestKind.LEARNING_RATE, rate)
    assert store.get_run(run.id).learning_rate == CONFIG.learning_rate


def test_only_one_worker_gets_a_run(store):
    run = store.create_run("mine", CONFIG)
    barrier, claims = threading.Barrier(4), []

    def try_claim(name):
        barrier.wait()
        claims.append(store.claim(run.id, name))

    threads = [threading.Thread(target=try_claim, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([claim for claim in claims if claim is not None]) == 1


def test_queue_positions(store):
    runs = [store.create_run(f"workspace {i}", CONFIG) for i in range(3)]

    def positions():
        each = [store.get_run(run.id).queue_position for run in runs]
        assert each == [store.list_runs(run.workspace)[0].queue_position for run in runs]
        in_queue = sorted((place, run.id) for place, run in zip(each, runs, strict=True) if place)
        assert [run_id for _, run_id in in_queue] == store.queue()
        return each

    assert positions() == [1, 2, 3]
    store.claim(runs[0].id, "w")
    assert positions() == [None, 1, 2]
    store.request(runs[1].id, RequestKind.PAUSE)
    store.request(runs[1].id, RequestKind.RESUME)
    assert positions() == [None, 2, 1]


def test_silence_is_death_for_a_running_run_and_a_paused_one_loses_nothing(store, monkeypatch):
    monkeypatch.setattr(lookout, "DEAD_AFTER", 0.0)
    runs = [store.create_run("mine", CONFIG) for _ in range(3)]
    silent, alive, paused = (store.claim(run.id, "w") for run in runs)
    silent.save_epochs([record(0)])
    paused.set_status(RunStatus.PAUSED)
    monkeypatch.setattr(lookout, "DEAD_AFTER", 1e-9)
    assert store.reap() == []  # the first look says nothing about silence
    alive.beat()
    assert set(store.reap()) == {runs[0].id, runs[2].id}
    assert [status(store, run.id).value for run in runs] == ["failed", "running", "paused"]
    assert store.get_run(runs[0].id).note == LOST
    assert store.epochs(runs[0].id) == [record(0)]
    with pytest.raises(ClaimLostError):
        silent.save_epochs([record(1)])
    assert store.request(runs[2].id, RequestKind.RESUME)
    assert store.claim(runs[2].id, "another") is not None


def test_a_beat_between_the_look_and_the_verdict_saves_the_run(store, monkeypatch):
    monkeypatch.setattr(lookout, "DEAD_AFTER", 0.0)
    run = store.create_run("mine", CONFIG)
    claim = store.claim(run.id, "w")
    dead = store.lookout.dead

    def beat_meanwhile(held):
        found = dead(held)
        claim.beat()
        return found

    monkeypatch.setattr(store.lookout, "dead", beat_meanwhile)
    assert store.reap() == []
    assert status(store, run.id) is RunStatus.RUNNING
    monkeypatch.setattr(store.lookout, "dead", dead)
    assert store.reap() == [run.id]
