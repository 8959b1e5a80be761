"""What a screen reader is told: names without the marks of markdown, and links told apart."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.learn import chapters
from tests.pages.training import SMALL, own_store, page, trained

MARKS = re.compile(r":[a-z-]+\[|\$|\*\*|:material/")
"""Of a colour, a formula, bold words, an icon: they are read out as they stand."""
CONTROLS = (
    "slider", "select_slider", "number_input", "text_input", "selectbox", "toggle", "checkbox",
    "radio", "button_group", "multiselect", "file_uploader",
)  # fmt: skip


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with own_store(monkeypatch, tmp_path) as fake:
        yield fake


def check(at: AppTest) -> None:
    assert not at.exception
    for kind in CONTROLS:
        for element in at.get(kind):
            assert not MARKS.search(element.proto.label), element.proto.label
    for metric in at.metric:
        if metric.proto.help:  # its name is `Help for` and the label
            assert not MARKS.search(metric.label), metric.label
    named = Counter(link.label for link in at.page_link)
    assert [name for name, n in named.items() if n > 1] == []


@pytest.mark.parametrize("name", ["home", "train", "results", "inside", "draw", "compare"])
def test_names_are_plain_and_links_are_told_apart(name: str) -> None:
    run = trained()
    query: dict[str, Any] = {"run": run.id} if name in ("results", "inside") else {}
    check(page(name, **query))


MODES = {
    "perceptron": ("one", "circuit"),
    "cost": ("neuron", "digit"),
    "gradient-descent": ("curve", "network", "batches"),
    "universality": ("fit", "bump"),
    "softmax": ("share", "pull"),
    "initialisation": ("layer", "depth", "equal"),
}


@pytest.mark.parametrize("chapter", [chapter.name for chapter in chapters.CHAPTERS])
def test_the_controls_of_a_chapter_have_plain_names(chapter: str) -> None:
    for show in MODES.get(chapter, ("",)):
        check(page("learn", chapter=chapter, show=show))


def test_a_mistake_is_named_by_its_answer_its_network_and_its_image() -> None:
    at = page("results", run=trained(config=SMALL.replace(engines=("numpy", "torch"))).id)
    check(at)
    why = [link.label for link in at.page_link if link.page == "inside"]
    assert len(why) > 5
    assert all(re.fullmatch(r"Why \d\? (NumPy|PyTorch), image [\d,]+", name) for name in why)
