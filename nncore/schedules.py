"""Learning-rate schedules: the rate of a step is a base rate times a factor of the place.

The factor is a pure function of the configuration and the place in the run; `halving` goes by the
validation accuracies so far as well. The base rate is the configuration's `learning_rate` until
the user asks for another while the run goes on: that one then takes its place, and the factor
goes on as it was. What was asked and what was seen on the validation images is a run's `Course`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nncore.activations import Array
from nncore.config import TrainingConfig

STEP_FACTOR = 0.1
"""What is left of the rate after a drop of `step`."""
WARM_UP = 0.3
"""Share of the run in which `one-cycle` rises."""
WARM_UP_FROM = 1 / 25
"""Share of the base rate at which `one-cycle` begins."""
MOST_HALVINGS = 7
"""`halving` ends a run at 1/128 of the first rate (Nielsen, ch. 3)."""


def cosine(progress: Array) -> Array:
    """From 1 to 0 along half a cosine (Loshchilov and Hutter 2017, without restarts)."""
    return 0.5 * (1 + np.cos(np.pi * progress))


def one_cycle(progress: Array) -> Array:
    """Up a straight line to 1, then down half a cosine to 0 (Smith 2018; the base is the peak)."""
    rising = WARM_UP_FROM + (1 - WARM_UP_FROM) * progress / WARM_UP
    return np.where(progress < WARM_UP, rising, cosine((progress - WARM_UP) / (1 - WARM_UP)))


def halvings(accuracies: Sequence[float], patience: int) -> int:
    """How often `patience` epochs in a row brought no better accuracy than the best before.

    After a halving the count begins anew: Nielsen's "no improvement in n" rule (ch. 3).
    """
    best, waited, n_halvings = -1.0, 0, 0
    for accuracy in accuracies:
        waited = 0 if accuracy > best else waited + 1
        best = max(best, accuracy)
        if waited == patience:
            n_halvings, waited = n_halvings + 1, 0
    return n_halvings


def factors(
    config: TrainingConfig, epoch: int, n_batches: int, accuracies: Sequence[float]
) -> list[float]:
    """The factor of each mini-batch of an epoch.

    Args:
        config: `schedule` and its `schedule_epochs`; `epochs`, the run's length.
        epoch: from 0.
        n_batches: mini-batches in an epoch.
        accuracies: on the validation images, of the epochs before this one.
    """
    progress = (epoch + np.arange(n_batches) / n_batches) / config.epochs  # 0 to below 1
    match config.schedule:
        case "constant":
            return [1.0] * n_batches
        case "step":
            return [STEP_FACTOR ** (epoch // config.schedule_epochs)] * n_batches
        case "cosine":
            return cosine(progress).tolist()
        case "one-cycle":
            return one_cycle(progress).tolist()
        case "halving":
            return [0.5 ** halvings(accuracies[:epoch], config.schedule_epochs)] * n_batches


def early_end(config: TrainingConfig, accuracies: Sequence[float]) -> str | None:
    """Why a run ends after so many epochs, before its last one: a sentence, or None to go on.

    Args:
        config: the run's.
        accuracies: on the validation images, of all epochs so far.
    """
    if len(accuracies) >= config.epochs:
        return None
    if config.schedule == "halving":
        n_halvings = halvings(accuracies, config.schedule_epochs)
        if n_halvings >= MOST_HALVINGS:
            return (
                f"Training ended after epoch {len(accuracies)}: the learning rate would have been "
                f"halved to 1/{2**MOST_HALVINGS} of the first."
            )
    best = accuracies.index(max(accuracies)) if accuracies else 0
    if config.patience and len(accuracies) - 1 - best >= config.patience:
        return (
            f"Training ended after epoch {len(accuracies)}: the validation accuracy has not "
            f"improved since epoch {best + 1}, when it was {accuracies[best]:.2%}."
        )
    return None


@dataclass(slots=True)
class Course:
    """What a run's learning rate depends on beside the configuration and the place.

    The engines of a run share one, so that the twins always see the same rate; each engine's
    `state()` holds it, so that a run which goes on from a checkpoint sees it again.
    """

    base_rates: list[tuple[int, int, float]]
    """(epoch, mini-batch, base rate from there on), in the order in which they were asked for."""
    accuracies: list[float] = field(default_factory=list[float])
    """On the validation images, an epoch each, of the engine that was first to end it."""

    @classmethod
    def beginning(cls, learning_rate: float) -> "Course":
        """The course of a run that has not begun."""
        return cls([(0, 0, learning_rate)])

    @property
    def asked_rate(self) -> float | None:
        """The last base rate that was asked for, due or not; None for a course of no engine."""
        return self.base_rates[-1][2] if self.base_rates else None

    def base_rate(self, epoch: int, batch: int) -> float:
        """The base rate at a place: the last one asked for that is due."""
        return next(rate for *since, rate in self.base_rates[::-1] if since <= [epoch, batch])

    def arrays(self) -> dict[str, Array]:
        """For an engine's `state()`: base rates (n_changes, 3) and accuracies (n_epochs,)."""
        return {
            "course.base_rates": np.array(self.base_rates, np.float64),
            "course.accuracies": np.array(self.accuracies, np.float64),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Array]) -> "Course":
        """Read a state; one from before there were schedules has only its learning rate."""
        if "course.base_rates" not in state:
            return cls.beginning(float(state["learning_rate"]))
        rates = [(int(e), int(b), float(rate)) for e, b, rate in state["course.base_rates"]]
        return cls(rates, [float(accuracy) for accuracy in state["course.accuracies"]])
