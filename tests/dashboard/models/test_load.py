from pathlib import Path

import numpy as np
import pytest

from dashboard.models import load
from dashboard.runs.store import RunStore, run_store
from nncore.checkpoints import CheckpointError, to_bytes
from nncore.config import EngineName, TrainingConfig
from nncore.network import Network
from tests.pages.training import own_store

CONFIG = TrainingConfig(hidden=())


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with own_store(monkeypatch, tmp_path):
        yield run_store()


def network(bias: float) -> Network:
    """A network that is told from others by its biases."""
    return Network(CONFIG, [(np.zeros((784, 10)), np.full(10, bias))])


def keep(store: RunStore, places: list[tuple[int, int]], engine: EngineName = "numpy") -> str:
    """A run with a checkpoint at each (epoch, batch), whose biases are its epoch."""
    run = store.create_run("local", CONFIG, "kept")
    claim = store.claim(run.id, "test")
    assert claim is not None
    for epoch, batch in places:
        claim.save_checkpoint(
            engine, epoch, batch, to_bytes(CONFIG, engine, state_at(epoch, batch))
        )
    return run.id


def state_at(epoch: int, batch: int):
    at = network(float(epoch))
    at.epoch, at.batch = epoch, batch
    return at.state()


def bias(found: Network) -> float:
    return float(found.biases[0][0])


def test_each_place_of_a_run_is_a_network_of_its_own_and_read_once(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
):
    run_id = keep(store, [(1, 0), (2, 0)])
    first, second = (load.trained_network(run_id, "numpy", epoch, 0) for epoch in (1, 2))
    assert (bias(first), bias(second)) == (1, 2)
    monkeypatch.setattr(RunStore, "checkpoint_blob", lambda *_: pytest.fail("read again"))
    assert load.newest_network(run_id, "numpy", 2, 0) is second


def test_a_network_that_was_the_newest_gives_way_to_the_one_that_is(store: RunStore):
    run_id = keep(store, [(5, 0)])
    assert bias(load.newest_network(run_id, "numpy", 3, 0)) == 5  # 3 was thinned out meanwhile
    with pytest.raises(load.ModelDeletedError):  # and is not taken for 3
        load.trained_network(run_id, "numpy", 3, 0)


@pytest.mark.parametrize("newer", [(3, 9), (4, 0), (4, 2)])
def test_a_newer_checkpoint_is_not_taken_for_a_place_inside_an_epoch(
    store: RunStore, newer: tuple[int, int]
):
    run_id = keep(store, [newer])
    with pytest.raises(load.ModelDeletedError):
        load.trained_network(run_id, "numpy", 3, 7)
    found = load.newest_network(run_id, "numpy", 3, 7)
    assert (found.epoch, found.batch) == newer
    assert load.trained_network(run_id, "numpy", *newer).epoch == newer[0]


@pytest.mark.parametrize("batch", [0, 7])
def test_what_was_deleted_is_one_sentence(store: RunStore, batch: int):
    with pytest.raises(CheckpointError, match="deleted a moment ago; choose another"):
        load.trained_network("nothing", "numpy", 1, batch)
    with pytest.raises(CheckpointError, match="deleted a moment ago; choose another"):
        load.newest_network("nothing", "numpy", 1, batch)
