"""A thousand images learned by heart, and what helps: stored runs (Nielsen, ch. 3).

`python -m nncore.lessons.overfitting` trains them again, one after the other, and writes
`assets/results/overfitting.json`; a quarter of an hour on one core.
"""

import itertools
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from nncore import datasets, recipes, schedules
from nncore.config import TrainingConfig
from nncore.lab import result_files
from nncore.lab.machine import Machine, this_machine
from nncore.training import EpochRecord, build, train

FILE = Path(__file__).parents[2] / "assets" / "results" / "overfitting.json"
_COMMAND = "python -m nncore.lessons.overfitting"

Remedy = Literal["none", "l2", "dropout", "deform"]
SIZES = (1_000, 10_000, 50_000)
"""Training images of the runs. All take the same 40,000 steps: with more images, fewer epochs."""

Share = Annotated[float, Field(ge=0, le=1)]


def config_of(remedy: Remedy, n_train: int) -> TrainingConfig:
    """What a stored run trains: the book's 784-30-10 with cross-entropy and η = 0.5.

    L2's λ goes with the number of images, so that λ/n is the book's 0.1 of 1,000 and its 5 of
    50,000.
    """
    book = recipes.get("nielsen-ch3-overfitting").config
    by_heart = book.replace(
        engines="numpy", train_size=n_train, epochs=book.epochs * SIZES[0] // n_train
    )
    match remedy:
        case "none":
            return by_heart
        case "l2":
            return by_heart.replace(l2=n_train / 10_000)
        case "dropout":
            return by_heart.replace(dropout=0.2)
        case "deform":
            return by_heart.replace(deform="affine")


class StoredRun(BaseModel):
    """One training with the NumPy engine, epoch by epoch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    remedy: Remedy
    config: TrainingConfig
    """All that was set, the seed included."""
    command: str
    """Prints these accuracies again."""
    train_accuracy: tuple[Share, ...] = Field(min_length=1)
    """On the training images as they are, also where deformed ones are trained on."""
    validation_accuracy: tuple[Share, ...]
    test_accuracy: tuple[Share, ...]
    weight: tuple[float, ...]
    """Root mean square of all weights, biases left out."""

    @property
    def n_train(self) -> int:
        """Images that it learned from."""
        return cast(int, self.config.train_size)

    def ends_after(self, patience: int) -> int:
        """Epochs until early stopping ends it: all of them where it does not, or with patience 0.

        The rule is that of `TrainingConfig.patience`, asked after every epoch.
        """
        config = self.config.replace(patience=patience)
        n = len(self.validation_accuracy)
        return next(
            (e for e in range(1, n) if schedules.early_end(config, self.validation_accuracy[:e])), n
        )


class StoredRuns(BaseModel):
    """The file: every remedy at every size."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str
    date: str
    machine: Machine
    runs: tuple[StoredRun, ...]


_FORM = TypeAdapter(StoredRuns)


@cache
def stored_runs() -> dict[tuple[Remedy, int], StoredRun]:
    """The runs by remedy and number of training images.

    Raises:
        ResultFileError: the file is not there or not of this form.
    """
    runs = result_files.read(FILE, _FORM, "the runs of the lesson on overfitting", _COMMAND).runs
    return {(run.remedy, run.n_train): run for run in runs}


def make(remedy: Remedy, n_train: int) -> StoredRun:
    """Train one of the runs; a minute or so."""
    config = config_of(remedy, n_train)
    data = datasets.load_for(config)
    engines = build(config, len(data.train))
    records: list[EpochRecord] = []
    weights: list[float] = []
    for record in train(config, data, engines):
        if isinstance(record, EpochRecord):
            records.append(record)
            W = np.concatenate([W.ravel() for W, _ in engines["numpy"].parameters()])
            weights.append(float(f"{np.sqrt((W.astype(np.float64) ** 2).mean()):.4g}"))
    return StoredRun(
        remedy=remedy,
        config=config,
        command=_command_of(config),
        train_accuracy=tuple(round(r.train_accuracy, 5) for r in records),
        validation_accuracy=tuple(round(r.validation_accuracy or 0, 5) for r in records),
        test_accuracy=tuple(round(r.test_accuracy, 5) for r in records),
        weight=tuple(weights),
    )


def _command_of(config: TrainingConfig) -> str:
    recipe = recipes.get("nielsen-ch3-overfitting")
    ours, its = config.to_query(), recipe.config.to_query()
    changed = [f" --set {k}={v}" for k, v in ours.items() if its.get(k) != v and k != "engines"]
    return f"python -m nncore train --recipe {recipe.name} --engines numpy" + "".join(changed)


def _make_all() -> None:
    runs: list[StoredRun] = []
    for n_train, remedy in itertools.product(SIZES, get_args(Remedy)):
        runs.append(make(remedy, n_train))
        end = runs[-1]
        print(
            f"{n_train:6,} images, {remedy}: training {end.train_accuracy[-1]:.2%}, "
            f"test {end.test_accuracy[-1]:.2%}"
        )
    whole = StoredRuns(
        command=_COMMAND, date=result_files.today(), machine=this_machine(), runs=tuple(runs)
    )
    result_files.write(FILE, whole.model_dump_json() + "\n")


if __name__ == "__main__":
    _make_all()
