"""The drawing pad: a stroke on the page becomes an ink array on the server.

The pad's key, `pad`, never changes, so that links, tests and screen readers find it.
"""

import io
from functools import cache

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image, ImageDraw, ImageFont
from streamlit.delta_generator import DeltaGenerator

from dashboard import session
from dashboard.ink.strokes import PadDrawing, strokes
from dashboard.ui import palette
from dashboard.ui.components.pad_buttons import pad_buttons
from nncore.ink.picture_files import ImageError, read_image

SIDE = 280
"""Pixels; what fits beside nothing on a phone of 390."""
PEN = 24
"""About a tenth of a digit's height, as in MNIST."""
KEY = "pad"
_COLUMN = SIDE + 40
"""Pixels; the ways to bring a digit without the pad have a little more room."""
_LABEL = (
    "Drawing pad: draw one digit with a mouse, a finger or a pen. Without any of them, choose one "
    "of the samples on the page Draw."
)


def places() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Places of the ink and of what is said of it.

    Side by side where both have room (`assets/style.css` says how much), else one below the other:
    the pad is never narrower than it is.
    """
    row = st.container(horizontal=True, gap="large")
    return row.container(width=_COLUMN, key="ink-place"), row.container(key="beside-the-pad")


def pad() -> npt.NDArray[np.uint8] | None:
    """Place the pad and its buttons; the ink as (h, w) uint8 on 0, or None while it is empty.

    What was drawn on the pad of another page, or here before a page switch, is on it again.
    Call it inside a fragment of its own: every stroke reruns what surrounds it.
    """
    # Its import registers a browser component, which only a running app can do.
    from streamlit_drawable_canvas import st_canvas

    result = st_canvas(
        stroke_color=palette.INK,
        background_image=_paper(),
        stroke_width=PEN,
        width=SIDE,
        height=SIDE,
        return_image_data=True,
        key=KEY,
    )
    drawn = _image_bytes(result)
    if drawn is not None:
        image = ink(drawn)
        lines = strokes(result.json_data) if image is not None else []
        session.keep_on_pad(PadDrawing(image, lines) if image is not None and lines else None)
    else:  # this pad has not been heard of yet
        kept = session.on_pad()
        image, lines = (kept.ink, kept.strokes) if kept else (None, [])
    pad_buttons(key="pad-buttons", pad=KEY, label=_LABEL, strokes=lines, again=drawn is None)
    if image is not None:
        session.keep_drawing(image)
    return image


def ink(drawn: bytes) -> npt.NDArray[np.uint8] | None:
    """A PNG from the browser as grey ink, or None where nothing was drawn or it is no picture."""
    try:
        image = read_image(drawn)
    except ImageError:
        return None
    return image if image.min() < image.max() else None


@cache
def _paper() -> bytes:
    """Black, with the box that MNIST's digits fill and a hint; it lies behind the ink and is not
    part of the drawing that comes back."""
    paper = Image.new("RGB", (SIDE, SIDE), palette.BLACK)
    draw = ImageDraw.Draw(paper)
    near, far, arm, grey = 36, SIDE - 37, 18, palette.PAD_CORNERS
    for x, dx in ((near, arm), (far, -arm)):
        for y, dy in ((near, arm), (far, -arm)):
            draw.line([(x + dx, y), (x, y), (x, y + dy)], fill=grey, width=2)
    font = ImageFont.load_default(15)
    draw.text((SIDE / 2, SIDE - 17), "draw here", fill=palette.PAD_WORDS, font=font, anchor="mm")
    file = io.BytesIO()
    paper.save(file, format="PNG")
    return file.getvalue()


def _image_bytes(result: object) -> bytes | None:
    """The canvas's PNG; what a browser sends is not trusted to be one."""
    try:
        return getattr(result, "image_bytes", None)
    except (ValueError, AttributeError):
        return None
