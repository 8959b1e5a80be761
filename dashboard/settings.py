"""What an operator can set: environment variables with the prefix NN_, read once."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

APP_NAME = "nn-magic"


class SettingsError(ValueError):
    """An environment variable that cannot be used; one sentence for whoever set it."""


class Settings(BaseSettings):
    """The environment's NN_* variables; every one has a default that suits one's own machine."""

    model_config = SettingsConfigDict(env_prefix="NN_", env_ignore_empty=True, frozen=True)

    data_dir: Path | None = None
    """Folder with the four MNIST files; read by `nncore.datasets` itself."""
    home: Path = Field(default_factory=lambda: platformdirs.user_data_path(APP_NAME))
    """Folder of the run store and of the workers' scratch files."""
    database_url: str = ""
    """Any SQLAlchemy URL; empty for an SQLite file in `home`."""
    multiuser: bool = False
    """Each visitor gets a workspace of their own, which their browser remembers."""
    max_running: int | None = Field(default=None, ge=1, le=64)
    """Runs that train at once; None: one on up to two cores, else half the cores."""
    max_queued: int = Field(default=5, ge=1, le=1_000)
    """Runs of one workspace that wait or train at once; it counts only with `multiuser`."""
    checkpoint_budget_mb: float = Field(default=64.0, gt=0, le=1_000_000)
    """Megabytes of checkpoints kept for one run, before they are thinned."""

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        # Workers are processes of their own: a relative path must mean the same place to them.
        return home.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _usable_by_workers(cls, url: str) -> str:
        if not url:
            return url
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise ValueError("is none; use one such as sqlite:////path/runs.db") from None
        if parsed.get_backend_name() != "sqlite":
            return url
        if parsed.database in (None, "", ":memory:"):
            raise ValueError("lives in one process, where workers cannot reach it; name a file")
        path = Path(parsed.database).expanduser().absolute()
        return parsed.set(database=str(path)).render_as_string(hide_password=False)

    @property
    def store_url(self) -> str:
        """The run store's SQLAlchemy URL; a `%` or `?` in the path of `home` means just that."""
        file = URL.create("sqlite", database=str(self.home / "runs.sqlite"))
        return self.database_url or file.render_as_string(hide_password=False)

    @property
    def max_active(self) -> int | None:
        """`max_queued`, or None where one's own machine is one's own business."""
        return self.max_queued if self.multiuser else None

    @property
    def checkpoint_budget(self) -> int:
        """Bytes of checkpoints kept for one run."""
        return int(self.checkpoint_budget_mb * 1_000_000)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """This process's settings.

    Raises:
        SettingsError: a variable whose value does not fit.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None


_EXPECTED = {
    "data_dir": "a folder",
    "home": "a folder",
    "multiuser": "1 or 0",
    "max_running": "a whole number from 1 to 64",
    "max_queued": "a whole number from 1 to 1000",
    "checkpoint_budget_mb": "a number of megabytes above 0",
}


def _sentence(error: ValidationError) -> str:
    first: Any = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    variable = f"NN_{field.upper()}"
    if field == "database_url":  # never shown: it may hold a password
        return f"The database URL in {variable} {first['ctx']['error']}."
    value = repr(first["input"])[:60]
    return f"{variable} = {value} does not fit; use {_EXPECTED[field]}."
