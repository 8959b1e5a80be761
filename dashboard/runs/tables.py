"""The tables of runs, and the way between their rows and the values that pages and workers use."""

import math
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from dashboard.runs.database import StoreError, metadata
from dashboard.runs.run import CheckpointInfo, Run, RunStatus
from nncore.config import ConfigError, TrainingConfig
from nncore.training import EpochRecord

MAX_NAME = 120
"""Characters of a run's name."""

# Times are seconds since 1970 and names are short strings: types that every database has.


def _run_id(**options: Any) -> Column[str]:
    key = ForeignKey("run.id", ondelete="CASCADE")
    return Column("run_id", String(32), key, **options)


def _engine(**options: Any) -> Column[str]:
    return Column("engine", String(16), **options)


run_table = Table(
    "run",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("name", String(MAX_NAME), nullable=False),
    Column("config", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("note", Text),
    Column("created_at", Double, nullable=False),
    Column("queued_at", Double),
    Column("heartbeat", Double),
    Column("claim", String(32)),
    Column("learning_rate", Double, nullable=False),
    Index("run_by_workspace", "workspace", "created_at"),
    Index("run_by_status", "status", "queued_at"),
)
epoch_table = Table(
    "epoch",
    metadata,
    _run_id(primary_key=True),
    _engine(primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("learning_rate", Double, nullable=False),
    # A cost that is not finite is NULL: not every database stores NaN.
    Column("train_cost", Double),
    Column("train_accuracy", Double, nullable=False),
    Column("validation_cost", Double),
    Column("validation_accuracy", Double),
    Column("test_cost", Double),
    Column("test_accuracy", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("examples_per_second", Double, nullable=False),
    Column("diverged", Boolean, nullable=False),
)
checkpoint_table = Table(
    "checkpoint",
    metadata,
    _run_id(primary_key=True),
    _engine(primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("batch", Integer, primary_key=True, autoincrement=False),
    Column("n_bytes", Integer, nullable=False),
    Column("blob", LargeBinary(2**32 - 1), nullable=False),
)
request_table = Table(
    "request",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _run_id(nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("value", Double),
    sqlite_autoincrement=True,  # else SQLite gives an id again once its row is gone
)
progress_table = Table(
    "progress",
    metadata,
    _run_id(primary_key=True),
    _engine(primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("n_batches", Integer, nullable=False),
    Column("cost", Double),
    Column("seconds", Double, nullable=False),
    Column("batch_costs", Text, nullable=False),
)


# Rows and values --------------------------------------------------------------------------------
def kept_checkpoints(connection: Connection, run_id: str) -> list[CheckpointInfo]:
    """The run's checkpoints, by engine and place; their bytes stay where they are."""
    columns = (checkpoint_table.c.engine, checkpoint_table.c.epoch, checkpoint_table.c.batch)
    query = select(*columns, checkpoint_table.c.n_bytes).where(checkpoint_table.c.run_id == run_id)
    return [CheckpointInfo(*row) for row in connection.execute(query.order_by(*columns))]


def upsert(
    connection: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]
) -> None:
    """Update or insert, in words that every database knows; the claim keeps others out."""
    here = [table.c[name] == value for name, value in key.items()]
    if connection.execute(update(table).where(*here).values(**values)).rowcount == 0:
        connection.execute(insert(table).values(**key, **values))


def as_run(row: Row[Any]) -> Run:
    """A row of the table of runs as a value.

    Raises:
        StoreError: its configuration is none of this version's.
    """
    try:
        config = TrainingConfig.from_json(row.config)
    except ConfigError as error:
        raise StoreError(
            f"The run {row.id} was made by another version of this app and cannot be read: {error}"
        ) from None
    return Run(
        id=row.id,
        workspace=row.workspace,
        name=row.name,
        config=config,
        status=RunStatus(row.status),
        note=row.note,
        created_at=datetime.fromtimestamp(row.created_at, UTC),
        heartbeat=None if row.heartbeat is None else datetime.fromtimestamp(row.heartbeat, UTC),
        learning_rate=row.learning_rate,
    )


_COSTS = ("train_cost", "validation_cost", "test_cost")
_KEY = ("engine", "epoch")
_FIGURES = tuple(column.name for column in epoch_table.c if column.name not in ("run_id", *_KEY))


def from_epoch(run_id: str, record: EpochRecord) -> tuple[dict[str, Any], dict[str, Any]]:
    """A record as a row of the table of epochs: its key, and its other columns."""
    values = {name: getattr(record, name) for name in _FIGURES}
    for name in _COSTS:
        values[name] = finite(values[name])
    return {"run_id": run_id, **{name: getattr(record, name) for name in _KEY}}, values


def as_epoch(row: Row[Any]) -> EpochRecord:
    """What `from_epoch` wrote, but for a cost that was infinite: it comes back as NaN."""
    values = {name: getattr(row, name) for name in (*_KEY, *_FIGURES)}
    for name in _COSTS:
        values[name] = or_nan(values[name])
    if row.validation_accuracy is None:  # no validation data, rather than no finite cost
        values["validation_cost"] = None
    return EpochRecord(**values)


def finite(value: float | None) -> float | None:
    """A number as the database takes it: NULL where it is not finite."""
    return float(value) if value is not None and math.isfinite(value) else None


def or_nan(value: float | None) -> float:
    """What `finite` wrote, where there was a number: NULL was one that is not finite."""
    return math.nan if value is None else value
