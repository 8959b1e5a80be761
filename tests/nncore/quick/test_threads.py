"""How many threads a matrix product gets."""

import os

import pytest

from nncore.config import TrainingConfig
from nncore.quick import threads


def test_no_more_threads_than_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {3, 5, 7}, raising=False)
    large = TrainingConfig(hidden=(800,), batch_size=128)
    assert threads.n_threads(large, 60_000) == 3
    assert threads.n_threads(large.replace(batch_size=1), 60_000) == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 12)
    assert threads.n_threads(large, 60_000) == 12
