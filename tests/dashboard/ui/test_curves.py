from dashboard.ui import curves
from tests.dashboard.records import RECORDS


def test_a_split_without_numbers_has_no_line():
    lines = curves.curves(RECORDS, "accuracy")
    assert [(line.engine, line.split) for line in lines] == [
        ("numpy", "training"),
        ("numpy", "test"),
        ("torch", "training"),
        ("torch", "test"),
    ]
    assert lines[1].values == [0.88, 0.89, 0.90]


def test_curves_put_epochs_in_order_and_count_them_from_1():
    lines = curves.curves(reversed(RECORDS), "cost")
    assert list(lines[0].epochs) == [1, 2, 3]
