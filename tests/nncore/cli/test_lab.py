"""`twins` and `activation`: what they measure, and the command that makes it again."""

import shlex

from typer.testing import CliRunner

from nncore.cli import app
from nncore.lab.comparison import TwinRun, TypedRun

run = CliRunner().invoke


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
