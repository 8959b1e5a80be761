from pathlib import Path

import numpy as np
import pytest

from dashboard.ink import samples
from dashboard.models import load
from dashboard.runs.store import run_store
from dashboard.settings import settings
from nncore.checkpoints import CheckpointError
from tests.pages.drawn import app, draw, network, predicted


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("NN_HOME", str(tmp_path))
    monkeypatch.setattr(load, "shipped_network", lambda _name: network())
    settings.cache_clear()
    run_store.cache_clear()
    yield
    run_store().close()
    settings.cache_clear()
    run_store.cache_clear()


def test_an_example_is_named_before_anything_is_drawn():
    at = app().run()
    assert not at.exception
    assert predicted(at, "shipped") == str(samples.EXAMPLE)
    assert any("example" in caption.value for caption in at.caption)


@pytest.mark.parametrize("digit", [0, 5, 9])
def test_a_drawing_is_named(digit: int):
    at = draw(app(), samples.sample(digit)).run()
    assert not at.exception
    assert predicted(at, "shipped") == str(digit)


def test_an_empty_drawing_is_not_predicted():
    at = draw(app(), np.zeros((280, 280), np.uint8)).run()
    assert any("Nothing drawn yet" in caption.value for caption in at.caption)


def test_there_is_a_way_in_for_everybody():
    at = app().run()
    text = " ".join(markdown.value for markdown in at.markdown)
    assert all(who in text for who in ("Student", "Teacher", "Visitor", "Developer"))
    assert len(at.page_link) == 5


def test_the_drawing_can_be_followed_through_the_network():
    at = draw(app(), samples.sample(8)).run()
    link = at.page_link[0]
    assert (link.label, link.proto.query_string) == (
        "Follow it through a small network",
        "example=drawing",
    )


def test_a_missing_shipped_model_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    def missing(_name: str):
        raise CheckpointError("robust.safetensors cannot be read.")

    monkeypatch.setattr(load, "shipped_network", missing)
    at = app().run()
    assert not at.exception
    assert "robust.safetensors cannot be read" in at.warning[0].value.replace("\\", "")
