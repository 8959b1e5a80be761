from typing import Any

import numpy as np
import pytest

from dashboard.results import confusion

MATRIX = np.diag(np.full(10, 90))
MATRIX[4, 9] = 10
MATRIX[7, 2] = 3


def test_the_commonest_mistake_is_named():
    assert confusion.finding(MATRIX) == "Most often, a 4 is taken for a 9 (10 times)"
    rates = confusion.finding(MATRIX, rates=True)
    assert rates == "Most often, a 4 is taken for a 9 (10.0% of them)"


def test_mistakes_that_are_equally_common_are_all_named():
    tied = MATRIX.copy()
    tied[3, 5] = 10
    expected = "Most often, a 3 is taken for a 5 and a 4 is taken for a 9 (10 times each)"
    assert confusion.finding(tied) == expected
    few = np.diag(np.full(10, 5)) + 1
    assert confusion.finding(few) == "90 mistakes are equally common (1 time each)"


@pytest.mark.parametrize("rates", [False, True])
def test_every_cell_says_where_it_is_and_how_many(rates: bool):
    cells = confusion.cells(MATRIX, rates=rates)
    assert len(cells) == 100
    assert all(MATRIX[cell["true"], cell["predicted"]] == cell["count"] for cell in cells)
    assert {cell["kind"] for cell in cells if cell["true"] == cell["predicted"]} == {"right"}
    said = {(cell["true"], cell["predicted"]): cell["said"] for cell in cells}
    assert said[4, 9] == ("10.0" if rates else "10")
    assert said[0, 0] == ("100.0" if rates else "90")
    assert said[0, 1] == ""


def test_mistakes_are_shaded_by_the_commonest_and_right_answers_by_their_row():
    strength = {
        (cell["true"], cell["predicted"]): cell["strength"] for cell in confusion.cells(MATRIX)
    }
    assert strength[4, 9] == 1
    assert strength[7, 2] == pytest.approx(np.sqrt(0.3))
    assert strength[4, 4] == pytest.approx(0.9)
    assert strength[0, 1] == 0


@pytest.mark.parametrize("matrix", [np.zeros((10, 10), int), np.eye(10, dtype=int)])
def test_without_mistakes_or_without_data_there_is_a_matrix(matrix: np.ndarray):
    assert "no mistake" in confusion.finding(matrix)
    assert len(confusion.cells(matrix)) == 100


@pytest.mark.parametrize(
    ("chosen", "cell"),
    [
        ([{"true": 4, "predicted": 9}], (4, 9)),
        ([{"true": 4, "predicted": 9}, {"true": 1, "predicted": 1}], (1, 1)),
        ([], None),
        ([{"true": "4", "predicted": 9}], None),
        ([{"x": 1}], None),
        ({}, None),
        (None, None),
    ],
)
def test_the_chosen_cell_is_what_the_browser_says_if_it_is_one(
    chosen: Any, cell: tuple[int, int] | None
):
    assert confusion.chosen_cell({"selection": {"cell": chosen}}) == cell
    assert confusion.chosen_cell(None) is None
