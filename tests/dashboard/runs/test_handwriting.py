"""What is kept of the class's handwriting, for whom, and what a run learns from it."""

import sqlite3

import numpy as np
import pytest

from dashboard.runs import handwriting, worker
from dashboard.runs.errors import StoreError
from dashboard.runs.handwriting import Learned
from dashboard.runs.run import RequestKind, RunStatus
from dashboard.runs.store import RunStore
from dashboard.runs.worker import run_training
from nncore import checkpoints, datasets, training
from nncore.config import TrainingConfig
from tests.dashboard.runs.training import training_thread, wait_for

CONFIG = TrainingConfig(dataset="digits", hidden=(10,), engines=("numpy", "torch"), epochs=2)


def images(n, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, 784), np.uint8)


def keep(store, n, workspace="mine", seed=0):
    """Keep n digits, the labels in turn."""
    for number, image in enumerate(images(n, seed)):
        store.handwriting.keep(workspace, image, number % 10)


# --- the set --------------------------------------------------------------------------------------


def test_what_is_kept_comes_back_in_its_order(store):
    assert len(store.handwriting.digits("mine")) == 0
    keep(store, 12)
    kept = store.handwriting.digits("mine")
    assert (kept.images == images(12)).all()
    assert kept.labels.tolist() == [*range(10), 0, 1]
    assert len(set(kept.ids)) == 12
    assert all(when.tzinfo is not None for when in kept.kept_at)


def test_the_same_digit_is_kept_once_and_another_label_is_another_digit(store):
    image = images(1)[0]
    first = store.handwriting.keep("mine", image, 7)
    assert store.handwriting.keep("mine", image.copy(), 7) == first
    assert len(store.handwriting.digits("mine")) == 1
    assert store.handwriting.keep("mine", image, 1) != first
    assert store.handwriting.digits("mine").labels.tolist() == [7, 1]


@pytest.mark.parametrize(
    "damage", ["image = x'0102'", "label = 300", "label = -1", "kept_at = 1e18", "kept_at = -1"]
)
def test_a_damaged_digit_is_left_out_and_can_be_deleted(store, tmp_path, caplog, damage):
    keep(store, 3)
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.execute(f"update handwritten_digit set {damage} where label = 1")
    connection.close()
    assert store.handwriting.digits("mine").labels.tolist() == [0, 2]
    assert "1 kept digits of one workspace cannot be read" in caplog.text
    assert "mine" not in caplog.text  # who has the name of a workspace has the key to it
    assert store.handwriting.delete("mine") == 3


def test_workspaces_do_not_see_nor_delete_each_others_digits(store):
    keep(store, 3, "mine")
    keep(store, 2, "yours")  # the same images: the same ids in another workspace
    assert (len(store.handwriting.digits("mine")), len(store.handwriting.digits("yours"))) == (3, 2)
    assert len(store.handwriting.digits("")) == 0
    mine = store.handwriting.digits("mine").ids
    assert store.handwriting.delete("yours", mine[2:]) == 0
    assert store.handwriting.delete("yours") == 2
    assert store.handwriting.digits("mine").ids == mine


def test_one_is_deleted_or_all(store):
    keep(store, 4)
    ids = store.handwriting.digits("mine").ids
    assert store.handwriting.delete("mine", [ids[1]]) == 1
    assert store.handwriting.digits("mine").ids == (ids[0], *ids[2:])
    assert store.handwriting.delete("mine", []) == 0
    assert store.handwriting.delete("mine") == 3
    assert len(store.handwriting.digits("mine")) == 0


def test_a_full_set_says_so_in_a_sentence_and_takes_what_it_has(store, monkeypatch):
    monkeypatch.setattr(handwriting, "MAX_DIGITS", 3)
    keep(store, 3)
    with pytest.raises(StoreError, match=r"^3 handwritten digits are kept, .* delete some") as full:
        store.handwriting.keep("mine", images(1, seed=1)[0], 0)
    assert str(full.value).count(".") == 1
    keep(store, 3)
    store.handwriting.keep("yours", images(1, seed=1)[0], 0)
    assert len(store.handwriting.digits("mine")) == 3


@pytest.mark.parametrize(
    ("image", "label"),
    [
        (np.zeros((28, 28), np.uint8), 1),
        (np.zeros(784, np.float32), 1),
        (np.zeros(784, np.uint8), 10),
        (np.zeros(784, np.uint8), -1),
    ],
)
def test_what_is_no_digit_is_refused(store, image, label):
    with pytest.raises(ValueError, match="is no digit; use"):
        store.handwriting.keep("mine", image, label)
    assert len(store.handwriting.digits("mine")) == 0


def test_a_database_from_before_goes_on_working(store, tmp_path):
    run = store.create_run("mine", CONFIG)
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.execute("DROP TABLE handwritten_digit")
        connection.execute("DROP TABLE run_handwriting")
    connection.close()
    again = RunStore(store.url)
    keep(again, 2)
    assert len(again.handwriting.digits("mine")) == 2
    assert again.get_run(run.id) == run
    assert again.handwriting.learned(run.id) is None
    again.close()


# --- what is held back ----------------------------------------------------------------------------


def test_about_every_fifth_is_held_back(store):
    keep(store, 200)
    assert 25 <= store.handwriting.digits("mine").held_back.sum() <= 55


def test_no_way_of_keeping_an_image_changes_whether_it_is_held_back(store):
    keep(store, 40)
    before = store.handwriting.digits("mine")
    for image, label in zip(before.images, before.labels, strict=True):
        store.handwriting.keep("mine", image, (int(label) + 1) % 10)  # a second label
    twice = store.handwriting.digits("mine")
    assert (twice.held_back[40:] == before.held_back).all()
    store.handwriting.delete("mine")
    for image in before.images[::-1]:  # in another order, and all of one label
        store.handwriting.keep("mine", image, 3)
        store.handwriting.keep("yours", image, 3)
    for workspace in ("mine", "yours"):
        again = store.handwriting.digits(workspace)
        assert (again.held_back[::-1] == before.held_back).all()


def held_and_not(store):
    """An image that is held back, and one that is not."""
    keep(store, 40, "scratch")
    digits = store.handwriting.digits("scratch")
    return digits.images[digits.held_back][0], digits.images[~digits.held_back][0]


def test_a_run_needs_more_than_what_is_held_back(store):
    held, other = held_and_not(store)
    store.handwriting.keep("mine", held, 4)
    with pytest.raises(StoreError, match="no handwritten digits to learn from"):
        store.create_run("mine", CONFIG, with_handwriting=True)
    store.handwriting.keep("mine", other, 4)
    run = store.create_run("mine", CONFIG, with_handwriting=True)
    assert store.handwriting.learned(run.id) == Learned(1, 1)


# --- what a run learns from -----------------------------------------------------------------------


def test_a_run_keeps_what_it_began_with(store):
    keep(store, 12)
    run = store.create_run("mine", CONFIG, with_handwriting=True)
    before = store.handwriting.digits("mine")
    assert 0 < before.held_back.sum() < 12
    assert store.handwriting.learned(run.id) == Learned(
        int((~before.held_back).sum()), int(before.held_back.sum())
    )
    learned, labels = store.handwriting.learned_digits(run.id)
    held = before.held_back
    assert (learned == before.images[~held]).all()
    assert (labels == before.labels[~held]).all()

    keep(store, 5, seed=1)
    store.handwriting.delete("mine", before.ids[:6])
    assert (store.handwriting.learned_digits(run.id)[0] == learned).all()
    assert (store.handwriting.was_learned(run.id, before.images) == ~held).all()
    assert not store.handwriting.was_learned(run.id, images(5, seed=1)).any()


def test_a_run_without_handwriting_learned_none(store):
    keep(store, 2)
    run = store.create_run("mine", CONFIG)
    assert store.handwriting.learned(run.id) is None
    assert store.handwriting.learned_digits(run.id) is None
    assert not store.handwriting.was_learned(run.id, images(2)).any()


def test_there_is_no_run_where_there_is_nothing_to_learn_from(store):
    keep(store, 3, "yours")
    with pytest.raises(StoreError, match="no handwritten digits"):
        store.create_run("mine", CONFIG, with_handwriting=True)
    assert store.list_runs("mine") == []


def test_a_finished_run_keeps_no_images_and_any_other_keeps_them(store, tmp_path):
    keep(store, 10)
    finished, stopped = (store.create_run("mine", CONFIG, with_handwriting=True) for _ in range(2))
    learned = store.handwriting.learned(finished.id)
    was = store.handwriting.was_learned(finished.id, images(10))
    assert was.any()
    store.claim(finished.id, "w").release(RunStatus.FINISHED)
    store.claim(stopped.id, "w").release(RunStatus.STOPPED)
    assert store.handwriting.learned_digits(finished.id) is None
    assert store.handwriting.learned(finished.id) == learned
    assert (store.handwriting.was_learned(finished.id, images(10)) == was).all()
    store.handwriting.delete("mine")
    assert (store.handwriting.learned_digits(stopped.id)[0] == images(10)[was]).all()
    store.delete_run(stopped.id)
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM run_handwriting").fetchone() == (1,)
    connection.close()


def test_deleted_digits_are_not_left_in_the_file(store, tmp_path):
    keep(store, 10)
    run = store.create_run("mine", CONFIG, with_handwriting=True)
    store.close()
    file = tmp_path / "runs.sqlite"
    assert all(image.tobytes() in file.read_bytes() for image in images(10))
    store.claim(run.id, "w").release(RunStatus.FINISHED)
    store.handwriting.delete("mine")
    store.close()
    assert not any(image.tobytes()[:64] in file.read_bytes() for image in images(10))


# --- training -------------------------------------------------------------------------------------


@pytest.fixture
def seen(monkeypatch):
    """The training images of every run that a worker of this process trains, in their order."""
    found = []
    train = training.train

    def watched(config, data, engines, **options):
        found.append(data.train)
        return train(config, data, engines, **options)

    monkeypatch.setattr(worker.training, "train", watched)
    return found


def test_both_engines_learn_from_the_digits_that_are_not_held_back(store, seen):
    keep(store, 10)
    run = store.create_run("mine", CONFIG, with_handwriting=True)
    plain = store.create_run("mine", CONFIG)
    own, labels = store.handwriting.learned_digits(run.id)
    assert run_training(run.id, store.url) == run_training(plain.id, store.url) == "finished"
    n = len(seen[1])
    times = datasets.repeats(n, 8)
    assert (len(own), times) == (8, 17)
    assert len(seen[0]) == n + 8 * times
    assert (seen[0].images[:n] == seen[1].images).all()
    assert np.abs(seen[0].images[n : n + 8] - own / 255).max() < 1e-6
    assert (seen[0].labels[n:].reshape(times, 8) == labels).all()
    costs = [record.train_cost for record in store.epochs(run.id)]
    assert costs[::2] == pytest.approx(costs[1::2], rel=1e-3)  # the twins took the same steps
    assert costs[0] != store.epochs(plain.id)[0].train_cost


def test_a_resumed_run_goes_on_with_the_digits_that_it_began_with(store, seen):
    keep(store, 10)
    config = CONFIG.replace(engines="numpy", epochs=3)
    whole = store.create_run("mine", config, with_handwriting=True)
    run = store.create_run("mine", config, with_handwriting=True, start=RequestKind.STEP_EPOCH)
    assert run_training(whole.id, store.url) == "finished"

    with training_thread(store, run.id):
        wait_for(store, run.id, "paused")
    store.handwriting.delete("mine", store.handwriting.digits("mine").ids[:4])
    keep(store, 7, seed=1)
    assert store.request(run.id, RequestKind.RESUME)
    assert run_training(run.id, store.url) == "finished"

    assert (seen[1].images == seen[2].images).all()
    one, other = (
        checkpoints.from_bytes(store.checkpoint_blob(run_id, "numpy")).state
        for run_id in (whole.id, run.id)
    )
    assert all(np.array_equal(one[name], other[name]) for name in one)
