"""What a trained network makes of many images at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.runs.store import run_store as store
from nncore import datasets, metrics
from nncore.blocks import slices
from nncore.checkpoints import SHIPPED, Checkpoint, from_bytes, load
from nncore.config import DatasetName, EngineName
from nncore.quick.network import EVALUATION_ROWS
from nncore.quick.threads import n_cpus


def by_rows(function: Callable[[np.ndarray], np.ndarray], X: np.ndarray) -> np.ndarray:
    """`function` of X (n_samples, n_in), a part of the rows a thread; its results in order."""
    parts = [X[rows] for rows in slices(len(X), EVALUATION_ROWS)]

    def quietly(part: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):  # a diverged network answers too
            return function(part)

    with ThreadPoolExecutor(max_workers=n_cpus()) as threads:
        return np.concatenate(list(threads.map(quietly, parts)))


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What one network says of every test image."""

    labels: np.ndarray  # (n,) true digits
    predictions: np.ndarray  # (n,)
    confidence: np.ndarray  # (n,) probability of the predicted digit
    matrix: np.ndarray  # (10, 10) counts [true, predicted]
    mistakes: np.ndarray  # positions of the wrong answers, the most confident first

    def cell(self, true: int, predicted: int) -> np.ndarray:
        """Positions of one cell of the matrix, worst first.

        The worst mistake is the most confident one, the worst right answer the least confident.
        """
        found = np.flatnonzero((self.labels == true) & (self.predictions == predicted))
        sign = 1 if true == predicted else -1
        return found[np.argsort(sign * self.confidence[found], kind="stable")]


def evaluate(checkpoint: Checkpoint, images: np.ndarray, labels: np.ndarray) -> Evaluation:
    """Ask a checkpoint's network about every image."""
    chunks = [images[rows] for rows in slices(len(images), 2_000)]
    network = checkpoint.network()
    with np.errstate(all="ignore"):  # a diverged network answers too
        probabilities = np.vstack([network.predict_proba(chunk) for chunk in chunks])
    probabilities = np.nan_to_num(probabilities)
    predictions = probabilities.argmax(axis=1)
    return Evaluation(
        labels=labels,
        predictions=predictions,
        confidence=probabilities.max(axis=1),
        matrix=metrics.confusion_matrix(labels, predictions),
        mistakes=metrics.most_confident_mistakes(probabilities, labels),
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def test_images(dataset: DatasetName) -> tuple[np.ndarray, np.ndarray]:
    """Test images (n, 784) and labels (n,), read once for everybody; never written to.

    Nothing is downloaded here: a page must not wait for that, a worker does it.

    Raises:
        DataError: the files are not there, or damaged.
    """
    test = datasets.load_test(dataset)
    return test.images, test.labels


@st.cache_data(max_entries=64, show_spinner=False)
def evaluate_run(
    run_id: str, engine: EngineName, epochs: int, dataset: DatasetName
) -> Evaluation | None:
    """`evaluate` for a run's checkpoint after so many epochs; None where it is not kept.

    Raises:
        DataError: no test images.
        CheckpointError: the stored bytes are no checkpoint.
        StoreError: the store cannot be read.
    """
    blob = store().checkpoint_blob(run_id, engine, epochs)
    return None if blob is None else evaluate(from_bytes(blob), *test_images(dataset))


@st.cache_data(max_entries=1, show_spinner=False)
def evaluate_shipped() -> Evaluation:
    """`evaluate` for the model that comes with the app, on MNIST's test images."""
    return evaluate(load(SHIPPED["classroom"]), *test_images("mnist"))
