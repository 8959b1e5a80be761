"""The mini-batches of an epoch: shuffled, deformed, written anew, masked, and staged.

Examples are copied in blocks of many mini-batches, which are then slices: a copy a mini-batch would
take as long as a small network's step. All is a function of seed, epoch and place, so that both
engines, and a run that goes on from a checkpoint, are given the same.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from nncore import augmentation, dropout
from nncore.activations import Array
from nncore.config import TrainingConfig
from nncore.datasets import Dataset, Split
from nncore.engine import Engine, Native
from nncore.ink import world
from nncore.streams import Stream

T = TypeVar("T")

BLOCK_ROWS = 2_048
"""Shuffled examples copied or deformed at once: enough to be quick, few enough to stay in the cache
and for `augmentation.deform` to give each example of a usual mini-batch a map of its own."""

MiniBatch = tuple[Native, Native, list[Native]]
"""X, Y and, with dropout, a mask for each hidden layer: what `Engine.train_batch` takes."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A dataset as an engine has staged it, to be cut into mini-batches: (X, Y) of each part."""

    train: tuple[Native, Native]
    validation: tuple[Native, Native] | None
    test: tuple[Native, Native]


def stage(engine: Engine, data: Dataset) -> Staged:
    """Bring what mini-batches are cut from to the engine: once a run, not once an epoch."""
    return Staged(
        engine.stage(data.train.images, data.train.labels),
        engine.stage(data.validation.images, data.validation.labels)
        if len(data.validation)
        else None,
        engine.stage(data.test.images, data.test.labels),
    )


def mini_batches(
    config: TrainingConfig, engine: Engine, train: Split, staged: tuple[Native, Native]
) -> Iterator[MiniBatch]:
    """The rest of the engine's present epoch; each holds until the next is asked for.

    Args:
        config: the run's.
        engine: stages, and stands where to begin.
        train: the training set.
        staged: the same as the engine has staged it.
    """
    size = config.batch_of(len(train))
    place = engine.batch * size  # of the block in the epoch's order
    for X, Y in _blocks(config, engine, train, staged):
        masks: list[Native] = []
        if config.dropout:
            masks = engine.stage_masks(dropout.masks(config, engine.epoch, place, len(X)))
        for start in range(0, len(X), size):
            rows = slice(start, start + size)
            yield X[rows], Y[rows], [mask[rows] for mask in masks]
        place += len(X)


def _blocks(
    config: TrainingConfig, engine: Engine, train: Split, staged: tuple[Native, Native]
) -> Iterator[tuple[Native, Native]]:
    """The rest of the engine's present epoch, staged, in blocks of whole mini-batches.

    Blocks begin at the same places in a resumed epoch, so that they are deformed in the same way;
    of the first, what the engine has seen is left out.
    """
    n, epoch = len(train), engine.epoch
    batch_size = config.batch_of(n)
    blocks = _shuffled_rows(config.seed, epoch, n, batch_size)
    first, n_batches_seen = divmod(engine.batch, max(1, BLOCK_ROWS // batch_size))
    unseen = slice(n_batches_seen * batch_size, None)
    if config.deform == "none" and not config.world:
        for rows in blocks[first:]:
            yield staged if rows is None else engine.gather(*staged, rows[unseen])
            unseen = slice(None)
        return

    def made(block: int) -> tuple[Array, Array]:
        rows = slice(None) if blocks[block] is None else blocks[block]
        return _made(config, (epoch, block), train.images[rows], train.labels[rows])

    for images, labels in _one_ahead(made, range(first, len(blocks))):
        yield engine.stage(images[unseen], labels[unseen])
        unseen = slice(None)


def _made(
    config: TrainingConfig, place: tuple[int, int], images: Array, labels: Array
) -> tuple[Array, Array]:
    """A block's examples deformed, and some of them replaced by the world's digits.

    What the generator writes is not deformed: it has its own hand already.

    Args:
        config: says how, and gives the seed.
        place: epoch and block, which give a block its own random numbers.
        images: (n_samples, 784), left as they are.
        labels: (n_samples,).
    """
    if config.deform != "none":
        bounds = augmentation.DEFORMATIONS[config.deform].times(config.deform_strength)
        rng = np.random.default_rng((config.seed, Stream.DEFORMATION, *place))
        images = augmentation.deform(images, bounds, rng=rng)
    if not config.world:
        return images, labels
    rng = np.random.default_rng((config.seed, Stream.WORLD, *place))
    is_replaced = rng.random(len(images)) < config.world
    written = world.write(int(is_replaced.sum()), rng=rng)
    images, labels = images.copy(), labels.copy()
    images[is_replaced], labels[is_replaced] = written.images, written.digits
    return images, labels


def _one_ahead(make: Callable[[int], T], numbers: range) -> Iterator[T]:
    """What `make` makes of each number; a thread makes the next while the present one is used.

    Threads of one process can do that because NumPy holds the interpreter only between its
    operations, which take most of the time here.
    """
    with ThreadPoolExecutor(1, "ahead") as helper:
        coming = helper.submit(make, numbers[0])
        for number in numbers[1:]:
            ready, coming = coming.result(), helper.submit(make, number)
            yield ready
        yield coming.result()


def _shuffled_rows(seed: int, epoch: int, n: int, batch_size: int) -> list[Array | None]:
    """An epoch's order of the examples in blocks of whole mini-batches.

    None stands for all examples as they are: for the full batch, order is no matter, and a copy
    of the training set would only cost time.
    """
    if batch_size == n:
        return [None]
    order = np.random.default_rng((seed, Stream.ORDER, epoch)).permutation(n)
    block = batch_size * max(1, BLOCK_ROWS // batch_size)
    return [order[start : start + block] for start in range(0, n, block)]
