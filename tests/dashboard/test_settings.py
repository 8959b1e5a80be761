from pathlib import Path

import pytest

from dashboard.runs.store import RunStore
from dashboard.settings import Settings, SettingsError, settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"NN_{name.upper()}", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_defaults_suit_ones_own_machine():
    assert settings().store_url.startswith("sqlite:///")
    assert settings().store_url.endswith("runs.sqlite")
    assert not settings().multiuser
    assert settings().max_running is None


def test_everything_can_be_set(monkeypatch):
    monkeypatch.setenv("NN_HOME", "/somewhere")
    monkeypatch.setenv("NN_MULTIUSER", "1")
    monkeypatch.setenv("NN_MAX_RUNNING", "3")
    monkeypatch.setenv("NN_CHECKPOINT_BUDGET_MB", "1.5")
    assert settings().store_url == "sqlite:////somewhere/runs.sqlite"
    assert settings().multiuser
    assert settings().max_running == 3
    assert settings().checkpoint_budget == 1_500_000


def test_the_queue_is_limited_where_it_is_shared(monkeypatch):
    monkeypatch.setenv("NN_MAX_QUEUED", "3")
    assert settings().max_active is None
    settings.cache_clear()
    monkeypatch.setenv("NN_MULTIUSER", "1")
    assert settings().max_active == 3
    settings.cache_clear()
    monkeypatch.delenv("NN_MAX_QUEUED")
    assert settings().max_active == 5


def test_an_empty_variable_is_no_variable(monkeypatch):
    monkeypatch.setenv("NN_MAX_RUNNING", "")
    assert settings().max_running is None


def test_paths_mean_the_same_to_workers_elsewhere(monkeypatch):
    monkeypatch.setenv("NN_HOME", "here")
    assert settings().home == Path.cwd() / "here"
    monkeypatch.setenv("NN_DATABASE_URL", "sqlite:///here/runs.db")
    settings.cache_clear()
    assert settings().store_url == f"sqlite:///{Path.cwd() / 'here' / 'runs.db'}"


@pytest.mark.parametrize("name", ["a%20b", "what?mode=memory", "1#2", "50%", "ä b", "a%3Fb&c=d"])
def test_the_store_lands_where_its_folder_says(monkeypatch, tmp_path, name):
    monkeypatch.setenv("NN_HOME", str(tmp_path / name))
    store = RunStore(settings().store_url)
    store.close()
    assert (tmp_path / name / "runs.sqlite").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    settings.cache_clear()
    monkeypatch.setenv("NN_DATABASE_URL", store.url)
    assert settings().store_url == store.url


def test_another_database_is_taken_as_it_is(monkeypatch):
    monkeypatch.setenv("NN_DATABASE_URL", "postgresql+psycopg://me:secret@db/runs")
    assert settings().store_url == "postgresql+psycopg://me:secret@db/runs"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MULTIUSER", "maybe", "NN_MULTIUSER = 'maybe' does not fit; use 1 or 0."),
        (
            "MAX_RUNNING",
            "0",
            "NN_MAX_RUNNING = '0' does not fit; use a whole number from 1 to 64.",
        ),
        (
            "MAX_QUEUED",
            "none",
            "NN_MAX_QUEUED = 'none' does not fit; use a whole number from 1 to 1000.",
        ),
        (
            "CHECKPOINT_BUDGET_MB",
            "nan",
            "NN_CHECKPOINT_BUDGET_MB = 'nan' does not fit; use a number of megabytes above 0.",
        ),
        (
            "DATABASE_URL",
            "sqlite://",
            "The database URL in NN_DATABASE_URL lives in one process, "
            "where workers cannot reach it; name a file.",
        ),
        (
            "DATABASE_URL",
            "my secret",
            "The database URL in NN_DATABASE_URL is none; use one such as sqlite:////path/runs.db.",
        ),
    ],
)
def test_a_wrong_value_gives_one_sentence(monkeypatch, name, value, expected):
    monkeypatch.setenv(f"NN_{name}", value)
    with pytest.raises(SettingsError) as caught:
        settings()
    assert str(caught.value) == expected
