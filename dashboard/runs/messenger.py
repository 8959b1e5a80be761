"""What goes to and fro between a worker and the run store while a run trains.

The worker trains and decides (`dashboard.runs.worker`); here a thread beats, brings what is asked
and sends how far training has come, so that neither waits for the other.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator

from dashboard.runs.claim import Claim, ClaimLostError
from dashboard.runs.errors import StoreError
from dashboard.runs.run import BatchCosts, Live, Request
from nncore.config import EngineName
from nncore.training import Progress

log = logging.getLogger(__name__)

REQUESTS_EVERY = 0.1
"""Seconds between two looks at what is asked of a run."""
PROGRESS_EVERY = 0.25
BEAT_EVERY = 1.0
MAX_POINTS = 300
"""Mini-batch costs kept an engine."""


class Series:
    """The mini-batch costs that the messenger tells of, thinned as they become many."""

    def __init__(self, points: BatchCosts) -> None:
        self._points = points
        self._gap = (points[-1][0] - points[0][0]) / MAX_POINTS if points else 0.0

    def add(self, position: float, cost: float) -> None:
        """The cost of the mini-batch that ended at `position`, in epochs; many are left out."""
        if self._points and position - self._points[-1][0] < self._gap:
            return
        self._points.append((position, cost))
        if len(self._points) > MAX_POINTS:
            self._points = self._points[::2]
            self._gap = 2 * (self._points[-1][0] - self._points[0][0]) / MAX_POINTS

    def points(self) -> BatchCosts:
        """At most `MAX_POINTS`, evenly spaced."""
        return list(self._points)


class Messenger:
    """Between a worker and the store: a thread that beats, brings requests and sends progress.

    Training never waits for it, and it goes on while an evaluation, a download or the import of
    PyTorch takes its time.
    """

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._progress: dict[EngineName, Progress] = {}
        self._series: dict[EngineName, Series] = {}
        self._changed = False
        self._requests: deque[Request] = deque()
        self._last_request = 0
        self._beat_at = self._sent_at = time.monotonic()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._talk, name="messenger", daemon=True)
        self.news = threading.Event()
        """A request has come in, or the claim is lost."""
        self.ready = threading.Event()
        """Requests that were there from the start have come in."""
        self.lost = False

    def __enter__(self) -> "Messenger":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    def take(self) -> Iterator[Request]:
        """The requests that have come in, oldest first."""
        self.news.clear()
        while self._requests:
            yield self._requests.popleft()
        if self.lost:
            raise ClaimLostError

    def begin(self, engine: EngineName, points: BatchCosts) -> None:
        """Go on with an earlier series of mini-batch costs."""
        self._series[engine] = Series(points)

    def report(self, progress: Progress, *, is_batch: bool = True) -> None:
        """Have this sent soon; `is_batch` is False for an epoch's end, whose cost is another."""
        with self._lock:
            self._progress[progress.engine] = progress
            if is_batch:
                position = progress.epoch + progress.batch / progress.n_batches
                self._series[progress.engine].add(position, progress.cost)
            self._changed = True

    def pause(self, seconds: float) -> None:
        """Wait a moment, or until this is closed."""
        self._closing.wait(seconds)

    def flush(self) -> None:
        """Send what was reported; two threads do so in turn, and what fails is sent again."""
        with self._sending:
            with self._lock:
                costs: dict[EngineName, BatchCosts] = {
                    name: self._series[name].points() for name in self._progress
                }
                live = Live(dict(self._progress), costs)
                changed, self._changed = self._changed, False
            if not changed:
                return
            try:
                self._claim.save_progress(live)
            except BaseException:
                with self._lock:
                    self._changed = True
                raise

    def _talk(self) -> None:
        while not self._closing.wait(REQUESTS_EVERY):
            try:
                self._turn(time.monotonic())
            except ClaimLostError:
                self.lost = True
                self.news.set()
                return
            except StoreError as error:  # a store that recovers finds the run still alive
                log.warning("%s", error)

    def _turn(self, now: float) -> None:
        for request in self._claim.requests(after=self._last_request):
            self._last_request = request.id
            self._requests.append(request)
            self.news.set()
        self.ready.set()
        if now - self._sent_at >= PROGRESS_EVERY and self._changed:
            self._sent_at = now
            self.flush()
            self._beat_at = now
        if now - self._beat_at >= BEAT_EVERY:
            self._claim.beat()
            self._beat_at = now
