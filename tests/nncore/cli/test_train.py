"""`train`: JSON that others can rely on, sentences on standard error, exit statuses."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from nncore import checkpoints, datasets
from nncore.cli import app

run = CliRunner().invoke


DIGITS = ["--dataset", "digits", "--set", "hidden=16", "--set", "batch=32"]


def test_train_json_has_the_promised_form(tmp_path: Path) -> None:
    model = tmp_path / "model.safetensors"
    done = run(app, ["train", *DIGITS, "--epochs", "2", "--save", str(model), "--json"])
    assert done.exit_code == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["config"]["hidden"] == [16]
    assert set(report["engines"]) == {"numpy", "torch"}
    for figures in report["engines"].values():
        assert 0.5 < figures["test_accuracy"] <= 1
        assert figures["train_seconds"] == pytest.approx(
            sum(e["seconds"] for e in figures["epochs"])
        )
        assert figures["examples_per_second"] > 0
        assert [e["epoch"] for e in figures["epochs"]] == [0, 1]
        assert {
            "train_cost",
            "train_accuracy",
            "validation_cost",
            "validation_accuracy",
        } <= figures["epochs"][0].keys()
    assert 0 <= report["max_weight_difference"] < 1e-3
    saved = checkpoints.load(model)
    images, labels = datasets.load("digits").test.images, datasets.load("digits").test.labels
    accuracy = float(np.mean(saved.network().forward(images).argmax(axis=1) == labels))
    assert accuracy == pytest.approx(report["engines"]["numpy"]["test_accuracy"])
    assert checkpoints.load(tmp_path / "model-torch.safetensors").engine == "torch"


def test_a_run_that_did_not_learn_says_why() -> None:
    stuck = ["--engines", "numpy", "--epochs", "3", "--set", "lr=1000"]
    done = run(app, ["train", *DIGITS, *stuck, "--json"])
    assert done.exit_code == 0, done.stderr
    note = json.loads(done.stdout)["note"]
    assert "the learning rate 1000 is likely to be too large" in note
    assert note in " ".join(done.stderr.split())


def test_a_model_to_ship_has_half_the_bits_and_a_card(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    settings = ["--engines", "numpy", "--epochs", "2", "--seed", "3"]
    done = run(app, ["train", *DIGITS, *settings, "--ship", str(path), "--json"])
    assert done.exit_code == 0, done.stderr
    card = json.loads(path.with_suffix(".json").read_text())
    report = json.loads(done.stdout)["engines"]["numpy"]
    assert card["test_accuracy"] == pytest.approx(report["test_accuracy"], abs=0.005)
    assert (card["seed"], card["engine"], card["epochs"]) == (3, "numpy", 2)
    assert card["data"] == "digits: 1,247 training, 250 validation, 300 test images"
    model = checkpoints.load(path)
    assert path.stat().st_size < 2 * model.config.n_parameters + 2_000
    digits = datasets.load("digits").test
    right = model.network().forward(digits.images).argmax(axis=1) == digits.labels
    assert float(np.mean(right)) == pytest.approx(card["test_accuracy"], abs=1e-5)


def test_training_goes_on_from_a_model_and_its_card_says_so(tmp_path: Path) -> None:
    first, then = tmp_path / "first.safetensors", tmp_path / "then.safetensors"
    own = ["train", *DIGITS, "--engines", "numpy"]
    assert run(app, [*own, "--epochs", "3", "--ship", str(first)]).exit_code == 0
    still = ["--epochs", "1", "--set", "lr=1e-9", "--set", "world=0.5"]
    done = run(app, [*own, *still, "--start", str(first), "--ship", str(then)])
    assert done.exit_code == 0, done.stderr
    before, after = (checkpoints.load(path).network().parameters() for path in (first, then))
    for (W, b), (same, too) in zip(before, after, strict=True):
        np.testing.assert_allclose(W, same, atol=1e-3)
        np.testing.assert_allclose(b, too, atol=1e-3)
    cards = [json.loads(path.with_suffix(".json").read_text()) for path in (first, then)]
    assert cards[1]["epochs"] == 4
    assert cards[1]["command"].startswith(cards[0]["command"] + " && python -m nncore ")
    assert cards[1]["test_accuracy"] == pytest.approx(cards[0]["test_accuracy"], abs=0.005)


def test_a_model_that_diverged_is_not_shipped(tmp_path: Path) -> None:
    extreme = ["--set", "activation=linear", "--set", "lr=1000", "--set", "hidden=30,30"]
    ship = ["--engines", "numpy", "--epochs", "2", "--ship", str(tmp_path / "m.safetensors")]
    done = run(app, ["train", *DIGITS, *extreme, *ship])
    assert done.exit_code == 2
    assert "weights are no finite numbers: its training diverged" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_one_engine_has_no_difference_to_report() -> None:
    done = run(app, ["train", *DIGITS, "--epochs", "1", "--engines", "numpy", "--json"])
    assert json.loads(done.stdout)["max_weight_difference"] is None


def test_a_diverging_run_is_valid_json_and_says_what_to_try() -> None:
    extreme = ["--set", "activation=linear", "--set", "lr=1000", "--set", "hidden=30,30"]
    done = run(app, ["train", *DIGITS, *extreme, "--engines", "numpy", "--json"])
    assert done.exit_code == 0

    def no_constants(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    report = json.loads(done.stdout, parse_constant=no_constants)
    assert report["engines"]["numpy"]["epochs"][-1]["train_cost"] is None
    assert "stopped being finite in epoch" in done.stderr
    assert "smaller learning rate than 1000" in done.stderr
    assert "smaller learning rate than 1000" in report["note"]


def test_a_run_that_lost_patience_says_so() -> None:
    idle = ["--set", "lr=1e-12", "--set", "patience=1", "--set", "dropout=0.5"]
    done = run(app, ["train", *DIGITS, *idle, "--engines", "numpy", "--json"])
    report = json.loads(done.stdout)
    assert [e["epoch"] for e in report["engines"]["numpy"]["epochs"]] == [0, 1]
    assert report["note"].startswith("Training ended after epoch 2")
    assert report["note"] in " ".join(done.stderr.split())


def test_a_configuration_file_and_settings_over_it(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"dataset": "digits", "hidden": [8], "epochs": 3, "engines": ["numpy"]}')
    done = run(app, ["train", "--config", str(file), "--set", "epochs=1", "--seed", "5", "--json"])
    config = json.loads(done.stdout)["config"]
    assert (config["hidden"], config["epochs"], config["seed"]) == ([8], 1, 5)


def test_a_configuration_file_from_another_editor(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    text = '{"dataset": "digits", "hidden": [8],\n"epochs": 1, "engines": ["numpy"]}'
    file.write_text(text, encoding="utf-16", newline="\r\n")
    done = run(app, ["train", "--config", str(file), "--json"])
    assert json.loads(done.stdout)["config"]["hidden"] == [8]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The configuration is empty; write"),
        (b'// mine\n{"epochs": 1}', "in line 1, column 1, a comment begins"),
        (b'{"epochs": 1, "epochs": 2}', "says epochs twice"),
        (b'{"epochs": true}', "epochs = true does not fit"),
        (b"\x89PNG", "is no text in UTF-8"),
        (b" " * 1_000_001, "is larger than a configuration can be"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_configuration_is_named(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "config.json"
    file.mkdir() if content is None else file.write_bytes(content)
    done = run(app, ["train", "--config", str(file)])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"Error: {file}")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "lr=nan"], "learning_rate = nan"),
        (["--set", "lr"], "--set lr has no value"),
        (["--set", "lr=1", "--set", "learning_rate=2"], "learning_rate is there twice"),
        (["--set", "colour=red"], "colour is no setting"),
        (["--recipe", "nielsen"], "nielsen"),
        (["--config", "/no/such.json"], "cannot be read"),
        (["--recipe", "classroom", "--config", "x.json"], "use one of them"),
        (["--epochs", "0"], "epochs = 0"),
        (["--engines", "jax"], "engines = jax"),
        (["--save", "/no/such/folder/m.safetensors"], "does not exist"),
        (["--save", str(Path(__file__).parent)], "cannot be written"),
        (["--save", "."], "cannot be written"),
        (["--save", "x" * 300], "cannot be written"),
        (["--save", os.devnull, "--engines", "numpy,torch"], "is no regular file"),
        (["--ship", "/no/such/folder/m.safetensors"], "does not exist"),
        (["--ship", os.devnull], "is no regular file"),
        (["--ship", "m.json"], "is where its card goes"),
        (["--start", "nobody"], "nobody is no shipped model and no file"),
        (["--start", "robust", "--set", "hidden=30"], "add --set hidden=1024,1024"),
        (["--dataset", "mnist", "--data-dir", "/no/such/folder"], "/no/such/folder"),
    ],
)
def test_bad_input_gives_one_sentence_and_status_2(arguments: list[str], said: str) -> None:
    done = run(app, ["train", *arguments])
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
