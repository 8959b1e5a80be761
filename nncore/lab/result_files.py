"""Results in files: read with each field checked, written whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from nncore.files import write_whole

T = TypeVar("T")


class ResultFileError(ValueError):
    """A file of results that cannot be used; the message is one sentence for its reader."""


def today() -> str:
    """The date of a measurement, such as 2026-11-21."""
    return datetime.now(UTC).date().isoformat()


def read(path: Path, form: TypeAdapter[T], what: str, command: str) -> T:
    """What a file of results holds.

    Args:
        path: a file of JSON.
        form: what it has to look like.
        what: what a message calls such results.
        command: makes the file.

    Raises:
        ResultFileError: no such file, or not of this form.
    """
    try:
        return form.validate_json(path.read_bytes())
    except OSError as error:
        raise ResultFileError(
            f"{path} cannot be read ({error.strerror}); make it with {command}."
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise ResultFileError(
            f"{path} does not hold {what} ({where}: {first['msg']}); make it again with {command}."
        ) from None


def write(path: Path, text: str) -> None:
    """Put text into a file, at once: whoever reads it meanwhile finds the old file or the new one.

    Raises:
        ResultFileError: it cannot be written there.
    """
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise ResultFileError(
            f"{path} cannot be written ({error.strerror}); name a file in a folder of yours."
        ) from None
