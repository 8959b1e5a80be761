"""The job queue: where queued runs are handed to workers, and dead workers are noticed.

Dask places the work, the run store says what is true, `dashboard.runs.worker` trains. Importing
this module starts nothing, and PyTorch is never imported in the server.
"""

import atexit
import logging
import os
import secrets
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.once import once
from dashboard.runs.errors import StoreError
from dashboard.runs.run import RequestKind
from dashboard.runs.store import LOST, RunStore, run_store
from dashboard.runs.worker import SERVER_GONE, run_training
from dashboard.settings import settings

if TYPE_CHECKING:
    from distributed import Client, Future

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5
"""Seconds between two rounds of the server's threads, where nothing wakes them sooner."""
RETRY_AFTER = 5.0
"""Seconds before workers that could not be started are tried again."""


class Jobs:
    """The server's part: it starts workers, hands out runs and notices dead workers.

    It does so in two threads of its own: no page ever waits for a worker that is started, nor
    does the notice that another one has died. Dask gets no more runs
    than train at once: the queue is the store's, and its order holds whatever becomes of workers.

    Args:
        store: the run store, in a database that the workers can reach by the same URL.
        slots: runs that train at once; None for the cluster's size, or half the cores.
        warm: let workers import PyTorch before they are asked to.
    """

    def __init__(self, store: RunStore, *, slots: int | None = None, warm: bool = True) -> None:
        self.store = store
        self._slots = slots
        self._warm = warm
        self._wanted = False
        self._cluster: _Cluster | None = None
        self._retry_at = 0.0
        self._given: dict[str, tuple[Future, str]] = {}
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.problem: str | None = None
        """One sentence where no worker can be started; queued runs wait meanwhile."""

    def start(self) -> None:
        """Watch over the runs from now on; workers are started when a run is queued."""
        with self._lock:
            if self._threads or self._closing.is_set():
                return
            self._threads = [
                threading.Thread(target=work, name=f"jobs-{work.__name__}", daemon=True)
                for work in (self._reap, self._hand_out)
            ]
            for thread in self._threads:
                thread.start()
            atexit.register(self.close)

    @property
    def places(self) -> int:
        """Runs that train at once, as far as is known before there are workers."""
        cluster = self._cluster
        return cluster.slots if cluster is not None else self._slots or 1

    def ensure_workers(self) -> None:
        """Have workers ready soon, because a run is to be expected; returns at once."""
        self._wanted = True
        self.submit()

    def submit(self) -> None:
        """There is a run in the queue; it is handed out when its turn comes."""
        self.start()
        self._wake.set()

    def request(
        self,
        run_id: str,
        kind: RequestKind,
        value: float | None = None,
        *,
        workspace: str | None = None,
    ) -> bool:
        """As `RunStore.request`; a run that this puts into the queue is handed out."""
        done = self.store.request(run_id, kind, value, workspace=workspace)
        self.submit()
        return done

    def close(self) -> None:
        """End the thread and the workers that this object started."""
        with self._lock:
            self._closing.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(timeout=10)
        self._drop_cluster(SERVER_GONE)
        atexit.unregister(self.close)

    # --- the threads --------------------------------------------------------------------------

    def _reap(self) -> None:
        while not self._closing.wait(LOOK_EVERY):
            try:
                self.store.reap()
            except StoreError as error:
                log.warning("%s", error)
            except Exception:  # whatever it was, dead workers must still be noticed
                log.exception("The look for dead workers stumbled.")

    def _hand_out(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            try:
                self._round()
            except StoreError as error:
                log.warning("%s", error)
            except Exception:  # whatever it was, runs must not wait for ever
                log.exception("The job queue stumbled; its workers are started again.")
                self._drop_stumbled()
            self._wake.wait(LOOK_EVERY)

    def _round(self) -> None:
        self._collect()
        queue = self.store.queue()
        if not (queue or self._wanted or self._cluster) or not self._have_cluster():
            return
        assert self._cluster is not None
        waiting = [run_id for run_id in queue if run_id not in self._given]
        for run_id in waiting[: max(0, self._cluster.slots - len(self._given))]:
            token = secrets.token_hex(16)
            self._given[run_id] = (self._cluster.train(run_id, self.store, token), token)

    def _collect(self) -> None:
        """Forget tasks that are over; where Dask saw the worker die, no need to wait for silence.

        Dask does not try again by itself (and could not: the claim is gone).
        """
        for run_id, (future, token) in list(self._given.items()):
            if not future.done():
                continue
            del self._given[run_id]
            if future.status == "error":
                log.warning("The worker of run %s is gone: %s", run_id, future.exception())
                self.store.fail_lost(run_id, token)

    def _have_cluster(self) -> bool:
        if self._cluster is not None:
            if self._cluster.mend():
                return True
            log.warning("The workers' scheduler is gone; starting another.")
            self._drop_cluster()
        if time.monotonic() < self._retry_at:
            return False
        try:
            self._cluster = _Cluster(self._slots, warm=self._warm)
        except Exception as error:
            log.warning("No workers: %s", error)
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
            self.problem = f"Training workers cannot be started ({reason}); queued runs wait."
            self._retry_at = time.monotonic() + RETRY_AFTER
            return False
        self.problem = None
        return True

    def _drop_stumbled(self) -> None:
        try:
            self._drop_cluster()
        except Exception:  # it is forgotten all the same, and the next round starts another
            log.exception("The workers could not be ended.")

    def _drop_cluster(self, note: str = LOST) -> None:
        """End the workers, and say so of what they trained (another's cluster trains on).

        Where the store cannot be told now, the workers' silence will tell `RunStore.reap`.
        """
        cluster, self._cluster = self._cluster, None
        given, self._given = self._given, {}
        if cluster is None:
            return
        cluster.close()
        if cluster.is_ours:
            for run_id, (_, token) in given.items():
                try:
                    self.store.fail_lost(run_id, token, note)
                except StoreError as error:
                    log.warning("%s", error)


class _Cluster:
    """A Dask client, and the scheduler and workers behind it where they are our own.

    Where Dask's own setting names a scheduler (DASK_SCHEDULER_ADDRESS), that one is used.
    """

    def __init__(self, slots: int | None, *, warm: bool) -> None:
        import dask.config
        from distributed import Client

        for name in ("distributed", "distributed.client"):  # what matters, `Jobs` says itself
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._processes: Any = None
        address = dask.config.get("scheduler-address", None)
        if address is None:
            from dask.system import CPU_COUNT

            self.slots = slots or (1 if CPU_COUNT <= 2 else CPU_COUNT // 2)
            self._processes = _start_processes(self.slots, warm)
        client: Client | None = None
        try:
            client = Client(address or self._processes, set_as_default=False)
            if address is not None:
                threads: Any = client.nthreads()
                self.slots = slots or max(1, sum(threads.values()))
        except BaseException:
            _end(client, self._processes)
            raise
        self.client: Client = client

    def train(self, run_id: str, store: RunStore, token: str) -> "Future":
        return self.client.submit(
            run_training,
            run_id,
            store.url,
            token,
            checkpoint_budget=store.checkpoint_budget,
            key=f"train-{run_id}-{token}",
            pure=False,
            retries=0,
        )

    @property
    def is_ours(self) -> bool:
        return self._processes is not None

    def mend(self) -> bool:
        """Replace workers that died; False where nothing is left to mend."""
        if self.client.status != "running":
            return False
        if self._processes is None:
            return True
        if self._processes.scheduler.process.returncode is not None:
            return False
        dead = [
            name
            for name, worker in self._processes.workers.items()
            if worker.process is None or worker.process.returncode is not None
        ]
        for name in dead:
            self._processes.sync(self._processes.workers.pop(name).close)
        if dead:
            self._processes.scale(self.slots)
        return True

    def close(self) -> None:
        """End our own workers at once: a graceful end would wait for the training."""
        _end(self.client, self._processes)


def _end(client: "Client | None", processes: Any) -> None:
    if processes is not None:
        for worker in processes.workers.values():
            if worker.process is not None and worker.process.returncode is None:
                worker.process.kill()
    for part in (client, processes):
        try:
            if part is not None:
                part.close(timeout=5)
        except Exception as error:  # a scheduler that is gone cannot be told good-bye
            log.debug("closing: %r", error)


def _start_processes(n_workers: int, warm: bool) -> Any:
    """Scheduler and workers on this machine, reachable from this machine only."""
    from distributed.deploy.subprocess import SubprocessCluster

    return SubprocessCluster(
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",  # there is none, but Dask opens its port all the same
        n_workers=n_workers,
        threads_per_worker=1,
        # No nanny: `_Cluster.mend` replaces a dead worker, and a process fewer is in the way.
        worker_class="distributed.Worker",
        worker_kwargs={"preload": [_preload(warm=warm)], "memory_limit": 0},
        scheduler_kwargs={
            "preload": [_preload(scheduler=True)],
            "dashboard": False,
            "worker_ttl": "0s",  # never: after a night with its lid closed, a laptop would lose all
        },
        silence_logs=logging.ERROR,
        shutdown_on_close=False,  # `Jobs.close` does it
    )


def _preload(*, warm: bool = False, scheduler: bool = False) -> str:
    """What a Dask process runs first: where to find us, what to leave out, whom to follow."""
    lines = [
        "import logging, sys",
        f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})",
        "from dashboard.runs.lifeline import follow",
        f"follow({os.getpid()})",
        "import dask",
        f"dask.config.set({_DASK_SETTINGS!r})",
        "logging.getLogger('distributed').setLevel(logging.ERROR)",
        "def dask_setup(server):",
    ]
    if scheduler:
        lines.append("    server.allowed_failures = 0  # a killed run is ours to resume")
    else:
        lines.append("    import dashboard.runs.worker")
        lines.append("    dashboard.runs.worker.warm_up()" if warm else "    pass")
    return "\n".join(lines)


_DASK_SETTINGS = {
    "distributed.worker.profile.enabled": False,  # it would interrupt the training all the time
    "distributed.worker.http.routes": [],
    "distributed.scheduler.http.routes": [],
}


@once
def jobs() -> Jobs:
    """This process's job queue, over this process's run store; nothing is started by asking.

    Raises:
        StoreError, SettingsError: as `run_store`.
    """
    return Jobs(run_store(), slots=settings().max_running)
