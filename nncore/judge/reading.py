"""Reading a picture: the digit on it or, where there are several, each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nncore.activations import Array
from nncore.checkpoints import DivergedError
from nncore.ink.segmentation import Piece, segment
from nncore.judge.doubt import DigitOrNot, calibrated
from nncore.network import Network
from nncore.preprocessing import Prepared, find_strokes, prepare_found, prepare_ink


@dataclass(frozen=True, slots=True, eq=False)
class ReadDigit:
    """What was read in one place of a picture."""

    probabilities: Array  # (10,)
    is_doubted: bool
    """Whether it looks like no digit."""

    @property
    def digit(self) -> int:
        """The most probable one."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """Its probability."""
        return float(self.probabilities[self.digit])


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A network that names digits, the temperature of its confidence, and one that doubts."""

    network: Network
    temperature: float
    doubt: DigitOrNot

    def read(self, image: npt.NDArray[np.generic]) -> list[ReadDigit]:
        """The digits of a picture in reading order; most pictures show one.

        Args:
            image: as `nncore.preprocessing.prepare` takes it.

        Raises:
            InkError: there is no ink on it.
            DivergedError: the network's answer is no number.
            ValueError: the array is no image.
        """
        found = find_digits(image, self.doubt.is_doubted)
        X = np.stack([prepared.pixels.ravel() for _, prepared in found])
        probabilities = calibrated(answers(self.network, X), self.temperature)
        return [
            ReadDigit(row, bool(word))
            for row, word in zip(probabilities, self.doubt.is_doubted(X), strict=True)
        ]


def find_digits(
    image: npt.NDArray[np.generic], is_doubted: Callable[[Array], npt.NDArray[np.bool_]]
) -> list[tuple[Piece | None, Prepared]]:
    """The digits of a picture in reading order, prepared, and of several where each lies.

    Args:
        image: as `nncore.preprocessing.prepare` takes it.
        is_doubted: which of images (n, 784) look like no digit; (n,).

    Raises:
        InkError: there is no ink on it.
        ValueError: the array is no image.
    """
    strokes = find_strokes(image)
    whole = prepare_found(strokes)
    pieces = segment(strokes[-1].image)
    if len(pieces) > 1:
        each = [prepare_ink(piece.ink) for piece in pieces]
        doubted = is_doubted(np.stack([one.pixels.ravel() for one in (whole, *each)]))
        if are_several(bool(doubted[0]), doubted[1:].tolist()):
            return list(zip(pieces, each, strict=True))
    return [(None, whole)]


def are_several(whole: bool, pieces: Sequence[bool]) -> bool:
    """Whether pieces of ink are digits of their own, and not one digit in pieces, or none at all.

    Two digits side by side may look like a third; a digit that a pen skipped in does not fall into
    digits, and a word falls into nothing that looks like one.

    Args:
        whole: whether all of them together are doubted.
        pieces: whether each of them is.
    """
    return len(pieces) > 1 and not (all(pieces) if whole else any(pieces))


def answers(network: Network, X: Array) -> Array:
    """Ten probabilities (n, 10) for each image (n, 784).

    Raises:
        DivergedError: they are no numbers.
    """
    with np.errstate(all="ignore"):  # the sentence says it
        probabilities = network.predict_proba(X)
    if not np.isfinite(probabilities).all():
        raise DivergedError("answers")
    return probabilities
