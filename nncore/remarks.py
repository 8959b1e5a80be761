"""What a run's figures call for a remark on: that it does not learn, that its twins part.

A network that has learned nothing names one digit for every image, or any: about one in ten is
right. The likely reasons were found by training networks into each of them on purpose, and
`tests/nncore/test_remarks.py` does so again.
"""

import itertools
from collections.abc import Iterable, Sequence

from nncore.config import ActivationName, EngineName, OptimizerName, TrainingConfig
from nncore.datasets import training_examples
from nncore.training import EpochRecord

CHANCE = 0.15
"""Share of the training images named right that still may be luck: the most frequent digit has
11 %, and initial weights can be lucky."""
EPOCHS = 3
"""Epochs in a row at chance after which a run is said not to learn."""
APART = 0.001
"""Difference of the twins' test accuracies from which on they have parted."""

_LARGE: dict[ActivationName, float] = {
    "sigmoid": 10.0,
    "tanh": 1.0,
    "relu": 1.0,
    "leaky-relu": 1.0,
    "linear": 1.0,
}
"""Learning rates of plain gradient descent above which networks of this kind get stuck."""
_BESIDE_SGD: dict[OptimizerName, float] = {
    "sgd": 1.0,
    "momentum": 0.1,
    "nesterov": 0.1,
    "adam": 0.03,
}
"""What these, and the usual rate, are multiplied with for another optimizer."""
_USUAL, _SMALL = 0.1, 1e-4
_HEAVY_PENALTY = 0.005
"""lambda/n from which on a penalty may outweigh the cost."""
_HEAVY_DROPOUT = 0.8


def not_learning(config: TrainingConfig, records: Iterable[EpochRecord]) -> str | None:
    """A remark on a run whose last epochs are at chance; None for a run that learns.

    Args:
        config: what is trained.
        records: every epoch so far, of one engine or of both.
    """
    by_engine: dict[EngineName, list[EpochRecord]] = {}
    for record in records:
        by_engine.setdefault(record.engine, []).append(record)
    stuck = {name: own for name, own in by_engine.items() if _is_at_chance(own)}
    if not stuck:
        return None
    named = " and ".join(f"{own[-1].train_accuracy:.1%} ({name})" for name, own in stuck.items())
    own = next(iter(stuck.values()))
    return (
        f"After {own[-1].epoch + 1} epochs {named} of the training images are named right, no "
        f"more than by guessing: {_reason(config, own)}."
    )


def twins_part(config: TrainingConfig, records: Iterable[EpochRecord]) -> str | None:
    """A remark on why the engines' figures differ, where they do.

    With the book's recipe of chapter 1 the largest difference of a weight was measured to be 2e-7
    after one mini-batch, 2e-5 after 1,000, 2e-4 after 2,000, 7e-2 after 4,000; in 64 bits 4e-16,
    7e-14, 1e-12, 2e-9; and 1e-5 after 5,000 in 32 bits where the weights begin as N(0, 1/n).

    Args:
        config: what is trained.
        records: every epoch so far of both engines.
    """
    accuracies: dict[int, dict[EngineName, float]] = {}
    for record in records:
        if not record.diverged:
            accuracies.setdefault(record.epoch, {})[record.engine] = record.test_accuracy
    apart = (
        epoch
        for epoch, each in sorted(accuracies.items())
        if max(each.values()) - min(each.values()) >= APART
    )
    first = next(apart, None)
    if first is None:
        return None
    digit = {"float32": "seventh", "float64": "sixteenth"}[config.dtype]
    told = (
        f"Why the twins differ from epoch {first + 1} on: they began with the same weights and saw "
        f"the same images, but add their sums in another order, so {config.dtype} rounds them "
        f"differently in the {digit} digit, and training magnifies that."
    )
    if config.initializer == "normal":
        told += (
            " With weights N(0, 1) and η = 3 it grows tenfold every 700 mini-batches or so; "
            "weights N(0, 1/n) hold the twins together for longer."
        )
    return told


def _is_at_chance(own: Sequence[EpochRecord]) -> bool:
    last = own[-EPOCHS:]
    return (
        len(last) == EPOCHS
        and all(record.train_accuracy <= CHANCE for record in last)
        and not last[-1].diverged  # that is said already
    )


def _reason(config: TrainingConfig, own: Sequence[EpochRecord]) -> str:
    """What holds the run, and what to do."""
    beside = _BESIDE_SGD[config.optimizer]
    # A schedule lets the rate fall to almost nothing: the one that it begins with is meant then.
    rate = own[-1].learning_rate if config.schedule == "constant" else config.learning_rate
    highest = max(config.learning_rate, *(record.learning_rate for record in own))
    penalty = "l1" if config.l1 >= config.l2 else "l2"
    usual = f"{_USUAL * beside:g}"
    if max(config.l1, config.l2) / training_examples(config) >= _HEAVY_PENALTY:
        return (
            f"the penalty {penalty} = {getattr(config, penalty):g} is likely to hold the weights "
            "near zero; take a smaller one, such as 5 for 50,000 images"
        )
    if config.dropout >= _HEAVY_DROPOUT and config.hidden:
        return (
            f"with dropout = {config.dropout:g} too few neurons are left in a step; take a smaller "
            "share, such as 0.5"
        )
    if highest > _LARGE[config.activation] * beside:
        return (
            f"the learning rate {highest:g} is likely to be too large, so that the neurons "
            "saturate and no gradient comes through; begin anew with a smaller one, such as "
            f"{usual}"
        )
    if len(config.hidden) > 2 and config.activation == "sigmoid":
        return (
            f"the gradient is likely to vanish on its way through {len(config.hidden)} layers of "
            "sigmoid neurons; take fewer layers, or ReLU with the initial weights he"
        )
    if rate < _SMALL * beside:
        return f"the learning rate {rate:g} is likely to be too small; take {usual}, say"
    last = itertools.pairwise(own[-EPOCHS:])
    if all(later.train_cost < earlier.train_cost for earlier, later in last):
        return (
            f"the cost falls, but slowly, so the learning rate {rate:g} is likely to be too small; "
            "take a larger one, or smaller mini-batches"
        )
    return (
        f"try another learning rate than {rate:g}, such as {usual}, or other initial weights "
        f"than {config.initializer} with the seed {config.seed}"
    )
