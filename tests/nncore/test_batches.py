"""The mini-batches of an epoch: each example once, and the same rest wherever one goes on."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize("world", [0, 0.4])
@pytest.mark.parametrize("deform", ["none", "affine"])
@pytest.mark.parametrize("batch", [1, 8, 21])  # of 39, in blocks of 8
def test_the_rest_of_an_epoch_is_the_same_wherever_one_goes_on(
    batch: int, deform: str, world: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BLOCK_ROWS", 256)
    config = CONFIG.replace(deform=deform, world=world)
    whole, rest = epoch_from(0, config), epoch_from(batch, config)
    assert len(whole) == config.n_batches(len(DATA.train))
    assert len(rest) == len(whole) - batch
    for one, other in zip(whole[batch:], rest, strict=True):
        for array, same in zip(one, other, strict=True):
            np.testing.assert_array_equal(array, same)


@settings(max_examples=10)
@given(st.floats(0, 1), st.sampled_from([32, "full"]))
def test_a_share_of_an_epoch_is_the_worlds_and_the_rest_as_it_was(share: float, batch: Any) -> None:
    plain = epoch_from(0, CONFIG.replace(batch_size=batch))
    mixed = epoch_from(0, CONFIG.replace(batch_size=batch, world=share))
    X, same = (np.concatenate([images for images, *_ in epoch]) for epoch in (plain, mixed))
    Y, labels = (np.concatenate([labels for _, labels, *_ in epoch]) for epoch in (plain, mixed))
    is_new = (same != X).any(axis=1)
    assert abs(is_new.mean() - share) < 0.06
    np.testing.assert_array_equal(Y[~is_new], labels[~is_new])
    assert np.array_equal(labels.sum(axis=1), np.ones(len(DATA.train)))
    images = datasets.load("digits").train.images
    np.testing.assert_array_equal(images, DATA.train.images)  # the data set itself is left alone


def test_two_epochs_have_other_digits_of_the_world() -> None:
    config = CONFIG.replace(world=1)
    engine: Engine = build(config, len(DATA.train))["numpy"]
    staged = engine.stage(DATA.train.images, DATA.train.labels)
    first = next(mini_batches(config, engine, DATA.train, staged))[0].copy()
    engine.epoch = 1
    assert not np.array_equal(first, next(mini_batches(config, engine, DATA.train, staged))[0])


def test_an_epoch_is_every_example_once_in_an_order_of_its_own() -> None:
    seen = np.concatenate([X for X, *_ in epoch_from(0, CONFIG)])
    assert not np.array_equal(seen, DATA.train.images)
    assert sorted(x.tobytes() for x in seen) == sorted(x.tobytes() for x in DATA.train.images)
    other = np.concatenate([X for X, *_ in epoch_from(0, CONFIG.replace(seed=1))])
    assert not np.array_equal(seen, other)
