"""Where ink comes from (the pad, a sample, a file) and how it became what the network sees."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard import canvas, digits, samples, state
from dashboard.text import escape
from nncore.preprocessing import ImageError, InkError, Prepared, StageName, prepare, read_image

PAD, SAMPLES, FILE = "Draw", "Samples", "Upload"
MAX_UPLOAD_MB = 20
_KINDS = ["png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff"]

KEPT = 16
"""Prepared drawings that are remembered: a switch or another section prepares nothing anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """An image of one digit, and one sentence about where it is from."""

    image: npt.NDArray[np.uint8]  # (h, w)
    note: str = "Your digit: centred and scaled as MNIST's digits are."


def example(note: str = "Nothing drawn yet, so this is an example: a 3.") -> Ink:
    """What is shown before the first stroke."""
    return Ink(samples.sample(samples.EXAMPLE), note)


def choose_ink() -> Ink:
    """Place the pad, the samples or the upload; the example while there is no ink to use."""
    source = st.segmented_control(
        "Where the digit comes from",
        [PAD, SAMPLES, FILE],
        default=PAD,
        required=True,
        key="ink-source",
        label_visibility="collapsed",
    )
    if source == SAMPLES:
        return _sample()
    if source == FILE:
        return _upload()
    st.space("small")  # the pad's own toolbar opens above it
    drawn = canvas.pad()
    return example() if drawn is None else Ink(drawn)


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
    _preview(image, f"A handwritten {digit}")
    state.keep_drawing(image)
    return Ink(image, "A sample: centred and scaled as MNIST's digits are.")


def _upload() -> Ink:
    file = st.file_uploader(
        "A picture of one digit",
        _KINDS,
        key="ink-file",
        help="Bright on dark or dark on bright: a photograph of a digit on paper will do.",
        max_upload_size=MAX_UPLOAD_MB,
    )
    if file is None:
        return example("No picture yet, so this is an example: a 3.")
    try:
        image = read_image(file.getvalue(), file.name)
        _prepared(image.tobytes(), image.shape, frozenset())
    except (ImageError, InkError) as error:
        st.error(escape(str(error)), icon=":material/broken_image:")
        return example("That file cannot be used, so this is an example: a 3.")
    _preview(image, "The uploaded picture, in grey")
    state.keep_drawing(image)
    note = "Your picture: the ink found, centred and scaled as MNIST's digits are."
    return Ink(image, note)


def _preview(image: npt.NDArray[np.uint8], alt: str) -> None:
    st.image(digits.png(digits.fitted(image / 255, canvas.SIDE)), alt=alt)


def prepared(ink: Ink, skip: frozenset[StageName] = frozenset()) -> Prepared | None:
    """The ink as the network sees it; None after one sentence about why it cannot be used."""
    try:
        return _prepared(ink.image.tobytes(), ink.image.shape, skip)
    except (InkError, ValueError) as error:
        st.error(escape(str(error)), icon=":material/ink_eraser:")
        return None


@lru_cache(maxsize=KEPT)
def _prepared(ink: bytes, shape: tuple[int, int], skip: frozenset[StageName]) -> Prepared:
    return prepare(np.frombuffer(ink, np.uint8).reshape(shape), skip=skip)


def show_seen(seen: Prepared, note: str) -> None:
    """The 28x28 image that every network gets, with a sentence beside it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        digits.show_digit(seen.pixels)
        with st.container(gap="xsmall", width="stretch"):
            st.markdown("**What every network sees: 28x28 pixels**")
            st.caption(note)
