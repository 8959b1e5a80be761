"""Two runs side by side by name: where they have the same one, what differs in their settings."""

from collections.abc import Callable

from dashboard.runs.names import unnumbered
from dashboard.runs.run import Run
from dashboard.ui.names import (
    ACTIVATIONS,
    COSTS,
    DATASETS,
    DEFORMED,
    DTYPES,
    INITIALIZERS,
    OPTIMIZERS,
    SCHEDULES,
    SPLITS,
)
from dashboard.ui.palette import ENGINE_NAMES
from dashboard.ui.text import counted, listed, plain
from nncore.config import TrainingConfig, architecture

MOST_LETTERS = 40
"""Of a name in a legend."""
_LEAST_LETTERS = 8
"""Of a run's own name, for it to be worth its room beside what differs."""
_MOST_DIFFERENCES = 2
_SHOWN, _LAID_OVER = "this run", "laid over"
_ARE_NAMES = ("ReLU", "Nesterov", "Adam", "Glorot", "He", "N(", "MNIST")


def told_apart(shown: Run, laid_over: Run) -> tuple[str, str]:
    """What two runs are called where both are on one chart: two names, which are never the same.

    Each is plain text of at most `MOST_LETTERS`. Where the runs' own names are the same, but for a
    number perhaps, the first settings that differ stand behind them, or which run is which where
    none does.
    """
    names = _short(plain(shown.name)), _short(plain(laid_over.name))
    if unnumbered(shown.name) != unnumbered(laid_over.name) and names[0] != names[1]:
        return names
    apart = differences(shown.config, laid_over.config)
    for n in range(min(len(apart), _MOST_DIFFERENCES), 0, -1):
        first, second = (", ".join(words) for words in zip(*apart[:n], strict=True))
        both = f"{names[0]}, {first}", f"{names[1]}, {second}"
        if max(map(len, both)) <= MOST_LETTERS:
            return both
    if names[0] != names[1]:
        return names
    first, second = apart[0] if apart else (_SHOWN, _LAID_OVER)
    if max(len(first), len(second)) > MOST_LETTERS:
        first, second = _SHOWN, _LAID_OVER
    room = MOST_LETTERS - max(len(first), len(second)) - len(", ")
    if room < _LEAST_LETTERS:
        return first, second
    name = _short(names[0], room)
    return f"{name}, {first}", f"{name}, {second}"


def differences(one: TrainingConfig, other: TrainingConfig) -> list[tuple[str, str]]:
    """The settings in which two configurations differ, in words: what changes most comes first.

    A setting without a say in one of them (μ without momentum) is no difference.
    """
    pairs = [(words(one), words(other)) for words in _SETTINGS.values()]
    return [(a, b) for a, b in pairs if a is not None and b is not None and a != b]


def _short(name: str, most: int = MOST_LETTERS) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def in_a_sentence(words: str) -> str:
    """A setting's value amid a sentence: `quadratic`, but `ReLU`."""
    return words if words.startswith(_ARE_NAMES) else words[0].lower() + words[1:]


def _optimizer(config: TrainingConfig) -> str:
    return in_a_sentence(OPTIMIZERS[config.optimizer])


def _momentum(config: TrainingConfig) -> str | None:
    return f"μ {config.momentum:g}" if config.optimizer in ("momentum", "nesterov") else None


def _schedule_epochs(config: TrainingConfig) -> str | None:
    has_any = config.schedule in ("step", "halving")
    return f"every {counted(config.schedule_epochs, 'epoch')}" if has_any else None


def _batch_size(config: TrainingConfig) -> str:
    return "full batch" if config.batch_size == "full" else f"mini-batch {config.batch_size}"


def _train_size(config: TrainingConfig) -> str:
    return "all images" if config.train_size is None else f"n {config.train_size:,}"


def _validation(config: TrainingConfig) -> str:
    share = SPLITS.get(config.validation_split, f"{config.validation_split:.3g}").partition(",")[0]
    return f"validation {in_a_sentence(share)}"


def _strength(config: TrainingConfig) -> str | None:
    return f"strength {config.deform_strength:g}" if config.deform != "none" else None


_SETTINGS: dict[str, Callable[[TrainingConfig], str | None]] = {
    "cost": lambda config: in_a_sentence(COSTS[config.cost]),
    "activation": lambda config: (
        in_a_sentence(ACTIVATIONS[config.activation]) if config.hidden else None
    ),
    "hidden": lambda config: architecture(config.layer_sizes),
    "optimizer": _optimizer,
    "momentum": _momentum,
    "learning_rate": lambda config: f"η {config.learning_rate:g}",
    "schedule": lambda config: f"η {in_a_sentence(SCHEDULES[config.schedule])}",
    "schedule_epochs": _schedule_epochs,
    "batch_size": _batch_size,
    "initializer": lambda config: f"weights {INITIALIZERS[config.initializer]}",
    "l1": lambda config: f"L1 λ₁ {config.l1:g}",
    "l2": lambda config: f"L2 λ {config.l2:g}",
    "dropout": lambda config: f"dropout p {config.dropout:g}",
    "deform": lambda config: DEFORMED[config.deform],
    "deform_strength": _strength,
    "world": lambda config: f"world {config.world:g}",
    "train_size": _train_size,
    "validation_split": _validation,
    "dataset": lambda config: in_a_sentence(DATASETS[config.dataset]),
    "dtype": lambda config: DTYPES[config.dtype],
    "engines": lambda config: listed(ENGINE_NAMES[engine] for engine in config.engines),
    "epochs": lambda config: counted(config.epochs, "epoch"),
    "patience": lambda config: f"patience {config.patience}",
    "seed": lambda config: f"seed {config.seed}",
}
"""Every field of a configuration in words; None where it has no say."""
