"""Where the ink on Draw comes from: the pad, a sample, a file, the camera."""

import streamlit as st

from dashboard import session
from dashboard.draw import photograph, state
from dashboard.ink import drawing, pad, samples
from dashboard.ink.drawing import Ink


def choose_ink() -> Ink:
    """Place the choice of a source, and the source; an example while there is no ink to use."""
    source = st.segmented_control(
        "Where the digit comes from",
        list(SOURCES),
        required=True,
        key=state.INK.starting("source", PAD),
        persist_state="session",
        label_visibility="collapsed",
        wrap=True,
    )
    return SOURCES[source or PAD]()


def _pad() -> Ink:
    drawn = pad.pad()
    return drawing.example() if drawn is None else Ink(drawn)


def _sample() -> Ink:
    digit = st.pills(
        "A digit drawn beforehand",
        samples.DIGITS,
        required=True,
        key=state.INK.starting("sample", samples.EXAMPLE),
        persist_state="session",
        wrap=True,
    )
    is_small = st.toggle(
        "Small, in a corner", key=state.INK.starting("small", False), persist_state="session"
    )
    image = (samples.small if is_small else samples.sample)(digit)
    drawing.preview(image, f"A handwritten {digit}{', small, in a corner' if is_small else ''}")
    session.keep_drawing(image)
    where = "A sample in a corner" if is_small else "A sample"
    return Ink(image, f"{where}: centred and scaled as MNIST's digits are.")


def take_small_sample() -> None:
    """Look at a small digit in a corner from now on (for a button's `on_click`)."""
    state.INK.set(source=SAMPLES, small=True)


PAD = "Draw"
SAMPLES = "Samples"
SOURCES = {
    PAD: _pad,
    SAMPLES: _sample,
    "Upload": photograph.from_file,
    "Camera": photograph.from_camera,
}
