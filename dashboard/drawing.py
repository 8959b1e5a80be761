"""Where ink comes from (the pad, a sample, a file) and how it became what the network sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard import canvas, digits, palette, predictions, samples, state
from dashboard.components.network_view import Neuron, network_view
from dashboard.predictions import Trained
from dashboard.store import StoreError
from dashboard.text import escape
from nncore.checkpoints import CheckpointError
from nncore.preprocessing import ImageError, InkError, Prepared, prepare, read_image

PAD, SAMPLES, FILE = "Draw", "Samples", "Upload"
MAX_UPLOAD_MB = 20
_KINDS = ["png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff"]

_STAGES = {
    "grey": "The picture in grey",
    "even light": "Light made even",
    "ink": "Ink: what stands out",
    "cleaned": "Dust swept away",
    "cropped": "Cut to the ink's box",
    "squared": "Padded to a square",
    "stroked": "Pen brought to MNIST's width",
    "averaged": "Averaged down: grey edges appear",
    "brightened": "Brightest pixel made white",
    "centred": "Centre of mass in the middle",
}


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """An image of one digit, and one sentence about where it is from."""

    image: npt.NDArray[np.uint8]  # (h, w)
    note: str = "Your digit: centred and scaled as MNIST's digits are."
    prepared: Prepared | None = None
    """What the network sees, where that is known already."""


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
        seen = prepare(image)
    except (ImageError, InkError) as error:
        st.error(escape(str(error)), icon=":material/broken_image:")
        return example("That file cannot be used, so this is an example: a 3.")
    _preview(image, "The uploaded picture, in grey")
    state.keep_drawing(image)
    note = "Your picture: the ink found, centred and scaled as MNIST's digits are."
    return Ink(image, note, seen)


def _preview(image: npt.NDArray[np.uint8], alt: str) -> None:
    st.image(digits.png(digits.fitted(image / 255, canvas.SIDE)), alt=alt)


def prepared(ink: Ink) -> Prepared | None:
    """The ink as the network sees it; None after one sentence about why it cannot be used."""
    if ink.prepared is not None:
        return ink.prepared
    try:
        return prepare(ink.image)
    except (InkError, ValueError) as error:
        st.error(str(error), icon=":material/ink_eraser:")
        return None


def show_seen(seen: Prepared, note: str) -> None:
    """The 28x28 image that every network gets, with a sentence beside it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        digits.show_digit(seen.pixels)
        with st.container(gap="xsmall", width="stretch"):
            st.markdown("**What every network sees: 28x28 pixels**")
            st.caption(note)


def show_neurons(ink: Ink, seen: Prepared, models: Sequence[Trained]) -> None:
    """The drawing in one network, neuron by neuron: an engine of the run, or the shipped model."""
    by_name = {palette.ENGINE_NAMES[model.engine]: model for model in models}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = _SHIPPED
        if by_name:
            name = st.segmented_control(
                "Whose neurons",
                [*by_name, _SHIPPED],
                default=next(iter(by_name)),
                required=True,
                key=f"draw-network-{models[0].run_id}",
                label_visibility="collapsed",
            )
        model = by_name.get(name or _SHIPPED)
        if state.last_drawing() is ink.image:
            chosen = {"run": model.run_id, "engine": model.engine} if model else {}
            st.page_link(
                "pages/inside.py",
                label="Follow it through on Inside",
                icon=":material/hub:",
                query_params={**chosen, "example": "drawing"},
            )
    try:
        network = predictions.trained_network(model) if model else predictions.shipped_network()
    except (CheckpointError, StoreError) as error:
        st.warning(escape(str(error)))
        return
    answer = predictions.ask(network, seen.pixels)
    network_view(
        network,
        seen.pixels,
        selected=state.picture_neuron("draw") or Neuron(len(network.biases) - 1, answer.digit),
        on_select=partial(state.set_picture_neuron, "draw"),
        label="The network with the drawing in it",
    )


_SHIPPED = "Shipped model"


def show_stages(seen: Prepared) -> None:
    """Every stage between the ink and the network, as a row of pictures that wraps."""
    with st.grid(len(seen.stages), min_column_width=120):
        for number, stage in enumerate(seen.stages, 1):
            caption = _STAGES.get(stage.name, stage.name)
            size = f"{stage.image.shape[1]}x{stage.image.shape[0]}"
            tile = digits.on_square(digits.fitted(stage.image, 140))
            st.image(digits.png(tile), caption=f"{number}. {caption} ({size})", alt=caption)
