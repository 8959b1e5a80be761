"""What a trained network makes of every test image."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.models import load
from dashboard.models.predictions import ask_many
from nncore import datasets, metrics
from nncore.config import DatasetName, EngineName
from nncore.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What one network says of many images; one that diverged names a 0, with confidence 0."""

    labels: np.ndarray  # (n,) true digits
    predictions: np.ndarray  # (n,)
    confidence: np.ndarray  # (n,) probability of the predicted digit
    mistakes: np.ndarray  # positions of the wrong answers, the most confident first

    @property
    def right(self) -> np.ndarray:
        """(n,) where it names the true digit."""
        return self.predictions == self.labels

    @property
    def matrix(self) -> np.ndarray:
        """(10, 10) counts [true, predicted]."""
        return metrics.confusion_matrix(self.labels, self.predictions)

    def cell(self, true: int, predicted: int) -> np.ndarray:
        """Positions of one cell of the matrix, worst first.

        The worst mistake is the most confident one, the worst right answer the least confident.
        """
        found = np.flatnonzero((self.labels == true) & (self.predictions == predicted))
        sign = 1 if true == predicted else -1
        return found[np.argsort(sign * self.confidence[found], kind="stable")]


def evaluate(network: Network, images: np.ndarray, labels: np.ndarray) -> Answers:
    """Evaluate a network for a page: what it says of every image (n, 784), and the labels (n,)."""
    probabilities = np.nan_to_num(ask_many(network, images))
    return Answers(
        labels=labels,
        predictions=probabilities.argmax(axis=1),
        confidence=probabilities.max(axis=1),
        mistakes=metrics.most_confident_mistakes(probabilities, labels),
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def test_images(dataset: DatasetName) -> tuple[np.ndarray, np.ndarray]:
    """The images that networks are evaluated on: test images (n, 784) and labels (n,), kept.

    Nothing is downloaded here: a page must not wait for that, a worker does it.

    Raises:
        DataError: the files are not there, or damaged.
    """
    test = datasets.load_test(dataset)
    return test.images, test.labels


@st.cache_data(max_entries=64, show_spinner=False)
def evaluate_run(run_id: str, engine: EngineName, epochs: int, dataset: DatasetName) -> Answers:
    """`evaluate` for a run's checkpoint after so many epochs.

    Raises:
        DataError: no test images.
        DeletedError: the checkpoint is not kept.
        CheckpointError: the stored bytes are no checkpoint.
        StoreError: the store cannot be read.
    """
    return evaluate(load.trained_network(run_id, engine, epochs, 0), *test_images(dataset))


@st.cache_data(max_entries=1, show_spinner=False)
def evaluate_shipped() -> Answers:
    """`evaluate` for the small model that comes with the app, on MNIST's test images.

    Raises:
        DataError: no test images.
        CheckpointError: the file is missing or damaged.
    """
    return evaluate(load.shipped_network(), *test_images("mnist"))
