"""What all verbs share: the app, its options, and errors in one sentence.

Figures go to standard output, everything else (progress, warnings, errors) to standard error.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer

from nncore import checkpoints
from nncore.checkpoints import CheckpointError
from nncore.config import ConfigError
from nncore.datasets import DataError
from nncore.judge.doubt import DoubtError
from nncore.lab.result_files import ResultFileError

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
    ) as error:
        fail(error)
