"""How long a queued run will wait, in stores that were made up."""

import pytest

from dashboard.runs import waiting
from dashboard.runs.run import RequestKind, RunStatus
from dashboard.runs.waiting import Wait, turn_after, wait_of
from nncore.training import Progress
from tests.dashboard.runs.training import CONFIG, live, new_run, record


@pytest.fixture
def training_only(monkeypatch):
    """Nothing but training takes any time."""
    monkeypatch.setattr(waiting, "EVALUATING", 0.0)
    monkeypatch.setattr(waiting, "BETWEEN_RUNS", 0.0)


def training(store, epochs, *records, config=CONFIG):
    """A run that a worker has."""
    run = new_run(store, config.replace(epochs=epochs))
    claim = store.claim(run.id, f"token-{run.id}")
    assert claim is not None
    claim.save_epochs(list(records))
    return claim


def wait(store, run, slots=1):
    return wait_of(store, store.get_run(run.id), slots).seconds


@pytest.mark.parametrize(
    ("now", "before", "slots", "seconds"),
    [
        ([], [], 1, 0),
        ([30], [], 1, 30),
        ([30], [20, 10], 1, 60),
        ([30, 50], [], 2, 30),
        ([30, 50], [40], 2, 50),
        ([30, 50], [40, 5], 2, 55),
        ([30], [], 2, 0),
        ([30], [10], 2, 10),
        ([30, 20], [], 1, 20),  # another server lets more run than this one knows of
        ([None], [], 1, None),
        ([30], [None], 1, None),
    ],
)
def test_the_turn_comes_when_a_place_is_free(now, before, slots, seconds):
    assert turn_after(now, before, slots) == seconds


def test_it_is_the_epochs_left_times_the_seconds_an_epoch_seen_so_far(store, training_only):
    claim = training(store, 10, record(0, seconds=2.0), record(1, seconds=3.0))
    mine = new_run(store)
    assert wait(store, mine) == 8 * 3
    claim.save_progress(live(Progress("numpy", 2, 5, 10, 0.1, 1.5), []))
    assert wait(store, mine) == 7.5 * 3


def test_nothing_is_said_while_nothing_is_known(store, training_only):
    claim = training(store, 10)
    mine = new_run(store)
    assert wait(store, mine) is None
    claim.save_progress(live(Progress("numpy", 0, 5, 10, 0.1, 1.0), []))
    assert wait(store, mine) == 9.5 * 2  # the pace of its first mini-batches


def test_a_run_that_never_trained_has_the_pace_of_one_like_it_or_none(store, training_only):
    training(store, 10, record(0, seconds=2.0))
    new_run(store, CONFIG.replace(epochs=5, seed=7, learning_rate=0.5))
    third = new_run(store)
    assert wait(store, third) == 9 * 2 + 5 * 2
    new_run(store, CONFIG.replace(hidden=(300,)))
    assert wait(store, new_run(store)) is None
    assert wait(store, third) == 9 * 2 + 5 * 2  # who comes later is in nobody's way


def test_the_pace_of_a_run_that_is_over_counts_and_twins_are_two(store, training_only):
    twins = CONFIG.replace(engines="numpy,torch")
    over = training(store, 1, record(0, seconds=2.0), record(0, "torch", seconds=1.0), config=twins)
    assert over.release(RunStatus.FINISHED)
    new_run(store, twins.replace(epochs=4))
    assert wait(store, new_run(store)) == 4 * (2 + 1)


def test_a_resumed_run_has_only_the_rest_before_it(store, training_only):
    claim = training(store, 6, record(0, seconds=2.0), record(1, seconds=2.0))
    store.fail_lost(claim.run.id, f"token-{claim.run.id}")
    store.request(claim.run.id, RequestKind.RESUME)
    assert wait(store, new_run(store)) == 4 * 2


def test_other_workspaces_runs_are_before_it_too(store, training_only):
    run = store.create_run("theirs", CONFIG.replace(epochs=3))
    store.claim(run.id, "token").save_epochs([record(0, seconds=5.0)])
    assert wait(store, new_run(store)) == 10


def test_evaluation_and_what_is_between_two_runs_count_too(store):
    # An epoch: 50,000 images trained; these, 10,000 kept for validation and 10,000 for the test are
    # evaluated. In mini-batches of 10, an image takes 1/2 of 10/30 of what it takes in training.
    config = CONFIG.replace(dataset="mnist", batch_size=10, engines="numpy,torch")
    done = [record(0, seconds=2.0), record(0, "torch", seconds=4.0)]
    training(store, 3, *done, config=config)
    epoch = (2 + 4) * (1 + 70 / 50 * 1 / 6)
    mine = new_run(store, config.replace(epochs=1))
    assert wait(store, mine) == pytest.approx(2 * epoch + 0.5)
    assert wait(store, new_run(store, config)) == pytest.approx(3 * epoch + 2 * 0.5)


def test_a_time_that_was_known_stays_so_when_the_next_run_begins(store, training_only):
    over = training(store, 1, record(0, seconds=2.0))
    second, mine = new_run(store), new_run(store)
    over.release(RunStatus.FINISHED)
    assert wait(store, mine) == 3 * 2
    claim = store.claim(second.id, "token")
    assert wait(store, mine) == 3 * 2
    claim.save_progress(live(Progress("numpy", 0, 5, 10, 0.1, 1.0), []))
    assert wait(store, mine) == 2.5 * 2


def test_it_waits_for_a_worker_where_a_place_is_free_and_else_for_who_keeps_the_place(store):
    first, second = new_run(store), new_run(store)

    def waits(run, slots):
        return wait_of(store, store.get_run(run.id), slots).waits_for

    assert (waits(first, 1), waits(second, 1)) == ("a worker", "runs")
    assert (waits(first, 2), waits(second, 2)) == ("a worker", "a worker")
    theirs = store.create_run("theirs", CONFIG)
    claim = store.claim(theirs.id, "token")
    assert (waits(first, 1), waits(first, 2), waits(second, 2)) == ("runs", "a worker", "runs")
    claim.set_status(RunStatus.PAUSED)
    assert wait_of(store, store.get_run(first.id), 1) == Wait("a paused run")
    assert waits(first, 2) == "a worker"
    claim.release(RunStatus.PAUSED)  # it has given its place up
    assert waits(first, 1) == "a worker"


def test_a_paused_run_gives_way_to_ones_own_and_keeps_the_place_from_anothers(store):
    training(store, 10).set_status(RunStatus.PAUSED)
    theirs = store.create_run("theirs", CONFIG)
    assert wait_of(store, store.get_run(theirs.id), 1) == Wait("a paused run")
    mine = new_run(store)
    assert wait_of(store, store.get_run(mine.id), 1) == Wait("an own paused run")
    store.delete_run(theirs.id)
    assert wait_of(store, store.get_run(mine.id), 1) == Wait("a worker")
    training(store, 10, record(0, seconds=2.0))
    mine = new_run(store)
    assert wait_of(store, store.get_run(mine.id), 2).waits_for == "runs"  # who is queued before it
