"""Cards: what is written can be read, and a temperature is used only where it was seen to help."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nncore import checkpoints, datasets
from nncore.judge import cards
from nncore.judge.cards import Card, Judgement
from nncore.lab.result_files import ResultFileError
from nncore.recipes import RECIPES

JUDGED = Judgement(
    test_accuracy=0.9,
    photo_accuracy=0.8,
    temperature=1.5,
    calibration_error=0.02,
    calibrated_error=0.01,
    others_doubted={"letter": 1 / 3},
)
CARD = Card(
    recipe="classroom",
    seed=3,
    engine="numpy",
    command="python -m nncore train",
    test_accuracy=0.9,
    epochs=5,
    minutes=0.1,
    data="MNIST",
    machine="2 cores",
    trained="2026-11-21",
    evaluation=JUDGED,
)


@pytest.mark.parametrize("model", checkpoints.SHIPPED.values(), ids=checkpoints.SHIPPED)
def test_every_shipped_model_has_its_card_whose_temperature_makes_no_answer_worse(
    model: Path,
) -> None:
    card = cards.read(model)
    judged = card.evaluation
    assert judged is not None
    assert judged.test_accuracy == card.test_accuracy
    assert judged.reinked_accuracy is not None
    assert judged.photo_accuracy is not None
    error = judged.calibration_error if card.temperature == 1 else judged.calibrated_error
    assert error == card.confidence_error
    assert error == min(judged.calibration_error, judged.calibrated_error)


def test_a_temperature_is_used_only_if_it_brought_confidence_nearer_to_accuracy() -> None:
    assert CARD.temperature == 1.5
    assert CARD.confidence_error == 0.01
    for error in (0.02, 0.03):
        worse = replace(CARD, evaluation=replace(JUDGED, calibrated_error=error))
        assert worse.temperature == 1
        assert worse.confidence_error == 0.02
    unknown = replace(CARD, evaluation=None)
    assert unknown.temperature == 1
    assert unknown.confidence_error is None


def test_what_is_written_is_read_again_to_five_decimals(tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    assert cards.write(model, CARD) == tmp_path / "m.json"
    doubted = replace(JUDGED, others_doubted={"letter": 0.33333})
    assert cards.read(model) == replace(CARD, evaluation=doubted)
    assert "reinked_accuracy" not in cards.path_of(model).read_text()


def test_a_new_judgement_keeps_what_it_was_not_asked_for() -> None:
    found = replace(JUDGED, test_accuracy=0.95, photo_accuracy=None)
    assert CARD.judged(found).evaluation == replace(JUDGED, test_accuracy=0.95)
    assert replace(CARD, evaluation=None).judged(found).evaluation == found


@pytest.mark.parametrize("text", ["[1, 2", "[1, 2]", "{}", None])
def test_a_card_that_is_none_is_a_sentence(tmp_path: Path, text: str | None) -> None:
    model = tmp_path / "m.safetensors"
    if text is not None:
        cards.path_of(model).write_text(text)
    with pytest.raises(ResultFileError, match=r"make it .*with python -m nncore train --ship"):
        cards.read(model)


def test_figures_that_cannot_be_are_refused(tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    for wrong in ({"temperature": 0.0}, {"temperature": -1.0}, {"test_accuracy": 97.5}):
        cards.write(model, replace(CARD, evaluation=replace(JUDGED, **wrong)))
        with pytest.raises(ResultFileError, match=f"evaluation.{next(iter(wrong))}"):
            cards.read(model)


@pytest.mark.mnist
@pytest.mark.parametrize(
    ("name", "megabytes", "last"),
    [
        ("classroom", 1, {}),
        ("robust", 4, {"world": 0.2, "schedule": "cosine", "lr": 0.02, "epochs": 40}),
    ],
)
def test_a_shipped_model_is_what_its_card_says(
    name: checkpoints.ShippedName, megabytes: float, last: dict[str, Any], mnist: datasets.Dataset
) -> None:
    path = checkpoints.SHIPPED[name]
    card = json.loads(path.with_suffix(".json").read_text())
    network = checkpoints.load(path).network()
    right = network.forward(mnist.test.images).argmax(axis=1) == mnist.test.labels
    assert float(np.mean(right)) == pytest.approx(card["test_accuracy"], abs=2e-4)
    assert card["recipe"] == name
    config = RECIPES[name].config.replace(engines="numpy", **last)
    assert checkpoints.load(path).config == config
    assert all(
        f"{key}={value}" in card["command"] for key, value in last.items() if key != "epochs"
    )
    assert path.stat().st_size < 1_000_000 * megabytes
