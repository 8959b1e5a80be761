"""What tests of several pages need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import predictions
from dashboard.draw import steps
from dashboard.settings import settings
from dashboard.store import RunStore, run_store
from tests.pages.drawn import network


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunStore]:
    """An empty run store for Home or Draw, whose shipped models know the ten samples by heart."""
    monkeypatch.setenv("NN_HOME", str(tmp_path))
    monkeypatch.setattr(predictions, "shipped_network", lambda _name: network())
    settings.cache_clear()
    run_store.cache_clear()
    predictions.trained_models.clear()
    steps._most_important.clear()  # networks of one name have other weights in each test
    yield run_store()
    run_store().close()
    settings.cache_clear()
    run_store.cache_clear()
