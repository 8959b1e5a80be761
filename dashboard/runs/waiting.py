"""What a queued run waits for, and how long: for what those before it still have to do, at the pace
seen so far.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.runs.run import Run, RunStatus
from dashboard.runs.store import RunStore
from nncore.config import EngineName, TrainingConfig
from nncore.datasets import N_TEST, N_TRAINING, training_examples
from nncore.training import EpochRecord, Progress

Last = Mapping[str, Mapping[EngineName, EpochRecord]]
"""The last record of each engine, by run."""

EVALUATING = 0.5
SMALL_BATCH = 20
"""Evaluating an image takes this share of what training on it takes, in mini-batches so large that
the calls around the arithmetic no longer count; of m images it is the share times m/(m + this).

Evaluation is one pass of the two, and in large batches. Measured, by m: 0.1 to 0.15 for 10, 0.3 to
0.4 for 32, 0.4 to 0.5 for 100 and more, with 13,000 to 270,000 weights and both engines.
"""
BETWEEN_RUNS = 0.5
"""Seconds from a run's last epoch to the next run's first step: handing out, reading the images and
saving, measured as 0.2 to 0.7 of MNIST with workers that are warm."""


For = Literal["a worker", "a paused run", "an own paused run", "runs"]
"""What a queued run waits for: a worker that gets ready for a place that is free, a paused run that
keeps the only places from another workspace's (one's own, or another's), or the runs before it."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What a queued run waits for, and seconds until its turn, where they can be known."""

    waits_for: For
    seconds: float | None = None


def wait_of(store: RunStore, run: Run, slots: int) -> Wait:
    """What a queued run waits for.

    Args:
        store: where it is kept.
        run: with its place in the queue; the first one's is taken where it has none.
        slots: runs that train at once.

    Raises:
        StoreError: the database cannot be used.
    """
    place = run.queue_position or 1
    known = store.pace_setters()
    training = [other for other in known if other.status == RunStatus.RUNNING]
    first = next((other for other in known if other.queue_position == 1), run)
    paused = [
        other
        for other in known
        if other.has_worker
        and other.status == RunStatus.PAUSED
        and other.workspace != first.workspace  # to its own one, it gives way at once
    ]
    slots = max(slots, 1)
    if place <= slots - len(training) - len(paused):
        return Wait("a worker")
    if len(paused) >= slots:
        own = any(other.workspace == run.workspace for other in paused)
        return Wait("an own paused run" if own else "a paused run")
    last = store.last_epochs([other.id for other in known])
    left = [_seconds_of(other, store.live(other.id).progress, known, last) for other in training]
    before = {
        other.queue_position: other
        for other in known
        if other.queue_position is not None and other.queue_position < place
    }
    waiting = [_seconds_of(before[number], {}, known, last) for number in sorted(before)]
    return Wait("runs", turn_after(left, waiting, slots - len(paused)))


def turn_after(
    training: Iterable[float | None], waiting: Iterable[float | None], slots: int
) -> float | None:
    """Seconds until a place to train is free for the next run; None where one of these is unknown.

    Args:
        training: seconds for which each run that trains now keeps its place.
        waiting: seconds of each run that comes first, in its turn.
        slots: runs that train at once.
    """
    free: list[float] = []
    for seconds in training:
        if seconds is None:
            return None
        free.append(seconds)
    free += [0.0] * (max(slots, 1) - len(free))
    heapq.heapify(free)
    for seconds in waiting:
        if seconds is None:
            return None
        heapq.heappush(free, heapq.heappop(free) + seconds)
    return free[0]


def _seconds_of(
    run: Run, progress: Mapping[EngineName, Progress], known: Sequence[Run], last: Last
) -> float | None:
    """For how long a run (still) keeps a place; None where the pace of an engine is not known."""
    seconds = BETWEEN_RUNS
    for engine in run.config.engines:
        own, now = last.get(run.id, {}).get(engine), progress.get(engine)
        if own is not None and own.diverged:
            continue
        done = float(0 if own is None else own.epoch + 1)
        part = 0.0
        if now is not None and now.epoch >= done:
            part = now.batch / max(now.n_batches, 1)
        if own is not None:
            pace = own.seconds
        elif now is not None and part > 0:
            pace = now.seconds / part
        else:
            pace = _pace_of_one_like_it(run, engine, known, last)
        if pace is None:
            return None
        epochs = max(run.config.epochs - done, 0.0)
        seconds += (epochs - part) * pace + epochs * _evaluation(run.config, pace)
    return seconds


def _pace_of_one_like_it(
    run: Run, engine: EngineName, known: Sequence[Run], last: Last
) -> float | None:
    """Seconds of training an epoch of another run with as much to do in it."""
    for other in known:
        if engine in last.get(other.id, {}) and _work(other.config) == _work(run.config):
            return last[other.id][engine].seconds
    return None


def _evaluation(config: TrainingConfig, pace: float) -> float:
    """Seconds in which an epoch is evaluated that takes `pace` seconds to train."""
    n = training_examples(config)
    batch = config.batch_of(n)
    validation = round(config.validation_split * N_TRAINING[config.dataset])
    evaluated = n + validation + N_TEST[config.dataset]
    return pace * evaluated / n * EVALUATING * batch / (batch + SMALL_BATCH)


def _work(config: TrainingConfig) -> TrainingConfig:
    """What of a configuration makes an epoch long or short: all but these."""
    free = {"seed": 0, "epochs": 1, "learning_rate": 1.0, "momentum": 0.0, "l1": 0.0, "l2": 0.0}
    return config.model_copy(update={**free, "patience": 0, "initializer": "he", "engines": ()})
