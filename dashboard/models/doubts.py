"""Whether what was drawn is a digit at all: what the second network says of it."""

import numpy as np
import streamlit as st

from dashboard import session
from nncore.judge import doubt
from nncore.judge.doubt import DigitOrNot, DoubtError


@st.cache_resource(show_spinner=False)
def judge() -> DigitOrNot:
    """The network that tells digits from other ink.

    Raises:
        DoubtError: its file is missing or damaged.
    """
    return doubt.load()


def is_doubted(pixels: np.ndarray) -> bool:
    """Whether a 28x28 image looks like no digit, at the threshold of this session."""
    return bool(are_doubted(pixels.reshape(1, -1))[0])


def are_doubted(X: np.ndarray) -> np.ndarray:
    """The same of many images (n, 784): (n,) of bool."""
    try:
        return judge().score(X) > threshold(judge())
    except DoubtError:
        return np.zeros(len(X), dtype=bool)


def are_no_digits(X: np.ndarray) -> np.ndarray:
    """The same, at the network's own threshold: what lies on a picture depends on no slider."""
    try:
        return judge().is_doubted(X)
    except DoubtError:
        return np.zeros(len(X), dtype=bool)


def threshold(network: DigitOrNot) -> float:
    """From which score on this session doubts: the one that was moved to, or the network's own."""
    moved = session.doubt_threshold()
    return network.threshold if moved is None else moved
