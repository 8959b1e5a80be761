import math
from typing import Any

import numpy as np
import pytest

from dashboard.results import charts
from dashboard.ui.curves import curves_of
from dashboard.ui.palette import NUMPY, TORCH
from tests.dashboard.records import RECORDS, record


def spec(figure: Any) -> dict[str, Any]:
    return figure.to_dict()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_diverged_run_still_draws(bad: float):
    records = [record("numpy", 0), record("numpy", 1, train_cost=bad, diverged=True)]
    data = spec(charts.cost_curves(curves_of(records, "cost")))["data"]
    assert list(data[0]["y"]) == [0.5, None]


def test_curves_of_nothing_are_an_empty_chart_with_a_title():
    figure = spec(charts.accuracy_curves([]))
    assert figure["data"] == []
    assert figure["layout"]["title"]["text"]


def test_accuracy_is_in_percent_and_engines_keep_their_colours():
    data = spec(charts.accuracy_curves(curves_of(RECORDS, "accuracy")))["data"]
    assert list(data[1]["y"]) == pytest.approx([88, 89, 90])
    assert [line["line"]["color"] for line in data] == [NUMPY, NUMPY, TORCH, TORCH]
    assert [line["line"]["dash"] for line in data] == ["solid", "dot", "solid", "dot"]


def test_the_legend_lists_each_engine_of_a_run_once():
    lines = curves_of(RECORDS, "cost", run="first")
    lines += curves_of(RECORDS, "cost", run="second", second=True)
    data = spec(charts.cost_curves(lines))["data"]
    listed = [line["name"] for line in data if line["showlegend"]]
    assert listed == ["NumPy (first)", "PyTorch (first)", "NumPy (second)", "PyTorch (second)"]


def test_a_run_name_cannot_smuggle_markup_into_a_chart():
    evil = '<a href="https://x">click</a>' + "a" * 200
    text = str(spec(charts.cost_curves(curves_of(RECORDS, "cost", run=evil))))
    assert "<a" not in text
    assert "a" * 60 not in text


def test_alternative_text_tells_the_figures():
    lines = curves_of(RECORDS, "accuracy")
    assert "NumPy ends at 90.00% on test data" in charts.alt_text(charts.accuracy_curves(lines))


def test_digit_scores_name_the_hardest_digit():
    scores = {"numpy": np.linspace(0.9, 0.99, 10), "torch": np.linspace(0.99, 0.9, 10)}
    alt = charts.alt_text(charts.digit_scores(scores, "recall"))  # pyright: ignore
    assert "0 for NumPy" in alt
    assert "9 for PyTorch" in alt
