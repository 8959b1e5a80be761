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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from nncore import schedules
from nncore.activations import Array
from nncore.batches import MiniBatch, Staged, mini_batches, stage
from nncore.config import EngineName, TrainingConfig
from nncore.datasets import Dataset
from nncore.engine import Engine
from nncore.initializers import draw_parameters
from nncore.quick import threads
from nncore.quick.network import QuickNetwork
from nncore.schedules import Course


@dataclass(slots=True)
class ReportInterval:
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


def build(
    config: TrainingConfig, n_train: int, *, start: list[tuple[Array, Array]] | None = None
) -> dict[EngineName, Engine]:
    """The engines to train by a configuration, twins with equal initial weights.

    Args:
        config: what to build.
        n_train: size of the training set, the n of the book's lambda/n.
        start: (W, b) of each layer, of a network of the same shape that learned before; without
            it, the weights that the seed draws.
    """
    parameters = draw_parameters(config) if start is None else start
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
    interval: ReportInterval | None = None,
) -> Iterator[Progress | EpochRecord]:
    """Train to the configuration's last epoch, from wherever the engines stand.

    Engines take turns epoch by epoch, so that one's threads never slow the other's clock.
    An engine whose cost is no longer finite ends with that epoch's record. A run may end before
    its last epoch (see `schedules.early_end`), and then both twins end after the same one.
    """
    interval = interval or ReportInterval()
    n = len(data.train)
    n_batches = config.n_batches(n)
    diverged: set[EngineName] = set()
    course = share_course(engines)
    with threads.limited_to(threads.n_threads(config, n)):
        staged = {name: stage(engine, data) for name, engine in engines.items()}
        for epoch in range(config.epochs):
            if schedules.early_end(config, course.accuracies[:epoch]):
                return
            for name, engine in engines.items():
                if engine.epoch > epoch or name in diverged:
                    continue
                n_examples = n - engine.batch * config.batch_of(n)
                clock = _Clock(engine, interval)
                factors = schedules.factors(config, epoch, n_batches, course.accuracies)
                batches = mini_batches(config, engine, data.train, staged[name].train)
                yield from _train_epoch(engine, batches, factors, clock)
                record = _record(engine, staged[name], clock.seconds, n_examples)
                if record.diverged:
                    diverged.add(name)
                # The twins' accuracies may differ by an image; what follows from them must not.
                if record.validation_accuracy is not None and len(course.accuracies) == epoch:
                    course.accuracies.append(record.validation_accuracy)
                yield record


def _train_epoch(
    engine: Engine, batches: Iterator[MiniBatch], factors: list[float], clock: "_Clock"
) -> Iterator[Progress]:
    """The rest of the engine's present epoch, a step a mini-batch; a Progress whenever one is due.

    Args:
        engine: stands at the first of the mini-batches.
        batches: the rest of the epoch's.
        factors: of the learning rate, for each mini-batch of the epoch.
        clock: runs while the engine trains.
    """
    while True:
        # Anew after each report: whoever gets it may change the rate.
        base_rate = engine.course.base_rate(engine.epoch, engine.batch)
        # Overflow is no news: a diverging run shows it in its cost.
        with clock, np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for X, Y, masks in batches:
                engine.learning_rate = base_rate * factors[engine.batch]
                engine.train_batch(X, Y, masks)
                engine.batch += 1
                if clock.is_due() and engine.batch < len(factors):
                    break
            else:
                break
        cost, _ = engine.evaluate(X, Y)
        yield Progress(engine.name, engine.epoch, engine.batch, len(factors), cost, clock.seconds)
    engine.epoch, engine.batch = engine.epoch + 1, 0


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
    """What to tell at the end of training: who diverged, why it ended early; None for nothing."""
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


class _Clock:
    """Seconds of an engine's pure training in an epoch, and when the next report is due.

    It runs within its `with`; evaluating and whatever is done with a report are outside.
    """

    def __init__(self, engine: Engine, interval: ReportInterval) -> None:
        self.seconds = 0.0
        self._engine, self._interval = engine, interval
        self._began = self._due = 0.0

    def __enter__(self) -> None:
        self._began = perf_counter()
        self._due = self._began + self._interval.seconds

    def __exit__(self, *_: object) -> None:
        self._engine.synchronize()
        self.seconds += perf_counter() - self._began

    def is_due(self) -> bool:
        """Whether a report is due."""
        return perf_counter() >= self._due


def _record(engine: Engine, staged: Staged, seconds: float, n_examples: int) -> EpochRecord:
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
