"""The evaluation: figures of a network whose answers are known, and the command."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from nncore import checkpoints, evaluation
from nncore.cli import app
from nncore.datasets import Dataset, Split
from nncore.doubt import DoubtError, fit_temperature


@pytest.mark.mnist
def test_the_command_gives_every_figure(mnist: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "N_OTHERS", 12)
    asked = ["evaluate", "--model", "classroom", "--reinked", "16", "--photo", "--json"]
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
    assert set(report["others_doubted"]) == {"scribble", "letter", "print", "crossing", "dots"}
    assert np.mean(list(report["others_doubted"].values())) >= 0.9


def test_drawings_are_not_judged_unless_asked_for(digits: Dataset) -> None:
    network = checkpoints.load(checkpoints.SHIPPED["classroom"]).network()
    judged = evaluation.evaluate(network, digits)
    assert judged.reinked_accuracy is judged.photo_accuracy is judged.others_doubted is None
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


def test_the_card_keeps_what_it_said_and_gains_the_figures(tmp_path: Path, digits: Dataset) -> None:
    model = tmp_path / "m.safetensors"
    assert evaluation.temperature_of(model) == 1
    (tmp_path / "m.json").write_text('{"recipe": "classroom"}')
    assert evaluation.temperature_of(model) == 1
    judged = evaluation.evaluate(
        checkpoints.load(checkpoints.SHIPPED["classroom"]).network(), digits
    )
    card = json.loads(evaluation.add_to_card(model, judged).read_text())
    assert card["recipe"] == "classroom"
    assert card["evaluation"]["test_accuracy"] == pytest.approx(judged.test_accuracy, abs=1e-5)
    assert "photo_accuracy" not in card["evaluation"]
    assert evaluation.temperature_of(model) == pytest.approx(judged.temperature, abs=1e-5)


def test_a_card_that_is_none_is_a_sentence(tmp_path: Path, digits: Dataset) -> None:
    (tmp_path / "m.json").write_text("[1, 2")
    judged = evaluation.evaluate(
        checkpoints.load(checkpoints.SHIPPED["classroom"]).network(), digits
    )
    with pytest.raises(DoubtError, match="check its JSON"):
        evaluation.add_to_card(tmp_path / "m.safetensors", judged)
    assert evaluation.temperature_of(tmp_path / "m.safetensors") == 1


def test_the_shipped_model_knows_its_temperature() -> None:
    assert 0.5 < evaluation.temperature_of(checkpoints.SHIPPED["classroom"]) < 3
    assert evaluation.temperature_of(checkpoints.SHIPPED["classroom"]) != 1


def test_a_card_can_be_read_or_is_none(tmp_path: Path) -> None:
    card = evaluation.card_of(checkpoints.SHIPPED["classroom"])
    assert card is not None
    assert (card.recipe, card.seed) == ("classroom", 0)
    assert 0.97 < card.test_accuracy < 0.98
    assert card.reinked_accuracy is not None
    assert card.photo_accuracy is not None
    assert evaluation.card_of(tmp_path / "none.safetensors") is None
    for text in ("[1, 2", "[1, 2]", "{}", '{"seed": "x", "command": "", "test_accuracy": 1}'):
        (tmp_path / "m.json").write_text(text)
        assert evaluation.card_of(tmp_path / "m.safetensors") is None
