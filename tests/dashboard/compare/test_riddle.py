import pytest

from dashboard.compare import published, riddle
from nncore.lab.reproduction import Row
from tests.dashboard.compare.results import ROWS, row


@pytest.fixture(autouse=True)
def _stored(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(published, "stored", lambda: ROWS)


def test_the_batch_and_the_engine_are_told_apart():
    found = riddle.finding()
    # Means: 89 and 89.2 % by full batch, 96.5 and 96.5 % by mini-batches.
    assert found.batch == pytest.approx((7.5 + 7.3) / 2)
    assert found.engine == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("rows", "batch", "engine"),
    [
        ((), None, None),
        ((row("full-batch", "numpy", 0.9),), None, None),
        ((row("full-batch", "numpy", 0.9), row("mini-batch", "torch", 0.97)), None, None),
        ((row("full-batch", "numpy", 0.9), row("mini-batch", "numpy", 0.97)), 7, None),
        ((row("full-batch", "numpy", 0.9), row("full-batch", "torch", 0.91)), None, 1),
    ],
)
def test_what_is_missing_is_not_concluded_from(
    monkeypatch: pytest.MonkeyPatch,
    rows: tuple[Row, ...],
    batch: float | None,
    engine: float | None,
):
    monkeypatch.setattr(published, "stored", lambda: rows)
    found = riddle.finding()
    assert found.batch == (batch and pytest.approx(batch))
    assert found.engine == (engine and pytest.approx(engine))
    assert ("The batch makes" in riddle.conclusion(found)) == (batch is not None)
    assert ("engines end" in riddle.conclusion(found)) == (engine is not None)


def test_the_conclusion_has_the_figures_and_the_number_of_seeds():
    said = riddle.conclusion(riddle.finding())
    assert "within 0.20 points of each other" in said
    assert "The batch makes 7.40 points here and 6.05 there" in said
    assert said.endswith("the mean of 2 seeds.")


def test_the_differences_are_those_of_the_figures_shown(monkeypatch: pytest.MonkeyPatch):
    shares = {"full-batch": (0.905649, 0.905651), "mini-batch": (0.974751, 0.974849)}
    rows = tuple(
        row(name, engine, share)
        for name, both in shares.items()
        for engine, share in zip(("numpy", "torch"), both, strict=True)
    )
    monkeypatch.setattr(published, "stored", lambda: rows)
    found = riddle.finding()
    # Shown are 90.56 and 90.57, 97.48 and 97.48 %.
    assert found.engine == pytest.approx(0.01)
    assert found.batch == pytest.approx((6.92 + 6.91) / 2)


def test_how_long_a_run_goes_on_follows_its_pace():
    pace = riddle.Pace()
    assert pace.seconds_left("full-batch", 0.20, 100.0) is None
    assert pace.seconds_left("full-batch", 0.205, 101.0) is None
    # A tenth took 10 s, so the other seven take 70 s.
    assert pace.seconds_left("full-batch", 0.30, 110.0) == pytest.approx(70.0)
    assert pace.seconds_left("mini-batch", 0.30, 110.0) is None
    pace.forget("full-batch")  # paused: its clock begins anew
    assert pace.seconds_left("full-batch", 0.30, 200.0) is None
