"""The twins side by side: the same weights and mini-batches, and how far apart they get.

`run_twins` trains both engines in step and measures after a step how far their weights differ;
`run_pieces` runs the parts of one step in both; `run_typed` trains a typed activation.
"""

import math
import shlex
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter

from nncore import datasets, recipes
from nncore.activations import Array
from nncore.config import DatasetName, DTypeName, EngineName, TrainingConfig
from nncore.datasets import Dataset, Split
from nncore.engine import Engine
from nncore.expressions import check_derivative, parse
from nncore.lab import result_files
from nncore.lab.expression_network import build as build_typed
from nncore.lab.machine import Machine, this_machine
from nncore.quick import threads
from nncore.training import EpochRecord, ReportInterval, build, train

COMMITTED = Path(__file__).parents[2] / "assets" / "results" / "twins.json"
COMMITTED_TYPED = COMMITTED.with_name("activation.json")
"""The committed results: of the twins, and of a typed activation."""

RECIPE = "nielsen-ch3-cross-entropy"
"""What the twins train: the book's network of thirty hidden neurons."""
STEPS = 500
_IMAGES = 5_000
"""Training images: more would only take longer to load."""
_WATCHED = 500
"""Of them, those on which the cost is taken; the same after every step."""


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TwinCurve(_Result):
    """Both engines in one precision, after the steps that were looked at."""

    dtype: DTypeName
    steps: tuple[int, ...]
    """The first is 0: before any step."""
    numpy_cost: tuple[float, ...]
    torch_cost: tuple[float, ...]
    difference: tuple[float, ...]
    """Largest absolute difference of a weight or bias between the twins."""


class GradientEntry(_Result):
    """One derivative of the cost at the initial weights, by both engines, exactly as computed."""

    dtype: DTypeName
    parameter: str
    """For example `W1[406, 12]`; layers count from 1."""
    numpy: float
    torch: float


class TwinRun(_Result):
    """One run of the twins, and what it was made with."""

    command: str
    date: str
    machine: Machine
    config: TrainingConfig
    device: str
    """Where PyTorch computed."""
    curves: tuple[TwinCurve, ...]
    gradient: tuple[GradientEntry, ...]

    def curve(self, dtype: DTypeName) -> TwinCurve:
        """The curve of one precision."""
        return next(curve for curve in self.curves if curve.dtype == dtype)


class Piece(_Result):
    """What the comparison says of a part of a step: how long in each engine, and how equal."""

    name: str
    difference: float
    """Largest absolute difference of a result."""
    numpy_seconds: float
    torch_seconds: float


class TypedRun(_Result):
    """What the comparison of a typed activation found, by the engines that can train it."""

    command: str
    date: str
    machine: Machine
    config: TrainingConfig
    n_train: int
    activation: str
    derivative: str
    accepted: bool
    """The derivative is right, so that NumPy could train as well."""
    torch: tuple[float, ...]
    """Test accuracy after each epoch, as fractions; up to where it diverged."""
    numpy: tuple[float, ...]
    """The same; empty where the derivative was not accepted."""


def here() -> DatasetName:
    """The comparison's data: MNIST where its files are here, else the embedded digits."""
    return "mnist" if datasets.available("mnist") else "digits"


def run_twins(dataset: DatasetName, steps: int = STEPS) -> TwinRun:
    """Train both engines from the same weights on the same mini-batches, in float32 and float64.

    Raises:
        DataError: the data are not there.
    """
    config, images = _config(dataset), _images(dataset)
    curves: list[TwinCurve] = []
    entries: list[GradientEntry] = []
    device = ""
    for dtype in get_args(DTypeName):
        exact = config.replace(dtype=dtype)
        engines = build(exact, len(images))
        device = str(getattr(engines["torch"], "device", ""))
        entries += _gradient_entries(exact, engines, images)
        curves.append(_curve(exact, engines, images, steps))
    return TwinRun(
        command=f"python -m nncore twins --dataset {dataset} --steps {steps} --json",
        date=result_files.today(),
        machine=this_machine(),
        config=config,
        device=device,
        curves=tuple(curves),
        gradient=tuple(entries),
    )


def run_pieces(dataset: DatasetName, n_images: int = 100, repetitions: int = 21) -> list[Piece]:
    """Compare the engines' parts of a step: forward pass, gradient and update, same images.

    Raises:
        DataError: the data are not there.
    """
    config, images = _config(dataset), _images(dataset)
    X, labels = images.images[:n_images], images.labels[:n_images]
    Y = datasets.one_hot(labels)
    engines = build(config, len(images))

    def update(engine: Engine) -> list[Array]:
        engine.train_batch(*engine.stage(X, labels))
        return [array for pair in engine.parameters() for array in pair]

    def gradient(engine: Engine) -> list[Array]:
        return [array for pair in engine.gradients(X, Y) for array in pair]

    parts: dict[str, Callable[[Engine], list[Array]]] = {
        "Forward": lambda engine: [engine.forward(X)],
        "Backward": gradient,
        "Update": update,
    }
    pieces: list[Piece] = []
    with threads.limited_to(threads.n_threads(config, n_images)):
        for name, part in parts.items():
            results = {which: part(engine) for which, engine in engines.items()}
            seconds: dict[EngineName, list[float]] = {which: [] for which in engines}
            for _ in range(repetitions):
                for which, engine in engines.items():
                    began = perf_counter()
                    part(engine)
                    engine.synchronize()
                    seconds[which].append(perf_counter() - began)
            pieces.append(
                Piece(
                    name=name,
                    difference=largest_gap(results["numpy"], results["torch"]),
                    numpy_seconds=median(seconds["numpy"]),
                    torch_seconds=median(seconds["torch"]),
                )
            )
    return pieces


def run_typed(dataset: DatasetName, activation: str, derivative: str = "") -> TypedRun:
    """Compare the engines on a typed activation: PyTorch, and NumPy if its derivative is right.

    Args:
        dataset: what to train on.
        activation: f as an expression of z.
        derivative: f' as an expression of z, or nothing.

    Raises:
        DataError: the data are not there.
        ExpressionError: one of the two is no expression.
    """
    f, df = parse(activation), parse(derivative) if derivative.strip() else None
    accepted = df is not None and check_derivative(f, df).accepted
    config = TrainingConfig(dataset=dataset, hidden=(30,), initializer="glorot", epochs=3)
    whole = datasets.load(dataset, validation_split=0, download=False)
    data = Dataset(dataset, _first(whole.train), whole.validation, whole.test, whole.source)
    engines = build_typed(config, len(data.train), f, df if accepted else None)
    accuracies: dict[EngineName, list[float]] = {"numpy": [], "torch": []}
    for record in train(config, data, engines, interval=ReportInterval(math.inf)):
        if isinstance(record, EpochRecord) and not record.diverged:
            accuracies[record.engine].append(record.test_accuracy)
    return TypedRun(
        command=_typed_command(dataset, f.text, df.text if df else ""),
        date=result_files.today(),
        machine=this_machine(),
        config=config,
        n_train=len(data.train),
        activation=f.text,
        derivative=df.text if df else "",
        accepted=accepted,
        torch=tuple(accuracies["torch"]),
        numpy=tuple(accuracies["numpy"]),
    )


def _typed_command(dataset: DatasetName, activation: str, derivative: str) -> str:
    """The formula comes last, after `--`: it may begin with a minus."""
    words = ["python", "-m", "nncore", "activation", "--dataset", dataset, "--json"]
    if derivative:
        words += ["--derivative", derivative]
    return shlex.join([*words, "--", activation])


def load_typed(path: Path = COMMITTED_TYPED) -> TypedRun:
    """The comparison in a file that `python -m nncore activation --json` wrote.

    Raises:
        ResultFileError: no such file, or not of this form.
    """
    command = f"python -m nncore activation --json > {path}"
    return result_files.read(path, TypeAdapter(TypedRun), "such a run", command)


def load(path: Path = COMMITTED) -> TwinRun:
    """The comparison of the twins that `python -m nncore twins --json` wrote.

    Raises:
        ResultFileError: no such file, or not of this form.
    """
    command = f"python -m nncore twins --json > {path}"
    return result_files.read(path, TypeAdapter(TwinRun), "such a run", command)


def common_digits(one: str, other: str) -> int:
    """Compare two written numbers: how many leading characters they share."""
    for place, (a, b) in enumerate(zip(one, other)):
        if a != b:
            return place
    return min(len(one), len(other))


def _config(dataset: DatasetName) -> TrainingConfig:
    return recipes.get(RECIPE).config.replace(dataset=dataset, epochs=1, engines="numpy,torch")


def _images(dataset: DatasetName) -> Split:
    """The first training images, in float32: an engine brings them to its own precision."""
    return _first(datasets.load(dataset, validation_split=0, download=False).train)


def _first(split: Split) -> Split:
    return Split(split.images[:_IMAGES], split.labels[:_IMAGES])


def _gradient_entries(
    config: TrainingConfig, engines: dict[EngineName, Engine], images: Split
) -> Iterator[GradientEntry]:
    """The largest entry of each W and b, for the first mini-batch at the initial weights."""
    assert config.batch_size != "full"
    rows = slice(config.batch_size)
    X, Y = images.images[rows], datasets.one_hot(images.labels[rows], dtype=config.dtype)
    mine, other = (engine.gradients(X, Y) for engine in engines.values())
    for layer, (pair, twin) in enumerate(zip(mine, other, strict=True), 1):
        for name, values, twin_values in zip("Wb", pair, twin, strict=True):
            place = np.unravel_index(int(np.abs(values).argmax()), values.shape)
            index = tuple(map(int, place))
            yield GradientEntry(
                dtype=config.dtype,
                parameter=f"{name}{layer}[{', '.join(map(str, index))}]",
                numpy=float(values[index]),
                torch=float(twin_values[index]),
            )


def _curve(
    config: TrainingConfig, engines: dict[EngineName, Engine], images: Split, steps: int
) -> TwinCurve:
    assert config.batch_size != "full"
    staged = {
        which: engine.stage(images.images, images.labels) for which, engine in engines.items()
    }
    looked_at = {int(x) for x in np.geomspace(1, steps, 60).round()} | {0, steps}
    costs: dict[EngineName, list[float]] = {which: [] for which in engines}
    seen, gaps = list[int](), list[float]()
    order = np.random.default_rng(config.seed)
    rows = order.permutation(len(images))
    with threads.limited_to(threads.n_threads(config, len(images))):
        for step in range(steps + 1):
            if step in looked_at:
                seen.append(step)
                parameters = [engine.state()["parameters"] for engine in engines.values()]
                gaps.append(largest_gap(parameters[:1], parameters[1:]))
                for which, engine in engines.items():
                    X, Y = staged[which]
                    costs[which].append(engine.evaluate(X[:_WATCHED], Y[:_WATCHED])[0])
            if len(rows) < config.batch_size:
                rows = order.permutation(len(images))
            batch, rows = rows[: config.batch_size], rows[config.batch_size :]
            for which, engine in engines.items():
                engine.train_batch(*engine.gather(*staged[which], batch))
    return TwinCurve(
        dtype=config.dtype,
        steps=tuple(seen),
        numpy_cost=tuple(costs["numpy"]),
        torch_cost=tuple(costs["torch"]),
        difference=tuple(gaps),
    )


def largest_gap(one: list[Array], other: list[Array]) -> float:
    """Largest difference of two numbers in the same place of arrays of the same shapes."""
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))


def crossover(x: Sequence[float], ratio: Sequence[float]) -> float | None:
    """Where a compared ratio passes 1, by a straight line between points on logarithmic axes.

    Args:
        x: positive and ascending.
        ratio: positive, one for each x.

    Returns:
        The first such x; None where all ratios are on one side of 1.
    """
    for (x0, r0), (x1, r1) in pairwise(zip(x, ratio, strict=True)):
        if (r0 > 1) != (r1 > 1):
            share = math.log(r0) / (math.log(r0) - math.log(r1))
            return math.exp(math.log(x0) + share * (math.log(x1) - math.log(x0)))
    return None
