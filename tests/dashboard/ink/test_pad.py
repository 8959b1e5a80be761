import io

import numpy as np
import pytest
from PIL import Image

from dashboard.ink import pad, samples
from nncore.preprocessing import prepare


def png(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, format="PNG")
    return file.getvalue()


@pytest.mark.parametrize("alpha", [0, 255])
def test_an_empty_pad_is_no_ink(alpha: int):
    blank = np.zeros((280, 280, 4), np.uint8)
    blank[..., 3] = alpha
    assert pad.ink(png(blank)) is None


@pytest.mark.parametrize("junk", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"x" * 40])
def test_what_is_no_picture_is_no_ink(junk: bytes):
    assert pad.ink(junk) is None


@pytest.mark.parametrize("opaque", [True, False])
def test_ink_is_bright_on_dark_on_transparent_and_on_black_paper(opaque: bool):
    stroke = samples.sample(7)
    drawn = np.full((280, 280, 4), 255, np.uint8)
    drawn[..., 3] = stroke
    if opaque:
        drawn[..., :3] = stroke[..., None]
        drawn[..., 3] = 255
    ink = pad.ink(png(drawn))
    assert ink is not None
    assert np.abs(ink.astype(int) - stroke).max() <= 2


def test_samples_fill_the_box_that_the_pad_marks():
    for digit in samples.DIGITS:
        image = samples.sample(digit)
        assert image.shape == (pad.SIDE, pad.SIDE)
        assert not image.flags.writeable
        seen = prepare(image).pixels
        assert seen.shape == (28, 28)
        assert 0.05 < seen.mean() < 0.25  # MNIST's digits: 0.13 on average
