"""How long a queued run will wait: what those before it still have to train, at the pace seen so
far.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence

from dashboard.runs.progress import seconds_left
from dashboard.runs.run import Run, RunStatus
from dashboard.runs.store import RunStore
from nncore.config import EngineName, TrainingConfig
from nncore.training import EpochRecord

Last = Mapping[str, Mapping[EngineName, EpochRecord]]
"""The last record of each engine, by run."""


def seconds_to_wait(store: RunStore, run: Run, slots: int) -> float | None:
    """Seconds of training before a queued run's turn; None where nobody can know yet.

    Raises:
        StoreError: the database cannot be used.
    """
    if run.queue_position is None:
        return None
    known = store.pace_setters()
    last = store.last_epochs([other.id for other in known])
    training = [
        seconds_left(
            other.config, [*last.get(other.id, {}).values()], store.live(other.id).progress
        )
        for other in known
        if other.status == RunStatus.RUNNING
    ]
    before = {
        other.queue_position: other
        for other in known
        if other.queue_position is not None and other.queue_position < run.queue_position
    }
    waiting = [_seconds_of(before[place], known, last) for place in sorted(before)]
    return turn_after(training, waiting, slots)


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
