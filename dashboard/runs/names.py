"""What runs are called: each that is started gets a name of its own in its workspace."""

import re
from collections.abc import Set as AbstractSet
from itertools import count

from dashboard.runs.tables import MAX_NAME
from nncore.config import TrainingConfig, architecture

_NUMBERED = re.compile(r"(?P<name>.*\S) \(\d+\)")


def clean(name: str | None) -> str:
    """A name as it is kept: in one line, and not too long; empty where nothing was said."""
    return " ".join((name or "").split())[:MAX_NAME]


def default(config: TrainingConfig) -> str:
    """The name of a run that was given none."""
    shape = architecture(config.layer_sizes)
    return f"{shape}, {config.activation}, learning rate {config.learning_rate:g}"[:MAX_NAME]


def unused(name: str, taken: AbstractSet[str]) -> str:
    """This name, or with the first number that makes it none of those taken: `Classroom (2)`."""
    if name not in taken:
        return name
    alone = unnumbered(name)
    endings = (f" ({number})" for number in count(2))
    numbered = (alone[: MAX_NAME - len(ending)].rstrip() + ending for ending in endings)
    return next(other for other in numbered if other not in taken)


def unnumbered(name: str) -> str:
    """A name without the number that `unused` may have given it."""
    found = _NUMBERED.fullmatch(name)
    return found["name"] if found else name
