"""The command line: JSON that others can rely on, sentences on standard error, exit statuses."""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file
from typer.testing import CliRunner

from nncore import checkpoints, datasets
from nncore.cli import app
from nncore.judge.scribbles import no_digit
from nncore.lab.comparison import TwinRun, TypedRun
from nncore.recipes import RECIPES

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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "lr=nan"], "learning_rate = nan"),
        (["--set", "lr"], "--set lr has no value"),
        (["--set", "colour=red"], "colour is no setting"),
        (["--recipe", "nielsen"], "nielsen"),
        (["--config", "/no/such.json"], "cannot be read"),
        (["--recipe", "classroom", "--config", "x.json"], "use one of them"),
        (["--epochs", "0"], "epochs = 0"),
        (["--engines", "jax"], "engines = jax"),
        (["--save", "/no/such/folder/m.safetensors"], "does not exist"),
        (["--save", str(Path(__file__).parent)], "cannot be written"),
        (["--dataset", "mnist", "--data-dir", "/no/such/folder"], "/no/such/folder"),
    ],
)
def test_bad_input_gives_one_sentence_and_status_2(arguments: list[str], said: str) -> None:
    done = run(app, ["train", *arguments])
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_predict_names_digits_on_dark_and_on_bright(tmp_path: Path) -> None:
    test = datasets.load("digits").test
    shipped = checkpoints.load(checkpoints.SHIPPED["classroom"]).network()
    right = np.flatnonzero(shipped.forward(test.images).argmax(axis=1) == test.labels)[:3]
    for i in right:
        pixels = (test.images[i].reshape(28, 28) * 255).astype(np.uint8)
        big = Image.fromarray(pixels).resize((200, 200), Image.Resampling.BICUBIC)
        big.save(tmp_path / f"{test.labels[i]}-dark-{i}.png")
        Image.eval(big, lambda v: 255 - v).save(tmp_path / f"{test.labels[i]}-bright-{i}.jpg")
    done = run(app, ["predict", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 6
    for line in lines:
        assert line["digit"] == int(Path(line["path"]).name[0])
        assert sum(line["probabilities"]) == pytest.approx(1, abs=1e-5)
        assert line["confidence"] == max(line["probabilities"])


def test_predict_doubts_aloud_what_is_no_digit(tmp_path: Path) -> None:
    ink = no_digit("scribble", rng=np.random.default_rng(1))
    Image.fromarray(ink).save(tmp_path / "scribble.png")
    done = run(app, ["predict", str(tmp_path)])
    assert "%), but it does not look like a digit" in done.stdout
    assert json.loads(run(app, ["predict", str(tmp_path), "--json"]).stdout)["doubted"] is True


def test_predict_refuses_an_unknown_name(tmp_path: Path) -> None:
    done = run(app, ["predict", str(tmp_path), "--model", "tough"])
    assert done.exit_code == 2
    assert "tough is no shipped model and no file; use" in done.stderr


def test_predict_goes_on_after_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("not a picture")
    Image.fromarray(np.pad(np.full((80, 14), 255, np.uint8), 60)).save(tmp_path / "b.png")
    done = run(app, ["predict", str(tmp_path)])
    assert done.exit_code == 1
    assert "a.png" in done.stderr
    assert "b.png: 1" in done.stdout


def test_predict_refuses_a_model_that_is_none(tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    model.write_bytes(b"nothing of the kind")
    done = run(app, ["predict", str(tmp_path), "--model", str(model)])
    assert done.exit_code == 2
    assert "no safetensors" in done.stderr


def test_recipes_lists_every_recipe() -> None:
    done = run(app, ["recipes"])
    assert all(name in done.stdout for name in RECIPES)


@pytest.mark.mnist
@pytest.mark.parametrize(("name", "megabytes"), [("classroom", 1), ("robust", 4)])
def test_a_shipped_model_is_what_its_card_says(
    name: checkpoints.ShippedName, megabytes: float, mnist: datasets.Dataset
) -> None:
    path = checkpoints.SHIPPED[name]
    card = json.loads(path.with_suffix(".json").read_text())
    network = checkpoints.load(path).network()
    right = network.forward(mnist.test.images).argmax(axis=1) == mnist.test.labels
    assert float(np.mean(right)) == pytest.approx(card["test_accuracy"], abs=2e-4)
    assert card["recipe"] == name
    assert checkpoints.load(path).config == RECIPES[name].config.replace(engines="numpy")
    assert path.stat().st_size < 1_000_000 * megabytes


def test_gradients_of_both_engines_agree(tmp_path: Path) -> None:
    example = tmp_path / "example.safetensors"
    rng = np.random.default_rng(0)
    save_file({"x": rng.random(784), "y": np.eye(10)[4]}, example)
    found: list[dict[str, np.ndarray]] = []
    for engine in ("numpy", "torch"):
        out = tmp_path / f"{engine}.safetensors"
        asked = [
            str(checkpoints.SHIPPED["classroom"]),
            str(example),
            "--save",
            str(out),
            "--engine",
            engine,
        ]
        done = run(app, ["gradients", *asked])
        assert done.exit_code == 0, done.stderr
        found.append(load_file(out))
    ours, theirs = found
    assert set(ours) == set(theirs) == {"W0", "b0", "W1", "b1"}
    assert ours["W0"].shape == (784, 128)
    for name, gradient in ours.items():
        assert np.abs(gradient).max() > 0
        np.testing.assert_allclose(theirs[name], gradient, rtol=1e-9, atol=1e-15)


def test_gradients_says_what_is_no_example(tmp_path: Path) -> None:
    asked = [
        str(checkpoints.SHIPPED["classroom"]),
        str(tmp_path / "none"),
        "--save",
        str(tmp_path / "out"),
    ]
    done = run(app, ["gradients", *asked])
    assert done.exit_code == 2
    assert "is no example" in done.stderr


def test_twins_measures_how_far_apart_the_engines_get() -> None:
    done = run(app, ["twins", "--dataset", "digits", "--steps", "3", "--json"])
    assert done.exit_code == 0, done.stderr
    measured = TwinRun.model_validate_json(done.stdout)
    assert measured.curve("float64").steps == (0, 1, 2, 3)
    assert measured.command == "python -m nncore twins --dataset digits --steps 3 --json"
    table = run(app, ["twins", "--dataset", "digits", "--steps", "1"]).stdout
    assert table.count("largest weight difference") == 2
    refused = run(app, ["twins", "--dataset", "letters"])
    assert refused.exit_code == 2
    assert "letters" in refused.stderr


def test_activation_trains_what_is_typed() -> None:
    done = run(app, ["activation", "tanh(z)", "--derivative", "2", "--dataset", "digits"])
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("Rejected")
    assert "numpy  test accuracy  not trained" in done.stdout
    refused = run(app, ["activation", "import os", "--dataset", "digits"])
    assert refused.exit_code == 2
    assert "import os" in refused.stderr


def test_the_command_of_a_typed_run_makes_it_again_whatever_it_begins_with() -> None:
    words = ["--dataset", "digits", "--derivative", "-1", "--json", "--", "-z"]
    found = TypedRun.model_validate_json(run(app, ["activation", *words]).stdout)
    assert found.torch
    assert found.accepted
    *program, command = shlex.split(found.command)[:4]
    assert program == ["python", "-m", "nncore"]
    again = run(app, [command, *shlex.split(found.command)[4:]])
    assert again.exit_code == 0, again.stderr
    assert TypedRun.model_validate_json(again.stdout).torch == found.torch
