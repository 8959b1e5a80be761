"""What trained networks say: of one image, and of many at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from dashboard.models import cards
from dashboard.models.load import Model, Shipped, network_of
from dashboard.runs.errors import StoreError
from nncore.blocks import slices
from nncore.checkpoints import CheckpointError
from nncore.judge.doubt import calibrated
from nncore.network import Network
from nncore.quick.network import EVALUATION_ROWS
from nncore.quick.threads import n_cpus


# One image --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What one model says: ten probabilities, or none where its weights are no numbers."""

    probabilities: np.ndarray  # (10,)

    @property
    def is_number(self) -> bool:
        """False for a network that diverged: its weights are infinite or undefined."""
        return bool(np.isfinite(self.probabilities).all())

    @property
    def digit(self) -> int:
        """The most probable digit."""
        return int(np.argmax(self.probabilities))

    @property
    def confidence(self) -> float:
        """Its probability."""
        return float(self.probabilities[self.digit])


def ask(network: Network, pixels: np.ndarray) -> Answer:
    """The network's answer to one 28x28 image."""
    return Answer(ask_many(network, pixels.reshape(1, -1))[0].astype(np.float64))


def answer_of(model: Model, pixels: np.ndarray) -> Answer:
    """What it says of one 28x28 image; a shipped model's confidence at its card's temperature.

    Raises:
        CheckpointError: its file or checkpoint is gone or damaged.
        StoreError: the run store cannot be read.
    """
    answer = ask(network_of(model), pixels)
    card = cards.card(model.name) if isinstance(model, Shipped) else None
    if card is None or card.temperature == 1:
        return answer
    return Answer(calibrated(answer.probabilities, card.temperature))


def answers(models: Sequence[Model], pixels: np.ndarray) -> list[tuple[Model, Answer]]:
    """What each model says; a trained one that is gone or damaged is left out."""
    said: list[tuple[Model, Answer]] = []
    for model in models:
        try:
            said.append((model, answer_of(model, pixels)))
        except (CheckpointError, StoreError):
            continue
    return said


# Many images ------------------------------------------------------------------------------------
def ask_many(network: Network, X: np.ndarray) -> np.ndarray:
    """Ten probabilities (n, 10) for each image (n, 784); no numbers where the network diverged."""
    return by_rows(network.predict_proba, X)


def digits_named(network: Network, X: np.ndarray) -> np.ndarray:
    """Predictions as digits (n,) for images (n, 784); -1 where the network diverged."""
    probabilities = ask_many(network, X)
    is_number = np.isfinite(probabilities).all(axis=1)
    return np.where(is_number, probabilities.argmax(axis=1), -1)


def by_rows(function: Callable[[np.ndarray], np.ndarray], X: np.ndarray) -> np.ndarray:
    """Predict in threads: `function` of X (n_samples, n_in) by rows; its results in order."""

    def quietly(part: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):  # a diverged network answers too
            return function(part)

    if len(X) <= EVALUATION_ROWS:
        return quietly(X)
    with ThreadPoolExecutor(max_workers=n_cpus()) as threads:
        parts = [X[rows] for rows in slices(len(X), EVALUATION_ROWS)]
        return np.concatenate(list(threads.map(quietly, parts)))
