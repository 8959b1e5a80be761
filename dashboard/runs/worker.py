"""What a worker does with a run: claim it, iterate `nncore.training.train`, write what comes of it.

A worker is any process that calls `run_training`; in the app, Dask does (`dashboard.runs.jobs`).
It reads its orders from the run store and leaves the truth there, whatever happens to the run.
"""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from dashboard.runs import lifeline
from dashboard.runs.claim import Claim, ClaimLostError
from dashboard.runs.errors import StoreBusyError, StoreError, StoreFullError
from dashboard.runs.messenger import BEAT_EVERY, Messenger
from dashboard.runs.run import Request, RequestKind, RunStatus
from dashboard.runs.store import RunStore
from nncore import checkpoints, datasets, training
from nncore.checkpoints import CheckpointError
from nncore.config import ConfigError, EngineName
from nncore.datasets import DataError, Dataset
from nncore.engine import Engine
from nncore.training import EpochRecord, Progress, ReportInterval

log = logging.getLogger(__name__)

T = TypeVar("T")

PARK_IF_OTHERS_WAIT = 30.0
PARK_ALWAYS = 900.0
"""Seconds after which a paused run gives its worker up: if another workspace's run is queued first,
or anyway. To one of its own workspace it gives way at once.
"""

PATIENCE = 30.0
"""Seconds for which a worker insists on a read or write that the store refuses."""
PATIENCE_WITH_A_LOCK = 3_600.0
"""Seconds for which it does where another program keeps the store locked: that one will end."""

SAVING_ALLOWANCE = 1.0
SAVING_SHARE = 0.05
"""Seconds, and share of a worker's time, that checkpoints may take before some are left out."""

SPARING = "The disk is almost full, so only the first and the newest checkpoints are kept."
UNKEPT = (
    "The run store did not take the last checkpoint; once this worker has gone, "
    "Resume would begin again after {} epochs."
)
SERVER_GONE = "The server that trained it has ended; Resume goes on from the last checkpoint."

_held: dict[Claim, RunStore] = {}
"""What this process trains, for the case that it has to go at once."""


def run_training(
    run_id: str, database_url: str, token: str | None = None, *, checkpoint_budget: int = 64_000_000
) -> str | None:
    """Train a queued run until it ends, or is stopped, or is paused for so long that it is parked.

    This is the task that Dask runs; it can be called directly as well. Whatever happens is
    written to the store, so nothing is raised for a run that fails.

    Args:
        run_id: the run; where it is not queued (any more), nothing is done.
        database_url: the store, as this process reaches it.
        token: who claims the run; made up here unless given.
        checkpoint_budget: bytes of checkpoints kept for the run.

    Returns:
        The run's last status, or None where the run is or has become somebody else's.
    """
    store = RunStore(database_url, checkpoint_budget=checkpoint_budget)
    try:
        claim = store.claim(run_id, token or secrets.token_hex(16))
        if claim is None:
            return None
        _held[claim] = store
        try:
            return _Training(store, claim).run()
        finally:
            del _held[claim]
    finally:
        store.close()


class _Stop(Exception):  # noqa: N818
    """The run was asked to stop."""


class _Parked(Exception):  # noqa: N818
    """The paused run has given its worker up."""


class _Training:
    """One run in a worker's hands, from its claim to its release."""

    def __init__(self, store: RunStore, claim: Claim) -> None:
        self._store = store
        self._claim = claim
        self._run = claim.run
        self._messenger = Messenger(claim)
        self._engines: dict[EngineName, Engine] = {}
        self._unsaved: list[EpochRecord] = []
        self._saved: dict[EngineName, tuple[int, int]] = {}
        self._diverged: dict[EngineName, EpochRecord] = {}
        self._earlier: dict[EngineName, Progress] = {}
        self._n_train = 0
        self._began = time.monotonic()
        self._saving = 0.0
        self._sparing = False
        self._unkept = False
        self._paused = False
        self._steps: deque[RequestKind] = deque()
        self._epoch_to_reach = 0

    def run(self) -> str | None:
        """Train, and leave the truth in the store whatever happens."""
        with self._messenger:
            try:
                return self._end(*self._train())
            except ClaimLostError:
                log.info("The run %s is not this worker's any more.", self._run.id)
                return None
            except _Parked:
                return RunStatus.PAUSED
            except (ConfigError, DataError, CheckpointError, StoreError) as error:
                return self._fail(str(error))
            except MemoryError:
                return self._fail(
                    "Training needs more memory than there is; "
                    "take smaller layers or a smaller mini-batch."
                )
            except Exception as error:
                log.exception("The run %s failed.", self._run.id)
                reason = f"{type(error).__name__}: {error}".splitlines()[0][:200].rstrip(".")
                return self._fail(
                    f"Training stopped on an unexpected error ({reason}); the log has the details."
                )

    def _train(self) -> tuple[RunStatus, str | None]:
        config = self._run.config
        data = self._with_handwriting(datasets.load_for(config))
        self._n_train = len(data.train)
        self._engines = training.build(config, self._n_train)
        self._restore()
        interval = ReportInterval()
        records = training.train(config, data, self._alive(), interval=interval)
        self._messenger.ready.wait(PATIENCE)  # a run may begin with a step
        try:
            while True:
                self._obey()
                stepping = bool(self._steps) and self._steps[0] is RequestKind.STEP_BATCH
                interval.seconds = 0.0 if stepping else ReportInterval().seconds
                record = next(records, None)
                if record is None:
                    self._keep_places()
                    note = training.closing_note(config, self._engines, self._diverged.values())
                    return RunStatus.FINISHED, note
                self._take(record)
                self._end_step()
        except _Stop:
            self._keep_places()
            return RunStatus.STOPPED, None

    def _with_handwriting(self, data: Dataset) -> Dataset:
        """The data with the run's own copy of the class's digits, where it learns from them."""
        find = self._store.handwriting.learned_digits
        extra = self._insist(lambda: find(self._run.id))
        return data if extra is None else datasets.with_extra(data, *extra)

    # --- where a run goes on ------------------------------------------------------------------

    def _restore(self) -> None:
        """Bring each engine to its last checkpoint and forget what was recorded beyond it."""
        store, run_id = self._store, self._run.id
        live = self._insist(lambda: store.live(run_id))
        for name, engine in self._engines.items():
            if blob := self._insist(partial(store.checkpoint_blob, run_id, name)):
                engine.load_state(checkpoints.from_bytes(blob).state)
                self._saved[name] = (engine.epoch, engine.batch)
            self._insist(partial(self._claim.rewind, name, engine.epoch))
            last = live.progress.get(name)
            if last and (last.epoch, last.batch) == (engine.epoch, engine.batch):
                self._earlier[name] = last
            position = engine.epoch + engine.batch / self._run.config.n_batches(self._n_train)
            costs = live.batch_costs.get(name, [])
            self._messenger.begin(name, [point for point in costs if point[0] <= position])
        records = self._insist(lambda: store.epochs(run_id))
        self._diverged = {r.engine: r for r in records if r.diverged}
        if self._run.learning_rate != training.share_course(self._alive()).asked_rate:
            training.change_learning_rate(self._alive(), self._run.learning_rate)
        self._save_places()

    def _alive(self) -> dict[EngineName, Engine]:
        return {n: engine for n, engine in self._engines.items() if n not in self._diverged}

    # --- what is asked ------------------------------------------------------------------------

    def _obey(self) -> None:
        """Do what was asked; returns when there is something to train."""
        for request in self._messenger.take():
            self._answer(request)
        since = time.monotonic()
        while self._paused and not self._steps:
            self._park_if_due(time.monotonic() - since)
            self._messenger.news.wait(BEAT_EVERY)
            for request in self._messenger.take():
                since = time.monotonic()
                self._answer(request)

    def _answer(self, request: Request) -> None:
        values: dict[str, Any] = {}
        match request.kind:
            case RequestKind.PAUSE:
                self._steps.clear()
                self._pause()
            case RequestKind.RESUME:
                self._steps.clear()
                self._go_on()
            case RequestKind.STEP_BATCH | RequestKind.STEP_EPOCH:
                self._steps.append(request.kind)
                self._begin_step()
            case RequestKind.LEARNING_RATE if request.value is not None:
                training.change_learning_rate(self._alive(), request.value)
                values["learning_rate"] = request.value
        self._insist(lambda: self._claim.answered(request, **values))
        if request.kind is RequestKind.STOP:
            raise _Stop

    def _pause(self) -> None:
        """Paused means that nothing can be lost any more: hence the checkpoints first.

        Where they cannot be kept, the note says so.
        """
        self._keep_places()
        self._insist(self._messenger.flush)
        self._insist(lambda: self._claim.set_status(RunStatus.PAUSED))
        self._paused = True

    def _go_on(self) -> None:
        self._insist(lambda: self._claim.set_status(RunStatus.RUNNING))
        self._paused = False

    def _begin_step(self) -> None:
        """An epoch's step ends when every engine has reached the end of the present epoch."""
        if len(self._steps) == 1 and self._steps[0] is RequestKind.STEP_EPOCH:
            self._epoch_to_reach = self._epochs_done() + 1
            self._go_on()

    def _end_step(self) -> None:
        if not self._steps:
            return
        if self._steps[0] is RequestKind.STEP_EPOCH and self._epochs_done() < self._epoch_to_reach:
            return
        self._steps.popleft()
        if self._steps:
            self._begin_step()
        else:
            self._pause()

    def _epochs_done(self) -> int:
        """By the engine that is behind."""
        epochs = [engine.epoch for engine in self._alive().values()]
        return min(epochs, default=self._run.config.epochs)

    def _park_if_due(self, idle: float) -> None:
        """Let a run that waits its turn have this worker; Resume will find another.

        One of the same workspace has it at once: who started it wants to see that one now.
        """
        try:
            waits = self._claim.who_waits()
            at_once = waits == self._run.workspace and not self._unkept
            due = at_once or (waits is not None and idle >= PARK_IF_OTHERS_WAIT)
            parked = (due or idle >= PARK_ALWAYS) and self._claim.release(RunStatus.PAUSED)
        except StoreError as error:  # the next beat tries again
            log.warning("%s", error)
            return
        if parked:
            raise _Parked

    # --- what is kept -------------------------------------------------------------------------

    def _take(self, record: Progress | EpochRecord) -> None:
        earlier = self._earlier.get(record.engine)
        if earlier and earlier.epoch == record.epoch:  # the part before the run was resumed
            record = replace(record, seconds=record.seconds + earlier.seconds)
        if isinstance(record, Progress):
            self._messenger.report(record)
            return
        n = self._run.config.n_batches(self._n_train)
        end = Progress(record.engine, record.epoch, n, n, record.train_cost, record.seconds)
        self._messenger.report(end, is_batch=False)
        self._unsaved.append(record)
        if record.diverged:
            self._diverged[record.engine] = record
        last = record.diverged or record.epoch + 1 == self._run.config.epochs
        elapsed = time.monotonic() - self._began
        if last or self._saving <= SAVING_ALLOWANCE + SAVING_SHARE * elapsed:
            self._save_place(record.engine)
        else:
            self._save_records()

    def _keep_places(self) -> None:
        """Checkpoints of where training stands, insisted on: it may be the last chance."""
        try:
            self._insist(self._try_places)
        except StoreError as error:
            log.warning("%s", error)
            kept, _ = min(self._saved.get(name, (0, 0)) for name in self._engines)
            self._unkept = True
            self._tell(UNKEPT.format(kept))

    def _save_places(self) -> None:
        try:
            self._try_places()
        except StoreError as error:  # locked for long: the next epoch tries again
            log.warning("%s", error)

    def _try_places(self) -> None:
        for name, engine in self._engines.items():
            if self._saved.get(name) != (engine.epoch, engine.batch):
                self._try_place(name)

    def _save_place(self, name: EngineName) -> None:
        try:
            self._try_place(name)
        except StoreError as error:  # locked for long: the next epoch tries again
            log.warning("%s", error)

    def _try_place(self, name: EngineName) -> None:
        """A checkpoint, and with it the records so far; a full disk must not end the training."""
        began = time.monotonic()
        try:
            self._write_checkpoint(name)
        except StoreFullError:
            if self._sparing:
                self._go_without(name)
            else:
                self._sparing = True
                self._tell(SPARING)
                self._try_place(name)
        finally:
            self._saving += time.monotonic() - began

    def _write_checkpoint(self, name: EngineName) -> None:
        engine = self._engines[name]
        blob = checkpoints.to_bytes(self._run.config, name, engine.state())
        place = (engine.epoch, engine.batch)
        self._claim.save_checkpoint(name, *place, blob, self._unsaved, sparing=self._sparing)
        self._unsaved.clear()
        self._saved[name] = place
        if self._unkept:
            self._unkept = False
            self._tell(SPARING if self._sparing else None)

    def _go_without(self, name: EngineName) -> None:
        """The history alone; its reader is told what Resume would mean now."""
        kept, _ = self._saved.get(name, (0, 0))
        self._tell(
            f"No room is left, so checkpoints are no longer kept; training goes on, but Resume "
            f"would begin again after {kept} epochs: free some disk space."
        )
        self._save_records()

    def _save_records(self) -> None:
        """The history without a checkpoint; what cannot be written now is kept for later."""
        try:
            self._claim.save_epochs(self._unsaved)
            self._unsaved.clear()
        except StoreError as error:
            log.warning("%s", error)

    def _tell(self, note: str | None) -> None:
        try:
            self._claim.set_note(note)
        except StoreError as error:
            log.warning("%s", error)

    # --- how it ends --------------------------------------------------------------------------

    def _end(self, status: RunStatus, note: str | None) -> str:
        self._insist(self._messenger.flush)
        self._insist(lambda: self._claim.save_epochs(self._unsaved))
        self._insist(lambda: self._claim.release(status, note))
        return status

    def _fail(self, note: str) -> str | None:
        try:
            self._insist(lambda: self._claim.release(RunStatus.FAILED, note))
        except (StoreError, ClaimLostError) as error:  # the run's silence will tell
            log.warning("%s", error)
            return None
        return RunStatus.FAILED

    def _insist(self, act: Callable[[], T]) -> T:
        """Read or write, for a while again and again; a store that is busy may be free soon."""
        began = time.monotonic()
        while True:
            try:
                return act()
            except StoreError as error:
                is_locked = isinstance(error, StoreBusyError)
                patience = PATIENCE_WITH_A_LOCK if is_locked else PATIENCE
                if time.monotonic() - began >= patience:
                    raise
                log.warning("%s", error)
                self._messenger.pause(BEAT_EVERY)


def _give_up() -> None:
    for claim, store in list(_held.items()):
        store.fail_lost(claim.run.id, claim.token, SERVER_GONE)


lifeline.last_words.append(_give_up)


def warm_up() -> None:
    """Import PyTorch in the worker, before a run asks for it."""
    threading.Thread(target=_import_torch, name="warm-up", daemon=True).start()


def _import_torch() -> None:
    try:
        import nncore.torch_network  # noqa: F401
    except Exception as error:  # the run that needs it will say so
        log.warning("PyTorch could not be imported: %s", error)
