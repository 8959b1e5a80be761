"""What all verbs share: the app, its options, and errors in one sentence.

Figures go to standard output, everything else (progress, warnings, errors) to standard error.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from nncore import checkpoints
from nncore.checkpoints import CheckpointError, DivergedError
from nncore.config import ConfigError
from nncore.datasets import DataError
from nncore.files import is_replaced
from nncore.judge.doubt import DoubtError
from nncore.judge.typefaces import TypefaceError
from nncore.lab.result_files import ResultFileError
from nncore.quick.network import QuickNetwork

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Train and question a from-scratch NumPy network and its PyTorch twin.",
)


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


ModelOption = Annotated[
    str, typer.Option("--model", help=f"{', '.join(checkpoints.SHIPPED)}, or a model file.")
]


def fail(message: object) -> NoReturn:
    """One sentence on standard error, exit status 2."""
    say(f"Error: {message}", typer.colors.RED)
    raise typer.Exit(2)


def say(message: str, colour: str | None = None) -> None:
    """One sentence on standard error."""
    typer.secho(message, fg=colour, err=True)


def load_network(path: Path) -> QuickNetwork:
    """The network in a model file, to be asked.

    Raises:
        CheckpointError: there is none, or its weights are no numbers.
    """
    checkpoint = checkpoints.load(path)
    if not checkpoint.is_finite:
        raise DivergedError("weights")
    return checkpoint.network()


def check_writable(option: str, path: Path, *, whole: bool = False) -> None:
    """A file to write is looked at before the work, and not after it.

    Args:
        option: that named it, such as `--save`.
        path: the file.
        whole: whether it is read again, or others are written beside it: then no device will do.

    Raises:
        ConfigError: nothing can be written there.
    """
    way_out = "name a file in a folder of yours"
    try:
        if not path.parent.is_dir():
            raise ConfigError(
                f"{option} {path}: the folder {path.parent} does not exist; create it."
            )
        is_file = is_replaced(path)
        if path.is_dir() or not os.access(path.parent if is_file else path, os.W_OK):
            raise ConfigError(f"{option} {path} cannot be written; {way_out}.")
        if not is_file and (whole or not (path.is_char_device() or path.is_fifo())):
            raise ConfigError(f"{option} {path} is no regular file; {way_out}.")
    except OSError as error:  # a folder that may not be looked into, a name that is too long
        raise ConfigError(
            f"{option} {path} cannot be written ({error.strerror}); {way_out}."
        ) from None


@contextmanager
def errors_in_a_sentence() -> Generator[None]:
    """While it is open, what the user can mend ends the command with its sentence."""
    try:
        yield
    except (
        ConfigError,
        DataError,
        CheckpointError,
        DoubtError,
        ResultFileError,
        TypefaceError,
    ) as error:
        fail(error)
