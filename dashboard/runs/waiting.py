"""What a queued run waits for, and how long: what those before it still have to train, at the pace
seen so far.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.runs.progress import seconds_left
from dashboard.runs.run import Run, RunStatus
from dashboard.runs.store import RunStore
from nncore.config import EngineName, TrainingConfig
from nncore.training import EpochRecord

Last = Mapping[str, Mapping[EngineName, EpochRecord]]
"""The last record of each engine, by run."""


For = Literal["a worker", "a paused run", "an own paused run", "runs"]
"""What a queued run waits for: a worker that gets ready for a place that is free, a paused run that
keeps the only places (one of the same workspace, or another's), or the runs before it."""


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
    paused = [other for other in known if other.has_worker and other.status == RunStatus.PAUSED]
    slots = max(slots, 1)
    if place <= slots - len(training) - len(paused):
        return Wait("a worker")
    if len(paused) >= slots:
        own = any(other.workspace == run.workspace for other in paused)
        return Wait("an own paused run" if own else "a paused run")
    last = store.last_epochs([other.id for other in known])
    left = [
        seconds_left(
            other.config, [*last.get(other.id, {}).values()], store.live(other.id).progress
        )
        for other in training
    ]
    before = {
        other.queue_position: other
        for other in known
        if other.queue_position is not None and other.queue_position < place
    }
    waiting = [_seconds_of(before[number], known, last) for number in sorted(before)]
    return Wait("runs", turn_after(left, waiting, slots - len(paused)))


def turn_after(
    training: Iterable[float | None], waiting: Iterable[float | None], slots: int
) -> float | None:
    """Seconds until a place to train is free for the next run; None where one of these is unknown.

    Args:
        training: seconds left of each run that trains now.
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


def _seconds_of(run: Run, known: Sequence[Run], last: Last) -> float | None:
    """What a run that waits has still to train; its pace is its own, or that of one like it."""
    seconds = 0.0
    for engine in run.config.engines:
        own = last.get(run.id, {}).get(engine)
        if own is not None and own.diverged:
            continue
        like = own or next(
            (
                last[other.id][engine]
                for other in known
                if engine in last.get(other.id, {}) and _work(other.config) == _work(run.config)
            ),
            None,
        )
        if like is None:
            return None
        done = 0 if own is None else own.epoch + 1
        seconds += (run.config.epochs - done) * like.seconds
    return seconds


def _work(config: TrainingConfig) -> TrainingConfig:
    """What of a configuration makes an epoch long or short: all but these."""
    free = {"seed": 0, "epochs": 1, "learning_rate": 1.0, "momentum": 0.0, "l1": 0.0, "l2": 0.0}
    return config.model_copy(update={**free, "patience": 0, "initializer": "he", "engines": ()})
