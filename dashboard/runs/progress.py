"""How far a run is, from its records: the last epochs, the share done, the seconds left."""

import io
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from nncore.config import EngineName, TrainingConfig
from nncore.training import EpochRecord, Progress


def latest(records: Iterable[EpochRecord]) -> dict[EngineName, EpochRecord]:
    """A run's last epoch of each engine."""
    last: dict[EngineName, EpochRecord] = {}
    for record in records:
        if record.engine not in last or record.epoch >= last[record.engine].epoch:
            last[record.engine] = record
    return last


def fraction_done(
    config: TrainingConfig,
    records: Iterable[EpochRecord],
    progress: Mapping[EngineName, Progress],
) -> float:
    """The share of a run's epochs, of all engines, that is done, 0 to 1; what diverged is done."""
    done = 0.0
    last = latest(records)
    for engine in config.engines:
        finished = last[engine].epoch + 1 if engine in last else 0
        if engine in last and last[engine].diverged:
            finished = config.epochs
        now = progress.get(engine)
        part = 0.0
        if now is not None and now.epoch >= finished:
            part = now.epoch - finished + now.batch / max(now.n_batches, 1)
        done += min(finished + part, config.epochs)
    return min(done / (config.epochs * len(config.engines)), 1.0)


def seconds_left(
    config: TrainingConfig,
    records: Sequence[EpochRecord],
    progress: Mapping[EngineName, Progress],
) -> float | None:
    """A run's training seconds still to come, from each engine's own pace; None without one."""
    left = 0.0
    last = latest(records)
    for engine in config.engines:
        if engine in last and last[engine].diverged:
            continue
        seconds = [record.seconds for record in records if record.engine == engine][-3:]
        now = progress.get(engine)
        finished = last[engine].epoch + 1 if engine in last else 0
        part = 0.0
        if now is not None and now.epoch >= finished and now.batch:
            part = now.batch / max(now.n_batches, 1)
        if seconds:
            per_epoch = sum(seconds) / len(seconds)
        elif now is not None and part > 0:
            per_epoch = now.seconds / part
        else:
            return None
        left += max(config.epochs - finished - part, 0.0) * per_epoch
    return left


def curves_csv(records: Iterable[EpochRecord]) -> bytes:
    """A run's figures of every epoch as a CSV file: fractions, full precision.

    Its `epoch` is how many epochs were trained, 1 after the first, as on the pages; the records
    count from 0.
    """
    fields = list(EpochRecord.__dataclass_fields__)
    frame = pd.DataFrame([{f: getattr(r, f) for f in fields} for r in records], columns=fields)
    frame["epoch"] += 1
    text = io.StringIO()
    frame.to_csv(text, index=False)
    return text.getvalue().encode()
