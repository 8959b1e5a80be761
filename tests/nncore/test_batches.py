"""The mini-batches of an epoch: each example once, and the same rest wherever one goes on."""

import numpy as np
import pytest

from nncore import batches, datasets
from nncore.batches import mini_batches
from nncore.config import TrainingConfig
from nncore.engine import Engine
from nncore.training import build

CONFIG = TrainingConfig(
    dataset="digits", hidden=(6,), batch_size=32, dropout=0.3, engines=("numpy",)
)
DATA = datasets.load("digits")


def epoch_from(batch: int, config: TrainingConfig) -> list[tuple[np.ndarray, ...]]:
    """X, Y and the mask of each mini-batch from that one on, copied."""
    engine: Engine = build(config, len(DATA.train))["numpy"]
    engine.batch = batch
    staged = engine.stage(DATA.train.images, DATA.train.labels)
    found = mini_batches(config, engine, DATA.train, staged)
    return [(X.copy(), Y.copy(), *(mask.copy() for mask in masks)) for X, Y, masks in found]


@pytest.mark.parametrize("deform", ["none", "affine"])
@pytest.mark.parametrize("batch", [1, 8, 21])  # of 39, in blocks of 8
def test_the_rest_of_an_epoch_is_the_same_wherever_one_goes_on(
    batch: int, deform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BLOCK_ROWS", 256)
    config = CONFIG.replace(deform=deform)
    whole, rest = epoch_from(0, config), epoch_from(batch, config)
    assert len(whole) == config.n_batches(len(DATA.train))
    assert len(rest) == len(whole) - batch
    for one, other in zip(whole[batch:], rest, strict=True):
        for array, same in zip(one, other, strict=True):
            np.testing.assert_array_equal(array, same)


def test_an_epoch_is_every_example_once_in_an_order_of_its_own() -> None:
    seen = np.concatenate([X for X, *_ in epoch_from(0, CONFIG)])
    assert not np.array_equal(seen, DATA.train.images)
    assert sorted(x.tobytes() for x in seen) == sorted(x.tobytes() for x in DATA.train.images)
    other = np.concatenate([X for X, *_ in epoch_from(0, CONFIG.replace(seed=1))])
    assert not np.array_equal(seen, other)
