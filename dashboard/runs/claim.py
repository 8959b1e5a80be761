"""A worker's claim to a run: the only way to write a run's history."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from dashboard.runs.database import Database
from dashboard.runs.handwriting import forget_images
from dashboard.runs.run import CheckpointInfo, Live, Request, RequestKind, Run, RunStatus
from dashboard.runs.tables import (
    checkpoint_table,
    epoch_table,
    from_epoch,
    from_live,
    kept_checkpoints,
    progress_table,
    request_table,
    run_table,
    upsert,
)
from nncore.config import EngineName
from nncore.training import EpochRecord


class ClaimLostError(Exception):
    """The run is no longer this worker's: it was deleted, or marked failed and given away."""


class Claim:
    """A worker's hold on one run: the only way to write a run's history.

    Every write checks the claim and is a heartbeat as well. `RunStore.claim` hands one out.

    Args:
        database: where the run is kept.
        run: as it was when it was claimed.
        token: names this hold on it.
        checkpoint_budget: bytes of checkpoints kept for the run.

    Raises (every method): ClaimLostError where the run is not this worker's any more; StoreError
    where the database cannot be used.
    """

    def __init__(self, database: Database, run: Run, token: str, checkpoint_budget: int) -> None:
        self.run = run
        self.token = token
        self._database = database
        self._checkpoint_budget = checkpoint_budget

    @contextmanager
    def _write(self, **values: Any) -> Iterator[Connection]:
        with self._database.write() as connection:
            held = connection.execute(
                update(run_table)
                .where(run_table.c.id == self.run.id, run_table.c.claim == self.token)
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
        query = select(request_table).where(
            request_table.c.run_id == self.run.id, request_table.c.id > after
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(request_table.c.id)).all()
        return [Request(row.id, RequestKind(row.kind), row.value) for row in rows]

    def answered(self, request: Request, **values: Any) -> None:
        """The request was carried out; `values` are columns of the run that changed by it."""
        with self._write(**values) as connection:
            connection.execute(delete(request_table).where(request_table.c.id == request.id))

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
            mine = request_table.c.run_id == self.run.id
            waiting = connection.execute(select(func.count()).where(mine)).scalar_one()
            if status is RunStatus.PAUSED and waiting:
                return False
            connection.execute(delete(request_table).where(mine))
            connection.execute(
                update(run_table)
                .where(run_table.c.id == self.run.id)
                .values(status=status.value, claim=None)
            )
            if status is RunStatus.FINISHED:
                forget_images(connection, self.run.id)
        return True

    def who_waits(self) -> str | None:
        """The workspace whose run is queued first; None where no run is."""
        queued = select(run_table.c.workspace).where(run_table.c.status == RunStatus.QUEUED)
        first = queued.order_by(run_table.c.queued_at, run_table.c.id).limit(1)
        with self._database.read() as connection:
            return connection.execute(first).scalar_one_or_none()

    def save_progress(self, live: Live) -> None:
        """Replace the engines' last signs of life."""
        with self._write() as connection:
            for key, values in from_live(self.run.id, live):
                upsert(connection, progress_table, key, values)

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
        budget = self._checkpoint_budget // len(self.run.config.engines)
        with self._write() as connection:
            self._save_epochs(connection, records)
            # What goes makes room for what comes.
            self._thin(connection, new, 0 if sparing else budget)
            connection.execute(
                insert(checkpoint_table).values(
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
            key, values = from_epoch(self.run.id, record)
            upsert(connection, epoch_table, key, values)

    def _thin(self, connection: Connection, new: CheckpointInfo, budget: int) -> None:
        """Delete what shall not be kept beside `new`: one of the same place, too."""
        sizes = {
            info.epoch: info.n_bytes
            for info in kept_checkpoints(connection, self.run.id)
            if info.engine == new.engine and info.batch == 0
        }
        kept = thinned({**sizes, new.epoch: new.n_bytes}, budget)
        if new.batch == 0:
            kept.remove(new.epoch)
        connection.execute(
            delete(checkpoint_table).where(
                checkpoint_table.c.run_id == self.run.id,
                checkpoint_table.c.engine == new.engine,
                or_(checkpoint_table.c.batch > 0, checkpoint_table.c.epoch.not_in(kept)),
            )
        )

    def rewind(self, engine: EngineName, epoch: int) -> None:
        """Drop what was recorded of `epoch` and later: it is about to be trained again."""
        with self._write() as connection:
            connection.execute(
                delete(epoch_table).where(
                    epoch_table.c.run_id == self.run.id,
                    epoch_table.c.engine == engine,
                    epoch_table.c.epoch >= epoch,
                )
            )


def thinned(sizes: Mapping[int, int], budget: int) -> set[int]:
    """Which checkpoints a claim keeps when it saves one, given each one's bytes by its epoch.

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
