"""The look-out for dead workers: whose heartbeat has stopped while this process looked on.

Clocks of different machines need not agree, so only what this process saw itself counts, and for
every look at most as much as lies between two: one that was itself asleep, with the lid of its
laptop or in a stopped process, has heard nobody and declares nobody dead. Nor does silence say
anything while another program keeps the store locked, for then no worker can write.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.runs.database import Database
from dashboard.runs.errors import StoreError

log = logging.getLogger(__name__)

DEAD_AFTER = 6.0
"""Seconds without a heartbeat after which a worker counts as dead."""
SUSPECT_AFTER = 2.0
"""Seconds without one after which each look begins by asking whether the store can be written."""
LOOK_COUNTS = 1.0
"""Seconds of silence that one look adds at most, however long ago the last one was."""
PROMPT = 0.5
"""Seconds within which a store that is free can be written."""

Beat = tuple[str, float | None]
"""A worker's claim to a run, and the heartbeat in its row."""


@dataclass(frozen=True, slots=True)
class Silence:
    """What is known of a worker that has not been heard for a while."""

    seconds: float = 0.0
    """For how long, as far as this process looked on."""
    is_locked: bool = False
    """The store cannot be written, so that no worker could be heard."""


@dataclass(slots=True)
class _Heard:
    beat: Beat
    seconds: float = 0.0
    counted: float = 0.0
    """Of the seconds, those since the store was last found to be locked."""


class Lookout:
    """What one process has heard of the workers, look by look; any number of threads may look.

    Args:
        url: the run store's database.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._database: Database | None = None
        self._lock = threading.Lock()
        self._heard: dict[str, _Heard] = {}
        self._looked_at = time.monotonic()
        self._is_locked = False

    def dead(self, held: Mapping[str, Beat]) -> list[str]:
        """Runs whose worker is dead, by what is held now and was at the looks before.

        Args:
            held: the runs that workers hold now.
        """
        with self._lock:
            self._listen(held)
            longest = max((heard.counted for heard in self._heard.values()), default=-1.0)
            if longest >= min(SUSPECT_AFTER, DEAD_AFTER) or self._is_locked:
                self._ask_the_store()
            return [run for run, heard in self._heard.items() if heard.counted >= DEAD_AFTER]

    def silence(self, run_id: str) -> Silence:
        """How long a run's worker has not been heard; 0 for a run that no worker holds."""
        heard = self._heard.get(run_id)
        return Silence() if heard is None else Silence(heard.seconds, self._is_locked)

    def close(self) -> None:
        """Give the connection back."""
        if self._database is not None:
            self._database.close()

    def _listen(self, held: Mapping[str, Beat]) -> None:
        now = time.monotonic()
        passed, self._looked_at = min(now - self._looked_at, LOOK_COUNTS), now
        before, self._heard = self._heard, {}
        for run_id, beat in held.items():
            heard = before.get(run_id)
            if heard is None or heard.beat != beat:
                self._heard[run_id] = _Heard(beat)
            else:
                self._heard[run_id] = heard
                heard.seconds += passed
                heard.counted += passed

    def _ask_the_store(self) -> None:
        """Write nothing, which waits for its turn as any writer does; if that is long, all count
        begins again.
        """
        if self._database is None:
            self._database = Database(self._url, busy_seconds=PROMPT)
        try:
            with self._database.write():
                self._is_locked = False
        except StoreError as error:
            if not self._is_locked:
                log.warning("%s Its workers are waited for.", error)
            self._is_locked = True
            for heard in self._heard.values():
                heard.counted = 0.0
