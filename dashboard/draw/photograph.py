"""Pictures, uploaded or taken: every digit on them is found and read, and one is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image, ImageDraw, ImageFont
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import session
from dashboard.draw import state
from dashboard.draw.state import Picture
from dashboard.ink import drawing
from dashboard.ink.drawing import KEPT_SECONDS, Ink, Place
from dashboard.models import doubts, load
from dashboard.models.predictions import ask_many, digits_named
from dashboard.ui import digits, palette
from dashboard.ui.text import escape
from nncore.checkpoints import CheckpointError
from nncore.ink.picture_files import SUFFIXES, ImageError, read_image
from nncore.judge.reading import find_digits
from nncore.preprocessing import InkError

MAX_UPLOAD_MB = 20
_KINDS = [suffix.removeprefix(".") for suffix in SUFFIXES]
_SIDE = 720
"""Pixels of the longer side of the picture with boxes: two for each of the screen."""
_FONT = 34
_PICTURES = 8
"""Pictures that are kept, with what was found on them."""
_MARGIN = 0.25
"""Around one digit that is cut out, as a share of its longer side."""

_UNSEEN = "\u2060"
"""Takes no room, and tells apart two choices with the same name, which Streamlit would mix up."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundDigit:
    """One of several digits that were found in a photograph."""

    place: Place
    ink: npt.NDArray[np.uint8]  # (h, w) this digit alone, bright on 0
    pixels: np.ndarray  # (28, 28)
    corners: npt.NDArray[np.float64]  # (4, 2) of the box around it, in pixels of the picture


def from_file() -> Ink:
    """Place the upload; the example while there is no file, or one that cannot be used."""
    file = st.file_uploader(
        "A picture of one digit or several",
        _KINDS,
        key=state.INK.key("file"),
        on_change=state.let_go_of_picture,
        args=("file",),
        help="Bright on dark or dark on bright: a photograph of digits on paper will do.",
        max_upload_size=MAX_UPLOAD_MB,
    )
    return _read("file", file, "That file cannot be used, so this is an example: a 3.")


def from_camera() -> Ink:
    """Place the camera; the example until a photograph is taken that can be used."""
    file = st.camera_input(
        "A photograph of one digit or several",
        key=state.INK.key("camera"),
        on_change=state.let_go_of_picture,
        args=("camera",),
        resolution="720p",
    )
    if file is None:
        st.caption(
            "No camera, or the browser keeps it closed? Choose Upload and bring a photograph."
        )
    return _read("camera", file, "No digit in that photograph, so this is an example: a 3.")


def _read(source: state.PictureSource, file: UploadedFile | None, unusable: str) -> Ink:
    try:
        picture = _picture(source, file)
        if picture is None:
            return drawing.example("No picture yet, so this is an example: a 3.")
        file_id, image = picture.file_id, picture.image
        found = _digits(file_id, image)
    except (ImageError, InkError) as error:
        st.error(escape(str(error)), icon=":material/broken_image:")
        return drawing.example(unusable)
    if found:
        ink = _choose(file_id, found)
    else:
        drawing.preview(image, "The picture, in grey")
        ink = Ink(image, "Your picture: the ink found, centred and scaled as MNIST's digits are.")
    session.keep_drawing(ink.image)
    return ink


def _picture(source: state.PictureSource, file: UploadedFile | None) -> Picture | None:
    """The picture that was brought, or the one from before a page switch, which empties the upload.

    Raises:
        ImageError: it is none that can be read.
    """
    pictures = state.view().pictures
    if file is not None:
        pictures[source] = Picture(file.file_id, file.name, _image(file.file_id, file))
    elif source in pictures:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Still here: {escape(pictures[source].name)}", width="content")
            st.button(
                "Remove",
                key=f"remove-{source}",
                type="tertiary",
                on_click=state.let_go_of_picture,
                args=(source,),
            )
    return pictures.get(source)


@st.cache_resource(max_entries=_PICTURES, ttl=KEPT_SECONDS, show_spinner=False)
def _image(file_id: str, _file: UploadedFile) -> npt.NDArray[np.uint8]:
    """The picture in grey, decoded once.

    Raises:
        ImageError: it is none that can be read.
    """
    del file_id  # the cache's key
    return read_image(_file.getvalue(), _file.name)


@st.cache_resource(max_entries=_PICTURES, ttl=KEPT_SECONDS, show_spinner=False)
def _digits(file_id: str, _image: npt.NDArray[np.uint8]) -> list[FoundDigit]:
    """Every digit of a picture of several, in reading order; none where it shows one.

    Raises:
        InkError: there is no ink on it.
    """
    del file_id
    return [
        FoundDigit(
            Place(_image, one.piece), _alone(one.piece.ink), one.prepared.pixels, one.corners
        )
        for one in find_digits(_image, doubts.are_no_digits, _probabilities)
        if one.piece is not None
    ]


def _probabilities(X: np.ndarray) -> np.ndarray:
    """Of the digits, by the model that names them; all alike where it has no answer."""
    alike = np.full((len(X), 10), 0.1)
    try:
        said = ask_many(load.network_of(load.default_model()), X)
    except CheckpointError:
        return alike
    return said if np.isfinite(said).all() else alike


def _alone(ink: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    margin = max(1, round(_MARGIN * max(ink.shape)))
    return np.rint(255 * np.pad(ink / ink.max(), margin)).astype(np.uint8)


def _choose(file_id: str, found: Sequence[FoundDigit]) -> Ink:
    """Show what is read where, and place the choice of the digit to look at."""
    model = load.default_model()
    names = _names(model, np.stack([one.pixels.ravel() for one in found]))
    chosen = state.PHOTOGRAPH.value(file_id) or 0
    reading = " ".join(names)
    st.image(_boxed(file_id, names, chosen, found), alt=f"The picture, read as {reading}")
    st.markdown(f"{model.markdown} reads **{reading}**")
    if any(name.endswith("?") for name in names):
        st.caption("With a question mark: it does not look like a digit.")
    st.pills(
        "Look at",
        range(len(found)),
        format_func=lambda number: names[number] + names[:number].count(names[number]) * _UNSEEN,
        default=0,
        required=True,
        key=state.PHOTOGRAPH.key(file_id),
        persist_state="session",
        wrap=True,
    )
    return Ink(
        found[chosen].ink,
        f"Digit {chosen + 1} of {len(found)} in your picture, centred and scaled as MNIST's are.",
        found[chosen].place,
    )


def _names(model: load.Shipped, X: np.ndarray) -> list[str]:
    """The digit that the model reads in each image, with a question mark where it is doubted."""
    try:
        named = digits_named(load.network_of(model), X)
    except CheckpointError:
        named = np.full(len(X), -1)
    return [
        ("–" if digit < 0 else str(digit)) + ("?" if is_doubted else "")
        for digit, is_doubted in zip(named, doubts.are_doubted(X), strict=True)
    ]


@st.cache_data(max_entries=_PICTURES, ttl=KEPT_SECONDS, show_spinner=False)
def _boxed(file_id: str, names: Sequence[str], chosen: int, _found: Sequence[FoundDigit]) -> str:
    """The picture with its boxes as `digits.png`."""
    del file_id
    return digits.png(boxed(_found[0].place.sheet, _found, names, chosen))


def boxed(
    sheet: npt.NDArray[np.uint8], found: Sequence[FoundDigit], names: Sequence[str], chosen: int
) -> npt.NDArray[np.uint8]:
    """The picture with a box around each digit and its name below; (h, w, 3) of uint8.

    The chosen digit's box and name are in full colour, the others' are thin.
    """
    scale = _SIDE / max(sheet.shape)
    height, width = (max(1, round(n * scale)) for n in sheet.shape)
    font = ImageFont.load_default(_FONT)
    room = round(1.3 * _FONT)  # for a name
    lowest = max(round(scale * float(one.corners[:, 1].max())) for one in found)
    below = max(0, lowest + room + 4 - height)
    grey = Image.fromarray(sheet).resize((width, height), Image.Resampling.LANCZOS)
    picture = Image.fromarray(np.pad(np.asarray(grey), ((0, below), (0, 0)), "edge")).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for number, (one, name) in enumerate(zip(found, names, strict=True)):
        left, top = (round(n) for n in scale * one.corners.min(axis=0))
        right, bottom = (round(n) for n in scale * one.corners.max(axis=0))
        box = (left - 4, top - 4, right + 4, bottom + 4)
        is_chosen = number == chosen
        draw.rectangle(box, outline=palette.SHIPPED, width=6 if is_chosen else 3)
        middle = min(max((left + right) // 2, _FONT), width - _FONT)
        half = round(_FONT * (0.36 + 0.28 * len(name)))
        tag = (middle - half, bottom + 4, middle + half, bottom + room)
        draw.rectangle(tag, fill=palette.SHIPPED if is_chosen else palette.TAG)
        draw.text((middle, bottom + 4 + room // 2 - 2), name, palette.INK, font, anchor="mm")
    return np.asarray(picture)
