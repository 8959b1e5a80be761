"""`gradients` and `recipes`."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from typer.testing import CliRunner

from nncore import checkpoints
from nncore.cli import app
from nncore.recipes import RECIPES

run = CliRunner().invoke


def test_recipes_lists_every_recipe() -> None:
    done = run(app, ["recipes"])
    assert all(name in done.stdout for name in RECIPES)


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


def test_gradients_says_what_it_cannot_use(tmp_path: Path) -> None:
    model, example = str(checkpoints.SHIPPED["classroom"]), tmp_path / "example.safetensors"
    save_file({"x": np.zeros(784), "y": np.eye(10)[4]}, example)
    good, save = [model, str(example)], ["--save", str(tmp_path / "out")]
    for asked, said in [
        ([model, str(tmp_path / "none"), *save], "is no example"),
        ([*good, *save, "--engine", "jax"], "--engine jax is unknown"),
        ([*good, "--save", "/no/folder/x"], "the folder /no/folder does not exist; create it"),
        ([*good, "--save", str(tmp_path)], "cannot be written"),
    ]:
        done = run(app, ["gradients", *asked])
        assert done.exit_code == 2
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [example]


def test_gradients_says_what_went_wrong_while_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nncore.cli.check.write_whole", full)
    example = tmp_path / "example.safetensors"
    save_file({"x": np.zeros(784), "y": np.eye(10)[4]}, example)
    asked = [str(checkpoints.SHIPPED["classroom"]), str(example), "--save", str(tmp_path / "out")]
    done = run(app, ["gradients", *asked, "--engine", "numpy"])
    assert done.exit_code == 2
    assert "out cannot be written (No space left on device); name a file" in done.stderr
