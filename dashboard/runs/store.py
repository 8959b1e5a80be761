"""The run store: the one source of truth about runs, shared by pages and workers.

Pages read it and leave requests; a worker claims a queued run and alone writes its history. Every
change of status is a compare-and-set inside one transaction, so that two tabs, two servers or a
worker that was thought dead can never leave a run in a state that nobody chose. Any number of
threads and processes may use the same store at once.
"""

import logging
import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from dashboard.once import once
from dashboard.runs import names
from dashboard.runs.claim import Claim
from dashboard.runs.database import Database, metadata
from dashboard.runs.errors import StoreError
from dashboard.runs.handwriting import HandwritingStore, freeze
from dashboard.runs.lookout import Lookout
from dashboard.runs.run import CheckpointInfo, Live, RequestKind, Run, RunStatus
from dashboard.runs.tables import (
    as_epoch,
    as_live,
    as_run,
    checkpoint_table,
    config_of,
    epoch_table,
    kept_checkpoints,
    progress_table,
    request_table,
    run_table,
    select_runs,
)
from dashboard.settings import settings
from nncore.config import EngineName, TrainingConfig
from nncore.training import EpochRecord

log = logging.getLogger(__name__)

LOST = "Its worker stopped answering; Resume goes on from the last checkpoint."


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
        self.lookout = Lookout(url)
        self._database = Database(url, busy_seconds=busy_seconds)
        self._read, self._write = self._database.read, self._database.write
        self.handwriting = HandwritingStore(self._database)
        with self._write() as connection:
            metadata.create_all(connection)

    def close(self) -> None:
        """Give all connections back; the store opens new ones when it is used again."""
        self._database.close()
        self.lookout.close()

    # --- what pages read ----------------------------------------------------------------------

    def get_run(self, run_id: str) -> Run | None:
        """A run of any workspace: knowing its id is how a run is shared."""
        with self._read() as connection:
            row = connection.execute(select_runs().where(run_table.c.id == run_id)).one_or_none()
        return None if row is None else as_run(row)

    def list_runs(self, workspace: str) -> list[Run]:
        """The workspace's runs, newest first."""
        query = select_runs().where(run_table.c.workspace == workspace)
        with self._read() as connection:
            return _readable(
                connection.execute(query.order_by(run_table.c.created_at.desc(), run_table.c.id))
            )

    def holds(self, workspace: str) -> bool:
        """Whether the workspace has any run or kept digit."""
        with self._read() as connection:
            has_runs = connection.execute(
                select(exists().where(run_table.c.workspace == workspace))
            ).scalar_one()
        return has_runs or self.handwriting.holds(workspace)

    def epochs(self, run_id: str) -> list[EpochRecord]:
        """The run's records, by epoch, NumPy before PyTorch."""
        query = select(epoch_table).where(epoch_table.c.run_id == run_id)
        with self._read() as connection:
            rows = connection.execute(
                query.order_by(epoch_table.c.epoch, epoch_table.c.engine)
            ).all()
        return [as_epoch(row) for row in rows]

    def last_epochs(self, run_ids: Sequence[str]) -> dict[str, dict[EngineName, EpochRecord]]:
        """The last record of each engine, of the runs that have any."""
        key = (epoch_table.c.run_id, epoch_table.c.engine)
        newest = (
            select(*key, func.max(epoch_table.c.epoch).label("epoch"))
            .where(epoch_table.c.run_id.in_(run_ids))
            .group_by(*key)
            .subquery()
        )
        same = [epoch_table.c[column.name] == column for column in newest.c]
        query = select(epoch_table).join(newest, and_(*same)).order_by(epoch_table.c.engine)
        last: dict[str, dict[EngineName, EpochRecord]] = {}
        with self._read() as connection:
            for row in connection.execute(query):
                last.setdefault(row.run_id, {})[row.engine] = as_epoch(row)
        return last

    def live(self, run_id: str) -> Live:
        """Where each engine stands inside its epoch, and its mini-batch costs on the way."""
        query = select(progress_table).where(progress_table.c.run_id == run_id)
        with self._read() as connection:
            return as_live(connection.execute(query.order_by(progress_table.c.engine)))

    def checkpoints(self, run_id: str) -> list[CheckpointInfo]:
        """What is kept, by engine and place."""
        with self._read() as connection:
            return kept_checkpoints(connection, run_id)

    def checkpoint_blob(
        self, run_id: str, engine: EngineName, epoch: int | None = None
    ) -> bytes | None:
        """A checkpoint's bytes: of `epoch` completed epochs, or the latest; None where not kept."""
        query = select(checkpoint_table.c.blob).where(
            checkpoint_table.c.run_id == run_id, checkpoint_table.c.engine == engine
        )
        if epoch is None:
            query = query.order_by(checkpoint_table.c.epoch.desc(), checkpoint_table.c.batch.desc())
        else:
            query = query.where(checkpoint_table.c.epoch == epoch).order_by(
                checkpoint_table.c.batch
            )
        with self._read() as connection:
            return connection.execute(query.limit(1)).scalar_one_or_none()

    def queue(self) -> list[str]:
        """Ids of the queued runs of all workspaces, next first."""
        query = select(run_table.c.id).where(run_table.c.status == RunStatus.QUEUED)
        with self._read() as connection:
            return list(
                connection.execute(query.order_by(run_table.c.queued_at, run_table.c.id)).scalars()
            )

    def pace_setters(self, n: int = 20) -> list[Run]:
        """Of all workspaces, the runs with a worker, those that wait, and the `n` newest others.

        The newest come first. They say how long a run waits, and how long one like them takes.
        """
        is_on = or_(run_table.c.status == RunStatus.QUEUED, run_table.c.claim.is_not(None))
        newest = run_table.c.created_at.desc()
        others = select(run_table.c.id).where(~is_on).order_by(newest).limit(n).subquery()
        query = select_runs().where(or_(is_on, run_table.c.id.in_(select(others.c.id))))
        with self._read() as connection:
            return _readable(connection.execute(query.order_by(newest)))

    def is_training(self) -> bool:
        """Whether a run of any workspace trains now."""
        query = select(func.count()).where(run_table.c.status == RunStatus.RUNNING)
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
        The name gets a number where another run of the workspace has it.

        Raises:
            StoreError: `max_active` of the workspace's runs wait for a worker or have one, or
                there are no handwritten digits to add.
        """
        run_id, now = secrets.token_hex(12), time.time()
        with self._write() as connection:
            if max_active is not None:
                _require_room(connection, workspace, max_active)
            connection.execute(
                insert(run_table).values(
                    id=run_id,
                    workspace=workspace,
                    name=_unused_name(connection, workspace, name, config),
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
            return as_run(connection.execute(select_runs().where(run_table.c.id == run_id)).one())

    # An id is enough to see a run; with `workspace`, changing it takes its owner.

    def rename_run(self, run_id: str, name: str, *, workspace: str | None = None) -> None:
        """Give the run another name; a blank one is ignored, and so is another's run."""
        if cleaned := names.clean(name):
            with self._write() as connection:
                mine = _owned(run_id, workspace)
                connection.execute(update(run_table).where(*mine).values(name=cleaned))

    def delete_run(self, run_id: str, *, workspace: str | None = None) -> None:
        """Remove the run and everything of it; a worker that trains it stops by itself."""
        with self._write() as connection:
            connection.execute(delete(run_table).where(*_owned(run_id, workspace)))

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
                select(run_table).where(*_owned(run_id, workspace)).with_for_update()
            ).one_or_none()
            if row is None or row.status == RunStatus.FINISHED:
                return False
            if kind is RequestKind.LEARNING_RATE:
                value = config_of(row).replace(learning_rate=value).learning_rate
            if row.claim is not None:
                _post(connection, row.id, kind, value)
                return True
            return _change_unclaimed(connection, row, kind, value)

    # --- what keeps the queue going -----------------------------------------------------------

    def reap(self) -> list[str]:
        """Mark runs failed whose worker has died; cheap, to be called often, by anybody.

        `dashboard.runs.lookout` says whose has. A paused run loses nothing with its worker, and
        stays paused.
        """
        query = select(run_table.c.id, run_table.c.claim, run_table.c.heartbeat).where(
            run_table.c.claim.is_not(None)
        )
        with self._read() as connection:
            held = {row.id: (row.claim, row.heartbeat) for row in connection.execute(query)}
        return [
            run_id
            for run_id in self.lookout.dead(held)
            if self.fail_lost(run_id, held[run_id][0], heartbeat=held[run_id][1])
        ]

    def fail_lost(
        self, run_id: str, claim: str, note: str = LOST, *, heartbeat: float | None = None
    ) -> bool:
        """The worker with this claim is gone; False where it gave the run back before.

        With `heartbeat`, the last one seen, nothing is done where another has come since.
        """
        mine = [run_table.c.id == run_id, run_table.c.claim == claim]
        if heartbeat is not None:
            mine.append(run_table.c.heartbeat == heartbeat)
        with self._write() as connection:
            failed = connection.execute(
                update(run_table)
                .where(*mine, run_table.c.status != RunStatus.PAUSED)
                .values(status=RunStatus.FAILED.value, note=note, claim=None)
            )
            paused = connection.execute(update(run_table).where(*mine).values(claim=None))
            return failed.rowcount + paused.rowcount > 0

    def claim(self, run_id: str, token: str) -> Claim | None:
        """Take a queued run, to train it; None where it is not queued (any more)."""
        with self._write() as connection:
            taken = connection.execute(
                update(run_table)
                .where(run_table.c.id == run_id, run_table.c.status == RunStatus.QUEUED)
                .values(
                    status=RunStatus.RUNNING.value,
                    claim=token,
                    heartbeat=time.time(),
                    queued_at=None,
                )
            )
            if taken.rowcount == 0:
                return None
            row = connection.execute(select_runs().where(run_table.c.id == run_id)).one()
        return Claim(self._database, as_run(row), token, self.checkpoint_budget)


@once
def run_store() -> RunStore:
    """This process's run store, as the settings say; made at first use.

    Raises:
        StoreError: it cannot be opened; the next call tries again.
        SettingsError: an environment variable that cannot be used.
    """
    current = settings()
    return RunStore(current.store_url, checkpoint_budget=current.checkpoint_budget)


def _readable(rows: Iterable[Row[Any]]) -> list[Run]:
    """The runs in these rows but those of another version: one must not hide the others."""
    runs: list[Run] = []
    for row in rows:
        try:
            runs.append(as_run(row))
        except StoreError as error:
            log.warning("%s", error)
    return runs


# Owners -----------------------------------------------------------------------------------------
def _owned(run_id: str, workspace: str | None) -> list[ColumnElement[bool]]:
    """Conditions: this run, and of this workspace where one is given."""
    conditions = [run_table.c.id == run_id]
    if workspace is not None:
        conditions.append(run_table.c.workspace == workspace)
    return conditions


def _unused_name(
    connection: Connection, workspace: str, name: str | None, config: TrainingConfig
) -> str:
    query = select(run_table.c.name).where(run_table.c.workspace == workspace)
    taken = {*connection.execute(query).scalars()}
    return names.unused(names.clean(name) or names.default(config), taken)


def _require_room(connection: Connection, workspace: str, max_active: int, n: int = 1) -> None:
    active = or_(run_table.c.status == RunStatus.QUEUED, run_table.c.claim.is_not(None))
    count = select(func.count()).where(run_table.c.workspace == workspace, active)
    if connection.execute(count).scalar_one() + n > max_active:
        this = "this one" if n == 1 else f"these {n}"
        raise StoreError(
            f"No more than {max_active} of your runs can wait or train at once; "
            f"let one end, or stop one, and start {this} then."
        )


# Requests ---------------------------------------------------------------------------------------
_STEPS = (RequestKind.STEP_BATCH, RequestKind.STEP_EPOCH)


def _post(connection: Connection, run_id: str, kind: RequestKind, value: float | None) -> None:
    connection.execute(insert(request_table).values(run_id=run_id, kind=kind.value, value=value))


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
            connection.execute(delete(request_table).where(request_table.c.run_id == row.id))
            if kind in _STEPS:
                _post(connection, row.id, kind, None)
    if values:
        connection.execute(update(run_table).where(run_table.c.id == row.id).values(**values))
    return bool(values)
