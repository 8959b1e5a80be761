"""Reading a picture: the digit on it or, where there are several, each of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nncore.activations import Array
from nncore.checkpoints import DivergedError
from nncore.ink.segmentation import segment
from nncore.judge.doubt import DigitOrNot, calibrated
from nncore.network import Network
from nncore.preprocessing import find_strokes, prepare_found, prepare_ink


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
        strokes = find_strokes(image)
        whole = prepare_found(strokes).pixels
        pieces = segment(strokes[-1].image)
        each = [prepare_ink(piece.ink).pixels for piece in pieces] if len(pieces) > 1 else []
        X = np.stack([seen.ravel() for seen in (whole, *each)])
        is_doubted = self.doubt.is_doubted(X)
        several = bool(each) and are_several(bool(is_doubted[0]), is_doubted[1:].tolist())
        rows = np.s_[1:] if several else np.s_[:1]
        probabilities = calibrated(answers(self.network, X[rows]), self.temperature)
        return [
            ReadDigit(row, bool(word))
            for row, word in zip(probabilities, is_doubted[rows], strict=True)
        ]


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
