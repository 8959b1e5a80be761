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


def say(pixels: np.ndarray, *, all_stages: bool = True) -> None:
    """Doubt aloud; nothing where the ink looks like a digit.

    `all_stages` is false where a stage that was switched off may be the reason.
    """
    if is_doubted(pixels):
        what = "This does not" if all_stages else "Prepared like this, it does not"
        st.warning(
            f"**{what} look like a digit.** A network has to name one all the same.",
            icon=":material/question_mark:",
        )


def threshold(network: DigitOrNot) -> float:
    """From which score on this session doubts: the one that was moved to, or the network's own."""
    moved = session.doubt_threshold()
    return network.threshold if moved is None else moved
