"""train: one configuration or recipe, figures epoch by epoch, and the model as a file."""

import json
import math
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from nncore import checkpoints, datasets, recipes, remarks
from nncore.checkpoints import DivergedError
from nncore.cli.common import AsJson, app, check_writable, errors_in_a_sentence, say
from nncore.config import (
    ConfigError,
    EngineName,
    TrainingConfig,
    architecture,
)
from nncore.engine import Engine
from nncore.judge import cards
from nncore.lab import comparison, result_files
from nncore.lab.machine import this_machine
from nncore.quick.threads import n_cpus
from nncore.training import EpochRecord, build, closing_note
from nncore.training import train as train_loop

MAX_CONFIG_BYTES = 1_000_000


@app.command()
def train(
    recipe: Annotated[str | None, typer.Option(help="Start from a recipe (see `recipes`).")] = None,
    config: Annotated[
        Path | None, typer.Option(help="Start from a JSON configuration.", readable=False)
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one setting.")
    ] = None,
    engines: Annotated[str | None, typer.Option(help="numpy, torch or numpy,torch.")] = None,
    epochs: Annotated[str | None, typer.Option(help="Passes over the training set.")] = None,
    seed: Annotated[str | None, typer.Option(help="Of weights and of the examples' order.")] = None,
    dataset: Annotated[str | None, typer.Option(help="mnist or digits.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the MNIST files.")] = None,
    start: Annotated[
        str | None,
        typer.Option(
            help=f"Go on from the weights of {' or '.join(checkpoints.SHIPPED)}, or of a file."
        ),
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Write the trained model here.")] = None,
    ship: Annotated[
        Path | None,
        typer.Option(help="Write it here in 16 bits, for use, with a card (.json) beside it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train a network and report its figures, epoch by epoch."""
    named = {"engines": engines, "epochs": epochs, "seed": seed, "dataset": dataset}
    with errors_in_a_sentence():
        chosen = _configuration(recipe, config, set_ or [], named)
        before = None if start is None else _start(start, chosen)
        paths = _save_paths(save, chosen)
        if ship is not None:
            check_writable("--ship", ship, whole=True)
            if cards.path_of(ship) == ship:
                raise ConfigError(f"--ship {ship} is where its card goes; name it .safetensors.")
            check_writable("--ship", cards.path_of(ship), whole=True)
        # Now: the model to start from may be the one that is written over.
        learned = cards.read(checkpoints.find(start)) if start and ship else None
        data = datasets.load_for(chosen, data_dir=data_dir)
    twins = build(chosen, len(data.train), start=before and before.network().parameters())
    records = _train_with_progress(chosen, data, twins, quiet=as_json)
    notes = (
        closing_note(chosen, twins, records),
        remarks.not_learning(chosen, records),
        remarks.twins_part(chosen, records),
    )
    note = " ".join(filter(None, notes)) or None
    if note is not None:
        say(note)
    with errors_in_a_sentence():
        for name, path in paths.items():
            checkpoints.save(path, chosen, name, twins[name].state())
            say(f"Saved {path}")
        if ship is not None:
            card = _ship(ship, recipe, chosen, data, twins, records)
            if learned is not None:
                card = learned.went_on(card)
            cards.write(ship, card)
            say(f"Saved {ship} and its card")
    if as_json:
        typer.echo(json.dumps(_report(chosen, records, twins, note)))


def _configuration(
    recipe: str | None, file: Path | None, pairs: list[str], named: dict[str, str | None]
) -> TrainingConfig:
    if recipe and file:
        raise ConfigError("--recipe and --config both give a configuration; use one of them.")
    if file:
        start = _read_configuration(file)
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


def _start(model: str, config: TrainingConfig) -> checkpoints.Checkpoint:
    """The model to go on from.

    Raises:
        CheckpointError: there is none, or its weights are no numbers.
        ConfigError: it has another shape.
    """
    found = checkpoints.load(checkpoints.find(model))
    if not found.is_finite:
        raise DivergedError("weights")
    if found.config.layer_sizes != config.layer_sizes:
        sizes = ",".join(map(str, found.config.hidden))
        raise ConfigError(
            f"--start {model} is {architecture(found.config.layer_sizes)}, and the configuration "
            f"asks for {architecture(config.layer_sizes)}; add --set hidden={sizes}."
        )
    return found


def _read_configuration(file: Path) -> TrainingConfig:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_CONFIG_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{file} cannot be read ({error.strerror}); check the path.") from None
    if len(content) > MAX_CONFIG_BYTES:
        raise ConfigError(f"{file} is larger than a configuration can be; check the path.")
    try:
        return TrainingConfig.from_json(content)
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from None


def _save_paths(save: Path | None, config: TrainingConfig) -> dict[EngineName, Path]:
    """Where each engine's model goes, checked before training and not after it.

    One engine's file has the name given; with both, NumPy's has it and PyTorch's gets `-torch`.
    """
    if save is None:
        return {}
    first, *others = config.engines
    check_writable("--save", save, whole=bool(others))
    beside: dict[EngineName, Path] = {
        name: save.with_name(f"{save.stem}-{name}{save.suffix}") for name in others
    }
    for path in beside.values():
        check_writable("--save", path, whole=True)
    return {first: save, **beside}


def _ship(
    path: Path,
    recipe: str | None,
    config: TrainingConfig,
    data: datasets.Dataset,
    engines: dict[EngineName, Engine],
    records: list[EpochRecord],
) -> cards.Card:
    """Write the first engine's model in half precision; its card, with figures of what is in it.

    The card is a new one: what `evaluate --card` found was true of the model that was there before.
    """
    name, engine = next(iter(engines.items()))
    with np.errstate(over="ignore"):  # a sentence says it
        is_finite = np.isfinite(engine.state()["parameters"].astype(np.float16)).all()
    if not is_finite:
        raise DivergedError("weights")
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
    return cards.Card(
        recipe=recipe,
        seed=config.seed,
        engine=name,
        command=f"python -m nncore {shlex.join(sys.argv[1:])}",
        test_accuracy=accuracy,
        epochs=len(own),
        minutes=round(sum(record.seconds for record in own) / 60, 1),
        precision="float16",
        data=f"{config.dataset}: {sizes}",
        machine=f"{n_cpus()} core{'s' * (n_cpus() > 1)} of {this_machine().processor}",
        trained=result_files.today(),
    )


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
            say("Stopped; these are the figures so far.")
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


def _max_weight_difference(engines: dict[EngineName, Engine]) -> float | None:
    """Largest difference of a weight or bias between the twins; None without a finite one."""
    if len(engines) < 2:
        return None
    mine, other = ([engine.state()["parameters"]] for engine in engines.values())
    worst = comparison.largest_gap(mine, other)
    return worst if math.isfinite(worst) else None


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """JSON has no NaN and no infinity: null stands for them."""
    del values["engine"]
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in values.items()
    }
