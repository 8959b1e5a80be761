"""What a run is, for whoever asks about one: the words, and the rows as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nncore.config import EngineName, TrainingConfig
from nncore.training import Progress

BatchCosts = list[tuple[float, float]]
"""(position in epochs, cost of that mini-batch), oldest first."""


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
    """What can be asked of a run."""

    PAUSE = "pause"
    RESUME = "resume"
    STEP_BATCH = "step-batch"
    STEP_EPOCH = "step-epoch"
    STOP = "stop"
    LEARNING_RATE = "learning-rate"


@dataclass(frozen=True, slots=True)
class Request:
    """One thing asked of a run; `value` is the learning rate, where that is meant."""

    id: int
    kind: RequestKind
    value: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the table of runs has it, and its place in the queue."""

    id: str
    workspace: str
    name: str
    config: TrainingConfig
    status: RunStatus
    note: str | None
    """Why it failed, where it diverged, or that checkpoints are no longer kept: a sentence."""
    created_at: datetime
    learning_rate: float
    """The one in force now; `config` has the one that the run began with."""
    queue_position: int | None
    """1 for the run that trains next; None for a run that is not queued."""
    has_worker: bool
    """A worker keeps a place for it: it trains, or is paused for less than a while."""


@dataclass(frozen=True, slots=True)
class Live:
    """How far a run has come inside its epochs, by engine; empty before the first mini-batches."""

    progress: dict[EngineName, Progress]
    batch_costs: dict[EngineName, BatchCosts]
    """A thinned series of mini-batch costs, at most a few hundred points an engine."""


@dataclass(frozen=True, slots=True)
class CheckpointInfo:
    """A run's checkpoint without its bytes.

    `epoch` counts completed epochs, 0 being the initial weights: the figures of a checkpoint
    with `batch` 0 are those of the EpochRecord whose epoch is `epoch - 1`. A `batch` above 0 is
    the place inside an epoch at which a run was paused.
    """

    engine: EngineName
    epoch: int
    batch: int
    n_bytes: int
