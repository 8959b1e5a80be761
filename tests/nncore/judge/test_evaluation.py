"""The evaluation: figures of a network whose answers are known, and the command."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from nncore import checkpoints, datasets
from nncore.cli import app
from nncore.datasets import Dataset, Split
from nncore.judge import cards, copybook, doubt, evaluation
from nncore.judge.doubt import fit_temperature


@pytest.mark.mnist
def test_the_command_gives_every_figure(mnist: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "N_OTHERS", 12)
    asked = [
        "evaluate",
        "--model",
        "classroom",
        "--reinked",
        "16",
        "--photo",
        "--hands",
        "2",
        "--json",
    ]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.stderr
    report = json.loads(done.stdout)
    network = checkpoints.load(checkpoints.SHIPPED["classroom"]).network()
    right = network.predict_proba(mnist.test.images).argmax(axis=1) == mnist.test.labels
    assert report["test_accuracy"] == pytest.approx(float(np.mean(right)))
    assert report["reinked_accuracy"] > 0.7
    assert report["photo_accuracy"] > 0.7
    assert max(report["calibrated_error"], report["calibration_error"]) < 0.02
    assert report["digits_doubted"] <= 0.03
    assert set(report["forms"]) == set(copybook.PATHS)
    assert report["taught_forms"] == pytest.approx(np.mean(list(report["forms"].values())))
    assert set(report["others_doubted"]) == {"scribble", "letter", "print", "crossing", "dots"}
    assert np.mean(list(report["others_doubted"].values())) >= 0.9


def test_drawings_are_not_judged_unless_asked_for(digits: Dataset) -> None:
    network = checkpoints.load(checkpoints.SHIPPED["classroom"]).network()
    judged = evaluation.evaluate(network, digits)
    assert judged.reinked_accuracy is judged.photo_accuracy is judged.others_doubted is None
    assert judged.taught_forms is judged.forms is None
    assert judged.temperature > 0
    few = evaluation.evaluate(network, digits, n_reinked=8, n_photos=4)
    assert few.reinked_accuracy is not None
    assert few.reinked_accuracy > 0.25
    assert few.photo_accuracy is not None
    assert few.digits_doubted is None


def test_a_temperature_is_never_fitted_to_what_was_learned(digits: Dataset) -> None:
    """A network that knows its training images by heart would find itself too modest."""
    network = checkpoints.load(checkpoints.SHIPPED["classroom"]).network()
    images, labels = digits.test.images, digits.test.labels
    nothing = Split(images[:0], labels[:0])
    judged = evaluation.evaluate(network, replace(digits, validation=nothing))
    fitted = Split(images[: len(images) // 2], labels[: len(labels) // 2])
    own = fit_temperature(network.predict_proba(fitted.images), fitted.labels)
    assert judged.temperature == pytest.approx(own)
    assert own != pytest.approx(evaluation.evaluate(network, digits).temperature)


def test_a_model_is_named_or_given_by_its_path(tmp_path: Path) -> None:
    assert checkpoints.find("classroom") == checkpoints.SHIPPED["classroom"]
    file = tmp_path / "classroom"
    file.touch()
    assert checkpoints.find(str(file)) == file
    done = CliRunner().invoke(app, ["evaluate", "--model", str(tmp_path / "none")])
    assert done.exit_code == 2
    assert "is no shipped model and no file; use" in done.stderr
    assert "classroom" in done.stderr


def test_where_doubt_is_to_be_saved_is_looked_at_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worked(*_: object, **__: object) -> None:
        raise AssertionError("the work had begun")

    monkeypatch.setattr(doubt, "SHIPPED", tmp_path / "nowhere" / "doubt.safetensors")
    monkeypatch.setattr(datasets, "load", worked)
    done = CliRunner().invoke(app, ["evaluate", "--model", "classroom", "--teach-doubt"])
    assert done.exit_code == 2
    assert "the folder" in done.stderr
    assert "does not exist; create it" in done.stderr


@pytest.mark.mnist
def test_the_command_adds_its_figures_to_a_card_and_refuses_without_one(
    mnist: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "N_OTHERS", 12)
    shipped, model = checkpoints.SHIPPED["classroom"], tmp_path / "m.safetensors"
    model.write_bytes(shipped.read_bytes())
    asked = ["evaluate", "--model", str(model), "--card"]
    refused = CliRunner().invoke(app, asked)
    assert refused.exit_code == 2
    assert "make it with python -m nncore train --ship" in refused.stderr
    before = replace(cards.read(shipped), evaluation=None)
    cards.write(model, before)
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.stderr
    after = cards.read(model)
    assert replace(after, evaluation=None) == before
    assert after.evaluation is not None
    assert after.evaluation.test_accuracy == before.test_accuracy
    assert after.evaluation.reinked_accuracy is None


@pytest.mark.mnist
@pytest.mark.parametrize("value", [np.nan, 3e38])
@pytest.mark.usefixtures("mnist")
def test_a_model_that_diverged_is_not_judged(tmp_path: Path, value: float) -> None:
    shipped, model = checkpoints.load(checkpoints.SHIPPED["classroom"]), tmp_path / "m.safetensors"
    shipped.state["parameters"][:] = value
    checkpoints.save(model, shipped.config, "numpy", shipped.state)
    done = CliRunner().invoke(app, ["evaluate", "--model", str(model)])
    assert done.exit_code == 2
    assert "no finite numbers: its training diverged; train it again" in done.stderr
