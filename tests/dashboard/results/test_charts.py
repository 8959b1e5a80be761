import math
from typing import Any

import numpy as np
import pytest

from dashboard.results import charts
from dashboard.train import charts as train_charts
from dashboard.ui import curves
from dashboard.ui.palette import NUMPY, TORCH
from tests.dashboard.records import RECORDS, record


def spec(figure: Any) -> dict[str, Any]:
    return figure.to_dict()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_diverged_run_still_draws(bad: float):
    records = [record("numpy", 0), record("numpy", 1, train_cost=bad, diverged=True)]
    data = spec(charts.cost_curves(curves.curves(records, "cost")))["data"]
    assert list(data[0]["y"]) == [0.5, None]
    assert len(train_charts.live_cost(records).query("split == 'training'")) == 1


def test_curves_of_nothing_are_an_empty_chart_with_a_title():
    figure = spec(charts.accuracy_curves([]))
    assert figure["data"] == []
    assert figure["layout"]["title"]["text"]


def test_accuracy_is_in_percent_and_engines_keep_their_colours():
    data = spec(charts.accuracy_curves(curves.curves(RECORDS, "accuracy")))["data"]
    assert list(data[1]["y"]) == pytest.approx([88, 89, 90])
    assert [line["line"]["color"] for line in data] == [NUMPY, NUMPY, TORCH, TORCH]
    assert [line["line"]["dash"] for line in data] == ["solid", "dot", "solid", "dot"]


def test_the_legend_lists_each_engine_of_a_run_once():
    lines = curves.curves(RECORDS, "cost", run="first")
    lines += curves.curves(RECORDS, "cost", run="second", second=True)
    data = spec(charts.cost_curves(lines))["data"]
    listed = [line["name"] for line in data if line["showlegend"]]
    assert listed == ["NumPy (first)", "PyTorch (first)", "NumPy (second)", "PyTorch (second)"]


def test_a_run_name_cannot_smuggle_markup_into_a_chart():
    evil = '<a href="https://x">click</a>' + "a" * 200
    text = str(spec(charts.cost_curves(curves.curves(RECORDS, "cost", run=evil))))
    assert "<a" not in text
    assert "a" * 60 not in text


def test_alternative_text_tells_the_figures():
    lines = curves.curves(RECORDS, "accuracy")
    assert "NumPy ends at 90.00% on test data" in charts.alt_text(charts.accuracy_curves(lines))


CONFUSION = np.diag(np.full(10, 90))
CONFUSION[4, 9] = 10
CONFUSION[7, 2] = 3


def test_confusion_names_the_commonest_mistake():
    figure = charts.confusion(CONFUSION, "torch")
    assert "Most often, a 4 is taken for a 9 (10 times)" in charts.alt_text(figure)
    assert spec(figure)["layout"]["title"]["text"] == "PyTorch: 13 of 913 named wrong"
    assert "a 4 is taken for a 9 (10.0% of them)" in charts.alt_text(
        charts.confusion(CONFUSION, "torch", rates=True)
    )


@pytest.mark.parametrize("rates", [False, True])
def test_every_cell_of_a_confusion_chart_can_be_clicked(rates: bool):
    traces = spec(charts.confusion(CONFUSION, "numpy", rates=rates))["data"]
    cells = [
        (int(true), int(predicted), int(count))
        for trace in traces
        if trace["type"] == "scatter"
        for true, predicted, count, _ in trace["customdata"]
    ]
    assert len(cells) == 100
    assert all(CONFUSION[true, predicted] == count for true, predicted, count in cells)


@pytest.mark.parametrize("matrix", [np.zeros((10, 10), int), np.eye(10, dtype=int)])
def test_confusion_without_mistakes_or_without_data_draws(matrix: np.ndarray):
    assert "no mistake" in charts.alt_text(charts.confusion(matrix, "numpy"))


@pytest.mark.parametrize(
    ("event", "cell"),
    [
        ({"selection": {"points": [{"customdata": [4, 9, 10, 10.0]}]}}, (4, 9)),
        ({"selection": {"points": []}}, None),
        ({"selection": {"points": [{"x": 1}]}}, None),
        ({}, None),
        (None, None),
    ],
)
def test_clicked_cell(event: Any, cell: tuple[int, int] | None):
    assert charts.clicked_cell(event) == cell


def test_digit_scores_name_the_hardest_digit():
    scores = {"numpy": np.linspace(0.9, 0.99, 10), "torch": np.linspace(0.99, 0.9, 10)}
    alt = charts.alt_text(charts.digit_scores(scores, "recall"))  # pyright: ignore
    assert "0 for NumPy" in alt
    assert "9 for PyTorch" in alt
