"""Measurements that were asked for on this server: one at a time, seen by everybody.

A measurement runs in a process of its own (`dashboard.compare.measure`), fed by a thread that waits
for it, so that a page switch, a refresh or a closed browser makes no difference to it. Who asks for
what is measured already watches that one.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dashboard.once import once
from dashboard.text import duration

_ROOT = Path(__file__).parent.parent.parent
LANES: Mapping[str, str] = {"bench": "long"}
"""Measurements of one lane wait for each other; every kind that is not named takes seconds."""
PATIENCE: Mapping[str, float] = {"bench": 3_600.0}
"""Seconds after which a measurement is given up, where it is not _PATIENCE."""
_PATIENCE = 120.0
MAX_WAITING = 8
KEPT = 32

Ask = tuple[str, ...]
"""What is measured: its kind, and its arguments."""


class BusyError(RuntimeError):
    """Too many measurements wait already; one sentence for the reader."""


@dataclass(slots=True)
class Measurement:
    """One measurement; its thread writes it, pages read it."""

    ask: Ask
    asked_at: float
    results: list[dict[str, Any]] = field(default_factory=list)
    started: bool = False
    over: bool = False
    error: str | None = None
    """One sentence, where it failed."""

    @property
    def active(self) -> bool:
        """It waits or runs."""
        return not self.over

    @property
    def done(self) -> bool:
        """It came to its end, and the results are whole."""
        return self.over and self.error is None


class Measurements:
    """The measurements of one server, in lanes; what is over is kept to be shown.

    Args:
        command: what a measurement is run with; its owner, kind and arguments are added.
    """

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        self._command = command or (sys.executable, "-m", "dashboard.compare.measure")
        self._lock = threading.Lock()
        self._known: OrderedDict[Ask, Measurement] = OrderedDict()
        self._waiting: dict[str, deque[Measurement]] = {}

    def ask(self, *ask: str) -> Measurement:
        """Have something measured: now, or after what is measured already.

        Raises:
            BusyError: too many wait.
        """
        with self._lock:
            known = self._known.get(ask)
            if known is not None and known.active:
                return known
            lane = LANES.get(ask[0], "short")
            queue = self._waiting.get(lane)
            if queue is not None and len(queue) >= MAX_WAITING:
                raise BusyError(
                    f"{MAX_WAITING} measurements wait on this server already; "
                    "try again in a minute."
                )
            made = self._known[ask] = Measurement(ask, time.time())
            self._known.move_to_end(ask)
            self._forget()
            if queue is None:
                queue = self._waiting[lane] = deque()
                threading.Thread(
                    target=self._work, args=(lane,), name=f"measure-{lane}", daemon=True
                ).start()
            queue.append(made)
            return made

    def find(self, *ask: str) -> Measurement | None:
        """What was last measured for this, or is being measured."""
        with self._lock:
            return self._known.get(ask)

    def ahead(self, measurement: Measurement) -> int:
        """How many must be over before this one starts."""
        with self._lock:
            queue = self._waiting.get(LANES.get(measurement.ask[0], "short"), deque())
            if measurement.started or measurement not in queue:
                return 0
            return 1 + queue.index(measurement)

    def _forget(self) -> None:
        over = [ask for ask, measurement in self._known.items() if measurement.over]
        for ask in over[: max(0, len(self._known) - KEPT)]:
            del self._known[ask]

    def _work(self, lane: str) -> None:
        """A lane's thread: it ends when nothing waits any more."""
        while True:
            with self._lock:
                queue = self._waiting[lane]
                if not queue:
                    del self._waiting[lane]
                    return
                measurement = queue.popleft()
                measurement.started = True
            try:
                measurement.error = self._run(measurement)
            except Exception as error:  # whatever it was, the others must get their turn
                measurement.error = f"The measurement broke off ({error}); try again."
            finally:
                measurement.over = True

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
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    measurement.results.append(json.loads(line))
                process.wait()
            finally:
                timer.cancel()
                process.kill()
            if late.is_set():
                return f"It did not end within {duration(patience)}; try again."
            if process.returncode != 0:
                said.seek(0)
                return f"It could not be measured ({_last_words(said.read())})."
        return None


def _last_words(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1].strip()[:200].rstrip(".") if lines else "no reason given"


@once
def measurements() -> Measurements:
    """This server's measurements."""
    return Measurements()


def torch_is_here() -> bool:
    """Whether PyTorch is installed; whether it can be imported, only a measurement can say."""
    return find_spec("torch") is not None
