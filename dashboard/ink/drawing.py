"""One digit's ink, and how it became what the network sees."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.ink import pad, samples
from dashboard.ui import digits
from dashboard.ui.text import escape
from nncore.ink.images import Image
from nncore.ink.segmentation import Piece
from nncore.preprocessing import (
    InkError,
    Prepared,
    Stage,
    StageName,
    find_strokes,
    prepare_found,
)

KEPT_SECONDS = 600
"""How long visitors' pictures, and what was found on them, stay in memory."""
_SHEETS = 4
"""Sheets whose ink stays found, a photograph's at most 30 MB each: a switch, another section or
another digit of the same photograph looks for none anew."""
_OF_THE_SHEET = frozenset[StageName]({"paper", "even light", "lines", "ink", "border", "cleaned"})


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a digit was found in a picture of several."""

    sheet: npt.NDArray[np.uint8]  # (h, w) the whole picture
    piece: Piece


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """A drawing, a sample or a picture of one digit, and a sentence about where it is from."""

    image: npt.NDArray[np.uint8]  # (h, w)
    note: str = "Your digit: centred and scaled as MNIST's digits are."
    place: Place | None = None
    """In a picture of several digits, of which the image shows this one."""


def example(note: str = "Nothing drawn yet, so this is an example: a 3.") -> Ink:
    """The drawing that is shown before the first stroke."""
    return Ink(samples.sample(samples.EXAMPLE), note)


def preview(image: npt.NDArray[np.uint8], alt: str) -> None:
    """Place a picture that is to be read, in grey, as large as the pad."""
    st.image(digits.png(digits.fitted(image / 255, pad.SIDE)), alt=alt)


def prepared(ink: Ink, skip: frozenset[StageName] = frozenset()) -> Prepared | None:
    """The drawing as the network sees it; None after one sentence about why it cannot be used."""
    try:
        sheet, piece = _sheet_and_piece(ink)
        found = _strokes(sheet.tobytes(), sheet.shape, skip & _OF_THE_SHEET)
        return prepare_found(found, piece, skip=skip)
    except (InkError, ValueError) as error:
        st.error(escape(str(error)), icon=":material/ink_eraser:")
        return None


def seen_without_each(ink: Ink) -> tuple[Image, dict[StageName, Image | None]]:
    """What the network sees (28, 28), and with one stage left out at a time: None where no ink is
    left then.

    Raises:
        InkError: there is no ink on it.
    """
    sheet, piece = _sheet_and_piece(ink)
    whole = _strokes(sheet.tobytes(), sheet.shape, frozenset())
    without = dict[StageName, Image | None]()
    for name in get_args(StageName)[1:]:
        try:
            found = _strokes_without(name, sheet, whole)
            without[name] = prepare_found(found, piece, skip={name}).pixels
        except InkError:
            without[name] = None
    return prepare_found(whole, piece).pixels, without


def _strokes_without(
    name: StageName, sheet: npt.NDArray[np.uint8], whole: list[Stage]
) -> list[Stage]:
    """The strokes without one stage; they are not kept, for they would drive the sheets of others
    out."""
    return find_strokes(sheet, skip={name}, known=whole) if name in _OF_THE_SHEET else whole


def _sheet_and_piece(ink: Ink) -> tuple[npt.NDArray[np.uint8], Piece | None]:
    return (ink.place.sheet, ink.place.piece) if ink.place else (ink.image, None)


@st.cache_resource(max_entries=_SHEETS, ttl=KEPT_SECONDS, show_spinner=False)
def _strokes(ink: bytes, shape: tuple[int, int], skip: frozenset[StageName]) -> list[Stage]:
    return find_strokes(np.frombuffer(ink, np.uint8).reshape(shape), skip=skip)


def show_seen(seen: Prepared, note: str) -> None:
    """The drawing as every network gets it, 28x28, with a sentence beside it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        digits.show_digit(seen.pixels)
        with st.container(gap="xsmall", width="stretch"):
            st.markdown("**What every network sees: 28x28 pixels**")
            st.caption(note)
