import pytest

from dashboard.train import charts as train_charts
from nncore.training import Progress
from tests.dashboard.records import RECORDS


def test_live_rows_count_epochs_trained_and_place_mini_batches_inside_them():
    progress = [Progress("numpy", epoch=3, batch=50, n_batches=100, cost=0.2, seconds=1.0)]
    frame = train_charts.live_cost(RECORDS, progress)
    assert set(frame["epochs"]) == {1.0, 2.0, 3.0, 3.5}
    assert list(frame.query("split == 'mini-batch'")["value"]) == [0.2]
    assert list(frame.columns) == list(train_charts.live_accuracy([]).columns)


def test_a_live_chart_keeps_its_series_while_points_arrive():
    empty, full = (train_charts.live_cost(rows) for rows in ([], RECORDS))
    before, after = (train_charts.live_spec(frame, "cost")["series"] for frame in (empty, full))
    without_points = [[{**line, "data": None} for line in spec] for spec in (before, after)]
    assert without_points[0] == without_points[1]
    assert not any(line["data"] for line in before)
    first = next(line for line in after if line["data"])
    assert first["data"][0] == [1.0, pytest.approx(RECORDS[0].train_cost, rel=1e-4)]


def test_a_live_accuracy_is_drawn_in_percent():
    lines = train_charts.live_spec(train_charts.live_accuracy(RECORDS), "accuracy")["series"]
    first = next(line for line in lines if line["data"])
    assert first["data"][0][1] == pytest.approx(100 * RECORDS[0].train_accuracy, rel=1e-4)
