"""Curves over epochs, of one run or of several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.ui.palette import DASHES, ENGINE_NAMES, Split
from nncore.config import EngineName
from nncore.training import EpochRecord

Measure = Literal["cost", "accuracy"]


_PREFIXES: dict[Split, str] = {"training": "train", "validation": "validation", "test": "test"}


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One line of a chart of epochs: whose it is, of which data, and its points."""

    engine: EngineName
    split: Split
    epochs: Sequence[int]
    """Epochs trained, so the first is 1."""
    values: Sequence[float | None]
    run: str = ""
    """What the run is called, where a chart shows two: see `dashboard.ui.differences`."""
    second: bool = False
    """The run that the first one is held against."""


def curves_of(
    records: "Iterable[EpochRecord]", measure: Measure, *, run: str = "", second: bool = False
) -> list[Curve]:
    """The lines of one run: training, validation and test of each engine in `records`.

    A split without any number (no validation data) has no line. Accuracies stay fractions.
    """
    by_engine: dict[EngineName, list[EpochRecord]] = {}
    for record in records:
        by_engine.setdefault(record.engine, []).append(record)
    found: list[Curve] = []
    for engine in ENGINE_NAMES:
        rows = sorted(by_engine.get(engine, []), key=lambda row: row.epoch)
        for split in DASHES:
            field = f"{_PREFIXES[split]}_{measure}"
            values: list[float | None] = [getattr(row, field) for row in rows]
            if any(value is not None for value in values):
                epochs = [row.epoch + 1 for row in rows]
                found.append(Curve(engine, split, epochs, values, run, second))
    return found
