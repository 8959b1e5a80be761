"""Networks trained into not learning, and out of step, on purpose: on the built-in digits."""

import dataclasses
from functools import cache
from typing import get_args

import pytest

from nncore import datasets, remarks, training
from nncore.config import ActivationName, OptimizerName, TrainingConfig
from nncore.lab.comparison import largest_gap
from nncore.training import EpochRecord

BOOK = {
    "hidden": (30,),
    "activation": "sigmoid",
    "cost": "quadratic",
    "initializer": "normal",
    "batch_size": 10,
}


def config_of(**changes: object) -> TrainingConfig:
    small = {"dataset": "digits", "engines": ("numpy",), "epochs": 4, "hidden": (30,)}
    return TrainingConfig.parse({**small, **changes})


@cache
def trained(config: TrainingConfig) -> list[EpochRecord]:
    data = datasets.load_for(config)
    engines = training.build(config, len(data.train))
    found = training.train(config, data, engines)
    return [record for record in found if isinstance(record, EpochRecord)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"learning_rate": 1000}, "1000 is likely to be too large"),
        ({**BOOK, "learning_rate": 1000}, "1000 is likely to be too large"),
        ({**BOOK, "learning_rate": 1000, "cost": "cross-entropy"}, "such as 0.1"),
        ({"learning_rate": 100, "activation": "tanh"}, "100 is likely to be too large"),
        ({"learning_rate": 1000, "optimizer": "adam"}, "such as 0.003"),
        ({"learning_rate": 2e-4, "batch_size": "full"}, "the cost falls, but slowly"),
        # Their last rates are next to nothing, and not at fault.
        ({**BOOK, "learning_rate": 100, "schedule": "cosine"}, "100 is likely to be too large"),
        ({**BOOK, "learning_rate": 100, "schedule": "one-cycle"}, "100 is likely to be too large"),
        (
            {**BOOK, "learning_rate": 100, "schedule": "step", "schedule_epochs": 1},
            "100 is likely to be too large",
        ),
        ({"learning_rate": 1e-12, "schedule": "cosine"}, "1e-12 is likely to be too small"),
        ({"learning_rate": 1e-12}, "1e-12 is likely to be too small; take 0.1"),
        ({"l1": 300, "activation": "sigmoid"}, "l1 = 300 is likely to hold the weights near zero"),
        ({"hidden": (16, 16, 16), "dropout": 0.9}, "too few neurons are left"),
        (
            {"hidden": (30,) * 6, "activation": "sigmoid", "initializer": "lecun"},
            "vanish on its way through 6 layers",
        ),
    ],
)
def test_a_run_at_chance_is_told_the_likely_reason(changes: dict[str, object], said: str) -> None:
    config = config_of(**changes)
    records = trained(config)
    note = remarks.not_learning(config, records)
    assert note is not None
    assert said in note
    assert "(numpy) of the training images are named right, no more than by guessing" in note
    assert note.endswith(".")


@pytest.mark.parametrize("changes", [{}, {**BOOK, "learning_rate": 3.0}, {"optimizer": "adam"}])
def test_a_run_that_learns_is_told_nothing(changes: dict[str, object]) -> None:
    config = config_of(**{"learning_rate": 0.01, **changes})
    assert remarks.not_learning(config, trained(config)) is None


def test_it_takes_some_epochs_at_chance_and_one_above_ends_it() -> None:
    config = config_of(learning_rate=1000)
    at_chance = trained(config)
    assert remarks.not_learning(config, []) is None
    assert remarks.not_learning(config, at_chance[: remarks.EPOCHS - 1]) is None
    assert remarks.not_learning(config, at_chance[: remarks.EPOCHS]) is not None
    better = trained(config_of(learning_rate=0.1))[-1]
    assert remarks.not_learning(config, [*at_chance, better]) is None


def test_each_of_the_twins_is_named_that_does_not_learn() -> None:
    config = config_of(engines="numpy,torch", learning_rate=1000)
    note = remarks.not_learning(config, trained(config))
    assert note is not None
    assert "(numpy) and" in note
    assert "(torch) of the training images" in note


def test_a_rate_that_was_lowered_too_late_is_told_by_its_highest() -> None:
    config = config_of(**BOOK, learning_rate=100)
    lowered = [
        dataclasses.replace(record, learning_rate=100 if record.epoch == 0 else 1e-6)
        for record in trained(config)
    ]
    assert "100 is likely to be too large" in (remarks.not_learning(config, lowered) or "")


def test_every_activation_and_optimizer_has_its_limits() -> None:
    for activation in get_args(ActivationName):
        for optimizer in get_args(OptimizerName):
            config = config_of(activation=activation, optimizer=optimizer)
            assert remarks.not_learning(config, trained(config_of(learning_rate=1000)))


def test_what_diverged_has_its_own_note() -> None:
    config = config_of(activation="linear", cost="quadratic", learning_rate=1000, l2=1000)
    assert trained(config)[-1].diverged
    assert remarks.not_learning(config, trained(config)) is None


def twins(*accuracies: tuple[float, float], diverged: bool = False) -> list[EpochRecord]:
    """Records of both engines, by their test accuracies epoch by epoch."""
    return [
        EpochRecord(engine, epoch, 3.0, 0.1, 0.9, None, None, 0.1, accuracy, 1.0, 1.0, diverged)
        for epoch, both in enumerate(accuracies)
        for engine, accuracy in zip(("numpy", "torch"), both, strict=True)
    ]


def test_twins_that_part_are_explained_where_they_do() -> None:
    config = config_of(engines="numpy,torch", **BOOK)
    assert remarks.twins_part(config, []) is None
    assert remarks.twins_part(config, twins((0.9, 0.9), (0.95, 0.9505))) is None
    remark = remarks.twins_part(config, twins((0.9, 0.9), (0.9034, 0.9067)))
    assert remark is not None
    assert "from epoch 2 on" in remark
    assert "float32 rounds them differently in the seventh digit" in remark
    assert "N(0, 1)" in remark
    wide = remarks.twins_part(config.replace(dtype="float64", initializer="he"), twins((0.9, 0.8)))
    assert wide is not None
    assert "from epoch 1 on" in wide
    assert "sixteenth" in wide
    assert "N(0, 1)" not in wide
    assert remarks.twins_part(config, twins((0.9, 0.1), diverged=True)) is None
    ahead = twins((0.9, 0.9), (0.95, 0.9))[:-1]  # PyTorch has yet to end its second epoch
    assert remarks.twins_part(config, ahead) is None


def gap_after(epochs: int, **changes: object) -> float:
    """The largest difference of a weight or bias between the twins."""
    config = config_of(**{**BOOK, "engines": "numpy,torch", "learning_rate": 3.0, **changes})
    data = datasets.load_for(config)
    engines = training.build(config, len(data.train))
    for record in training.train(config.replace(epochs=epochs), data, engines):
        assert isinstance(record, training.Progress) or not record.diverged
    one, other = (engine.state()["parameters"] for engine in engines.values())
    return largest_gap([one], [other])


def test_the_books_weights_magnify_rounding_and_smaller_ones_do_not() -> None:
    """What the remark says, as far as 625 mini-batches of the small digits show it."""
    book, smaller = gap_after(5), gap_after(5, initializer="lecun")
    assert smaller < 2e-5
    assert book > 4 * smaller
    assert book > 3 * gap_after(1)
    assert gap_after(5, dtype="float64") < 1e-9
