"""Networks trained into not learning on purpose, on the small built-in digits."""

from functools import cache

import pytest

from nncore import datasets, not_learning, training
from nncore.config import TrainingConfig
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
    note = not_learning.note(config, records)
    assert note is not None
    assert said in note
    assert "(numpy) of the training images are named right, no more than by guessing" in note
    assert note.endswith(".")


@pytest.mark.parametrize("changes", [{}, {**BOOK, "learning_rate": 3.0}, {"optimizer": "adam"}])
def test_a_run_that_learns_is_told_nothing(changes: dict[str, object]) -> None:
    config = config_of(**{"learning_rate": 0.01, **changes})
    assert not_learning.note(config, trained(config)) is None


def test_it_takes_some_epochs_at_chance_and_one_above_ends_it() -> None:
    config = config_of(learning_rate=1000)
    at_chance = trained(config)
    assert not_learning.note(config, []) is None
    assert not_learning.note(config, at_chance[: not_learning.EPOCHS - 1]) is None
    assert not_learning.note(config, at_chance[: not_learning.EPOCHS]) is not None
    better = trained(config_of(learning_rate=0.1))[-1]
    assert not_learning.note(config, [*at_chance, better]) is None


def test_each_of_the_twins_is_named_that_does_not_learn() -> None:
    config = config_of(engines="numpy,torch", learning_rate=1000)
    note = not_learning.note(config, trained(config))
    assert note is not None
    assert "(numpy) and" in note
    assert "(torch) of the training images" in note


def test_what_diverged_has_its_own_note() -> None:
    config = config_of(activation="linear", cost="quadratic", learning_rate=1000, l2=1000)
    assert trained(config)[-1].diverged
    assert not_learning.note(config, trained(config)) is None
