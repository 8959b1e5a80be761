"""Measurements that were asked for on this server: one at a time, seen by everybody.

A measurement runs in a process of its own (`dashboard.compare.measuring_process`), fed by a thread
that waits for it, so that a page switch, a refresh or a closed browser makes no difference to it.
Who asks for what is measured already watches that one. Two at once would measure each other: so a
short one waits for a long one too, and a run of the job queue that trained meanwhile is told.
Stopping one ends its process; what was measured before it stands.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dashboard.once import once
from dashboard.runs.errors import StoreError
from dashboard.runs.store import run_store
from dashboard.settings import SettingsError
from dashboard.ui.text import duration

_ROOT = Path(__file__).parent.parent.parent
PATIENCE: Mapping[str, float] = {"bench": 3_600.0}
"""Seconds after which a measurement is given up, where it is not _PATIENCE."""
_PATIENCE = 120.0
MAX_WAITING = 8
KEPT = 32
REST: Mapping[str, float] = {"bench": 3_600.0}
"""Seconds that a result must be old before a visitor among others may have another."""

Ask = tuple[str, ...]
"""What is measured: its kind, and its arguments."""


class BusyError(RuntimeError):
    """Too much is waiting to be measured."""


@dataclass(slots=True)
class Measurement:
    """One measurement; its thread writes it, pages read it."""

    ask: Ask
    workspace: str | None = None
    """Who asked first, where visitors are told apart."""
    before: "Measurement | None" = None
    """The last one of this that came to its end: it stands until this one does."""
    results: list[dict[str, Any]] = field(default_factory=list)
    started_at: float | None = None
    heard: list[float] = field(default_factory=list)
    """When each result came."""
    over: bool = False
    over_at: float = 0.0
    disturbed: bool = False
    """A run of the job queue trained meanwhile, so that times are too long."""
    error: str | None = None
    """One sentence, where it failed."""
    stopped: bool = False
    """Somebody wanted it no more."""
    process: "subprocess.Popen[str] | None" = None
    """What measures, while it does."""

    @property
    def started(self) -> bool:
        """It had its turn."""
        return self.started_at is not None

    @property
    def active(self) -> bool:
        """It waits or runs."""
        return not self.over

    @property
    def done(self) -> bool:
        """It came to its end, and the results are whole."""
        return self.over and self.error is None and not self.stopped


class Measurements:
    """The measurements of one server, in a queue; what is over is kept to be shown.

    Args:
        command: what a measurement is run with; its owner, kind and arguments are added.
        training: whether something trains on this server now.
    """

    def __init__(
        self,
        command: tuple[str, ...] | None = None,
        *,
        training: Callable[[], bool] = lambda: False,
    ) -> None:
        self._command = command or (sys.executable, "-m", "dashboard.compare.measuring_process")
        self._lock = threading.Lock()
        self._known: OrderedDict[Ask, Measurement] = OrderedDict()
        self._training = training
        self._waiting: deque[Measurement] = deque()
        self._worker = False

    def ask(self, *ask: str, workspace: str | None = None) -> Measurement:
        """Have something measured: now, or after what is measured already.

        Args:
            ask: its kind and arguments.
            workspace: whose wish it is, where visitors share the server: each may have one that
                waits, and what takes long is not measured again within `REST`.

        Raises:
            BusyError: too many wait, or one of the two.
        """
        with self._lock:
            known = self._known.get(ask)
            if known is not None and known.active:
                return known
            if len(self._waiting) >= MAX_WAITING:
                raise BusyError(
                    f"{MAX_WAITING} measurements wait on this server already; "
                    "try again in a minute."
                )
            before = _last_whole(known)
            if workspace is not None:
                self._check_turn(ask, workspace, before)
            made = self._known[ask] = Measurement(ask, workspace, before)
            self._known.move_to_end(ask)
            self._forget()
            self._waiting.append(made)
            if not self._worker:
                self._worker = True
                threading.Thread(target=self._work, name="measure", daemon=True).start()
            return made

    def stop(self, *ask: str) -> None:
        """End what waits or is measured; what was measured before it stands.

        A process that is killed is over a moment later; its thread says so.
        """
        with self._lock:
            found = self._known.get(ask)
            if found is None or found.over:
                return
            found.stopped = True
            if found in self._waiting:
                self._waiting.remove(found)
                found.over_at = time.time()
                found.over = True
            elif found.process is not None:
                found.process.kill()

    def _check_turn(self, ask: Ask, workspace: str, before: Measurement | None) -> None:
        if any(waiting.workspace == workspace for waiting in self._waiting):
            raise BusyError(
                "A measurement of yours waits already; ask for this one when that has begun."
            )
        left = before.over_at + REST.get(ask[0], 0.0) - time.time() if before else 0.0
        if left > 0:
            raise BusyError(
                "This was measured here less than an hour ago, for everybody; it can be measured "
                f"again in {duration(left)}."
            )

    def find(self, *ask: str) -> Measurement | None:
        """What was last asked for this, whatever has become of it."""
        with self._lock:
            return self._known.get(ask)

    def result(self, *ask: str) -> Measurement | None:
        """The last one of this that came to its end."""
        with self._lock:
            return _last_whole(self._known.get(ask))

    def ahead(self, measurement: Measurement) -> int:
        """How many must be over before this one starts."""
        with self._lock:
            if measurement.started or measurement not in self._waiting:
                return 0
            return 1 + self._waiting.index(measurement)

    def _forget(self) -> None:
        # Typed formulas have no end: what else was measured must not be pushed out by them.
        over = [ask for ask, known in self._known.items() if known.over and ask[0] == "activation"]
        for ask in over[: max(0, len(self._known) - KEPT)]:
            del self._known[ask]

    def _work(self) -> None:
        """The thread that measures: it ends when nothing waits any more."""
        while True:
            with self._lock:
                if not self._waiting:
                    self._worker = False
                    return
                measurement = self._waiting.popleft()
                measurement.started_at = time.time()
            try:
                measurement.error = self._run(measurement)
            except Exception as error:  # whatever it was, the others must get their turn
                measurement.error = f"The measurement broke off ({error}); try again."
            finally:
                if measurement.stopped:
                    measurement.error = None  # being killed is no failure, nor is half a line
                measurement.over_at = time.time()
                measurement.over = True
                if measurement.done:
                    measurement.before = None

    def _run(self, measurement: Measurement) -> str | None:
        patience = PATIENCE.get(measurement.ask[0], _PATIENCE)
        late = threading.Event()
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said,
            subprocess.Popen(
                [*self._command, str(os.getpid()), *measurement.ask],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                encoding="utf-8",
            ) as process,
        ):

            def give_up() -> None:
                late.set()
                process.kill()

            timer = threading.Timer(patience, give_up)
            timer.daemon = True
            timer.start()
            with self._lock:
                measurement.process = process
                if measurement.stopped:
                    process.kill()
            try:
                assert process.stdout is not None
                measurement.disturbed = self._training()
                for line in process.stdout:
                    measurement.disturbed |= self._training()
                    result = json.loads(line)
                    measurement.heard.append(time.time())
                    measurement.results.append(result)
                process.wait()
            finally:
                timer.cancel()
                with self._lock:
                    measurement.process = None
                process.kill()
            if late.is_set():
                return f"It did not end within {duration(patience)}; try again."
            if process.returncode < 0:  # by a signal, a POSIX system's when memory runs out
                return "The system ended it, perhaps for lack of memory; try again."
            if process.returncode != 0:
                said.seek(0)
                return f"It could not be measured ({_last_words(said.read())})."
        return None


def _last_whole(measurement: Measurement | None) -> Measurement | None:
    if measurement is None or measurement.done:
        return measurement
    return measurement.before


def seconds_left(measurement: Measurement, shares: Sequence[float], now: float) -> float | None:
    """Until all is measured, at the pace since the first result; None before the second.

    Args:
        measurement: its first result says what it is about, each further one is of a share.
        shares: what each of these takes by the others, for example their seconds elsewhere.
        now: as `time.time()`.
    """
    done = len(measurement.results) - 1
    if done < 1:
        return None
    first, last = measurement.heard[0], measurement.heard[done]
    pace = (last - first) / sum(shares[:done])
    return max(0.0, pace * sum(shares[done:]) - (now - last))


def _last_words(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1].strip()[:200].rstrip(".") if lines else "no reason given"


@once
def measurements() -> Measurements:
    """This server's measurements."""
    return Measurements(training=a_run_trains)


def a_run_trains() -> bool:
    """Whether the job queue trains; False where the store cannot say."""
    try:
        return run_store().is_training()
    except (StoreError, SettingsError):
        return False


def torch_is_here() -> bool:
    """Whether what needs PyTorch may be queued: it is installed; a measurement says the rest."""
    return find_spec("torch") is not None
