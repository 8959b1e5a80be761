"""The command line: train, predict, check gradients, list and reproduce recipes, measure speed.

Figures go to standard output, everything else (progress, warnings, errors) to standard error.
"""

import json
import math
import os
import shlex
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn, get_args

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from safetensors import SafetensorError
from safetensors.numpy import (
    load_file,  # pyright: ignore[reportUnknownVariableType]
    save_file,  # pyright: ignore[reportUnknownVariableType]
)

from nncore import checkpoints, datasets, recipes
from nncore.checkpoints import CheckpointError
from nncore.config import (
    N_INPUTS,
    N_OUTPUTS,
    ActivationName,
    ConfigError,
    CostName,
    EngineName,
    TrainingConfig,
    architecture,
)
from nncore.datasets import DataError
from nncore.engine import Engine
from nncore.explain.microscope import in_float64
from nncore.gradient_check import TOLERANCE, check_gradients
from nncore.initializers import initial_parameters
from nncore.ink.picture_files import ImageError, read_image
from nncore.judge import cards
from nncore.judge.doubt import DoubtError
from nncore.lab import bench_report, comparison, reproduction, result_files
from nncore.lab.bench_report import Record, Speed, Sweep
from nncore.lab.machine import this_machine
from nncore.lab.result_files import StoredError
from nncore.network import Network
from nncore.preprocessing import InkError, prepare
from nncore.quick.threads import n_cpus
from nncore.training import EpochRecord, build, closing_note
from nncore.training import train as train_loop

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Train and question a from-scratch NumPy network and its PyTorch twin.",
)

IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"}
"""What `predict` takes from a folder; a file that is named is read whatever its suffix."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
ModelOption = Annotated[
    str, typer.Option("--model", help=f"{', '.join(checkpoints.SHIPPED)}, or a model file.")
]


def _fail(message: object) -> NoReturn:
    """One sentence on standard error, exit status 2."""
    _say(f"Error: {message}", typer.colors.RED)
    raise typer.Exit(2)


def _say(message: str, colour: str | None = None) -> None:
    typer.secho(message, fg=colour, err=True)


@contextmanager
def _errors_in_a_sentence() -> Generator[None]:
    try:
        yield
    except (
        ConfigError,
        DataError,
        CheckpointError,
        DoubtError,
        StoredError,
    ) as error:
        _fail(error)


# --- train ---------------------------------------------------------------------------------


@app.command()
def train(
    recipe: Annotated[str | None, typer.Option(help="Start from a recipe (see `recipes`).")] = None,
    config: Annotated[Path | None, typer.Option(help="Start from a JSON configuration.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one setting.")
    ] = None,
    engines: Annotated[str | None, typer.Option(help="numpy, torch or numpy,torch.")] = None,
    epochs: Annotated[str | None, typer.Option(help="Passes over the training set.")] = None,
    seed: Annotated[str | None, typer.Option(help="Of weights and of the examples' order.")] = None,
    dataset: Annotated[str | None, typer.Option(help="mnist or digits.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the MNIST files.")] = None,
    save: Annotated[Path | None, typer.Option(help="Write the trained model here.")] = None,
    ship: Annotated[
        Path | None,
        typer.Option(help="Write it here in 16 bits, for use, with a card (.json) beside it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train a network and report its figures, epoch by epoch."""
    named = {"engines": engines, "epochs": epochs, "seed": seed, "dataset": dataset}
    with _errors_in_a_sentence():
        chosen = _configuration(recipe, config, set_ or [], named)
        paths = _save_paths("--save", save, chosen)
        _save_paths("--ship", ship, chosen)
        data = datasets.load_for(chosen, data_dir=data_dir)
    twins = build(chosen, len(data.train))
    records = _train_with_progress(chosen, data, twins, quiet=as_json)
    note = closing_note(chosen, twins, records)
    if note is not None:
        _say(note)
    with _errors_in_a_sentence():
        for name, path in paths.items():
            checkpoints.save(path, chosen, name, twins[name].state())
            _say(f"Saved {path}")
        if ship is not None:
            _ship(ship, recipe, chosen, data, twins, records)
            _say(f"Saved {ship} and its card")
    if as_json:
        typer.echo(json.dumps(_report(chosen, records, twins, note)))


def _configuration(
    recipe: str | None, file: Path | None, pairs: list[str], named: dict[str, str | None]
) -> TrainingConfig:
    if recipe and file:
        raise ConfigError("--recipe and --config both give a configuration; use one of them.")
    if file:
        try:
            start = TrainingConfig.from_json(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file} cannot be read as text ({error}); check the path.") from None
    else:
        start = recipes.get(recipe).config if recipe else recipes.get("classroom").config
    changes: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"--set {pair} has no value; write it as --set key=value.")
        changes[key.strip()] = value.strip()
    changes |= {key: value for key, value in named.items() if value is not None}
    return start.replace(**changes)


def _save_paths(option: str, save: Path | None, config: TrainingConfig) -> dict[EngineName, Path]:
    """Where each engine's model goes, checked before training and not after it.

    One engine's file has the name given; with both, NumPy's has it and PyTorch's gets `-torch`.
    """
    if save is None:
        return {}
    if not save.parent.is_dir():
        raise ConfigError(f"{option} {save}: the folder {save.parent} does not exist; create it.")
    if save.is_dir() or not os.access(save.parent, os.W_OK):
        raise ConfigError(f"{option} {save} cannot be written; name a file in a folder of yours.")
    first, *others = config.engines
    return {first: save, **{o: save.with_name(f"{save.stem}-{o}{save.suffix}") for o in others}}


def _ship(
    path: Path,
    recipe: str | None,
    config: TrainingConfig,
    data: datasets.Dataset,
    engines: dict[EngineName, Engine],
    records: list[EpochRecord],
) -> None:
    """The first engine's model in half precision and its card: figures of what is in the file.

    The card is a new one: what `evaluate --card` found was true of the model that was there before.
    """
    name, engine = next(iter(engines.items()))
    checkpoints.save(path, config, name, engine.state(), half=True)
    network = checkpoints.load(path).network()
    _, accuracy = network.evaluate(*network.stage(data.test.images, data.test.labels))
    own = [record for record in records if record.engine == name]
    sizes = " ".join(
        f"{len(split):,} {kind}{',' if kind != 'test' else ' images'}"
        for kind, split in (
            ("training", data.train),
            ("validation", data.validation),
            ("test", data.test),
        )
    )
    card = cards.Card(
        recipe=recipe,
        seed=config.seed,
        engine=name,
        command=f"python -m nncore {shlex.join(sys.argv[1:])}",
        test_accuracy=accuracy,
        epochs=len(own),
        minutes=round(sum(record.seconds for record in own) / 60, 1),
        precision="float16",
        data=f"{config.dataset}: {sizes}",
        machine=f"{n_cpus()} cores of {this_machine().processor}",
        trained=result_files.today(),
    )
    cards.write(path, card)


def _train_with_progress(
    config: TrainingConfig,
    data: datasets.Dataset,
    engines: dict[EngineName, Engine],
    *,
    quiet: bool,
) -> list[EpochRecord]:
    """All epochs' records; Ctrl-C ends training and keeps what there is."""
    records: list[EpochRecord] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("training", total=config.epochs * len(engines))
        try:
            for record in train_loop(config, data, engines):
                if isinstance(record, EpochRecord):
                    records.append(record)
                    if not quiet:
                        typer.echo(_line(record, config))
                    bar.update(task, completed=len(records))
                else:
                    done = len(records) + record.batch / record.n_batches
                    label = f"{record.engine}, epoch {record.epoch + 1} of {config.epochs}"
                    bar.update(task, completed=done, description=label)
        except KeyboardInterrupt:
            _say("Stopped; these are the figures so far.")
    return records


def _line(record: EpochRecord, config: TrainingConfig) -> str:
    validation = (
        f"  validation {record.validation_accuracy:7.2%}"
        if record.validation_accuracy is not None
        else ""
    )
    return (
        f"{record.engine:5}  epoch {record.epoch + 1:3}/{config.epochs}  "
        f"cost {record.train_cost:.4f}  training {record.train_accuracy:7.2%}{validation}  "
        f"test {record.test_accuracy:7.2%}  {record.seconds:6.2f} s  "
        f"{record.examples_per_second:,.0f} examples/s"
    )


def _report(
    config: TrainingConfig,
    records: list[EpochRecord],
    engines: dict[EngineName, Engine],
    note: str | None,
) -> dict[str, Any]:
    by_engine: dict[str, Any] = {}
    for name in engines:
        own = [record for record in records if record.engine == name]
        seconds = sum(record.seconds for record in own)
        n_examples = sum(record.seconds * record.examples_per_second for record in own)
        by_engine[name] = {
            "test_accuracy": own[-1].test_accuracy if own else None,
            "train_seconds": seconds,
            "examples_per_second": n_examples / seconds if seconds else None,
            "epochs": [_finite(asdict(record)) for record in own],
        }
    return {
        "config": config.model_dump(mode="json"),
        "engines": by_engine,
        "max_weight_difference": _max_weight_difference(engines),
        "note": note,
    }


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """JSON has no NaN and no infinity: null stands for them."""
    del values["engine"]
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in values.items()
    }


def _max_weight_difference(engines: dict[EngineName, Engine]) -> float | None:
    """Largest difference of a weight or bias between the twins; None without a finite one."""
    if len(engines) < 2:
        return None
    mine, other = ([engine.state()["parameters"]] for engine in engines.values())
    worst = comparison.largest_gap(mine, other)
    return worst if math.isfinite(worst) else None


# --- reproduce -----------------------------------------------------------------------------


@app.command()
def reproduce(
    names: Annotated[
        str | None, typer.Option("--recipes", help="Their names, by commas; all unless named.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Trainings of each recipe.")] = 5,
    engines: Annotated[str, typer.Option(help="numpy, torch or numpy,torch.")] = "numpy",
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes that train at once.")] = 1,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the MNIST files.")] = None,
    save: Annotated[
        Path | None, typer.Option(help="Put the rows into this file; its other rows are kept.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train every recipe over seeds and compare with its published result."""
    with _errors_in_a_sentence():
        listed = list(recipes.RECIPES) if names is None else names.split(",")
        chosen = [recipes.get(name.strip()) for name in listed]
        by = chosen[0].config.replace(engines=engines).engines
        if save and save.exists():
            reproduction.load(save)  # now, and not after an hour of training
        elif save and not save.parent.is_dir():
            raise ConfigError(f"--save {save}: the folder {save.parent} does not exist; create it.")
        steps = reproduction.reproduce(
            chosen, seeds=seeds, engines=by, jobs=jobs, data_dir=data_dir
        )
        rows = _reproduce_with_progress(steps, len(chosen) * len(by), seeds, save, quiet=as_json)
    if as_json:
        typer.echo(reproduction.to_json(rows), nl=False)


def _reproduce_with_progress(
    steps: Generator[reproduction.SeedProgress | reproduction.Row],
    n_rows: int,
    seeds: int,
    save: Path | None,
    *,
    quiet: bool,
) -> list[reproduction.Row]:
    """Every row, shown when it is whole; Ctrl-C keeps the trainings that were finished."""
    rows: dict[tuple[str, EngineName], reproduction.Row] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    shown = Progress(*columns, console=Console(stderr=True), transient=True)
    with closing(steps), shown as bar:
        task = bar.add_task("starting", total=n_rows * seeds)
        try:
            for step in steps:
                n_done = sum(len(row.runs) for row in rows.values())
                if isinstance(step, reproduction.SeedProgress):
                    label = f"{step.recipe}, {step.engine}, seed {step.seed}"
                    share = step.share if step.share < 1 else 0
                    bar.update(task, completed=n_done + share, description=label)
                    continue
                rows[step.recipe, step.engine] = step
                bar.update(task, completed=n_done + 1)
                if save:
                    reproduction.merge(save, step)
                if not quiet and len(step.runs) == seeds:
                    typer.echo(_reproduced(step))
        except KeyboardInterrupt:
            _say("Stopped; the trainings that were finished are kept.")
            if not quiet:
                for row in rows.values():
                    if len(row.runs) < seeds:
                        typer.echo(_reproduced(row))
    return list(rows.values())


def _reproduced(row: reproduction.Row) -> str:
    """A row of the table, and each seed's accuracies below it."""
    spread = "" if row.standard_deviation is None else f" ± {row.standard_deviation:.2%}"
    verdict = {None: "no published figure", True: "pass", False: "FAIL"}[row.passed]
    if row.difference is not None:
        verdict = f"best {row.difference * 100:+.2f} points  {verdict}"
    lines = [
        f"{row.recipe} ({row.engine}): reported {row.published or 'nothing'}; ours, {row.at} on "
        f"{row.on}: {row.mean:.2%}{spread}, best {row.best:.2%}; {verdict}",
        *(
            f"    seed {run.seed}: final {run.final:.2%}, peak {run.peak:.2%} in epoch "
            f"{run.peak_epoch}" + (", diverged" if run.diverged else "")
            for run in row.runs
        ),
    ]
    if row.explanation:
        lines.append(f"    {row.explanation}")
    return "\n".join(lines)


# --- predict -------------------------------------------------------------------------------


@app.command()
def predict(
    paths: Annotated[list[Path], typer.Argument(help="Image files, or folders of them.")],
    model: ModelOption = "robust",
    as_json: AsJson = False,
) -> None:
    """Name the digit in each image, prepared and doubted as the drawing page does it."""
    from nncore.judge import doubt

    with _errors_in_a_sentence():
        path = checkpoints.find(model)
        network = checkpoints.load(path).network()
        temperature = cards.read(path).temperature if cards.path_of(path).exists() else 1.0
        digit_or_not = doubt.load()
    failed = False
    for image in _images(paths):
        try:
            ink = prepare(read_image(image)).pixels.reshape(1, -1)
        except (ImageError, InkError) as error:
            _say(str(error) if str(image) in str(error) else f"{image}: {error}", typer.colors.RED)
            failed = True
            continue
        probabilities = doubt.calibrated(network.predict_proba(ink), temperature)[0]
        is_doubted = bool(digit_or_not.is_doubted(ink)[0])
        digit = int(probabilities.argmax())
        confidence = float(probabilities[digit])
        if as_json:
            line = {
                "path": str(image),
                "digit": digit,
                "confidence": confidence,
                "probabilities": [float(p) for p in probabilities],
                "doubted": is_doubted,
            }
            typer.echo(json.dumps(line))
        else:
            word = ", but it does not look like a digit" if is_doubted else ""
            sure = "over 99.9%" if confidence > 0.999 else f"{confidence:.1%}"  # no network is 100
            typer.echo(f"{image}: {digit} ({sure}){word}")
    if failed:
        raise typer.Exit(1)


def _images(paths: list[Path]) -> Iterator[Path]:
    """The files themselves, and every image below a folder, sorted."""
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() in IMAGE_SUFFIXES)
            if not found:
                _fail(f"{path} holds no image; expected {', '.join(sorted(IMAGE_SUFFIXES))}.")
            yield from found
        else:
            yield path


@app.command()
def evaluate(
    model: ModelOption = "robust",
    reinked: Annotated[int, typer.Option(min=0, max=10_000, help="Test digits to draw.")] = 0,
    photo: Annotated[
        bool, typer.Option("--photo", help="Photograph as many drawings, or 1,000.")
    ] = False,
    teach_doubt: Annotated[
        bool, typer.Option("--teach-doubt", help="First train anew what tells digits from others.")
    ] = False,
    card: Annotated[
        bool, typer.Option("--card", help="Write the figures into the card beside the model.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Judge a model: MNIST's test set, the same digits drawn and photographed, and doubt."""
    from nncore.judge import doubt, evaluation

    with _errors_in_a_sentence():
        path = checkpoints.find(model)
        network = checkpoints.load(path).network()
        known = cards.read(path) if card else None  # now, and not after minutes of judging
        data = datasets.load("mnist", validation_split=network.config.validation_split)
        if teach_doubt:
            from nncore.judge.doubt_training import teach

            _say("Drawing scribbles and letters, and learning to tell them from digits: minutes.")
            teach(datasets.load("mnist")).save(doubt.SHIPPED)
            _say(f"Saved {doubt.SHIPPED}")
        judged = evaluation.evaluate(
            network,
            data,
            n_reinked=reinked,
            n_photos=(reinked or 1_000) if photo else 0,
            doubt=doubt.load(),
        )
        if known is not None:
            _say(f"Saved {cards.write(path, known.judged(judged))}")
    if as_json:
        typer.echo(json.dumps({"model": str(path), **asdict(judged)}))
        return
    for name, value in asdict(judged).items():
        if isinstance(value, dict):
            for kind, share in value.items():  # pyright: ignore
                typer.echo(f"{name + ': ' + kind:26}  {share:.2%}")
        elif name == "temperature":
            typer.echo(f"{name:26}  {value:.3f}")
        elif value is not None:
            typer.echo(f"{name:26}  {value:.2%}")


# --- the rest ------------------------------------------------------------------------------


@app.command()
def gradcheck(as_json: AsJson = False) -> None:
    """Check backpropagation against central differences, for every activation and cost."""
    rng = np.random.default_rng(0)
    X, Y = rng.random((8, 784)), np.eye(10)[rng.integers(0, 10, 8)]
    rows: list[dict[str, Any]] = []
    for activation in get_args(ActivationName):
        for cost in get_args(CostName):
            for hidden in ((), (12,), (12, 8), (12, 10, 8)):
                config = TrainingConfig(
                    hidden=hidden,
                    activation=activation,
                    cost=cost,
                    initializer="glorot",
                    l1=0.1,
                    l2=0.1,
                    dtype="float64",
                )
                network = Network(config, initial_parameters(config, rng=rng), n_train=len(X))
                check = check_gradients(network, X, Y, rng=rng)
                rows.append(
                    {
                        "activation": activation,
                        "cost": cost,
                        "hidden": list(hidden),
                        "max_relative_error": check.max_relative_error,
                        "passed": check.passed,
                    }
                )
                if not as_json:
                    verdict = "passed" if check.passed else f"FAILED at {check.parameter}"
                    shape = architecture(config.layer_sizes)
                    typer.echo(
                        f"{activation:10}  {cost:14}  {shape:16}  "
                        f"{check.max_relative_error:.1e}  {verdict}"
                    )
    if as_json:
        typer.echo(json.dumps({"tolerance": TOLERANCE, "checks": rows}))
    if not all(row["passed"] for row in rows):
        raise typer.Exit(1)


@app.command()
def gradients(
    model: Annotated[Path, typer.Argument(help="A model file.")],
    example: Annotated[
        Path, typer.Argument(help="A safetensors file with x (784,) and y (10,), one-hot.")
    ],
    save: Annotated[Path, typer.Option(help="The safetensors file to write.")],
    engine: Annotated[str, typer.Option(help="numpy or torch.")] = "torch",
) -> None:
    """Write dC/dW and dC/db of one example, in float64 and without penalties."""
    with _errors_in_a_sentence():
        network = in_float64(checkpoints.load(model).network())
    try:
        arrays = load_file(example)
        X, Y = arrays["x"].reshape(1, N_INPUTS), arrays["y"].reshape(1, N_OUTPUTS)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        _fail(f"{example} is no example ({error}); give a file with x (784,) and y (10,).")
    if engine == "torch":
        from nncore.torch_network import TorchNetwork  # seconds to import: only when asked for

        pairs = TorchNetwork(network.config, network.parameters(), device="cpu").gradients(X, Y)
    elif engine == "numpy":
        pairs = network.gradients(X, Y)
    else:
        _fail(f"--engine {engine} is unknown; use numpy or torch.")
    named = zip(pairs, range(len(pairs)), strict=True)
    found = {f"{name}{k}": g for pair, k in named for name, g in zip("Wb", pair, strict=True)}
    save_file({name: np.array(g, order="C") for name, g in found.items()}, save)


@app.command("recipes")
def list_recipes(as_json: AsJson = False) -> None:
    """List the named configurations with their sources and published results."""
    for recipe in recipes.RECIPES.values():
        if as_json:
            typer.echo(
                json.dumps(
                    {
                        "name": recipe.name,
                        "source": recipe.source,
                        "published": recipe.published,
                        "config": recipe.config.model_dump(mode="json"),
                    }
                )
            )
        else:
            typer.echo(f"{recipe.name:30}  {recipe.summary}")
            typer.echo(f"{'':30}  {recipe.source}: {recipe.published or 'no published figure'}")


# --- bench ---------------------------------------------------------------------------------


@app.command()
def bench(
    pairs: Annotated[int, typer.Option(min=1, max=100, help="Epochs of each engine.")] = 5,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Only the ratio by batch size and by width.")
    ] = False,
    steps: Annotated[
        bool, typer.Option("--steps", help="Only where a step of the NumPy engine spends its time.")
    ] = False,
    compiled: Annotated[
        bool, typer.Option("--compile", help="Try torch.compile too: a minute a row.")
    ] = False,
    save: Annotated[Path | None, typer.Option(help="Put the figures into this file.")] = None,
    against: Annotated[
        Path | None, typer.Option(help="Name every ratio below 80 % of this file's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure NumPy against PyTorch, the book's loop, and a bare matrix product."""
    from nncore.lab import bench as benchmark  # it imports PyTorch: only when asked for

    with _errors_in_a_sentence():
        accepted = bench_report.load(against).speed if against else None
        if against and (sweep or accepted is None):
            raise StoredError(
                "--against compares what bench measures without --sweep; leave it out."
            )
        if steps and (sweep or compiled or save or against or as_json):
            raise StoredError("--steps only prints; of the other options it takes --pairs.")
        if save and save.exists():
            bench_report.load(save)  # now, and not after minutes of measuring
    if steps:
        for row in benchmark.steps(pairs):
            typer.echo(bench_report.line(row))
        return
    command = f"python -m nncore bench --pairs {pairs}"
    if sweep:
        points = benchmark.sweep(pairs, command=f"{command} --sweep")
        whole = _measure_with_progress(points, benchmark.N_SWEEP_RECORDS, quiet=as_json)
    else:
        if not as_json:
            typer.echo(bench_report.HEAD)
        rows = benchmark.bench(pairs, compiled=compiled, command=command)
        whole = _measure_with_progress(rows, benchmark.n_records(), quiet=as_json)
    with _errors_in_a_sentence():
        if save:
            bench_report.save(save, whole)
    if as_json:
        typer.echo(bench_report.report_of(whole).to_json(), nl=False)
    if accepted and isinstance(whole, Speed) and (sentences := bench_report.falls(whole, accepted)):
        for sentence in sentences:
            _say(sentence, typer.colors.RED)
        raise typer.Exit(1)


def _measure_with_progress(
    records: Iterator[Record | Speed | Sweep], n: int, *, quiet: bool
) -> Speed | Sweep:
    """The closing record; each of the others is shown when it is measured."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        for record in bar.track(records, total=n, description="measuring"):
            if isinstance(record, Speed | Sweep):
                return record
            if not quiet:
                typer.echo(bench_report.line(record))
                sys.stdout.flush()
    raise AssertionError("a bench without a closing record")


@app.command()
def twins(
    dataset: Annotated[str, typer.Option(help="mnist or digits.")] = "mnist",
    steps: Annotated[int, typer.Option(min=1, max=100_000, help="Mini-batches of each.")] = 500,
    as_json: AsJson = False,
) -> None:
    """Train both engines in step: the same weights, the same mini-batches, and their difference."""
    from nncore.lab import comparison

    with _errors_in_a_sentence():
        name = TrainingConfig.parse({"dataset": dataset}).dataset
        run = comparison.run_twins(name, steps)
    if as_json:
        typer.echo(run.model_dump_json())
        return
    for curve in run.curves:
        typer.echo(f"{curve.dtype}  step  NumPy cost  PyTorch cost  largest weight difference")
        rows = zip(curve.steps, curve.numpy_cost, curve.torch_cost, curve.difference, strict=True)
        for step, mine, other, gap in rows:
            typer.echo(f"{'':7}  {step:4}  {mine:10.6f}  {other:12.6f}  {gap:.2e}")


@app.command()
def activation(
    formula: Annotated[
        str,
        typer.Argument(help="Of z, such as z * sigmoid(z); one that begins with - comes after --."),
    ],
    derivative: Annotated[str, typer.Option(help="Of z as well; only NumPy needs it.")] = "",
    dataset: Annotated[str, typer.Option(help="mnist or digits.")] = "mnist",
    as_json: AsJson = False,
) -> None:
    """Train a typed activation: in PyTorch as it is, in NumPy if its derivative is right."""
    from nncore import expressions
    from nncore.lab import comparison

    try:
        with _errors_in_a_sentence():
            name = TrainingConfig.parse({"dataset": dataset}).dataset
            if derivative and not as_json:
                f, df = expressions.parse(formula), expressions.parse(derivative)
                typer.echo(expressions.check_derivative(f, df).sentence)
            run = comparison.run_typed(name, formula, derivative)
    except expressions.ExpressionError as error:
        _fail(error)
    if as_json:
        typer.echo(run.model_dump_json())
        return
    for engine, accuracies in (("torch", run.torch), ("numpy", run.numpy)):
        shown = "  ".join(f"{accuracy:.2%}" for accuracy in accuracies) or "not trained"
        typer.echo(f"{engine:5}  test accuracy  {shown}")
