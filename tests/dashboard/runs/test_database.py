"""A database that cannot be used is told in one sentence, and nothing is lost silently."""

import sqlite3
import traceback

import pytest

from dashboard.runs.errors import StoreError
from dashboard.runs.store import RunStore
from tests.dashboard.runs.training import CONFIG, one_sentence


@pytest.fixture
def store(tmp_path):
    """An empty store that waits for other programs no longer than a test likes to."""
    store = RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}", busy_seconds=0.2)
    yield store
    store.close()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"cannot be made .*NN_HOME") as error:
        RunStore(f"sqlite:///{tmp_path / 'file' / 'runs.sqlite'}")
    assert one_sentence(error)


def test_a_file_that_cannot_be_written(tmp_path):
    (tmp_path / "runs.sqlite").mkdir()
    with pytest.raises(StoreError, match=r"cannot be written.*NN_HOME") as error:
        RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    assert one_sentence(error)


def test_a_file_that_is_no_store(tmp_path):
    (tmp_path / "runs.sqlite").write_text("shopping list " * 100)
    with pytest.raises(StoreError, match="no run store or is damaged") as error:
        RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    assert one_sentence(error)


@pytest.mark.parametrize(
    "url", ["nodatabase://x", "no url", "postgresql+psycopg://a:hidden@[::1]:1/x"]
)
def test_a_database_that_is_not_there(url):
    with pytest.raises(StoreError) as error:
        RunStore(url)
    assert one_sentence(error)
    assert "hidden" not in str(error.value)


def test_a_store_whose_file_has_gone_says_so_and_loses_nothing_silently(store, tmp_path):
    path, aside = tmp_path / "runs.sqlite", tmp_path / "aside"
    run = store.create_run("mine", CONFIG, "kept")
    path.rename(aside)
    for attempt in (
        lambda: store.list_runs("mine"),
        lambda: store.create_run("mine", CONFIG, "into nowhere"),
    ):
        with pytest.raises(StoreError, match=r"removed or replaced while the app ran"):
            attempt()
    assert not path.exists()
    path.write_bytes(aside.read_bytes())  # another file of that name
    with pytest.raises(StoreError, match="removed or replaced"):
        store.get_run(run.id)
    path.unlink()
    aside.rename(path)
    assert store.get_run(run.id) == run


def test_a_locked_store_says_so_and_can_still_be_read(store, tmp_path):
    run = store.create_run("mine", CONFIG)
    other = sqlite3.connect(tmp_path / "runs.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked by another program") as error:
        store.rename_run(run.id, "x")
    assert one_sentence(error)
    assert store.list_runs("mine") == [run]
    other.execute("ROLLBACK")
    other.close()
    store.rename_run(run.id, "x")
    assert store.get_run(run.id).name == "x"


def test_an_error_does_not_say_into_the_log_whose_rows_were_asked_for(store, tmp_path):
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        connection.execute("drop table run")
    connection.close()
    key = "k" * 32  # not in this file's text, which a traceback quotes
    with pytest.raises(StoreError) as error:
        store.list_runs(key)
    logged = "".join(traceback.format_exception(error.value))
    assert "FROM run" in logged  # the statement helps who reads the log
    assert key not in logged
