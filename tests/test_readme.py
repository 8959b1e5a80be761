"""What the README points at is there."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from nncore.cli import app
from nncore.training import EpochRecord

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^python -m nncore (.+?)(?: +#.*)?$", README, re.MULTILINE)
LINKS = [
    (page, target)
    for page in ("README.md", "CONTRIBUTING.md", "docs/how-a-digit-travels.md")
    for target in re.findall(r"\]\(([^)#]+)(?:#L\d+)?\)", (ROOT / page).read_text(encoding="utf-8"))
    if "://" not in target
]


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_links_into_the_repository_lead_somewhere(page: str, target: str) -> None:
    assert (ROOT / page).parent.joinpath(target).exists()


def test_there_are_links_to_check() -> None:
    assert ("README.md", "nncore/network.py") in LINKS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_is_one(command: str) -> None:
    verb, *options = shlex.split(command)
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    group.commands[verb].make_context(verb, options)  # parses them, and runs nothing


def test_there_are_commands_to_check() -> None:
    assert len(COMMANDS) > 10


def test_the_readmes_training_trains() -> None:
    (code,) = re.findall(r"^```\n(from nncore .+?)```", README, re.MULTILINE | re.DOTALL)
    small = code.replace(".config", ".config.replace(dataset='digits', epochs=2)")
    small = small.replace('"mnist"', '"digits"')
    assert small.count("digits") == 2
    seen: dict[str, object] = {}
    exec(compile(small, "README.md", "exec"), seen)
    record = seen["record"]
    assert isinstance(record, EpochRecord)
    assert record.epoch == 1
    assert record.test_accuracy > 0.5
