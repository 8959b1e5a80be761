"""Whether the ink looks like a digit at all, and what that judgement costs."""

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.draw.subject import Subject
from dashboard.text import escape
from nncore import doubt
from nncore.doubt import DigitOrNot, DoubtError


@st.cache_resource(show_spinner=False)
def judge() -> DigitOrNot:
    """The network that tells digits from other ink.

    Raises:
        DoubtError: its file is missing or damaged.
    """
    return doubt.load()


def is_doubted(pixels: np.ndarray) -> bool:
    """Whether a 28x28 image looks like no digit, at the threshold of this session."""
    try:
        network = judge()
    except DoubtError:
        return False
    threshold = state.draw_view().threshold
    limit = network.threshold if threshold is None else threshold
    return bool(network.score(pixels.reshape(1, -1))[0] > limit)


def say(pixels: np.ndarray) -> None:
    """Doubt aloud; nothing where the ink looks like a digit."""
    if is_doubted(pixels):
        st.warning(
            "**This does not look like a digit.** A network must name one all the same; here is "
            "what they would say.",
            icon=":material/question_mark:",
        )


def show(subject: Subject) -> None:
    """How the doubt is decided."""
    try:
        network = judge()
    except DoubtError as error:
        st.warning(escape(str(error)))
        return
    score = float(network.score(subject.pixels.reshape(1, -1))[0])
    st.markdown(
        "A second, small network has seen scribbles and letters beside digits. It gives this "
        f"drawing **{score:.2f}**; from **{network.threshold:.2f}** on, it is doubted."
    )
