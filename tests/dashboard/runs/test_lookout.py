"""Whom silence declares dead: with a clock of the test's own, and with a file that is locked."""

import sqlite3
from types import SimpleNamespace

import pytest

from dashboard.runs import lookout
from dashboard.runs.lookout import DEAD_AFTER, Lookout, Silence

HELD = {"run": ("token", 1.0)}
BEATEN = {"run": ("token", 2.0)}


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until the test moves it."""
    clock = SimpleNamespace(now=1_000.0)
    monkeypatch.setattr(lookout, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.fixture
def looking(store, clock, monkeypatch):
    """Look so many times, as the server does every half second; returns what was said of it."""
    monkeypatch.setattr(lookout, "PROMPT", 0.05)

    def look(seconds=0.5, held=HELD):
        said = []
        for _ in range(int(seconds / 0.5)):
            clock.now += 0.5
            said.append(store.lookout.dead(held))
        return said

    return look


def test_who_has_not_been_heard_for_so_long_is_dead(store, looking):
    assert looking(DEAD_AFTER) == [[]] * 12
    assert store.lookout.silence("run") == Silence(DEAD_AFTER - 0.5)
    assert looking() == [["run"]]
    assert looking(held=BEATEN) == [[]]
    assert store.lookout.silence("run") == store.lookout.silence("nobody") == Silence()


def test_who_was_asleep_itself_declares_nobody_dead(clock, looking):
    looking(2.0)
    clock.now += 3_600.0  # the lid was closed
    assert looking() == [[]]
    assert looking(held=BEATEN) == [[]]  # the worker wakes up a moment later
    assert looking(held=BEATEN) == [[]]


def test_who_does_not_wake_up_is_dead_all_the_same(clock, looking):
    looking(2.0)
    clock.now += 3_600.0
    assert looking(DEAD_AFTER)[-1] == ["run"]


def test_nobody_dies_while_the_store_is_locked(store, looking, tmp_path, caplog):
    looking(1.0)
    other = sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert looking(2 * DEAD_AFTER) == [[]] * 24
    assert len(caplog.messages) == 1
    assert "locked by another program" in caplog.text
    assert store.lookout.silence("run").is_locked
    assert store.lookout.silence("run").seconds > DEAD_AFTER
    other.execute("ROLLBACK")
    other.close()
    assert looking(DEAD_AFTER - 0.5) == [[]] * 11  # the workers have their time to be heard
    assert not store.lookout.silence("run").is_locked
    assert looking() == [["run"]]


def test_a_store_that_is_free_again_is_not_called_locked(store, looking, tmp_path):
    other = sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    looking(4.0)
    assert store.lookout.silence("run").is_locked
    other.close()
    looking(held=BEATEN)
    assert store.lookout.silence("run") == Silence()


def test_it_can_be_closed_and_used_again(store, looking):
    looking(4.0)
    store.lookout.close()
    assert looking(4.0)[-1] == ["run"]
    Lookout(store.url).close()
