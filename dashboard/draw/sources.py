"""Where the ink on Draw comes from: the pad, a sample, a file, the camera."""

import streamlit as st

from dashboard import canvas, drawing, samples, state
from dashboard.draw import photograph
from dashboard.drawing import Ink


def choose_ink() -> Ink:
    """Place the choice of a source, and the source; an example while there is no ink to use."""
    source = st.segmented_control(
        "Where the digit comes from",
        list(SOURCES),
        default=PAD,
        required=True,
        key="ink-source",
        label_visibility="collapsed",
        wrap=True,
    )
    return SOURCES[source or PAD]()


def _pad() -> Ink:
    st.space("small")  # the pad's own toolbar opens above it
    drawn = canvas.pad()
    return drawing.example() if drawn is None else Ink(drawn)


def _sample() -> Ink:
    digit = st.pills(
        "A digit drawn beforehand",
        samples.DIGITS,
        default=samples.EXAMPLE,
        required=True,
        key="ink-sample",
        wrap=True,
    )
    image = samples.sample(samples.EXAMPLE if digit is None else digit)
    drawing.preview(image, f"A handwritten {digit}")
    state.keep_drawing(image)
    return Ink(image, "A sample: centred and scaled as MNIST's digits are.")


PAD = "Draw"
SOURCES = {
    PAD: _pad,
    "Samples": _sample,
    "Upload": photograph.from_file,
    "Camera": photograph.from_camera,
}
