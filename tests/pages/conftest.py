"""What tests of several pages need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.draw import ablation
from dashboard.models import load
from dashboard.runs.store import RunStore, run_store
from dashboard.settings import settings
from tests.pages.drawn import network


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunStore]:
    """An empty run store for Home or Draw, whose shipped models know the ten samples by heart."""
    monkeypatch.setenv("NN_HOME", str(tmp_path))
    monkeypatch.setattr(load, "shipped_network", lambda _name: network())
    settings.cache_clear()
    run_store.cache_clear()
    load.trained_models.clear()
    ablation._most_important.clear()  # networks of one name have other weights in each test
    yield run_store()
    run_store().close()
    settings.cache_clear()
    run_store.cache_clear()
