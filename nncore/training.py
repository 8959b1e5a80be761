"""The one training loop there is: a generator of records, shared by the app, the command line,
the tests and the benchmark.

It draws nothing and knows no screen and no database. Whoever iterates decides: not asking for
the next record pauses, closing the generator stops, `change_learning_rate` between two records
changes it. The place at which training stands and what led there are part of an engine's
`state()`; the order of the examples depends on the seed and the epoch alone, their deformation on
the block they are in besides. So a run that goes on from a checkpoint gives the same numbers as
one that was never interrupted, and both engines see the same images.
"""

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

import numpy as np

from nncore import augmentation, dropout, schedules
from nncore.activations import Array
from nncore.config import EngineName, TrainingConfig
from nncore.datasets import Dataset, Split
from nncore.engine import Engine, Native
from nncore.initializers import initial_parameters
from nncore.quick import threads
from nncore.quick.network import QuickNetwork
from nncore.schedules import Course

T = TypeVar("T")

BLOCK_ROWS = 2_048
"""Shuffled examples copied or deformed at once: enough to be quick, few enough to stay in the cache
and for `augmentation.deform` to give each example of a usual mini-batch a map of its own."""

_WEIGHTS_STREAM, _ORDER_STREAM, _DEFORM_STREAM = 0, 1, 2


@dataclass(slots=True)
class Pace:
    """How often `train` reports inside an epoch; may be changed while it runs.

    A Progress comes after the first mini-batch that ends `seconds` or more after the last
    report; 0 reports every mini-batch.
    """

    seconds: float = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """A sign of life inside an epoch."""

    engine: EngineName
    epoch: int
    """From 0, as in the book."""
    batch: int
    """Mini-batches done in this epoch."""
    n_batches: int
    cost: float
    """Of the last mini-batch, after its step, penalties included."""
    seconds: float
    """Of pure training in this epoch so far."""


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """One engine's figures at the end of one epoch. Accuracies are fractions from 0 to 1."""

    engine: EngineName
    epoch: int
    learning_rate: float
    """Of the epoch's last mini-batch."""
    train_cost: float
    """On the training images as they are, also where the engine is trained on deformed ones."""
    train_accuracy: float
    validation_cost: float | None
    validation_accuracy: float | None
    test_cost: float
    test_accuracy: float
    seconds: float
    """Of pure training, waiting for deformed images included; evaluation and reporting are not."""
    examples_per_second: float
    diverged: bool
    """The training cost is not finite; the engine stops here."""


def draw_parameters(config: TrainingConfig) -> list[tuple[Array, Array]]:
    """The initial W (n_in, n_out) and b (n_out,) of each layer that belong to the seed."""
    return initial_parameters(config, rng=np.random.default_rng((config.seed, _WEIGHTS_STREAM)))


def build(config: TrainingConfig, n_train: int) -> dict[EngineName, Engine]:
    """The configuration's engines, twins with equal initial weights.

    Args:
        config: what to build.
        n_train: size of the training set, the n of the book's lambda/n.
    """
    parameters = draw_parameters(config)
    engines: dict[EngineName, Engine] = {}
    if "numpy" in config.engines:
        engines["numpy"] = QuickNetwork(config, parameters, n_train=n_train)
    if "torch" in config.engines:
        from nncore.torch_network import TorchNetwork  # seconds to import: only when asked for

        engines["torch"] = TorchNetwork(config, parameters, n_train=n_train)
    return engines


def train(
    config: TrainingConfig,
    data: Dataset,
    engines: Mapping[EngineName, Engine],
    *,
    pace: Pace | None = None,
) -> Iterator[Progress | EpochRecord]:
    """Train to the configuration's last epoch, from wherever the engines stand.

    Engines take turns epoch by epoch, so that one's threads never slow the other's clock.
    An engine whose cost is no longer finite ends with that epoch's record. A run may end before
    its last epoch (see `schedules.early_end`), and then both twins end after the same one.
    """
    pace = pace or Pace()
    diverged: set[EngineName] = set()
    course = share_course(engines)
    with threads.limited_to(threads.n_threads(config, len(data.train))):
        staged = {name: _stage(engine, data) for name, engine in engines.items()}
        for epoch in range(config.epochs):
            if schedules.early_end(config, course.accuracies[:epoch]):
                return
            for name, engine in engines.items():
                if engine.epoch > epoch or name in diverged:
                    continue
                blocks = _blocks(config, engine, data.train, staged[name].train)
                seconds, n_examples = yield from _train_epoch(
                    config, engine, len(data.train), blocks, pace
                )
                record = _record(engine, staged[name], seconds, n_examples)
                if record.diverged:
                    diverged.add(name)
                # The twins' accuracies may differ by an image; what follows from them must not.
                if record.validation_accuracy is not None and len(course.accuracies) == epoch:
                    course.accuracies.append(record.validation_accuracy)
                yield record


def share_course(engines: Mapping[EngineName, Engine]) -> Course:
    """Give all engines of a run one course: what the one that was saved last knows."""
    courses = [engine.course for engine in engines.values()]
    course = courses[0] if courses else Course([])
    if any(other is not course for other in courses):
        course = Course(
            max((other.base_rates for other in courses), key=len),
            max((other.accuracies for other in courses), key=len),
        )
    for engine in engines.values():
        engine.course = course
    return course


def change_learning_rate(engines: Mapping[EngineName, Engine], rate: float) -> None:
    """Put another base rate in the place of the present one (a schedule's factor goes on).

    It takes effect where all engines stand, with the next mini-batch, if that is one place. If
    the twins stand apart, it does with the next epoch that neither has begun: so they stay twins.
    """
    places = {(engine.epoch, engine.batch) for engine in engines.values()}
    epoch, batch = max(places, default=(0, 0))
    if len(places) > 1:
        epoch, batch = epoch + (batch > 0), 0
    share_course(engines).base_rates.append((epoch, batch, rate))


def closing_note(
    config: TrainingConfig,
    engines: Mapping[EngineName, Engine],
    records: Iterable[EpochRecord],
) -> str | None:
    """What to tell at the end of a run: who diverged, and why it ended early; None for nothing."""
    early = schedules.early_end(config, share_course(engines).accuracies)
    return " ".join(filter(None, (_divergence(records), early))) or None


def _divergence(records: Iterable[EpochRecord]) -> str | None:
    diverged = [record for record in records if record.diverged]
    if not diverged:
        return None
    where = " and ".join(f"epoch {record.epoch + 1} ({record.engine})" for record in diverged)
    rate = min(record.learning_rate for record in diverged)
    return (
        f"The cost stopped being finite in {where}; "
        f"try a smaller learning rate than {rate:g}, such as {rate / 10:g}."
    )


@dataclass(frozen=True, slots=True)
class _Staged:
    train: tuple[Native, Native]
    validation: tuple[Native, Native] | None
    test: tuple[Native, Native]


def _stage(engine: Engine, data: Dataset) -> _Staged:
    return _Staged(
        engine.stage(data.train.images, data.train.labels),
        engine.stage(data.validation.images, data.validation.labels)
        if len(data.validation)
        else None,
        engine.stage(data.test.images, data.test.labels),
    )


def _train_epoch(
    config: TrainingConfig,
    engine: Engine,
    n: int,
    blocks: Iterator[tuple[Native, Native]],
    pace: Pace,
) -> Generator[Progress, None, tuple[float, int]]:
    """The rest of the engine's present epoch; returns seconds of training and examples seen."""
    batch_size, n_batches = config.batch_of(n), config.n_batches(n)
    n_before = engine.batch * batch_size
    course = engine.course
    factors = schedules.factors(config, engine.epoch, n_batches, course.accuracies)
    seconds, due, n_seen = 0.0, pace.seconds, n_before
    began = perf_counter()
    for X, Y in blocks:
        masks: list[Native] = []
        if config.dropout:
            masks = engine.stage_masks(dropout.masks(config, engine.epoch, n_seen, len(X)))
        row, n_seen = 0, n_seen + len(X)
        while row < len(X):
            base = course.base_rate(engine.epoch, engine.batch)
            rates = base, factors
            row = _train_rows(engine, X, Y, masks, row, batch_size, rates, until=began + due)
            if reporting := perf_counter() - began >= due and engine.batch < n_batches:
                engine.synchronize()
            elapsed = perf_counter() - began
            seconds, due = seconds + elapsed, due - elapsed
            if reporting:
                last = slice(row - batch_size, row)
                cost, _ = engine.evaluate(X[last], Y[last])
                yield Progress(engine.name, engine.epoch, engine.batch, n_batches, cost, seconds)
                due = pace.seconds
            began = perf_counter()
    engine.synchronize()
    seconds += perf_counter() - began
    engine.epoch, engine.batch = engine.epoch + 1, 0
    return seconds, n - n_before


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
    if config.deform == "none":
        for rows in blocks[first:]:
            yield staged if rows is None else engine.gather(*staged, rows[unseen])
            unseen = slice(None)
        return
    bounds = augmentation.DEFORMATIONS[config.deform].times(config.deform_strength)

    def deformed(block: int) -> tuple[Array, Array]:
        rows = slice(None) if blocks[block] is None else blocks[block]
        rng = np.random.default_rng((config.seed, _DEFORM_STREAM, epoch, block))
        return augmentation.deform(train.images[rows], bounds, rng=rng), train.labels[rows]

    for images, labels in _one_ahead(deformed, range(first, len(blocks))):
        yield engine.stage(images[unseen], labels[unseen])
        unseen = slice(None)


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
    order = np.random.default_rng((seed, _ORDER_STREAM, epoch)).permutation(n)
    block = batch_size * max(1, BLOCK_ROWS // batch_size)
    return [order[start : start + block] for start in range(0, n, block)]


def _train_rows(
    engine: Engine,
    X: Native,
    Y: Native,
    masks: list[Native],
    row: int,
    batch_size: int,
    rates: tuple[float, list[float]],
    *,
    until: float,
) -> int:
    """Train on mini-batches from `row` on until the rows or the time run out; returns the row.

    At least one mini-batch. Overflow is no news here: a diverging run shows it in its cost.
    """
    base_rate, factors = rates
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        while row < len(X):
            rows = slice(row, row + batch_size)
            engine.learning_rate = base_rate * factors[engine.batch]
            own = [mask[rows] for mask in masks] if masks else masks
            engine.train_batch(X[rows], Y[rows], own)
            engine.batch += 1
            row += batch_size
            if perf_counter() >= until:
                break
    return row


def _record(engine: Engine, staged: _Staged, seconds: float, n_examples: int) -> EpochRecord:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        train_cost, train_accuracy = engine.evaluate(*staged.train)
        validation = engine.evaluate(*staged.validation) if staged.validation else (None, None)
        test_cost, test_accuracy = engine.evaluate(*staged.test)
    return EpochRecord(
        engine=engine.name,
        epoch=engine.epoch - 1,
        learning_rate=engine.learning_rate,
        train_cost=train_cost,
        train_accuracy=train_accuracy,
        validation_cost=validation[0],
        validation_accuracy=validation[1],
        test_cost=test_cost,
        test_accuracy=test_accuracy,
        seconds=seconds,
        examples_per_second=n_examples / max(seconds, 1e-9),
        diverged=not math.isfinite(train_cost),
    )
