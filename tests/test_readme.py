"""What the README points at is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
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
