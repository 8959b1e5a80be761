"""The stored runs of the lesson on overfitting: their settings, their rule, what they show."""

import shlex
from itertools import pairwise, product
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from nncore import recipes
from nncore.config import TrainingConfig
from nncore.datasets import Dataset, Split
from nncore.lab import reproduction
from nncore.lab.result_files import ResultFileError
from nncore.lessons import overfitting as lesson
from nncore.lessons.images import few_digits

ALL = list(product(get_args(lesson.Remedy), lesson.SIZES))


@pytest.mark.parametrize(("remedy", "n_train"), ALL)
def test_every_run_is_there_and_its_command_repeats_it(remedy: lesson.Remedy, n_train: int) -> None:
    run = lesson.stored_runs()[remedy, n_train]
    assert run.config == lesson.config_of(remedy, n_train)
    assert run.n_train == n_train
    n = len(run.test_accuracy)
    assert n == run.config.epochs == 400_000 // n_train
    assert n == len(run.train_accuracy) == len(run.validation_accuracy) == len(run.weight)
    words = shlex.split(run.command)
    assert words[:5] == ["python", "-m", "nncore", "train", "--recipe"]
    changes = dict(word.split("=") for before, word in pairwise(words) if before == "--set")
    said = recipes.get(words[5]).config.replace(engines="numpy", **changes)
    assert said == run.config


def test_lambda_by_n_is_the_books() -> None:
    book = recipes.get("nielsen-ch3-overfitting-l2").config
    assert lesson.config_of("l2", 1_000) == book.replace(engines="numpy")
    assert lesson.config_of("l2", 50_000).l2 == recipes.get("nielsen-ch3-l2").config.l2 == 5


def test_the_runs_agree_with_the_reproductions_first_seed() -> None:
    rows = reproduction.load()
    for remedy, name in (("none", "overfitting"), ("l2", "overfitting-l2")):
        row = reproduction.find(rows, f"nielsen-ch3-{name}")
        assert row is not None
        assert row.runs[0].final == lesson.stored_runs()[remedy, 1_000].test_accuracy[-1]


def test_the_figures_of_the_lesson() -> None:
    def end(remedy: lesson.Remedy, n_train: int) -> float:
        return round(100 * lesson.stored_runs()[remedy, n_train].test_accuracy[-1], 2)

    assert [end(remedy, 1_000) for remedy in ("none", "l2", "dropout", "deform")] == [
        82.02, 87.73, 85.01, 91.95,
    ]  # fmt: skip
    assert end("none", 10_000) == 92.25
    assert [end(remedy, 50_000) for remedy in ("none", "l2", "dropout", "deform")] == [
        94.06, 95.69, 94.56, 94.06,
    ]  # fmt: skip
    by_heart, whole = (lesson.stored_runs()["none", n] for n in (1_000, 50_000))
    assert by_heart.train_accuracy[-1] == 1
    assert round(100 * (whole.train_accuracy[-1] - whole.test_accuracy[-1]), 2) == 1.53
    early = by_heart.ends_after(10)
    assert early == 45
    lost = by_heart.test_accuracy[-1] - by_heart.test_accuracy[early - 1]
    assert round(100 * lost, 2) == 0.88
    rows = reproduction.load()
    for name, low, high in (("overfitting", 81.4, 83.5), ("overfitting-l2", 87.4, 87.9)):
        row = reproduction.find(rows, f"nielsen-ch3-{name}")
        assert row is not None
        finals = [round(100 * run.final, 1) for run in row.runs]
        assert (len(finals), min(finals), max(finals)) == (5, low, high)


def run_of(*accuracies: float) -> lesson.StoredRun:
    n = len(accuracies)
    return lesson.StoredRun(
        remedy="none",
        config=TrainingConfig(epochs=n, train_size=1_000),
        command="",
        train_accuracy=accuracies,
        validation_accuracy=accuracies,
        test_accuracy=accuracies,
        weight=(1.0,) * n,
    )


def test_early_stopping_by_hand() -> None:
    run = run_of(0.5, 0.6, 0.6, 0.59, 0.7)
    assert run.ends_after(0) == 5
    assert run.ends_after(1) == 3  # the third epoch brought nothing better than the second
    assert run.ends_after(2) == 4
    assert run.ends_after(3) == 5


def test_a_run_is_made_of_a_real_training(monkeypatch: pytest.MonkeyPatch) -> None:
    config = TrainingConfig(hidden=(4,), epochs=2, engines=("numpy",), train_size=200)
    images, labels = few_digits()
    split = Split(np.float32(images), np.uint8(labels))
    data = Dataset("mnist", split, split, split, "the few digits")
    monkeypatch.setattr(lesson, "config_of", lambda remedy, n_train: config)
    monkeypatch.setattr(lesson.datasets, "load_for", lambda config: data)
    run = lesson.make("none", 200)
    assert run.config == config
    assert len(run.test_accuracy) == len(run.weight) == 2
    assert run.weight[0] != run.weight[1]
    assert run.train_accuracy == run.test_accuracy  # the same images


def test_a_missing_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lesson, "FILE", tmp_path / "none.json")
    with pytest.raises(ResultFileError, match=r"python -m nncore\.lessons\.overfitting"):
        lesson.stored_runs.__wrapped__()
