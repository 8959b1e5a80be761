"""predict and evaluate: what a trained network says, and how often it is right."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from nncore import checkpoints, datasets
from nncore.cli.common import (
    AsJson,
    ModelOption,
    app,
    check_writable,
    errors_in_a_sentence,
    load_network,
    say,
)
from nncore.ink.picture_files import (
    SUFFIXES,
    ImageError,
    picture_size,
    pictures_in,
    read_image,
)
from nncore.ink.sheets import Corners
from nncore.judge import cards, doubt, typefaces
from nncore.judge.copybook import N_EACH
from nncore.judge.reading import ReadDigit, Reader
from nncore.lab.result_files import ResultFileError
from nncore.preprocessing import InkError

NAMED = 3
"""Of what is passed over in a folder."""


@app.command()
def predict(
    paths: Annotated[
        list[Path], typer.Argument(help="Image files, or folders of them.", readable=False)
    ],
    model: ModelOption = "robust",
    as_json: AsJson = False,
) -> None:
    """Name the digits in each image, prepared and doubted as the drawing page does it."""
    with errors_in_a_sentence():
        path = checkpoints.find(model)
        reader = Reader(load_network(path), _temperature(path), doubt.load())
    failed = False
    for given in paths:
        images, wrong = _images(given)
        for sentence in wrong:
            _complain(sentence)
            failed = True
        for image in images:
            try:
                with errors_in_a_sentence():
                    grey = read_image(image)
                    digits = reader.read(grey)
            except (ImageError, InkError) as error:
                _complain(str(error) if str(image) in str(error) else f"{image}: {error}")
                failed = True
            else:
                typer.echo(
                    json.dumps(_report(image, grey.shape, digits))
                    if as_json
                    else _line(image, digits)
                )
    if failed:
        raise typer.Exit(1)


def _complain(sentence: str) -> None:
    say(sentence, typer.colors.RED)


def _temperature(model: Path) -> float:
    """Of its card; 1, which changes nothing, where there is none, or another file of its name."""
    if not cards.path_of(model).exists():
        return 1.0
    try:
        return cards.read(model).temperature
    except ResultFileError as error:
        say(f"{error} Until then its confidence is told as the network says it.")
        return 1.0


def _images(given: Path) -> tuple[list[Path], list[str]]:
    """The file itself or every picture below the folder, and sentences about what is wrong there.

    What is passed over in a folder is said, and is no fault.
    """
    try:
        if not given.is_dir():
            return [given], []
    except OSError:  # in a folder that may not be looked into: reading it says so
        return [given], []
    pictures, others, faults = pictures_in(given)
    if others:
        names = [str(path.relative_to(given)) for path in others[:NAMED]]
        more = f" and {len(others) - NAMED:,} more" if len(others) > NAMED else ""
        say(f"{given}: passed over as no pictures: {', '.join(names)}{more}.")
    wrong = [f"{fault.filename} cannot be read ({fault.strerror})." for fault in faults]
    if not pictures and not wrong:
        wrong = [f"{given} holds no image; expected {', '.join(SUFFIXES)}."]
    return pictures, wrong


def _line(image: Path, digits: list[ReadDigit]) -> str:
    said: list[str] = []
    for one in digits:
        # No network is 100 % sure.
        sure = "over 99.9%" if one.confidence > 0.999 else f"{one.confidence:.1%}"
        word = ", but it does not look like a digit" if one.is_doubted else ""
        said.append(f"{one.digit} ({sure}){word}")
    several = "several digits: " if len(digits) > 1 else ""
    return f"{image}: {several}{'; '.join(said)}"


def _report(image: Path, shape: tuple[int, ...], digits: list[ReadDigit]) -> dict[str, Any]:
    """What is known of the one digit, and of each where there are several.

    Of several, none is the digit of the picture; it is doubted if any of them is.

    Args:
        image: the file.
        shape: (height, width) of the picture as it was read, which may be smaller than the file's.
        digits: at least one.
    """
    width, height = picture_size(image) or shape[::-1]
    scale = np.array([width / shape[1], height / shape[0]])
    each = [
        {
            "digit": one.digit,
            "confidence": one.confidence,
            "probabilities": [float(p) for p in one.probabilities],
            "doubted": one.is_doubted,
            "box": _box(one.corners * scale, width, height),
        }
        for one in digits
    ]
    one_digit = {name: each[0][name] for name in ("digit", "confidence", "probabilities")}
    return {
        "path": str(image),
        **(one_digit if len(each) == 1 else dict.fromkeys(one_digit)),
        "doubted": any(one.is_doubted for one in digits),
        "number": "".join(str(one.digit) for one in digits),
        "digits": each,
    }


def _box(corners: Corners, width: int, height: int) -> list[int]:
    """Left, top, right and bottom of the box around corners, in whole pixels of the picture."""
    low = np.maximum(np.floor(corners.min(axis=0)), 0)
    high = np.minimum(np.ceil(corners.max(axis=0)), [width, height])
    return [int(value) for value in (*low, *high)]


@app.command()
def evaluate(
    model: ModelOption = "robust",
    reinked: Annotated[int, typer.Option(min=0, max=10_000, help="Test digits to draw.")] = 0,
    photo: Annotated[
        bool, typer.Option("--photo", help="Photograph as many drawings, or 1,000.")
    ] = False,
    hands: Annotated[
        int, typer.Option(min=0, max=1_000, help="Drawings of each form that people are taught.")
    ] = N_EACH,
    fonts: Annotated[
        Path | None, typer.Option(help="A folder of typefaces whose digits to read.")
    ] = None,
    teach_doubt: Annotated[
        bool, typer.Option("--teach-doubt", help="First train anew what tells digits from others.")
    ] = False,
    card: Annotated[
        bool, typer.Option("--card", help="Write the figures into the card beside the model.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Judge a model: MNIST's test set, drawn, photographed, the forms people write, and doubt."""
    from nncore.judge import evaluation

    with errors_in_a_sentence():
        path = checkpoints.find(model)
        network = load_network(path)
        known = cards.read(path) if card else None  # now, and not after minutes of judging
        if card:
            check_writable("--card", cards.path_of(path), whole=True)
        if teach_doubt:
            check_writable("--teach-doubt", doubt.SHIPPED, whole=True)
        of_typefaces = None if fonts is None else typefaces.drawn(fonts)
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
            n_hands=hands,
            fonts=of_typefaces,
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
                typer.echo(f"{name + ': ' + kind:35}  {share:7.2%}")
        elif name == "temperature":
            typer.echo(f"{name:35}  {value:7.3f}")
        elif value is not None:
            typer.echo(f"{name:35}  {value:7.2%}")
