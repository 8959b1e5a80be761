"""Published results against ours: every recipe trained over several seeds, and what came out.

`reproduce` trains with the one training loop there is and gives a `Row` a recipe and engine;
`COMMITTED` holds the rows of the last run that was kept, with its command, versions and machine.
A published figure is one author's run, often the best of several. So a row passes if the best of
its seeds is within `TOLERANCE` of the figure, above or below, and it shows every seed: some lose a
digit for good, and a mean without its spread would hide that.
"""

import multiprocessing
import signal
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Annotated, Any, Literal, Self, cast, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    TypeAdapter,
    computed_field,
    model_validator,
)

from nncore import datasets, recipes
from nncore.config import EngineName, TrainingConfig
from nncore.lab import result_files
from nncore.lab.machine import Machine, this_machine
from nncore.recipes import Recipe
from nncore.training import EpochRecord, Progress, ReportInterval, build, train

COMMITTED = Path(__file__).parents[2] / "assets" / "results" / "reproduction.json"
"""The committed results."""

TOLERANCE = 0.007
"""Distance of the best seed from the published accuracy that still passes: 0.7 points."""

_FORMAT = "nn-magic-reproduction-1"

Accuracy = Annotated[float, Field(ge=0, le=1)]


class _Result(BaseModel):
    """Plain values, and figures that follow from them: both are written, both are checked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="wrap")
    @classmethod
    def _derived_figures_agree(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(values, dict):
            return handler(values)
        given = cast(dict[str, Any], values)
        derived = cls.model_computed_fields
        made = handler({key: value for key, value in given.items() if key not in derived})
        for name in derived.keys() & given.keys():
            if given[name] != getattr(made, name):
                raise ValueError(
                    f"{name} is {given[name]}, but its runs give {getattr(made, name)}"
                )
        return made


class SeedRun(_Result):
    """One training: the accuracy after each epoch, on the images that the row names."""

    seed: int = Field(ge=0)
    accuracy: tuple[Accuracy, ...] = Field(min_length=1)
    """As fractions, rounded to 5 decimals."""
    diverged: bool
    """The cost stopped being finite, which ended the training."""

    @computed_field
    @property
    def final(self) -> float:
        """After the last epoch."""
        return self.accuracy[-1]

    @computed_field
    @property
    def peak(self) -> float:
        """The best of all epochs."""
        return max(self.accuracy)

    @property
    def peak_epoch(self) -> int:
        """The first epoch, from 0, that reached the peak."""
        return self.accuracy.index(self.peak)


class Row(_Result):
    """A recipe on one engine: the published figure and ours over seeds."""

    recipe: str
    engine: EngineName
    published: str | None
    published_accuracy: Accuracy | None
    on: Literal["test", "validation"]
    """The images that the accuracies are of: those of the published figure."""
    at: Literal["final", "peak"]
    """Which accuracy of a run is compared: the last one, unless the peak was published."""
    config: TrainingConfig
    """What was trained; its seed is replaced by each run's own."""
    command: str
    """Trains this row again."""
    date: str
    machine: Machine
    runs: tuple[SeedRun, ...] = Field(min_length=1)

    @property
    def figures(self) -> tuple[float, ...]:
        """Each seed's accuracy that is compared."""
        return tuple(getattr(run, self.at) for run in self.runs)

    @computed_field
    @property
    def mean(self) -> float:
        """Over the seeds, of the accuracy that is compared."""
        return round(fmean(self.figures), 6)

    @computed_field
    @property
    def standard_deviation(self) -> float | None:
        """Of one seed from the next (n - 1 in the denominator); None for a single seed."""
        return round(stdev(self.figures), 6) if len(self.runs) > 1 else None

    @computed_field
    @property
    def best(self) -> float:
        """The best seed's accuracy that is compared."""
        return max(self.figures)

    @computed_field
    @property
    def difference(self) -> float | None:
        """The best seed minus the published figure; None where none was published."""
        if self.published_accuracy is None:
            return None
        return round(self.best - self.published_accuracy, 6)

    @computed_field
    @property
    def passed(self) -> bool | None:
        """Whether the difference is within TOLERANCE; None where nothing was published."""
        return None if self.difference is None else abs(self.difference) <= TOLERANCE

    @property
    def explanation(self) -> str | None:
        """Why ours is not the published figure; None where the row passes."""
        known = recipes.RECIPES.get(self.recipe)
        return known.explanation if known and self.passed is False else None


class _File(_Result):
    format: Literal["nn-magic-reproduction-1"]
    what: str
    rows: tuple[Row, ...]


_FILE = TypeAdapter(_File)


@dataclass(frozen=True, slots=True)
class SeedProgress:
    """A reproduction's sign of life from one training."""

    recipe: str
    engine: EngineName
    seed: int
    share: float
    """Of this training that is done, from 0 to 1."""


# --- training ------------------------------------------------------------------------------


def reproduce(
    chosen: Iterable[Recipe],
    *,
    seeds: int = 5,
    engines: Iterable[EngineName] = ("numpy",),
    jobs: int = 1,
    data_dir: Path | None = None,
) -> Generator[SeedProgress | Row]:
    """Reproduction over the seeds 0, 1, ...: after each training comes its row as it stands.

    A row is whole when it has `seeds` runs. Closing the generator stops the training.

    Args:
        chosen: the recipes, one after the other.
        seeds: trainings of each recipe on each engine.
        engines: each trains alone, with the same initial weights and mini-batches.
        jobs: processes that train at once; 1 trains in this process and reports inside a run.
        data_dir: folder of the MNIST files; None for the usual places.

    Raises:
        DataError: the data are not there.
    """
    engines = tuple(engines)
    rows: list[tuple[Recipe, EngineName]] = [(r, e) for r in chosen for e in engines]
    done: dict[tuple[str, EngineName], list[SeedRun]] = {(r.name, e): [] for r, e in rows}
    everything: list[_Training] = [(*row, seed) for row in rows for seed in range(seeds)]
    machine = this_machine()
    reports = (
        _in_processes(everything, data_dir, jobs) if jobs > 1 else _one_by_one(everything, data_dir)
    )
    with closing(reports):
        for recipe, engine, report in reports:
            if isinstance(report, SeedProgress):
                yield report
                continue
            runs = done[recipe.name, engine]
            runs.append(report)
            runs.sort(key=lambda run: run.seed)
            yield Row(
                recipe=recipe.name,
                engine=engine,
                published=recipe.published,
                published_accuracy=recipe.published_accuracy,
                on=recipe.published_on or "test",
                at=recipe.published_at,
                config=recipe.config.replace(engines=(engine,)),
                command=f"python -m nncore reproduce --recipes {recipe.name} --engines {engine} "
                f"--seeds {len(runs)}",
                date=result_files.today(),
                machine=machine,
                runs=tuple(runs),
            )


_Training = tuple[Recipe, EngineName, int]
_Report = tuple[Recipe, EngineName, SeedProgress | SeedRun]


def _one_by_one(everything: list[_Training], data_dir: Path | None) -> Generator[_Report]:
    for recipe, engine, seed in everything:
        for report in _train_seed(recipe, engine, seed, data_dir):
            yield recipe, engine, report


def _in_processes(
    everything: list[_Training], data_dir: Path | None, jobs: int
) -> Generator[_Report]:
    others = multiprocessing.active_children()
    # "spawn": a fork would copy the locks of NumPy's and PyTorch's threads in whatever state.
    pool = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_ctrl_c_to_parent
    )
    try:
        waiting: dict[Future[SeedRun], _Training] = {
            pool.submit(_whole_run, *training, data_dir): training for training in everything
        }
        for future in as_completed(waiting):
            recipe, engine, seed = waiting[future]
            run = future.result()
            yield recipe, engine, SeedProgress(recipe.name, engine, seed, 1.0)
            yield recipe, engine, run
    except BaseException:
        # Whoever stops does not wait for trainings of minutes.
        for worker in multiprocessing.active_children():
            if worker not in others:
                worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_ctrl_c_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _whole_run(recipe: Recipe, engine: EngineName, seed: int, data_dir: Path | None) -> SeedRun:
    *_, run = _train_seed(recipe, engine, seed, data_dir)
    assert isinstance(run, SeedRun)
    return run


def _train_seed(
    recipe: Recipe, engine: EngineName, seed: int, data_dir: Path | None
) -> Iterator[SeedProgress | SeedRun]:
    """Signs of life, then the run."""
    config = recipe.config.replace(engines=(engine,), seed=seed)
    data = datasets.load_for(config, data_dir=data_dir)
    accuracy: list[float] = []
    diverged = False
    for record in train(config, data, build(config, len(data.train)), interval=ReportInterval(0.5)):
        if isinstance(record, EpochRecord):
            of_epoch = (
                record.validation_accuracy
                if recipe.published_on == "validation"
                else record.test_accuracy
            )
            assert of_epoch is not None, f"{recipe.name} has no validation images"
            accuracy.append(round(of_epoch, 5))
            diverged = record.diverged
        yield SeedProgress(recipe.name, engine, seed, _share(record, config))
    yield SeedRun(seed=seed, accuracy=tuple(accuracy), diverged=diverged)


def _share(record: Progress | EpochRecord, config: TrainingConfig) -> float:
    inside = record.batch / record.n_batches if isinstance(record, Progress) else 1.0
    return (record.epoch + inside) / config.epochs


# --- results in a file ---------------------------------------------------------------------


def load(path: Path = COMMITTED) -> tuple[Row, ...]:
    """The reproductions of a file that `merge` wrote, each figure checked against its runs.

    Raises:
        ResultFileError: no such file, or not of this form.
    """
    command = f"python -m nncore reproduce --save {path}"
    return result_files.read(path, _FILE, "reproduced results", command).rows


def find(rows: Iterable[Row], recipe: str, engine: EngineName = "numpy") -> Row | None:
    """The reproduction of a recipe on an engine, None where there is none."""
    return next((row for row in rows if (row.recipe, row.engine) == (recipe, engine)), None)


def merge(path: Path, row: Row) -> None:
    """Put a row into a file, which is made if need be; the other rows stay as they are.

    A row of fewer seeds never replaces one of more that was trained with the same settings: an
    interrupted run adds what it has finished and loses nothing.

    Raises:
        ResultFileError: the file holds something else, or cannot be written.
    """
    rows = {(r.recipe, r.engine): r for r in load(path)} if path.exists() else {}
    key = (row.recipe, row.engine)
    held = rows.get(key)
    if held and held.config == row.config and len(held.runs) > len(row.runs):
        return
    rows[key] = row
    names = list(recipes.RECIPES)
    engines = get_args(EngineName)
    ordered = sorted(
        rows.values(),
        key=lambda r: (
            names.index(r.recipe) if r.recipe in names else len(names),
            engines.index(r.engine),
        ),
    )
    result_files.write(path, to_json(ordered))


def to_json(rows: Iterable[Row]) -> str:
    """A file of reproductions, a line for each run, so that a change shows in what it changed."""
    lines: list[str] = []
    for row in rows:
        head = row.model_dump_json(exclude={"runs"}).removesuffix("}")
        runs = ",\n".join(run.model_dump_json() for run in row.runs)
        lines.append(f'{head},"runs":[\n{runs}]}}')
    what = "Accuracy after each epoch, by seed; mean, best and difference are of the accuracy `at`"
    return f'{{"format":"{_FORMAT}","what":"{what}","rows":[\n' + ",\n".join(lines) + "\n]}\n"
