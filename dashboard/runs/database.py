"""The run store's database: its connections, its transactions, and its faults as sentences."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from dashboard.runs.errors import StoreBusyError, StoreError, StoreFullError

metadata = MetaData()
"""Every table of the run store, whichever module describes it."""


class Database:
    """Transactions on one database, for any number of threads; every fault is a StoreError.

    Args:
        url: an SQLAlchemy URL.
        busy_seconds: how long to wait for another process's transaction (SQLite).
    """

    def __init__(self, url: str, *, busy_seconds: float = 5.0) -> None:
        self._url = url
        self._engine = _connect(url, busy_seconds)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that writes nothing."""
        with _told(self._url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that keeps other writers out, and is undone where the block raises."""
        writer = self._engine.execution_options(nn_writes=True)
        with _told(self._url), writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give all connections back; new ones are opened when it is used again."""
        self._engine.dispose()


def _connect(url: str, busy_seconds: float) -> Engine:
    """The engine; its errors, which end in the log, do not say whose rows were asked for."""
    with _told(url):
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
        file = Path(parsed.database or "")
        _make_folder(file)
        engine = create_engine(
            parsed,
            connect_args={"timeout": busy_seconds},
            pool_size=8,
            max_overflow=24,
            hide_parameters=True,
        )
        _prepare_sqlite(engine)
        if parsed.database:
            _refuse_another_file(engine, file)
        return engine


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {file.parent} for the run store cannot be made ({error.strerror}); "
            "set NN_HOME to a folder that can be written."
        ) from None


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where `_begin` says
        for pragma in (
            "journal_mode = WAL",  # readers never wait for the writer
            "synchronous = NORMAL",  # safe in this mode against all but a power cut's last moment
            "foreign_keys = ON",
            "journal_size_limit = 67108864",
            "secure_delete = ON",  # what a user deletes does not stay in the file's free pages
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its turn at the start: a transaction that first reads and then finds the
        # database changed under it could not wait, only fail.
        writes = connection.get_execution_options().get("nn_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refuse_another_file(engine: Engine, file: Path) -> None:
    """Say so where the file has gone while the app runs.

    SQLite would go on in the file that no name leads to any more, and all of it would be lost with
    the last connection; or begin an empty one.
    """
    opened: int | None = None  # its inode

    def check(*_: Any) -> None:
        if opened is not None and _inode(file) != opened:
            raise StoreError(
                f"The run store {file} was removed or replaced while the app ran; "
                "put it back, or start the app again for an empty one."
            )

    @event.listens_for(engine, "connect")
    def _remember(_connection: Any, _record: Any) -> None:
        nonlocal opened
        opened = opened or _inode(file)

    event.listen(engine, "do_connect", check)
    event.listen(engine, "checkout", check)


def _inode(file: Path) -> int | None:
    try:
        return file.stat().st_ino
    except OSError:
        return None


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Database faults as StoreError, one sentence each; `raise` keeps the cause for the log."""
    try:
        yield
    except NoSuchModuleError as error:
        raise StoreError(f"No support for the run store's database here ({error}).") from error
    except ModuleNotFoundError as error:
        raise StoreError(
            f"The run store's database needs the package {error.name}; install it."
        ) from error
    except DBAPIError as error:
        raise _store_error(error.orig, _place(url)) from error
    except sqlite3.Error as error:  # from a pragma at connecting, which SQLAlchemy leaves bare
        raise _store_error(error, _place(url)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"The run store {_place(url)} cannot be used: {error}.") from error


def _place(url: str) -> str:
    """What to call the database in a sentence; never with its password."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return "named by NN_DATABASE_URL"
    if parsed.get_backend_name() == "sqlite":
        return str(parsed.database)
    return parsed.render_as_string(hide_password=True)


def _store_error(error: BaseException | None, place: str) -> StoreError:
    text = (str(error).strip().splitlines() or ["no reason given"])[0].rstrip(".")
    code = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    if code.startswith("SQLITE_FULL") or code == "53100":
        return StoreFullError(f"No room is left for the run store {place}; free some disk space.")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusyError(
            f"The run store {place} is locked by another program; try again soon."
        )
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return StoreError(
            f"The run store {place} cannot be written; "
            "set NN_HOME to a folder that can be, or NN_DATABASE_URL to another database."
        )
    if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return StoreError(
            f"The file {place} is no run store or is damaged; move it away and start again."
        )
    return StoreError(f"The run store {place} cannot be used: {text}.")
