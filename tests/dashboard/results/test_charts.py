import math
from typing import Any

import numpy as np
import pytest

from dashboard.results import charts
from dashboard.train import charts as train_charts
from dashboard.ui import curves, digits, palette, probabilities, vega
from dashboard.ui.palette import ENGINE_COLORS, MISTAKE, NEGATIVE, NUMPY, POSITIVE, SHIPPED, TORCH
from nncore.training import EpochRecord


def record(engine: Any, epoch: int, **values: Any) -> EpochRecord:
    fields: dict[str, Any] = {
        "learning_rate": 0.1,
        "train_cost": 0.5 / (epoch + 1),
        "train_accuracy": 0.9 + 0.01 * epoch,
        "validation_cost": None,
        "validation_accuracy": None,
        "test_cost": 0.6 / (epoch + 1),
        "test_accuracy": 0.88 + 0.01 * epoch,
        "seconds": 1.0,
        "examples_per_second": 50_000.0,
        "diverged": False,
    }
    return EpochRecord(engine=engine, epoch=epoch, **{**fields, **values})


RECORDS = [record(engine, epoch) for epoch in range(3) for engine in ("numpy", "torch")]


def spec(figure: Any) -> dict[str, Any]:
    return figure.to_dict()


def test_a_split_without_numbers_has_no_line():
    lines = curves.curves_of(RECORDS, "accuracy")
    assert [(line.engine, line.split) for line in lines] == [
        ("numpy", "training"),
        ("numpy", "test"),
        ("torch", "training"),
        ("torch", "test"),
    ]
    assert lines[1].values == [0.88, 0.89, 0.90]


def test_curves_put_epochs_in_order_and_count_them_from_1():
    lines = curves.curves_of(reversed(RECORDS), "cost")
    assert list(lines[0].epochs) == [1, 2, 3]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_diverged_run_still_draws(bad: float):
    records = [record("numpy", 0), record("numpy", 1, train_cost=bad, diverged=True)]
    data = spec(charts.cost_curves(curves.curves_of(records, "cost")))["data"]
    assert list(data[0]["y"]) == [0.5, None]
    assert len(train_charts.live_cost(records).query("split == 'training'")) == 1


def test_curves_of_nothing_are_an_empty_chart_with_a_title():
    figure = spec(charts.accuracy_curves([]))
    assert figure["data"] == []
    assert figure["layout"]["title"]["text"]


def test_accuracy_is_in_percent_and_engines_keep_their_colours():
    data = spec(charts.accuracy_curves(curves.curves_of(RECORDS, "accuracy")))["data"]
    assert list(data[1]["y"]) == pytest.approx([88, 89, 90])
    assert [line["line"]["color"] for line in data] == [NUMPY, NUMPY, TORCH, TORCH]
    assert [line["line"]["dash"] for line in data] == ["solid", "dot", "solid", "dot"]


def test_the_legend_lists_each_engine_of_a_run_once():
    lines = curves.curves_of(RECORDS, "cost", run="first")
    lines += curves.curves_of(RECORDS, "cost", run="second", second=True)
    data = spec(charts.cost_curves(lines))["data"]
    listed = [line["name"] for line in data if line["showlegend"]]
    assert listed == ["NumPy (first)", "PyTorch (first)", "NumPy (second)", "PyTorch (second)"]


def test_a_run_name_cannot_smuggle_markup_into_a_chart():
    evil = '<a href="https://x">click</a>' + "a" * 200
    text = str(spec(charts.cost_curves(curves.curves_of(RECORDS, "cost", run=evil))))
    assert "<a" not in text
    assert "a" * 60 not in text


def test_alternative_text_tells_the_figures():
    lines = curves.curves_of(RECORDS, "accuracy")
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


def test_live_rows_count_epochs_trained_and_place_mini_batches_inside_them():
    costs = train_charts.live_cost(RECORDS)
    frame = train_charts.with_batch_costs(costs, {"numpy": [(3.5, 0.2), (3.6, math.inf)]})
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


def test_probability_bars_show_all_ten_and_tell_the_highest():
    row = np.full(10, 0.02)
    row[6] = 0.82
    text = probabilities.probability_html(row, NUMPY, who='A "model" <b>')
    assert text.count('title="digit ') == 10
    assert "digit 6: 82.00%" in text
    assert "Highest: 6 with 82.0%" in text
    assert "<b>" not in text
    almost = probabilities.probability_html(np.array([0.99996, *[0.0] * 9]), NUMPY)
    assert almost.count("over 99.9%") == 2  # for the pointer and for a screen reader
    assert "nan" not in probabilities.probability_html(np.full(10, np.nan), TORCH)


@pytest.mark.parametrize("color", [*ENGINE_COLORS.values(), SHIPPED, POSITIVE, NEGATIVE, MISTAKE])
@pytest.mark.parametrize("background", ["#ffffff", "#14161c"])
def test_colours_stand_out_on_light_and_dark(color: str, background: str):
    def luminance(hexadecimal: str) -> float:
        parts = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    low, high = sorted((luminance(color), luminance(background)))
    assert (high + 0.05) / (low + 0.05) >= 3  # WCAG 2.2, non-text contrast


def test_signed_pictures_are_transparent_at_zero_and_full_at_the_largest():
    values = np.zeros(784)
    values[0], values[1], values[2] = 2.0, -1.0, -2.0
    sheet = digits.signed(values, 28)
    assert sheet.shape == (28, 28, 4)
    assert [int(alpha) for alpha in sheet[0, :4, 3]] == [255, 128, 255, 0]
    assert tuple(sheet[0, 0, :3]) != tuple(sheet[0, 2, :3])
    assert digits.signed(np.full(784, np.nan))[..., 3].max() == 0


def test_signed_numbers_over_a_digit_hide_it_where_they_are_large_and_leave_it_at_zero():
    pixels, values = np.ones((28, 28)), np.zeros(784)
    values[0], values[1], values[2] = 2.0, -0.5, -2.0
    sheet = digits.signed_over(pixels, values, 56)
    assert sheet.shape == (56, 56, 3)
    green, pale, magenta, dimmed = (tuple(sheet[0, 2 * column]) for column in range(4))
    assert green == tuple(int(palette.POSITIVE[i : i + 2], 16) for i in (1, 3, 5))
    assert magenta == tuple(int(palette.NEGATIVE[i : i + 2], 16) for i in (1, 3, 5))
    assert dimmed == tuple(digits.colored(np.array([[0.3]]))[0, 0])
    assert all(min(a, b) <= c <= max(a, b) for a, b, c in zip(magenta, dimmed, pale, strict=True))
    assert pale not in (magenta, dimmed)


@pytest.mark.parametrize(
    ("ends", "ticks"),
    [
        ((0.9, 8.3), [1, 2, 5]),
        ((0.4, 11), [0.5, 1, 2, 5, 10]),
        ((1, 60_000), [1, 10, 100, 1_000, 10_000]),
        ((2.1, 2.4), None),
    ],
)
def test_a_logarithmic_axis_has_round_ticks(ends: tuple[float, float], ticks: list[float] | None):
    assert vega.log_axis(*ends).get("values") == ticks


def test_powers_of_ten_on_an_axis_are_written_as_powers():
    axis = vega.log_axis(3e-16, 4e-6)
    assert axis["values"] == pytest.approx([1e-14, 1e-12, 1e-10, 1e-8, 1e-6])
    # The names stand in the order of their exponents, of which the first is -16.
    assert axis["labelExpr"].startswith("['10⁻¹⁶', '10⁻¹⁵', ")
    assert axis["labelExpr"].endswith(", '10⁻⁵'][round(log(datum.value) / LN10) - (-16)]")
