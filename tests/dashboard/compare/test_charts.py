"""What a chart of Compare is handed: its rows, the layers that use them, and its words."""

from typing import Any

import numpy as np
import pytest

from dashboard.compare import charts, speed_charts, twins
from dashboard.ui.palette import ENGINE_NAMES, NUMPY, TORCH
from tests.dashboard.compare.results import row

BOTH = list(ENGINE_NAMES.values())


@pytest.fixture
def placed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every chart that was placed: `rows`, `layers` and the keywords of `place`."""
    found: list[dict[str, Any]] = []

    def place(rows: Any, layers: Any, **words: Any) -> None:
        found.append({"rows": [*rows], "layers": [*layers], **words})

    monkeypatch.setattr(charts, "place", place)
    monkeypatch.setattr(speed_charts, "place", place)
    return found


def test_twin_lines_are_two_in_their_engines_colours():
    broad, thin = charts.twin_lines({})
    for line, name in ((broad, BOTH[0]), (thin, BOTH[1])):
        assert line["transform"] == [{"filter": f"datum.engine === '{name}'"}]
        assert line["encoding"]["color"]["scale"] == {"domain": BOTH, "range": [NUMPY, TORCH]}
    assert broad["mark"]["strokeWidth"] > thin["mark"]["strokeWidth"]


def test_the_cost_of_both_engines_is_drawn_after_each_step(placed: list[dict[str, Any]]):
    curve = twins.stored().curve("float32")
    charts.twin_costs(curve)
    (chart,) = placed
    steps = [step for step in curve.steps if step > 0]  # a logarithmic axis has no 0
    assert [r["step"] for r in chart["rows"]] == [*steps, *steps]
    last = {r["engine"]: r["cost"] for r in chart["rows"]}
    assert last == dict(zip(BOTH, (curve.numpy_cost[-1], curve.torch_cost[-1]), strict=True))
    assert f"NumPy has {curve.numpy_cost[-1]:.6f}" in chart["alt"]


@pytest.mark.parametrize(
    ("factor", "told"),
    [(1.0, "one on the other"), (1.004, "one on the other"), (1.1, "at most 9% apart")],
)
def test_the_title_says_whether_the_curves_lie_on_each_other(
    placed: list[dict[str, Any]], factor: float, told: str
):
    curve = twins.stored().curve("float32")
    costs = tuple(factor * cost for cost in curve.numpy_cost)
    charts.twin_costs(curve.model_copy(update={"torch_cost": costs}))
    assert placed[0]["title"].endswith(told)


def test_the_lines_of_code_are_told_in_the_picture_and_in_words(placed: list[dict[str, Any]]):
    charts.line_counts([("Layer", 30, 9), ("Forward", 40, 3)])
    (chart,) = placed
    assert chart["rows"] == [
        {"part": "Layer", "engine": "NumPy", "lines": 30},
        {"part": "Layer", "engine": "PyTorch", "lines": 9},
        {"part": "Forward", "engine": "NumPy", "lines": 40},
        {"part": "Forward", "engine": "PyTorch", "lines": 3},
    ]
    assert chart["alt"].endswith("Layer: 30 against 9; Forward: 40 against 3.")


def test_a_run_made_here_is_dots_on_the_stored_lines(placed: list[dict[str, Any]]):
    stored = [charts.Accuracy("NumPy", "full-batch", step, 0.5 + step / 10) for step in (1, 2)]
    here = charts.Accuracy("NumPy", "full-batch", 3, 0.99, here=True)
    charts.accuracy_by_steps([*stored, here])
    (chart,) = placed
    assert [r["accuracy"] for r in chart["rows"]] == pytest.approx([60, 70, 99])
    *lines, dots = chart["layers"]
    assert all({"filter": "!datum.here"} in line["transform"] for line in lines)
    assert dots["transform"] == [{"filter": "datum.here"}]
    assert chart["alt"].endswith("NumPy, full-batch: 70.00%.")


def test_each_seed_lies_at_its_distance_from_the_published_figure(placed: list[dict[str, Any]]):
    charts.published([row("nielsen-ch3-l2", "numpy", 0.93, 0.9649)])  # 96.49 % was published
    (chart,) = placed
    gaps = [point["gap"] for point in chart["rows"]]
    assert gaps == pytest.approx([-3.49, 0.0], abs=1e-9)
    assert [point["best"] for point in chart["rows"]] == [False, True]
    assert "0 of 2 seeds are more than 4 points below" in chart["alt"]


@pytest.mark.parametrize(("even", "said"), [(42.0, "even at about 42."), (None, "one is faster")])
def test_a_ring_marks_where_the_engines_are_even(
    placed: list[dict[str, Any]], even: float | None, said: str
):
    speed_charts.ratios("784-128-10", [(1, 4.0), (64, 0.8)], "batch", even)
    (chart,) = placed
    assert chart["layers"][-1]["data"]["values"] == ([{"x": even, "ratio": 1.0}] if even else [])
    assert said in chart["alt"]


@pytest.mark.parametrize("gflops", [None, 200.0])
def test_the_limit_is_drawn_where_it_is_known(placed: list[dict[str, Any]], gflops: float | None):
    speed_charts.step_times([("small", 10**6, 50e-6, 100e-6), ("large", 10**9, 6e-3, 7e-3)], gflops)
    (chart,) = placed
    assert [r["time"] for r in chart["rows"]] == pytest.approx([50, 100, 6000, 7000])  # µs
    limit = [point["time"] for point in chart["layers"][0]["data"]["values"]]
    # 10^6 operations at 200 GFLOP/s take 5 µs, 10^9 take 5 ms.
    assert limit == (pytest.approx([5, 5000]) if gflops else [])
    assert ("Dashed" in chart["title"]) == bool(gflops)


def test_where_a_function_is_no_number_its_line_has_a_gap(placed: list[dict[str, Any]]):
    z, f = np.array([-1.0, 0.0, 1.0]), np.array([1.0, np.inf, np.nan])
    charts.activation(z, f, f, None, None)
    charts.activation(z, z, z, z, wrong_at=1.0)
    none, wrong = placed
    assert [(r["kind"], r["z"]) for r in none["rows"]] == [("f", -1.0), ("slope", -1.0)]
    assert "no derivative typed" in none["alt"]
    assert "rejected, most wrong at z = 1" in wrong["alt"]
    assert wrong["layers"][-1]["data"]["values"] == [{"z": 1.0}]
