"""predict and evaluate: what a trained network says, and how often it is right."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from nncore import checkpoints, datasets
from nncore.cli.common import AsJson, ModelOption, app, errors_in_a_sentence, fail, say
from nncore.ink.picture_files import ImageError, read_image
from nncore.judge import cards
from nncore.preprocessing import InkError, prepare

IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"}
"""What `predict` takes from a folder; a file that is named is read whatever its suffix."""


@app.command()
def predict(
    paths: Annotated[list[Path], typer.Argument(help="Image files, or folders of them.")],
    model: ModelOption = "robust",
    as_json: AsJson = False,
) -> None:
    """Name the digit in each image, prepared and doubted as the drawing page does it."""
    from nncore.judge import doubt

    with errors_in_a_sentence():
        path = checkpoints.find(model)
        network = checkpoints.load(path).network()
        temperature = cards.read(path).temperature if cards.path_of(path).exists() else 1.0
        digit_or_not = doubt.load()
    failed = False
    for image in _images(paths):
        try:
            ink = prepare(read_image(image)).pixels.reshape(1, -1)
        except (ImageError, InkError) as error:
            say(str(error) if str(image) in str(error) else f"{image}: {error}", typer.colors.RED)
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
                fail(f"{path} holds no image; expected {', '.join(sorted(IMAGE_SUFFIXES))}.")
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

    with errors_in_a_sentence():
        path = checkpoints.find(model)
        network = checkpoints.load(path).network()
        known = cards.read(path) if card else None  # now, and not after minutes of judging
        data = datasets.load("mnist", validation_split=network.config.validation_split)
        if teach_doubt:
            from nncore.judge.doubt_training import teach

            say("Drawing scribbles and letters, and learning to tell them from digits: minutes.")
            teach(datasets.load("mnist")).save(doubt.SHIPPED)
            say(f"Saved {doubt.SHIPPED}")
        judged = evaluation.evaluate(
            network,
            data,
            n_reinked=reinked,
            n_photos=(reinked or 1_000) if photo else 0,
            doubt=doubt.load(),
        )
        if known is not None:
            say(f"Saved {cards.write(path, known.judged(judged))}")
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
