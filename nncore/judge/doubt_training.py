"""Teaching the second network: digits on one side, scribbles and letters on the other.

Both sides are deformed anew in each epoch, so that it learns what digits look like and not what
our own letters do.
"""

from itertools import pairwise

import numpy as np

from nncore.activations import Array
from nncore.augmentation import DEFORMATIONS, deform
from nncore.config import TrainingConfig
from nncore.datasets import Dataset, one_hot
from nncore.ink import world
from nncore.judge.doubt import MOST_DIGITS_DOUBTED, DigitOrNot, trade_off
from nncore.judge.reinking import reinked
from nncore.judge.scribbles import LETTERS, Kind, no_digit
from nncore.network import Network
from nncore.preprocessing import InkError, prepare
from nncore.quick.network import QuickNetwork
from nncore.streams import Stream

KINDS: dict[Kind, float] = {
    "scribble": 0.34,
    "letter": 0.38,
    "print": 0.13,
    "crossing": 0.1,
    "dots": 0.05,
}
"""Shares of the ink that is no digit."""
HIDDEN = 128
EPOCHS = 20
BATCH = 128
N_PLAIN = 30_000
"""Training digits as they are; as many come drawn again or written as there is ink that is none."""
TIMES = 3
"""How often the drawn ink counts, of which there is less."""


def images_of(kind: Kind, n: int, *, seed: int, letters: tuple[str, ...] = LETTERS) -> Array:
    """Images to train doubt with: at most n prepared (n, 784) of no digit; a blank has no image."""
    rng = np.random.default_rng([seed, list(KINDS).index(kind)])
    found: list[Array] = []
    for _ in range(n):
        try:
            found.append(prepare(no_digit(kind, rng=rng, letters=letters)).pixels.ravel())
        except InkError:
            continue
    return np.array(found, np.float32).reshape(-1, 784)


def teach(
    data: Dataset, *, n_others: int = 6_000, seed: int = 0, letters: tuple[str, ...] = LETTERS
) -> DigitOrNot:
    """Train the second network and set its threshold on validation digits.

    Args:
        data: MNIST with validation images.
        n_others: images of what is no digit; half as many digits are drawn again beside them, and
            as many written in the forms that MNIST lacks.
        seed: of everything that is drawn.
        letters: those that it is shown; the others are left to test it.
    """
    digits = [data.train.images[:N_PLAIN]]
    digits += [_drawn_again(data.train.images[: n_others // 2], seed)] * TIMES
    digits += [_written(n_others // 2, seed)] * TIMES
    others = [_others(n_others, seed, letters)] * TIMES
    X = np.concatenate([*digits, *others]).astype(np.float32)
    labels = np.repeat([0, 1], [sum(map(len, digits)), sum(map(len, others))])
    network = _trained(X, one_hot(labels, 2), np.random.default_rng(seed))
    found = _without_threshold(network)
    plain = found.score(data.validation.images)
    drawn = found.score(_drawn_again(data.validation.images[: n_others // 4], seed + 1))
    written = found.score(_written(n_others // 4, seed + 1))
    # Whichever kind of digit is doubted more sets it: a visitor draws, a test set is MNIST's.
    allowed = [float(np.quantile(s, 1 - MOST_DIGITS_DOUBTED)) for s in (plain, drawn, written)]
    curve = trade_off(
        np.concatenate([plain, drawn, written]),
        found.score(_others(n_others // 4, seed + 1, letters)),
    )
    return DigitOrNot(found.hidden, found.output, max(allowed), curve)


def _others(n: int, seed: int, letters: tuple[str, ...]) -> Array:
    parts = [images_of(k, round(n * s), seed=seed, letters=letters) for k, s in KINDS.items()]
    return np.concatenate(parts)


def _drawn_again(digits: Array, seed: int) -> Array:
    return np.array([prepare(ink).pixels.ravel() for ink in reinked(digits, seed=seed)])


def _written(n: int, seed: int) -> Array:
    return world.write(n, rng=np.random.default_rng([seed, Stream.WORLD])).images


def _trained(X: Array, Y: Array, rng: np.random.Generator) -> Network:
    config = TrainingConfig(optimizer="adam", learning_rate=1e-3, l2=1.0)
    sizes = (X.shape[1], HIDDEN, 2)
    he = [
        (rng.normal(0, np.sqrt(2 / n), (n, m)).astype(np.float32), np.zeros(m, np.float32))
        for n, m in pairwise(sizes)
    ]
    network = QuickNetwork(config, he, n_train=len(X))
    for epoch in range(EPOCHS):
        network.learning_rate = config.learning_rate * (1 - epoch / EPOCHS)
        deformed = deform(X, DEFORMATIONS["elastic"], rng=rng)
        order = rng.permutation(len(X))
        for start in range(0, len(X), BATCH):
            rows = order[start : start + BATCH]
            network.train_batch(deformed[rows], Y[rows])
    return network


def _without_threshold(network: Network) -> DigitOrNot:
    """Two outputs become their difference, which is all that a decision needs."""
    hidden, (W, b) = network.parameters()
    nothing = trade_off(np.zeros(1), np.zeros(1))
    return DigitOrNot(hidden, (W[:, 1] - W[:, 0], b[1] - b[0]), 0.0, nothing)
