"""The tables of runs, and the way between their rows and the values that pages and workers use."""

import json
import math
from collections.abc import Iterable, Iterator
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
    Select,
    String,
    Table,
    Text,
    and_,
    case,
    func,
    insert,
    or_,
    select,
    update,
)

from dashboard.runs.database import metadata
from dashboard.runs.errors import StoreError
from dashboard.runs.run import CheckpointInfo, Live, Run, RunStatus
from nncore.config import ConfigError, TrainingConfig
from nncore.training import EpochRecord, Progress

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
def select_runs() -> Select[Any]:
    """A query for the rows that `as_run` takes: of runs, each with its place in the queue."""
    other = run_table.alias()
    not_after = or_(
        other.c.queued_at < run_table.c.queued_at,
        and_(other.c.queued_at == run_table.c.queued_at, other.c.id <= run_table.c.id),
    )
    place = select(func.count()).where(other.c.status == RunStatus.QUEUED, not_after)
    position = case((run_table.c.status == RunStatus.QUEUED, place.scalar_subquery()))
    return select(run_table, position.label("queue_position"))


def kept_checkpoints(connection: Connection, run_id: str) -> list[CheckpointInfo]:
    """From the table of checkpoints: a run's by engine and place, without their bytes."""
    columns = (checkpoint_table.c.engine, checkpoint_table.c.epoch, checkpoint_table.c.batch)
    query = select(*columns, checkpoint_table.c.n_bytes).where(checkpoint_table.c.run_id == run_id)
    return [CheckpointInfo(*row) for row in connection.execute(query.order_by(*columns))]


def upsert(
    connection: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]
) -> None:
    """Update or insert a table's row, in words that every database knows; a claim keeps others
    out.
    """
    here = [table.c[name] == value for name, value in key.items()]
    if connection.execute(update(table).where(*here).values(**values)).rowcount == 0:
        connection.execute(insert(table).values(**key, **values))


def config_of(row: Row[Any]) -> TrainingConfig:
    """The configuration in a row of the table of runs.

    Raises:
        StoreError: it is none of this version's.
    """
    try:
        return TrainingConfig.from_json(row.config)
    except ConfigError as error:
        raise StoreError(
            f"The run {row.id} was made by another version of this app and cannot be read: {error}"
        ) from None


def as_run(row: Row[Any]) -> Run:
    """A row of `select_runs` as a value; StoreError as `config_of`."""
    return Run(
        id=row.id,
        workspace=row.workspace,
        name=row.name,
        config=config_of(row),
        status=RunStatus(row.status),
        note=row.note,
        created_at=datetime.fromtimestamp(row.created_at, UTC),
        learning_rate=row.learning_rate,
        queue_position=row.queue_position,
        has_worker=row.claim is not None,
    )


_COSTS = ("train_cost", "validation_cost", "test_cost")
_KEY = ("engine", "epoch")
_FIGURES = tuple(column.name for column in epoch_table.c if column.name not in ("run_id", *_KEY))


def from_epoch(run_id: str, record: EpochRecord) -> tuple[dict[str, Any], dict[str, Any]]:
    """A record as a row of the table of epochs: its key, and its other columns."""
    values = {name: getattr(record, name) for name in _FIGURES}
    for name in _COSTS:
        values[name] = _finite(values[name])
    return {"run_id": run_id, **{name: getattr(record, name) for name in _KEY}}, values


def as_epoch(row: Row[Any]) -> EpochRecord:
    """What `from_epoch` wrote, but for a cost that was infinite: it comes back as NaN."""
    values = {name: getattr(row, name) for name in (*_KEY, *_FIGURES)}
    for name in _COSTS:
        values[name] = _or_nan(values[name])
    if row.validation_accuracy is None:  # no validation data, rather than no finite cost
        values["validation_cost"] = None
    return EpochRecord(**values)


def from_live(run_id: str, live: Live) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """A row of the table of progress an engine: its key, and its other columns."""
    for engine, now in live.progress.items():
        costs = [(position, _finite(cost)) for position, cost in live.batch_costs[engine]]
        yield (
            {"run_id": run_id, "engine": engine},
            {
                "epoch": now.epoch,
                "batch": now.batch,
                "n_batches": now.n_batches,
                "cost": _finite(now.cost),
                "seconds": now.seconds,
                "batch_costs": json.dumps(costs),
            },
        )


def as_live(rows: Iterable[Row[Any]]) -> Live:
    """What `from_live` wrote, but for costs that were infinite: they come back as NaN."""
    live = Live({}, {})
    for row in rows:
        live.progress[row.engine] = Progress(
            engine=row.engine,
            epoch=row.epoch,
            batch=row.batch,
            n_batches=row.n_batches,
            cost=_or_nan(row.cost),
            seconds=row.seconds,
        )
        live.batch_costs[row.engine] = [
            (position, _or_nan(cost)) for position, cost in json.loads(row.batch_costs)
        ]
    return live


def _finite(value: float | None) -> float | None:
    """A number as the database takes it: NULL where it is not finite."""
    return float(value) if value is not None and math.isfinite(value) else None


def _or_nan(value: float | None) -> float:
    """What `_finite` wrote, where there was a number: NULL was one that is not finite."""
    return math.nan if value is None else value
