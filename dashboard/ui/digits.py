"""Digit images for the page: bright ink on dark, every pixel a crisp square."""

import base64
import io
from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image

from dashboard.ui.palette import INK, NEGATIVE, PAPER, POSITIVE, rgb

_PAPER, _INK = (np.array(rgb(color), dtype=np.float32) for color in (PAPER, INK))


def as_square(pixels: np.ndarray) -> np.ndarray:
    """A digit to show: 784 numbers or a square image, as a float image in [0, 1].

    Raises:
        ValueError: the numbers make no square.
    """
    image = np.asarray(pixels, dtype=np.float32)
    if image.ndim == 1:
        side = round(image.size**0.5)
        if side * side != image.size:
            raise ValueError(f"{image.size} pixels make no square image; 784 make 28x28")
        image = image.reshape(side, side)
    if image.ndim != 2:
        raise ValueError(
            f"an image of shape {image.shape} is no grey image; use (28, 28) or (784,)"
        )
    return np.clip(np.nan_to_num(image), 0.0, 1.0)


def colored(pixels: np.ndarray) -> np.ndarray:
    """Intensities in [0, 1], any (h, w), as (h, w, 3) uint8: 0 is the dark paper, 1 the ink."""
    share = np.clip(np.nan_to_num(np.asarray(pixels, dtype=np.float32)), 0.0, 1.0)[..., None]
    return np.rint(_PAPER + share * (_INK - _PAPER)).astype(np.uint8)


def enlarged(pixels: np.ndarray, size: int = 224) -> np.ndarray:
    """A digit as (about size, about size, 3) uint8, each pixel a whole number of screen pixels."""
    image = as_square(pixels)
    factor = max(1, round(size / len(image)))
    return colored(image).repeat(factor, axis=0).repeat(factor, axis=1)


def fitted(image: np.ndarray, side: int) -> np.ndarray:
    """Any (h, w) in [0, 1] with its longer side near `side`: small ones in crisp squares, large
    ones averaged, as (h, w, 3) uint8."""
    longer = max(image.shape)
    if longer <= side:
        factor = max(1, side // longer)
        return colored(image).repeat(factor, axis=0).repeat(factor, axis=1)
    height, width = (max(1, round(n * side / longer)) for n in image.shape)
    # Averaged before it is coloured: a quarter of the pixels, and one channel, to work on.
    grey = Image.fromarray(np.nan_to_num(np.asarray(image, dtype=np.float32)))
    return colored(np.asarray(grey.resize((width, height), Image.Resampling.BOX)))


def on_square(image: np.ndarray) -> np.ndarray:
    """A digit's (h, w, 3) picture in the middle of a transparent square, (side, side, 4) uint8."""
    height, width = image.shape[:2]
    side = max(height, width)
    sheet = np.zeros((side, side, 4), dtype=np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    sheet[top : top + height, left : left + width, :3] = image
    sheet[top : top + height, left : left + width, 3] = 255
    return sheet


def grid(
    images: Sequence[np.ndarray] | np.ndarray, columns: int = 10, size: int = 56
) -> np.ndarray:
    """Digits in rows of `columns`, a thin gap between, as one image."""
    tiles = [enlarged(image, size) for image in images]
    if not tiles:
        return np.zeros((1, 1, 4), dtype=np.uint8)
    side, gap = len(tiles[0]), max(2, size // 28)
    columns = min(columns, len(tiles))
    rows = -(-len(tiles) // columns)
    shape = (rows * (side + gap) - gap, columns * (side + gap) - gap, 4)
    sheet = np.zeros(shape, dtype=np.uint8)
    for number, tile in enumerate(tiles):
        top, left = (side + gap) * (number // columns), (side + gap) * (number % columns)
        sheet[top : top + side, left : left + side, :3] = tile
        sheet[top : top + side, left : left + side, 3] = 255
    return sheet


def png(image: np.ndarray) -> str:
    """An image of `colored`, `enlarged` or `grid` as a PNG in a `data:` address.

    The picture travels with the page: a file of its own would be gone by the time a slow
    browser asks for it, when a fragment has shown the next one meanwhile.
    """
    file = io.BytesIO()
    Image.fromarray(image).save(file, format="PNG", optimize=False)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def digit_png(pixels: np.ndarray, size: int = 224) -> str:
    """One digit, enlarged, as `png` gives it."""
    return png(enlarged(pixels, size))


def signed(values: np.ndarray, size: int = 224) -> np.ndarray:
    """784 signed numbers as (about size, about size, 4) uint8 in the hues of the weights.

    The largest in size is in full colour; zero is transparent, so that the page shows through.
    """
    image = np.nan_to_num(np.asarray(values, dtype=np.float32)).reshape(28, 28)
    share = np.abs(image) / max(float(np.abs(image).max()), 1e-30)
    hues = [rgb(color) for color in (POSITIVE, NEGATIVE)]
    sheet = np.empty((28, 28, 4), np.uint8)
    sheet[..., :3] = np.where(image[..., None] < 0, hues[1], hues[0])
    sheet[..., 3] = np.rint(255 * share)
    factor = max(1, round(size / 28))
    return sheet.repeat(factor, axis=0).repeat(factor, axis=1)


def signed_over(pixels: np.ndarray, values: np.ndarray, size: int = 224) -> np.ndarray:
    """A digit, dimmed, under 784 signed numbers in the hues of the weights.

    As (about size, about size, 3) uint8; the largest number in size is in full colour, a quarter of
    it in half, and zero leaves the digit as it is.
    """
    base = colored(0.3 * as_square(pixels)).astype(np.float32)
    over = signed(values, 28).astype(np.float32)
    share = np.sqrt(over[..., 3:] / 255)
    blend = np.rint(base + share * (over[..., :3] - base)).astype(np.uint8)
    factor = max(1, round(size / 28))
    return blend.repeat(factor, axis=0).repeat(factor, axis=1)


def show_digit(pixels: np.ndarray, size: int = 112) -> None:
    """Place a digit as the networks see it; `size` is a multiple of 28."""
    st.image(
        digit_png(pixels, 2 * size),  # two image pixels a screen pixel: crisp on a phone too
        alt="The digit as 28 by 28 grey pixels, centred, bright on dark",
        width=size,
    )
