import math
from typing import Any

import numpy as np
import pytest

from dashboard.results import charts
from dashboard.ui.curves import Curve, Measure, curves_of
from dashboard.ui.palette import NUMPY, TORCH
from tests.dashboard.records import RECORDS, record


def encodings(lines: list[Curve], measure: Measure = "cost") -> list[dict[str, Any]]:
    """Of the lines and of the marks on them."""
    return [layer["encoding"] for layer in charts.curve_layers(lines, measure, "axis")[:2]]


def two_runs(first: str = "first", second: str = "second") -> list[Curve]:
    lines = curves_of(RECORDS, "cost", run=first)
    return lines + curves_of(RECORDS, "cost", run=second, second=True)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_diverged_run_still_draws(bad: float):
    records = [record("numpy", 0), record("numpy", 1, train_cost=bad, diverged=True)]
    rows = charts.curve_rows(curves_of(records, "cost"), "cost")
    drawn = [(row["epochs"], row["value"]) for row in rows if row["data"] == "training"]
    assert drawn == [(1, 0.5)]


def test_curves_of_nothing_are_an_empty_chart():
    assert charts.curve_rows([], "accuracy") == []
    assert charts.curve_layers([], "accuracy", "accuracy (%)")


def test_accuracy_is_in_percent_and_engines_keep_their_colours():
    lines = curves_of(RECORDS, "accuracy")
    rows = charts.curve_rows(lines, "accuracy")
    tests = [row["value"] for row in rows if row["data"] == "test" and row["engine"] == "NumPy"]
    assert tests == pytest.approx([88, 89, 90])
    for encoding in encodings(lines, "accuracy"):
        assert encoding["color"]["scale"] == {
            "domain": ["NumPy", "PyTorch"],
            "range": [NUMPY, TORCH],
        }


def test_the_legends_say_what_the_marks_are():
    line, marks = encodings(two_runs())
    assert line["strokeDash"]["scale"]["domain"] == ["training", "test"]
    assert line["strokeDash"]["legend"] is not None
    assert marks["shape"]["scale"] == {"domain": ["first", "second"], "range": ["circle", "square"]}
    assert marks["shape"]["legend"] is not None
    paler = {(row["run"], row["opacity"]) for row in charts.curve_rows(two_runs(), "cost")}
    assert paler == {("first", 1), ("second", 0.5)}


def test_a_run_alone_has_no_legend_of_runs():
    _, marks = encodings(curves_of(RECORDS, "cost"))
    assert marks["shape"]["legend"] is None


@pytest.mark.parametrize(("engine", "width"), [("numpy", 4), ("torch", 1.8)])
def test_one_engine_has_its_width_without_a_scale(engine: str, width: float):
    """Vega's scale of one width has no width: thin lines, and in the legend one across its word."""
    line, _ = encodings(curves_of([r for r in RECORDS if r.engine == engine], "cost"))
    assert line["strokeWidth"] == {"value": width}
    assert line["color"]["legend"]["symbolStrokeWidth"] == width
    both, _ = encodings(curves_of(RECORDS, "cost"))
    assert both["strokeWidth"]["scale"]["range"] == [4, 1.8]
    assert "symbolStrokeWidth" not in both["color"]["legend"]


def test_a_long_line_has_few_marks_and_one_at_its_end():
    lines = curves_of([record("numpy", epoch) for epoch in range(100)], "cost")
    rows = [row for row in charts.curve_rows(lines, "cost") if row["data"] == "test"]
    assert len(rows) == 100
    marked = [row["epochs"] for row in rows if row["is_marked"]]
    assert len(marked) <= 13
    assert marked[-1] == 100


def test_the_words_for_those_who_see_no_chart_tell_the_figures():
    said = charts.curve_ends(curves_of(RECORDS, "accuracy"), "accuracy")
    assert "NumPy ends at 90.00% on test data" in said
    said = charts.curve_ends(two_runs(), "cost")
    assert "PyTorch (second) ends at 0.200 on test data" in said


def test_digit_scores_name_the_hardest_digit():
    said = charts.hardest_digits(
        {"numpy": np.linspace(0.9, 0.99, 10).tolist(), "torch": np.linspace(0.99, 0.9, 10).tolist()}
    )
    assert said == "0 for NumPy, 9 for PyTorch"
