"""The run store: the one source of truth about runs, shared by pages and workers.

Pages read it and leave requests; a worker claims a queued run and alone writes its history. Every
change of status is a compare-and-set inside one transaction, so that two tabs, two servers or a
worker that was thought dead can never leave a run in a state that nobody chose. Any number of
threads and processes may use the same store at once.
"""

import json
import logging
import math
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
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
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from dashboard.once import once
from dashboard.runs.database import Database, StoreError, metadata
from dashboard.runs.handwriting import HandwritingStore, forget_images, freeze
from dashboard.settings import settings
from nncore.config import ConfigError, EngineName, TrainingConfig, architecture
from nncore.training import EpochRecord, Progress

log = logging.getLogger(__name__)

DEAD_AFTER = 6.0
"""Seconds without a heartbeat after which a worker counts as dead."""
MAX_NAME = 120
BatchCosts = list[tuple[float, float]]
"""(position in epochs, cost of that mini-batch), oldest first."""

LOST = "Its worker stopped answering; Resume goes on from the last checkpoint."


class ClaimLostError(Exception):
    """The run is no longer this worker's: it was deleted, or marked failed and given away."""


class RunStatus(StrEnum):
    """The words for a run's state, everywhere."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Nothing more happens by itself (a stopped or failed run can be resumed)."""
        return self in (RunStatus.FINISHED, RunStatus.STOPPED, RunStatus.FAILED)

    @property
    def can_resume(self) -> bool:
        """`resume` has an effect: training goes on from the last checkpoint."""
        return self in (RunStatus.PAUSED, RunStatus.STOPPED, RunStatus.FAILED)


class RequestKind(StrEnum):
    """What a page can ask of a run."""

    PAUSE = "pause"
    RESUME = "resume"
    STEP_BATCH = "step-batch"
    STEP_EPOCH = "step-epoch"
    STOP = "stop"
    LEARNING_RATE = "learning-rate"


@dataclass(frozen=True, slots=True)
class Request:
    """One thing asked of a claimed run; `value` is the learning rate, where that is meant."""

    id: int
    kind: RequestKind
    value: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """One row of the table of runs."""

    id: str
    workspace: str
    name: str
    config: TrainingConfig
    status: RunStatus
    note: str | None
    """Why it failed, where it diverged, or that checkpoints are no longer kept: a sentence."""
    created_at: datetime
    heartbeat: datetime | None
    learning_rate: float
    """The one in force now; `config` has the one that the run began with."""


@dataclass(frozen=True, slots=True)
class CheckpointInfo:
    """A checkpoint without its bytes.

    `epoch` counts completed epochs, 0 being the initial weights: the figures of a checkpoint
    with `batch` 0 are those of the EpochRecord whose epoch is `epoch - 1`. A `batch` above 0 is
    the place inside an epoch at which a run was paused.
    """

    engine: EngineName
    epoch: int
    batch: int
    n_bytes: int


# Tables -----------------------------------------------------------------------------------------
# Times are seconds since 1970 and names are short strings: types that every database has.


def _run_id(**options: Any) -> Column[str]:
    key = ForeignKey("run.id", ondelete="CASCADE")
    return Column("run_id", String(32), key, **options)


def _engine(**options: Any) -> Column[str]:
    return Column("engine", String(16), **options)


_run = Table(
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
_epoch = Table(
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
_checkpoint = Table(
    "checkpoint",
    metadata,
    _run_id(primary_key=True),
    _engine(primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("batch", Integer, primary_key=True, autoincrement=False),
    Column("n_bytes", Integer, nullable=False),
    Column("blob", LargeBinary(2**32 - 1), nullable=False),
)
_request = Table(
    "request",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _run_id(nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("value", Double),
    sqlite_autoincrement=True,  # else SQLite gives an id again once its row is gone
)
_progress = Table(
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


class RunStore:
    """Runs, their history, their checkpoints and what is asked of them.

    Args:
        url: an SQLAlchemy URL; the tables are made where they are missing.
        checkpoint_budget: bytes of checkpoints kept for one run.
        busy_seconds: how long to wait for another process's transaction (SQLite).

    Every method raises StoreError where the database cannot be used.
    """

    def __init__(
        self, url: str, *, checkpoint_budget: int = 64_000_000, busy_seconds: float = 5.0
    ) -> None:
        self.url = url
        self.checkpoint_budget = checkpoint_budget
        self._seen: dict[str, tuple[tuple[str, float | None], float]] = {}
        self._seen_lock = threading.Lock()
        self._database = Database(url, busy_seconds=busy_seconds)
        self._read, self._write = self._database.read, self._database.write
        self.handwriting = HandwritingStore(self._database)
        with self._write() as connection:
            metadata.create_all(connection)

    def close(self) -> None:
        """Give all connections back; the store opens new ones when it is used again."""
        self._database.close()

    # --- what pages read ----------------------------------------------------------------------

    def get_run(self, run_id: str) -> Run | None:
        """A run of any workspace: knowing its id is how a run is shared."""
        with self._read() as connection:
            row = connection.execute(select(_run).where(_run.c.id == run_id)).one_or_none()
        return None if row is None else _as_run(row)

    def list_runs(self, workspace: str) -> list[Run]:
        """The workspace's runs, newest first."""
        query = select(_run).where(_run.c.workspace == workspace)
        with self._read() as connection:
            rows = connection.execute(query.order_by(_run.c.created_at.desc(), _run.c.id)).all()
        runs = []
        for row in rows:
            try:
                runs.append(_as_run(row))
            except StoreError as error:  # one unreadable run must not hide the others
                log.warning("%s", error)
        return runs

    def epochs(self, run_id: str) -> list[EpochRecord]:
        """The run's records, by epoch, NumPy before PyTorch."""
        query = select(_epoch).where(_epoch.c.run_id == run_id)
        with self._read() as connection:
            rows = connection.execute(query.order_by(_epoch.c.epoch, _epoch.c.engine)).all()
        return [_as_epoch(row) for row in rows]

    def progress(self, run_id: str) -> dict[EngineName, Progress]:
        """Where each engine stands inside its epoch; empty before the first mini-batches."""
        return {engine: progress for engine, (progress, _) in self._live(run_id).items()}

    def batch_costs(self, run_id: str) -> dict[EngineName, BatchCosts]:
        """A thinned series of mini-batch costs an engine, at most a few hundred points."""
        return {engine: costs for engine, (_, costs) in self._live(run_id).items()}

    def _live(self, run_id: str) -> dict[EngineName, tuple[Progress, BatchCosts]]:
        query = select(_progress).where(_progress.c.run_id == run_id).order_by(_progress.c.engine)
        with self._read() as connection:
            rows = connection.execute(query).all()
        return {
            row.engine: (
                Progress(
                    engine=row.engine,
                    epoch=row.epoch,
                    batch=row.batch,
                    n_batches=row.n_batches,
                    cost=_or_nan(row.cost),
                    seconds=row.seconds,
                ),
                [(x, _or_nan(cost)) for x, cost in json.loads(row.batch_costs)],
            )
            for row in rows
        }

    def checkpoints(self, run_id: str) -> list[CheckpointInfo]:
        """What is kept, by engine and place."""
        with self._read() as connection:
            return _checkpoints(connection, run_id)

    def checkpoint_blob(
        self, run_id: str, engine: EngineName, epoch: int | None = None
    ) -> bytes | None:
        """A checkpoint's bytes: of `epoch` completed epochs, or the latest; None where not kept."""
        query = select(_checkpoint.c.blob).where(
            _checkpoint.c.run_id == run_id, _checkpoint.c.engine == engine
        )
        if epoch is None:
            query = query.order_by(_checkpoint.c.epoch.desc(), _checkpoint.c.batch.desc())
        else:
            query = query.where(_checkpoint.c.epoch == epoch).order_by(_checkpoint.c.batch)
        with self._read() as connection:
            return connection.execute(query.limit(1)).scalar_one_or_none()

    def queue_position(self, run_id: str) -> int | None:
        """1 for the run that trains next; None for a run that is not queued."""
        queue = self.queue()
        return queue.index(run_id) + 1 if run_id in queue else None

    def queue(self) -> list[str]:
        """Ids of the queued runs of all workspaces, next first."""
        query = select(_run.c.id).where(_run.c.status == RunStatus.QUEUED)
        with self._read() as connection:
            return list(connection.execute(query.order_by(_run.c.queued_at, _run.c.id)).scalars())

    def is_training(self) -> bool:
        """Whether a run of any workspace trains now."""
        query = select(func.count()).where(_run.c.status == RunStatus.RUNNING)
        with self._read() as connection:
            return connection.execute(query).scalar_one() > 0

    def require_room(self, workspace: str, max_active: int | None, n: int) -> None:
        """Nothing, where this workspace may have `n` more runs waiting or training.

        Raises:
            StoreError: it may not.
        """
        if max_active is not None:
            with self._read() as connection:
                _require_room(connection, workspace, max_active, n)

    # --- what pages change --------------------------------------------------------------------

    def create_run(
        self,
        workspace: str,
        config: TrainingConfig,
        name: str | None = None,
        *,
        start: RequestKind | None = None,
        max_active: int | None = None,
        with_handwriting: bool = False,
    ) -> Run:
        """A new run at the end of the queue; with `start` (a step) it does that, then pauses.

        `with_handwriting` adds the workspace's digits, as they are now, to its training images.

        Raises:
            StoreError: `max_active` of the workspace's runs wait for a worker or have one, or
                there are no handwritten digits to add.
        """
        run_id, now = secrets.token_hex(12), time.time()
        with self._write() as connection:
            if max_active is not None:
                _require_room(connection, workspace, max_active)
            connection.execute(
                insert(_run).values(
                    id=run_id,
                    workspace=workspace,
                    name=_clean_name(name) or _default_name(config),
                    config=config.to_json(),
                    status=RunStatus.QUEUED.value,
                    created_at=now,
                    queued_at=now,
                    learning_rate=config.learning_rate,
                )
            )
            if with_handwriting:
                freeze(connection, run_id, workspace)
            if start is not None:
                _post(connection, run_id, start, None)
            return _as_run(connection.execute(select(_run).where(_run.c.id == run_id)).one())

    # An id is enough to see a run; with `workspace`, changing it takes its owner.

    def rename_run(self, run_id: str, name: str, *, workspace: str | None = None) -> None:
        """Give the run another name; a blank one is ignored, and so is another's run."""
        if cleaned := _clean_name(name):
            with self._write() as connection:
                mine = _owned(run_id, workspace)
                connection.execute(update(_run).where(*mine).values(name=cleaned))

    def delete_run(self, run_id: str, *, workspace: str | None = None) -> None:
        """Remove the run and everything of it; a worker that trains it stops by itself."""
        with self._write() as connection:
            connection.execute(delete(_run).where(*_owned(run_id, workspace)))

    def request(
        self,
        run_id: str,
        kind: RequestKind,
        value: float | None = None,
        *,
        workspace: str | None = None,
    ) -> bool:
        """Ask something of a run; False where it makes no sense in the run's present state.

        It is False for another's run, too. Where a worker holds the run, it answers within a tenth
        of a second or so; otherwise the status changes at once (resume and the steps put the run
        at the end of the queue).

        Raises:
            ConfigError: a learning rate out of range, in one sentence.
        """
        with self._write() as connection:
            row = connection.execute(
                select(_run).where(*_owned(run_id, workspace)).with_for_update()
            ).one_or_none()
            if row is None or row.status == RunStatus.FINISHED:
                return False
            if kind is RequestKind.LEARNING_RATE:
                value = _as_run(row).config.replace(learning_rate=value).learning_rate
            if row.claim is not None:
                return _ask_worker(connection, row, kind, value)
            return _change_unclaimed(connection, row, kind, value)

    # --- what keeps the queue going -----------------------------------------------------------

    def reap(self) -> list[str]:
        """Mark runs failed whose worker has died; cheap, to be called often, by anybody.

        Only a heartbeat that did not change while this process looked on counts: clocks of
        different machines need not agree, and a laptop that slept does not lose its runs.
        A paused run loses nothing with its worker, and stays paused.
        """
        query = select(_run.c.id, _run.c.claim, _run.c.heartbeat).where(_run.c.claim.is_not(None))
        with self._read() as connection:
            held = {row.id: (row.claim, row.heartbeat) for row in connection.execute(query)}
        return [
            run_id
            for run_id in self._silent(held)
            if self.fail_lost(run_id, held[run_id][0], heartbeat=held[run_id][1])
        ]

    def _silent(self, held: Mapping[str, tuple[str, float | None]]) -> list[str]:
        now = time.monotonic()
        with self._seen_lock:
            seen = {run_id: (beat, now) for run_id, beat in held.items()}
            for run_id, (beat, since) in self._seen.items():
                if held.get(run_id) == beat:
                    seen[run_id] = (beat, since)
            self._seen = seen
            return [run_id for run_id, (_, since) in seen.items() if now - since >= DEAD_AFTER]

    def fail_lost(
        self, run_id: str, claim: str, note: str = LOST, *, heartbeat: float | None = None
    ) -> bool:
        """The worker with this claim is gone; False where it gave the run back before.

        With `heartbeat`, the last one seen, nothing is done where another has come since.
        """
        mine = [_run.c.id == run_id, _run.c.claim == claim]
        if heartbeat is not None:
            mine.append(_run.c.heartbeat == heartbeat)
        with self._write() as connection:
            failed = connection.execute(
                update(_run)
                .where(*mine, _run.c.status != RunStatus.PAUSED)
                .values(status=RunStatus.FAILED.value, note=note, claim=None)
            )
            paused = connection.execute(update(_run).where(*mine).values(claim=None))
            return failed.rowcount + paused.rowcount > 0

    def claim(self, run_id: str, token: str) -> "Claim | None":
        """Take a queued run, to train it; None where it is not queued (any more)."""
        with self._write() as connection:
            taken = connection.execute(
                update(_run)
                .where(_run.c.id == run_id, _run.c.status == RunStatus.QUEUED)
                .values(
                    status=RunStatus.RUNNING.value,
                    claim=token,
                    heartbeat=time.time(),
                    queued_at=None,
                )
            )
            if taken.rowcount == 0:
                return None
            row = connection.execute(select(_run).where(_run.c.id == run_id)).one()
        return Claim(self, _as_run(row), token)


class Claim:
    """A worker's hold on one run: the only way to write a run's history.

    Every write checks the claim and is a heartbeat as well.

    Raises (every method): ClaimLostError where the run is not this worker's any more.
    """

    def __init__(self, store: RunStore, run: Run, token: str) -> None:
        self.store = store
        self.run = run
        self.token = token

    @contextmanager
    def _write(self, **values: Any) -> Iterator[Connection]:
        with self.store._write() as connection:
            held = connection.execute(
                update(_run)
                .where(_run.c.id == self.run.id, _run.c.claim == self.token)
                .values(heartbeat=time.time(), **values)
            )
            if held.rowcount == 0:
                raise ClaimLostError(self.run.id)
            yield connection

    def beat(self) -> None:
        """Say that the worker lives."""
        with self._write():
            pass

    def requests(self, after: int = 0) -> list[Request]:
        """What was asked since the request with the id `after`; they stay until `answered`."""
        query = select(_request).where(_request.c.run_id == self.run.id, _request.c.id > after)
        with self.store._read() as connection:
            rows = connection.execute(query.order_by(_request.c.id)).all()
        return [Request(row.id, RequestKind(row.kind), row.value) for row in rows]

    def answered(self, request: Request, **values: Any) -> None:
        """The request was carried out; `values` are columns of the run that changed by it."""
        with self._write(**values) as connection:
            connection.execute(delete(_request).where(_request.c.id == request.id))

    def set_status(self, status: RunStatus) -> None:
        """`running` or `paused`, while the worker keeps the run."""
        with self._write(status=status.value):
            pass

    def set_note(self, note: str | None) -> None:
        """Tell the reader something about the run, in one sentence; None takes it back."""
        with self._write(note=note):
            pass

    def release(self, status: RunStatus, note: str | None = None) -> bool:
        """Give the run back, in this status; False (and kept) where a request came in for it.

        Only `paused` can be refused: a Resume that arrives at the last moment must count.
        """
        values = {} if note is None else {"note": note}
        with self._write(**values) as connection:
            mine = _request.c.run_id == self.run.id
            waiting = connection.execute(select(func.count()).where(mine)).scalar_one()
            if status is RunStatus.PAUSED and waiting:
                return False
            connection.execute(delete(_request).where(mine))
            connection.execute(
                update(_run).where(_run.c.id == self.run.id).values(status=status.value, claim=None)
            )
            if status is RunStatus.FINISHED:
                forget_images(connection, self.run.id)
        return True

    def others_wait(self) -> bool:
        """Some run is queued."""
        query = select(_run.c.id).where(_run.c.status == RunStatus.QUEUED).limit(1)
        with self.store._read() as connection:
            return connection.execute(query).first() is not None

    def save_progress(self, live: Mapping[EngineName, tuple[Progress, BatchCosts]]) -> None:
        """Replace the engines' last signs of life."""
        with self._write() as connection:
            for engine, (progress, costs) in live.items():
                _upsert(
                    connection,
                    _progress,
                    {"run_id": self.run.id, "engine": engine},
                    {
                        "epoch": progress.epoch,
                        "batch": progress.batch,
                        "n_batches": progress.n_batches,
                        "cost": _finite(progress.cost),
                        "seconds": progress.seconds,
                        "batch_costs": json.dumps([(x, _finite(cost)) for x, cost in costs]),
                    },
                )

    def save_epochs(self, records: Sequence[EpochRecord]) -> None:
        """Add records; one of the same engine and epoch is replaced, never doubled."""
        with self._write() as connection:
            self._save_epochs(connection, records)

    def save_checkpoint(
        self,
        engine: EngineName,
        epoch: int,
        batch: int,
        blob: bytes,
        records: Sequence[EpochRecord] = (),
        *,
        sparing: bool = False,
    ) -> None:
        """Keep a checkpoint, and the records that led to it, in one transaction.

        Older ones of the engine are thinned to the budget (`sparing`: to the first one alone),
        and a place inside an epoch is kept only as long as it is the newest.

        Raises:
            StoreFullError: no room; nothing was written.
        """
        new = CheckpointInfo(engine, epoch, batch, len(blob))
        budget = self.store.checkpoint_budget // len(self.run.config.engines)
        with self._write() as connection:
            self._save_epochs(connection, records)
            # What goes makes room for what comes.
            self._thin(connection, new, 0 if sparing else budget)
            connection.execute(
                insert(_checkpoint).values(
                    run_id=self.run.id,
                    engine=engine,
                    epoch=epoch,
                    batch=batch,
                    n_bytes=len(blob),
                    blob=blob,
                )
            )

    def _save_epochs(self, connection: Connection, records: Sequence[EpochRecord]) -> None:
        for record in records:
            key, values = _from_epoch(self.run.id, record)
            _upsert(connection, _epoch, key, values)

    def _thin(self, connection: Connection, new: CheckpointInfo, budget: int) -> None:
        """Delete what shall not be kept beside `new`: one of the same place, too."""
        sizes = {
            info.epoch: info.n_bytes
            for info in _checkpoints(connection, self.run.id)
            if info.engine == new.engine and info.batch == 0
        }
        kept = thinned({**sizes, new.epoch: new.n_bytes}, budget)
        if new.batch == 0:
            kept.remove(new.epoch)
        connection.execute(
            delete(_checkpoint).where(
                _checkpoint.c.run_id == self.run.id,
                _checkpoint.c.engine == new.engine,
                or_(_checkpoint.c.batch > 0, _checkpoint.c.epoch.not_in(kept)),
            )
        )

    def rewind(self, engine: EngineName, epoch: int) -> None:
        """Drop what was recorded of `epoch` and later: it is about to be trained again."""
        with self._write() as connection:
            connection.execute(
                delete(_epoch).where(
                    _epoch.c.run_id == self.run.id,
                    _epoch.c.engine == engine,
                    _epoch.c.epoch >= epoch,
                )
            )


@once
def run_store() -> RunStore:
    """This process's run store, as the settings say; made at first use.

    Raises:
        StoreError: it cannot be opened; the next call tries again.
        SettingsError: an environment variable that cannot be used.
    """
    current = settings()
    return RunStore(current.store_url, checkpoint_budget=current.checkpoint_budget)


def thinned(sizes: Mapping[int, int], budget: int) -> set[int]:
    """Which checkpoints to keep, given each one's bytes by its epoch.

    The first and the newest always; between them every epoch divisible by the smallest power of
    two for which they would fit, had none been dropped before. So what is kept is evenly spaced
    however long the run becomes, and thinning again and again comes to the same as thinning once.
    """
    if not sizes:
        return set()
    ends, size, stride = {min(sizes), max(sizes)}, max(sizes.values()), 1
    while len({*range(0, max(ends), stride), *ends}) * size > budget and stride < max(ends):
        stride *= 2
    return {epoch for epoch in sizes if epoch % stride == 0} | ends


# Owners -----------------------------------------------------------------------------------------
def _owned(run_id: str, workspace: str | None) -> list[ColumnElement[bool]]:
    """Conditions: this run, and of this workspace where one is given."""
    conditions = [_run.c.id == run_id]
    if workspace is not None:
        conditions.append(_run.c.workspace == workspace)
    return conditions


def _require_room(connection: Connection, workspace: str, max_active: int, n: int = 1) -> None:
    active = or_(_run.c.status == RunStatus.QUEUED, _run.c.claim.is_not(None))
    count = select(func.count()).where(_run.c.workspace == workspace, active)
    if connection.execute(count).scalar_one() + n > max_active:
        this = "this one" if n == 1 else f"these {n}"
        raise StoreError(
            f"No more than {max_active} of your runs can wait or train at once; "
            f"let one end, or stop one, and start {this} then."
        )


# Requests ---------------------------------------------------------------------------------------
_STEPS = (RequestKind.STEP_BATCH, RequestKind.STEP_EPOCH)


def _post(connection: Connection, run_id: str, kind: RequestKind, value: float | None) -> None:
    connection.execute(insert(_request).values(run_id=run_id, kind=kind.value, value=value))


def _ask_worker(
    connection: Connection, row: Row[Any], kind: RequestKind, value: float | None
) -> bool:
    _post(connection, row.id, kind, value)
    return True


def _change_unclaimed(
    connection: Connection, row: Row[Any], kind: RequestKind, value: float | None
) -> bool:
    """Do at once what needs no worker; what does need one puts the run into the queue."""
    status = RunStatus(row.status)
    values: dict[str, Any] = {}
    match kind:
        case RequestKind.LEARNING_RATE:
            values = {"learning_rate": value}
        case RequestKind.PAUSE if status is RunStatus.QUEUED:
            values = {"status": RunStatus.PAUSED.value, "queued_at": None}
        case RequestKind.STOP if not status.is_over:
            values = {"status": RunStatus.STOPPED.value, "queued_at": None}
        case RequestKind.STEP_BATCH | RequestKind.STEP_EPOCH if status is RunStatus.QUEUED:
            _post(connection, row.id, kind, None)
            return True
        case RequestKind.RESUME | RequestKind.STEP_BATCH | RequestKind.STEP_EPOCH if (
            status.can_resume
        ):
            values = {"status": RunStatus.QUEUED.value, "queued_at": time.time(), "note": None}
            # Left over from the run's last life: not what anybody wants now.
            connection.execute(delete(_request).where(_request.c.run_id == row.id))
            if kind in _STEPS:
                _post(connection, row.id, kind, None)
    if values:
        connection.execute(update(_run).where(_run.c.id == row.id).values(**values))
    return bool(values)


# Rows and values --------------------------------------------------------------------------------
def _checkpoints(connection: Connection, run_id: str) -> list[CheckpointInfo]:
    columns = (_checkpoint.c.engine, _checkpoint.c.epoch, _checkpoint.c.batch)
    query = select(*columns, _checkpoint.c.n_bytes).where(_checkpoint.c.run_id == run_id)
    return [CheckpointInfo(*row) for row in connection.execute(query.order_by(*columns))]


def _upsert(
    connection: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]
) -> None:
    """Update or insert, in words that every database knows; the claim keeps others out."""
    here = [table.c[name] == value for name, value in key.items()]
    if connection.execute(update(table).where(*here).values(**values)).rowcount == 0:
        connection.execute(insert(table).values(**key, **values))


def _as_run(row: Row[Any]) -> Run:
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
_FIGURES = tuple(column.name for column in _epoch.c if column.name not in ("run_id", *_KEY))


def _from_epoch(run_id: str, record: EpochRecord) -> tuple[dict[str, Any], dict[str, Any]]:
    values = {name: getattr(record, name) for name in _FIGURES}
    for name in _COSTS:
        values[name] = _finite(values[name])
    return {"run_id": run_id, **{name: getattr(record, name) for name in _KEY}}, values


def _as_epoch(row: Row[Any]) -> EpochRecord:
    values = {name: getattr(row, name) for name in (*_KEY, *_FIGURES)}
    for name in _COSTS:
        values[name] = _or_nan(values[name])
    if row.validation_accuracy is None:  # no validation data, rather than no finite cost
        values["validation_cost"] = None
    return EpochRecord(**values)


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _clean_name(name: str | None) -> str:
    return " ".join((name or "").split())[:MAX_NAME]


def _default_name(config: TrainingConfig) -> str:
    shape = architecture(config.layer_sizes)
    return f"{shape}, {config.activation}, learning rate {config.learning_rate:g}"[:MAX_NAME]
