"""Reproduced results: judged by one rule, kept when interrupted, checked when read."""

import json
import sys
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from nncore import recipes
from nncore.cli import app
from nncore.config import TrainingConfig
from nncore.lab import reproduction
from nncore.lab.machine import this_machine
from nncore.lab.reproduction import Row, SeedProgress, SeedRun
from nncore.lab.result_files import ResultFileError
from nncore.recipes import RECIPES, Recipe

SMALL = TrainingConfig(
    dataset="digits", hidden=(8,), epochs=2, batch_size=64, train_size=300, engines=("numpy",)
)
QUICK = replace(recipes.get("nielsen-ch1"), name="quick", config=SMALL)
ON_VALIDATION = replace(QUICK, name="held-out", published_on="validation")


def row(*finals: float, published: float | None = 0.95, **changes: object) -> Row:
    """A row whose runs ended at `finals` and peaked one point higher in the epoch before."""
    values: dict[str, object] = {
        "recipe": "nielsen-ch1",
        "engine": "numpy",
        "published": "95 %",
        "published_accuracy": published,
        "on": "test",
        "at": "final",
        "config": SMALL,
        "command": "python -m nncore reproduce",
        "date": "2026-11-21",
        "machine": this_machine(),
        "runs": [
            SeedRun(seed=i, accuracy=(0.1, round(final + 0.01, 5), final), diverged=False)
            for i, final in enumerate(finals)
        ],
    }
    return Row.model_validate(values | changes)


@pytest.fixture
def quick_recipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES, "quick", QUICK)
    monkeypatch.setitem(RECIPES, "held-out", ON_VALIDATION)


def test_figures_by_hand() -> None:
    made = row(0.94, 0.86, 0.952)
    assert made.mean == pytest.approx(2.752 / 3, abs=1e-6)
    # Deviations 0.022667, -0.057333, 0.034667: squares sum to 0.0050027; by n - 1 = 2.
    assert made.standard_deviation == pytest.approx(0.0500133, abs=1e-6)
    assert (made.best, made.difference, made.passed) == (0.952, 0.002, True)
    at_peak = row(0.94, 0.86, 0.952, at="peak")
    assert at_peak.best == 0.962
    assert at_peak.runs[1].peak_epoch == 1
    assert row(0.94).standard_deviation is None


@pytest.mark.parametrize(
    ("best", "passed"),
    [(0.943, True), (0.9429, False), (0.957, True), (0.9571, False)],
)
def test_within_seven_tenths_of_a_point_above_or_below(best: float, passed: bool) -> None:
    assert row(0.5, best).passed is passed


def test_without_a_published_figure_there_is_nothing_to_pass() -> None:
    made = row(0.9, published=None)
    assert (made.difference, made.passed, made.explanation) == (None, None, None)


def test_rows_are_what_training_gives() -> None:
    steps = list(reproduction.reproduce([QUICK, ON_VALIDATION], seeds=2))
    rows = [step for step in steps if isinstance(step, Row)]
    assert [(r.recipe, len(r.runs)) for r in rows] == [
        ("quick", 1),
        ("quick", 2),
        ("held-out", 1),
        ("held-out", 2),
    ]
    shares = [s.share for s in steps if isinstance(s, SeedProgress) and s.recipe == "quick"]
    assert {0.5, 1.0} <= set(shares)
    on_test, on_validation = rows[1], rows[3]
    # Equal trainings, other images to judge them by.
    assert on_test.figures != on_validation.figures
    assert on_test.runs[0] != on_test.runs[1]
    assert on_test.runs[0].accuracy == tuple(
        round(accuracy, 5) for accuracy in accuracies_of(SMALL)
    )


def accuracies_of(config: TrainingConfig) -> Iterator[float]:
    from nncore import datasets
    from nncore.training import EpochRecord, build, train

    data = datasets.load("digits", train_size=config.train_size)
    for record in train(config, data, build(config, len(data.train))):
        if isinstance(record, EpochRecord):
            yield record.test_accuracy


def test_processes_give_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    # A new process runs the main module's file again, and page tests leave a script there.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    alone = [r for r in reproduction.reproduce([QUICK], seeds=2) if isinstance(r, Row)]
    spread = [r for r in reproduction.reproduce([QUICK], seeds=2, jobs=2) if isinstance(r, Row)]
    assert spread[-1].runs == alone[-1].runs


def test_a_file_keeps_the_rows_that_were_not_run(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    torch = row(0.95, engine="torch")
    numpy, other = row(0.94, 0.95), row(0.9, recipe="classroom")
    for made in (torch, numpy, other):
        reproduction.merge(path, made)
    assert reproduction.load(path) == (other, numpy, torch)  # in the recipes' order
    newer = row(0.93, 0.92, 0.91)
    reproduction.merge(path, newer)
    rows = reproduction.load(path)
    assert rows == (other, newer, torch)
    assert reproduction.find(rows, "nielsen-ch1", "torch") == torch
    assert reproduction.find(rows, "simard") is None


def test_an_unfinished_row_never_replaces_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    whole, begun = row(0.94, 0.95), row(0.93)
    reproduction.merge(path, whole)
    reproduction.merge(path, begun)
    assert reproduction.load(path) == (whole,)
    changed = row(0.93, config=SMALL.replace(epochs=3))
    reproduction.merge(path, changed)  # the old seeds are of other settings: no use in them
    assert reproduction.load(path) == (changed,)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"best":0.952', '"best":0.99', "best is 0.99, but its runs give 0.952"),
        ('"passed":true', '"passed":false', "passed is False, but its runs give True"),
        ('"final":0.94', '"final":0.95', "final is 0.95, but its runs give 0.94"),
        ('"accuracy":[0.1', '"accuracy":[1.1', "less than or equal to 1"),
        ('"engine":"numpy"', '"engine":"jax"', "'numpy' or 'torch'"),
        ('"seed":1', '"seed":1,"colour":"red"', "Extra inputs"),
        ("nn-magic-reproduction-1", "nn-magic-reproduction-9", "nn-magic-reproduction-1"),
        ('"rows":[', '"rows":', "Invalid JSON"),
    ],
)
def test_a_file_that_was_tampered_with_is_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = reproduction.to_json([row(0.94, 0.952)])
    assert old in text
    path = tmp_path / "results.json"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ResultFileError) as caught:
        reproduction.load(path)
    assert said in str(caught.value)
    assert "reproduce --save" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_the_command_saves_as_it_goes(tmp_path: Path, quick_recipes: None) -> None:
    path = tmp_path / "results.json"
    arguments = ["reproduce", "--recipes", "quick, held-out", "--seeds", "2", "--save", str(path)]
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0, done.stderr
    printed = json.loads(done.stdout)
    assert [len(r["runs"]) for r in printed["rows"]] == [2, 2]
    assert json.loads(path.read_text()) == printed
    assert printed["rows"][0]["command"] == (
        "python -m nncore reproduce --recipes quick --engines numpy --seeds 2"
    )


def test_an_interrupted_command_keeps_what_it_finished(
    tmp_path: Path, quick_recipes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reproduction.reproduce

    def interrupted(*arguments: object, **named: object) -> Generator[SeedProgress | Row]:
        for step in whole(*arguments, **named):  # type: ignore[arg-type]
            yield step
            if isinstance(step, Row) and step.recipe == "held-out":
                raise KeyboardInterrupt

    monkeypatch.setattr(reproduction, "reproduce", interrupted)
    path = tmp_path / "results.json"
    arguments = ["reproduce", "--recipes", "quick,held-out", "--seeds", "2", "--save", str(path)]
    done = CliRunner().invoke(app, arguments)
    assert "Stopped" in done.stderr
    assert [len(r.runs) for r in reproduction.load(path)] == [2, 1]
    assert done.stdout.count("seed 0") == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--recipes", "nielsen"], "recipe = nielsen is unknown"),
        (["--engines", "jax"], "engines = jax"),
        (["--save", "/no/such/folder/r.json"], "does not exist"),
        (["--save", __file__], "does not hold reproduced results"),
    ],
)
def test_bad_input_gives_one_sentence_and_status_2(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["reproduce", *arguments])
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def published_rows() -> list[tuple[Recipe, Row]]:
    return [(recipes.get(r.recipe), r) for r in reproduction.load()]


def test_the_stored_results_are_of_the_recipes_as_they_are() -> None:
    found = published_rows()
    stored = {recipe.name for recipe, made in found if made.engine == "numpy"}
    assert {r.name for r in RECIPES.values() if r.published} <= stored
    for recipe, made in found:
        assert made.config == recipe.config.replace(engines=(made.engine,)), recipe.name
        assert made.published_accuracy == recipe.published_accuracy
        assert (made.on, made.at) == (recipe.published_on or "test", recipe.published_at)
        assert [run.seed for run in made.runs] == list(range(len(made.runs)))
        assert made.passed is not False or made.explanation, f"{recipe.name} is not explained"
