"""How well predictions fit the labels: pure functions of arrays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


def accuracy(labels: npt.NDArray[np.integer], predictions: npt.NDArray[np.integer]) -> float:
    """Share of the examples that are right, 0 to 1; of no examples at all, 0."""
    _check_lengths(labels, predictions)
    return np.count_nonzero(labels == predictions) / max(len(labels), 1)


def confusion_matrix(
    labels: npt.NDArray[np.integer], predictions: npt.NDArray[np.integer], n_classes: int = 10
) -> npt.NDArray[np.int64]:
    """Count the examples by true class (row) and predicted class (column): (n_classes, n_classes).

    Raises:
        ValueError: a class outside 0 to n_classes - 1, or unequal lengths.
    """
    _check_lengths(labels, predictions)
    for classes in (labels, predictions):
        if len(classes) and not 0 <= classes.min() <= classes.max() < n_classes:
            raise ValueError(
                f"A class lies outside 0 to {n_classes - 1}: they go from {classes.min()} to "
                f"{classes.max()}; give the larger n_classes."
            )
    cells = labels.astype(np.int64) * n_classes + predictions.astype(np.int64)
    return np.bincount(cells, minlength=n_classes**2).reshape(n_classes, n_classes)


def precision_recall_f1(
    confusion: npt.NDArray[np.integer],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Scores of each class from a confusion matrix [true, predicted]: three arrays (n_classes,).

    Precision: how many that were called a 7 are one. Recall: how many 7s were called one. F1: the
    harmonic mean of both. Where a class was never predicted (precision), never occurs (recall), or
    both are 0 (F1), the ratio 0/0 counts as 0.
    """
    hits = np.diagonal(confusion).astype(np.float64)
    precision = _ratio(hits, confusion.sum(axis=0))
    recall = _ratio(hits, confusion.sum(axis=1))
    return precision, recall, _ratio(2 * precision * recall, precision + recall)


def most_confident_mistakes(
    probabilities: npt.NDArray[np.floating], labels: npt.NDArray[np.integer]
) -> npt.NDArray[np.intp]:
    """Metric: positions of wrong predictions, by the highest probability of a wrong class.

    Args:
        probabilities: (n, n_classes); a row need not sum to 1 (sigmoid outputs do not).
        labels: (n,) the true classes.
    """
    _check_lengths(labels, probabilities)
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    confidence = probabilities[wrong].max(axis=1, initial=-np.inf)
    return wrong[np.argsort(-confidence, kind="stable")]


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How often a network is right when it is so and so sure, bin by bin from unsure to sure."""

    confidence: npt.NDArray[np.float64]
    """(n_bins,) mean confidence of a bin's predictions; NaN where a bin is empty."""
    accuracy: npt.NDArray[np.float64]
    """(n_bins,) share of them that is right; NaN where a bin is empty."""
    counts: npt.NDArray[np.int64]  # (n_bins,)

    @property
    def expected_error(self) -> float:
        """Mean gap between confidence and accuracy, weighted by the predictions (ECE), 0 to 1."""
        gaps = np.nan_to_num(np.abs(self.confidence - self.accuracy))
        return float((gaps * self.counts).sum() / max(int(self.counts.sum()), 1))


def calibration(
    confidence: npt.NDArray[np.floating], right: npt.NDArray[np.bool_], n_bins: int = 10
) -> Calibration:
    """Sort predictions into bins of equal width by their confidence (Guo et al. 2017).

    Args:
        confidence: (n,) probability of the predicted class, 0 to 1.
        right: (n,) whether that class is the true one.
        n_bins: bins between 0 and 1; a confidence of exactly 1 belongs to the last.

    Raises:
        ValueError: a confidence outside 0 to 1, or unequal lengths.
    """
    if len(confidence) != len(right):
        raise ValueError(
            f"There are {len(confidence):,} confidences for {len(right):,} answers; "
            "give one for each."
        )
    if len(confidence) and not (confidence.min() >= 0 and confidence.max() <= 1):
        raise ValueError(
            f"A confidence lies outside 0 to 1: they go from {confidence.min():g} to "
            f"{confidence.max():g}; give probabilities."
        )
    bins = np.minimum((confidence * n_bins).astype(np.int64), n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins)
    means = [
        np.divide(
            np.bincount(bins, weights=values.astype(np.float64), minlength=n_bins),
            counts,
            out=np.full(n_bins, np.nan),
            where=counts > 0,
        )
        for values in (confidence, right)
    ]
    return Calibration(means[0], means[1], counts)


def _ratio(
    above: npt.NDArray[np.float64], below: npt.NDArray[np.number]
) -> npt.NDArray[np.float64]:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _check_lengths(labels: npt.NDArray[np.integer], others: npt.NDArray[np.generic]) -> None:
    if len(labels) != len(others):
        raise ValueError(
            f"There are {len(labels):,} labels for {len(others):,} predictions; give one for each."
        )
