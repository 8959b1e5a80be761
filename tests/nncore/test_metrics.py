import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncore.metrics import (
    accuracy,
    calibration,
    confusion_matrix,
    most_confident_mistakes,
    precision_recall_f1,
)

LABELS = np.array([0, 0, 0, 0, 1, 1, 2], np.uint8)
PREDICTIONS = np.array([0, 0, 0, 1, 1, 0, 0])
pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=60)


def test_accuracy() -> None:
    assert accuracy(LABELS, PREDICTIONS) == pytest.approx(4 / 7)
    assert accuracy(LABELS[:0], PREDICTIONS[:0]) == 0


def test_confusion_has_the_true_class_in_its_rows() -> None:
    assert confusion_matrix(LABELS, PREDICTIONS, 3).tolist() == [[3, 1, 0], [1, 1, 0], [1, 0, 0]]
    assert confusion_matrix(LABELS, PREDICTIONS).shape == (10, 10)


@given(pairs)
def test_confusion_counts_every_example_once(examples: list[tuple[int, int]]) -> None:
    labels, predictions = np.array(examples, np.uint8).reshape(-1, 2).T
    confusion = confusion_matrix(labels, predictions)
    assert confusion.sum() == len(examples)
    assert confusion.sum(axis=1).tolist() == np.bincount(labels, minlength=10).tolist()
    assert np.trace(confusion) / max(len(examples), 1) == accuracy(labels, predictions)
    assert np.array_equal(confusion.T, confusion_matrix(predictions, labels))


@given(pairs)
def test_scores_stay_between_0_and_1(examples: list[tuple[int, int]]) -> None:
    labels, predictions = np.array(examples, np.uint8).reshape(-1, 2).T
    for scores in precision_recall_f1(confusion_matrix(labels, predictions)):
        assert scores.shape == (10,)
        assert ((scores >= 0) & (scores <= 1)).all()


def test_scores_by_hand() -> None:
    precision, recall, f1 = precision_recall_f1(confusion_matrix(LABELS, PREDICTIONS, 4))
    # Class 0: 5 were called 0 and 3 are; of 4 zeros 3 were found; F1 = 2·(3/5)(3/4)/(3/5 + 3/4).
    # Class 2 was never called, class 3 never occurs: 0/0 counts as 0.
    assert precision.tolist() == pytest.approx([3 / 5, 1 / 2, 0, 0])
    assert recall.tolist() == pytest.approx([3 / 4, 1 / 2, 0, 0])
    assert f1.tolist() == pytest.approx([2 / 3, 1 / 2, 0, 0])


def test_mistakes_come_worst_first() -> None:
    probabilities = np.array(
        [[0.9, 0.1, 0.0], [0.6, 0.4, 0.0], [0.1, 0.1, 0.8], [0.0, 0.9, 0.1], [0.6, 0.3, 0.1]]
    )
    assert most_confident_mistakes(probabilities, np.array([0, 1, 0, 0, 2])).tolist() == [
        3,
        2,
        1,
        4,
    ]
    assert most_confident_mistakes(probabilities, probabilities.argmax(axis=1)).tolist() == []


@pytest.mark.parametrize(("labels", "predictions"), [([10], [0]), ([0], [-1]), ([3], [10])])
def test_a_class_out_of_range(labels: list[int], predictions: list[int]) -> None:
    with pytest.raises(ValueError, match="outside 0 to 9"):
        confusion_matrix(np.array(labels), np.array(predictions))


def test_lengths_that_differ() -> None:
    for function in (accuracy, confusion_matrix):
        with pytest.raises(ValueError, match="7 labels for 6 predictions"):
            function(LABELS, PREDICTIONS[:6])
    with pytest.raises(ValueError, match="7 labels for 6 predictions"):
        most_confident_mistakes(np.ones((6, 10)), LABELS)


def test_calibration_by_hand():
    confidence = np.array([0.15, 0.95, 0.91, 1.0, 0.55])
    right = np.array([False, True, True, False, True])
    found = calibration(confidence, right)
    assert list(found.counts) == [0, 1, 0, 0, 0, 1, 0, 0, 0, 3]
    assert found.confidence[9] == pytest.approx((0.95 + 0.91 + 1.0) / 3)
    assert found.accuracy[9] == pytest.approx(2 / 3)
    assert found.accuracy[1] == 0
    assert np.isnan(found.accuracy[0])
    # gaps: 0.15 once, 0.45 once, (2.86 - 2) / 3 three times; of five predictions
    assert found.expected_error == pytest.approx((0.15 + 0.45 + 0.86) / 5)


def test_a_network_that_knows_how_sure_to_be_is_calibrated():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.1, 1, 200_000)
    right = rng.random(200_000) < confidence
    assert calibration(confidence, right).expected_error < 0.01
    assert calibration(confidence**0.2, right).expected_error > 0.2


def test_calibration_refuses_what_is_no_probability():
    with pytest.raises(ValueError, match="outside 0 to 1"):
        calibration(np.array([1.2]), np.array([True]))
    with pytest.raises(ValueError, match="give one for each"):
        calibration(np.array([0.2]), np.array([True, False]))
    assert calibration(np.array([]), np.array([], dtype=bool)).expected_error == 0
