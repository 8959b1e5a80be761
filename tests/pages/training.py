"""What the tests of Train and Results share: an empty store, a queue without workers, real runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.runs import jobs
from dashboard.runs.run import RequestKind, Run
from dashboard.runs.store import RunStore, run_store
from dashboard.runs.worker import run_training
from dashboard.settings import settings
from nncore.config import TrainingConfig

ROOT = Path(__file__).parent.parent.parent
SMALL = TrainingConfig(dataset="digits", hidden=(10,), epochs=2, engines=("numpy",))


@dataclass
class FakeJobs:
    """The queue's door without anybody behind it: nothing trains by itself."""

    store: RunStore
    problem: str | None = None
    places: int = 1
    submitted: int = 0
    requests: list[tuple[RequestKind, float | None]] = field(default_factory=list)

    def start(self) -> None:
        """Nobody watches."""

    def ensure_workers(self) -> None:
        """Nobody comes."""

    def submit(self) -> None:
        self.submitted += 1

    def request(
        self,
        run_id: str,
        kind: RequestKind,
        value: float | None = None,
        *,
        workspace: str | None = None,
    ) -> bool:
        self.requests.append((kind, value))
        return self.store.request(run_id, kind, value, workspace=workspace)


@contextmanager
def own_store(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[FakeJobs]:
    """A run store in `home` and a queue without workers, for the app under test."""
    monkeypatch.setenv("NN_HOME", str(home))
    settings.cache_clear()
    run_store.cache_clear()
    st.cache_data.clear()
    fake = FakeJobs(run_store())
    monkeypatch.setattr(jobs, "jobs", lambda: fake)
    yield fake
    run_store().close()
    settings.cache_clear()
    run_store.cache_clear()


def trained(
    name: str = "A small run", config: TrainingConfig = SMALL, workspace: str = "local"
) -> Run:
    """A run that has really been trained, in this process."""
    run = run_store().create_run(workspace, config, name)
    assert run_training(run.id, run_store().url) == "finished"
    found = run_store().get_run(run.id)
    assert found is not None
    return found


def page(name: str, **query: str) -> AppTest:
    """A page of the app, opened by a link."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for key, value in query.items():
        at.query_params[key] = value
    return at.switch_page(f"pages/{name}.py").run()


def status(at: AppTest) -> str:
    """The status word on the page."""
    return at.container(key="run-status").markdown[0].value


def enabled(at: AppTest) -> set[str]:
    """Names of the buttons of a run that can be pressed."""
    names = ("train", "pause", "resume", "step", "stop")
    return {name for name in names if not at.button(key=name).disabled}
