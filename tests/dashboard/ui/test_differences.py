from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from dashboard.runs.run import Run, RunStatus
from dashboard.ui import differences
from dashboard.ui.differences import MOST_LETTERS, told_apart
from dashboard.ui.text import plain
from nncore.config import ConfigError, TrainingConfig

BOOK = TrainingConfig(hidden=(16, 16), activation="sigmoid", cost="quadratic", learning_rate=0.03)
NAME = "784-16-16-10, η 0.03"

OTHER: dict[str, Any] = {
    "cost": "cross-entropy",
    "activation": "relu",
    "hidden": (300, 100),
    "optimizer": "adam",
    "learning_rate": 0.5,
    "schedule": "one-cycle",
    "batch_size": "full",
    "epochs": 3,
    "patience": 4,
    "l1": 0.1,
    "l2": 0.1,
    "dropout": 0.5,
    "initializer": "normal",
    "seed": 7,
    "train_size": 1000,
    "validation_split": 0.25,
    "deform": "elastic",
    "world": 0.25,
    "engines": ("numpy",),
    "dtype": "float64",
    "dataset": "digits",
}
"""Another value of each field that has a say by itself."""


def run(name: str = NAME, config: TrainingConfig = BOOK) -> Run:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Run(
        "a", "local", name, config, RunStatus.FINISHED, None, now, 0.1, None, has_worker=False
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cost": "cross-entropy"}, ("quadratic", "cross-entropy")),
        ({"activation": "relu"}, ("sigmoid σ", "ReLU")),
        ({"optimizer": "nesterov"}, ("gradient descent", "Nesterov momentum")),
        (
            {"seed": 7, "activation": "tanh", "cost": "log-likelihood"},
            ("quadratic", "log-likelihood"),  # both have no room: the name comes before the second
        ),
        ({"epochs": 1, "seed": 3}, ("10 epochs, seed 0", "1 epoch, seed 3")),
        ({}, ("this run", "laid over")),
        ({"momentum": 0.5, "deform_strength": 0.5}, ("this run", "laid over")),  # of no effect
    ],
)
def test_runs_of_one_name_are_told_apart_by_what_differs(
    change: dict[str, Any], told: tuple[str, str]
):
    both = told_apart(run(), run(config=BOOK.replace(**change)))
    assert both == (f"{NAME}, {told[0]}", f"{NAME}, {told[1]}")


def test_two_names_need_nothing_behind_them():
    assert told_apart(run("a"), run("b", BOOK.replace(seed=1))) == ("a", "b")


def test_a_number_behind_a_name_tells_no_setting():
    other = run(f"{NAME} (2)", BOOK.replace(optimizer="adam", seed=1))
    assert told_apart(run(), other) == (f"{NAME}, gradient descent", f"{NAME} (2), Adam")
    assert told_apart(run(), run(f"{NAME} (2)")) == (NAME, f"{NAME} (2)")
    long = "A name that leaves room for no words"
    assert told_apart(run(long), run(f"{long} (2)", other.config)) == (long, f"{long} (2)")


@pytest.mark.parametrize("field", OTHER)
def test_every_setting_has_words_for_its_difference(field: str):
    told = told_apart(run(), run(config=BOOK.replace(**{field: OTHER[field]})))
    assert "this run" not in told[0]
    assert told[0] != told[1]


def test_no_setting_is_forgotten():
    assert set(differences._SETTINGS) == set(TrainingConfig.model_fields)


names = st.one_of(
    st.sampled_from([NAME, f"{NAME} (2)"]),
    st.text(max_size=120),
    st.text("ab", min_size=60, max_size=60),
)


@given(names, names, st.sets(st.sampled_from(sorted(OTHER))))
def test_two_runs_never_have_one_name_in_a_legend(one: str, other: str, fields: set[str]):
    try:
        config = BOOK.replace(**{field: OTHER[field] for field in fields})
    except (ConfigError, ValidationError):
        assume(False)
        return
    first, second = told_apart(run(one), run(other, config))
    assert first != second
    for told in (first, second):
        assert len(told) <= MOST_LETTERS
        assert told == plain(told)
    if fields and plain(one) == plain(other):
        assert "this run" not in first
