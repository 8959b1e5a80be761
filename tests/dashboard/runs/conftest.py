"""What tests of several modules of runs need."""

import pytest

from dashboard.runs.store import RunStore


@pytest.fixture
def store(tmp_path):
    """An empty store in a file of its own."""
    store = RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield store
    store.close()
