"""The twins side by side: what is measured is what the engines do."""

from pathlib import Path

import numpy as np
import pytest

from nncore.expressions import EXAMPLES
from nncore.lab import comparison
from nncore.lab.comparison import TwinRun
from nncore.lab.result_files import ResultFileError
from nncore.quick.optimizers import QuickSGD


@pytest.fixture(scope="module")
def run() -> TwinRun:
    return comparison.run_twins("digits", steps=40)


def test_the_twins_stay_together_to_rounding(run: TwinRun) -> None:
    single, double = run.curve("float32"), run.curve("float64")
    assert single.steps == double.steps
    assert (single.steps[0], single.steps[-1]) == (0, 40)
    assert single.difference[0] == double.difference[0] == 0
    assert 0 < double.difference[-1] < 1e-11
    assert double.difference[-1] < single.difference[-1] < 1e-3
    for curve in run.curves:
        np.testing.assert_allclose(curve.numpy_cost, curve.torch_cost, rtol=1e-3)
        assert curve.numpy_cost[-1] < 0.8 * curve.numpy_cost[0]  # and they do learn


def test_a_planted_error_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuickSGD, "scale", property(lambda self: -1.001 * self.learning_rate))
    assert comparison.run_twins("digits", steps=5).curve("float64").difference[-1] > 1e-6


def test_the_gradient_is_written_out_for_every_array(run: TwinRun) -> None:
    single = [entry for entry in run.gradient if entry.dtype == "float32"]
    assert [entry.parameter[:2] for entry in single] == ["W1", "b1", "W2", "b2"]
    for entry in run.gradient:
        close = 1e-4 if entry.dtype == "float32" else 1e-11
        assert entry.numpy == pytest.approx(entry.torch, rel=close)
        exact = float(np.float32(entry.numpy)) == entry.numpy
        assert exact == (entry.dtype == "float32")


def test_the_parts_give_the_same_and_take_time() -> None:
    pieces = comparison.run_pieces("digits", n_images=20, repetitions=2)
    assert [piece.name for piece in pieces] == ["Forward", "Backward", "Update"]
    for piece in pieces:
        assert piece.difference < 1e-4
        assert piece.numpy_seconds > 0
        assert piece.torch_seconds > 0


def test_a_run_survives_its_file(run: TwinRun, tmp_path: Path) -> None:
    file = tmp_path / "twins.json"
    file.write_text(run.model_dump_json(), encoding="utf-8")
    assert comparison.load(file) == run
    with pytest.raises(ResultFileError, match="cannot be read"):
        comparison.load(tmp_path / "nothing.json")
    file.write_text('{"curves": []}', encoding="utf-8")
    with pytest.raises(ResultFileError, match="does not hold such a run"):
        comparison.load(file)


def test_the_stored_run_is_one() -> None:
    stored = comparison.load()
    assert stored.curve("float64").steps[-1] == comparison.STEPS
    assert stored.curve("float64").difference[-1] < 1e-9


@pytest.mark.parametrize(
    ("one", "other", "digits"), [("0.123", "0.124", 4), ("0.1", "0.12", 3), ("-1", "1", 0)]
)
def test_common_digits(one: str, other: str, digits: int) -> None:
    assert comparison.common_digits(one, other) == digits


def test_the_crossover_by_hand() -> None:
    # ln r falls from ln 4 to ln 1/2 while ln x grows by ln 8: 1 is passed after two thirds of it.
    assert comparison.crossover([1, 8, 64], [4, 0.5, 0.25]) == pytest.approx(4)
    assert comparison.crossover([1, 2], [1, 0.5]) is None
    assert comparison.crossover([1, 2, 4], [0.5, 2, 3]) == pytest.approx(2**0.5)
    assert comparison.crossover([1, 2], [2, 3]) is None
    assert comparison.crossover([], []) is None


def test_a_typed_activation_is_trained_by_numpy_only_with_its_derivative() -> None:
    both = comparison.run_typed("digits", "z * sigmoid(z)", "sigmoid(z) * (1 + z - z * sigmoid(z))")
    assert both.accepted
    assert both.torch[-1] > 0.5
    assert both.numpy == pytest.approx(both.torch, abs=0.01)
    alone = comparison.run_typed("digits", "z * sigmoid(z)", "sigmoid(z)")
    assert not alone.accepted
    assert alone.numpy == ()
    assert alone.torch == both.torch
    assert comparison.run_typed("digits", "1000 * exp(z)").torch == ()  # it diverges


def test_the_stored_typed_activation_is_the_first_example() -> None:
    stored = comparison.load_typed()
    assert (stored.activation, stored.derivative) == (
        EXAMPLES[0].activation,
        EXAMPLES[0].derivative,
    )
    assert stored.accepted
    assert stored.torch[-1] > 0.85
