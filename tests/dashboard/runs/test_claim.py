"""What a worker writes through its claim, and what it is asked."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.runs.claim import ClaimLostError, thinned
from dashboard.runs.run import RequestKind, RunStatus
from dashboard.runs.store import RunStore
from nncore.training import Progress
from tests.dashboard.runs.training import CONFIG, live, record

# --- history --------------------------------------------------------------------------------------


def test_epochs_come_back_as_they_were(store):
    run = store.create_run("mine", CONFIG)
    claim = store.claim(run.id, "w")
    records = [record(0), record(0, "torch", validation_cost=None, validation_accuracy=None)]
    claim.save_epochs(records)
    assert store.epochs(run.id) == records


def test_an_epoch_trained_again_replaces_the_first(store):
    run = store.create_run("mine", CONFIG)
    claim = store.claim(run.id, "w")
    claim.save_epochs([record(0), record(1), record(2)])
    claim.save_epochs([record(1, train_cost=0.25)])
    assert [(r.epoch, r.train_cost) for r in store.epochs(run.id)] == [
        (0, 0.5),
        (1, 0.25),
        (2, 0.5),
    ]
    claim.rewind("numpy", 1)
    assert [r.epoch for r in store.epochs(run.id)] == [0]


def test_costs_that_are_not_finite_are_kept_as_such(store):
    run = store.create_run("mine", CONFIG)
    claim = store.claim(run.id, "w")
    claim.save_epochs(
        [
            record(
                0, train_cost=math.nan, validation_cost=math.inf, test_cost=math.nan, diverged=True
            )
        ]
    )
    claim.save_progress(live(Progress("numpy", 0, 1, 9, math.nan, 0.1), [(0.1, math.inf)]))
    (kept,) = store.epochs(run.id)
    assert kept.diverged
    assert not any(map(math.isfinite, (kept.train_cost, kept.validation_cost, kept.test_cost)))
    now = store.live(run.id)
    assert math.isnan(now.progress["numpy"].cost)
    assert math.isnan(now.batch_costs["numpy"][0][1])


def test_checkpoints_by_epoch_and_the_latest(store):
    run = store.create_run("mine", CONFIG)
    claim = store.claim(run.id, "w")
    for epoch in range(3):
        claim.save_checkpoint("numpy", epoch, 0, b"epoch %d" % epoch)
    claim.save_checkpoint("numpy", 2, 40, b"paused")
    assert store.checkpoint_blob(run.id, "numpy") == b"paused"
    assert store.checkpoint_blob(run.id, "numpy", 2) == b"epoch 2"
    assert store.checkpoint_blob(run.id, "numpy", 7) is None
    assert store.checkpoint_blob(run.id, "torch") is None
    claim.save_checkpoint("numpy", 3, 0, b"epoch 3")  # the place inside epoch 2 has had its day
    places = [(c.epoch, c.batch, c.n_bytes) for c in store.checkpoints(run.id)]
    assert places == [(0, 0, 7), (1, 0, 7), (2, 0, 7), (3, 0, 7)]


def test_checkpoints_are_thinned_to_the_budget(tmp_path):
    store = RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}", checkpoint_budget=1_000)
    run = store.create_run("mine", CONFIG)
    claim = store.claim(run.id, "w")
    for epoch in range(31):
        claim.save_checkpoint("numpy", epoch, 0, bytes(100))
    assert [c.epoch for c in store.checkpoints(run.id)] == [0, 4, 8, 12, 16, 20, 24, 28, 30]
    claim.save_checkpoint("numpy", 30, 5, bytes(100), sparing=True)
    assert [(c.epoch, c.batch) for c in store.checkpoints(run.id)] == [(0, 0), (30, 0), (30, 5)]
    claim.save_checkpoint("numpy", 31, 0, bytes(100), sparing=True)
    assert [c.epoch for c in store.checkpoints(run.id)] == [0, 31]
    store.close()


@settings(deadline=None)  # a busy machine takes its time
@given(n_epochs=st.integers(1, 200), size=st.integers(1, 50), budget=st.integers(0, 2_000))
def test_thinning_keeps_the_ends_and_even_spaces_within_the_budget(n_epochs, size, budget):
    kept: set[int] = set()
    for epoch in range(n_epochs):  # as a run makes them, one after another
        kept = thinned(dict.fromkeys(kept | {epoch}, size), budget)
        assert {0, epoch} <= kept
        assert len(kept) * size <= budget or kept == {0, epoch}
    assert kept == thinned(dict.fromkeys(range(n_epochs), size), budget)
    ordered = sorted(kept)
    gaps = [b - a for a, b in itertools.pairwise(ordered)]
    assert len(set(gaps[:-1])) <= 1
    if len(gaps) > 1:
        assert 0 < gaps[-1] <= gaps[0]


# --- requests -------------------------------------------------------------------------------------


def test_requests_to_a_worker_wait_for_it_in_their_order(store):
    run = store.create_run("mine", CONFIG, start=RequestKind.STEP_BATCH)
    claim = store.claim(run.id, "w")
    assert store.request(run.id, RequestKind.PAUSE)
    assert store.request(run.id, RequestKind.LEARNING_RATE, 0.5)
    asked = claim.requests()
    assert [(r.kind.value, r.value) for r in asked] == [
        ("step-batch", None),
        ("pause", None),
        ("learning-rate", 0.5),
    ]
    for request in asked:
        claim.answered(request)
    assert claim.requests() == []
    store.request(run.id, RequestKind.RESUME)
    (later,) = claim.requests(after=asked[-1].id)  # an id never comes twice
    assert later.kind is RequestKind.RESUME


def test_a_resume_at_the_last_moment_keeps_the_worker(store):
    run = store.create_run("mine", CONFIG)
    claim = store.claim(run.id, "w")
    claim.set_status(RunStatus.PAUSED)
    store.request(run.id, RequestKind.RESUME)
    assert not claim.release(RunStatus.PAUSED)
    claim.answered(claim.requests()[0])
    assert claim.release(RunStatus.PAUSED)
    with pytest.raises(ClaimLostError):
        claim.beat()
