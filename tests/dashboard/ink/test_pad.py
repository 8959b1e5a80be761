import base64
import io

import numpy as np
import pytest
from PIL import Image

from dashboard.ink import pad, samples
from dashboard.ui import digits
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


def test_digit_images_are_crisp():
    pixels = np.zeros((28, 28), np.float32)
    pixels[3, 4] = 1
    image = digits.enlarged(pixels, 280)
    assert image.shape == (280, 280, 3)
    assert (image[30:40, 40:50] == 255).all()
    assert len(np.unique(image.reshape(-1, 3), axis=0)) == 2


def test_784_numbers_are_a_square_and_others_are_refused():
    assert digits.as_square(np.zeros(784)).shape == (28, 28)
    with pytest.raises(ValueError, match="783 pixels"):
        digits.as_square(np.zeros(783))
    with pytest.raises(ValueError, match=r"\(2, 28, 28\)"):
        digits.as_square(np.zeros((2, 28, 28)))


def test_values_out_of_range_are_clipped():
    assert digits.colored(np.array([[-1.0, 2.0, np.nan]])).min() >= 0


def test_a_grid_has_rows_of_so_many_columns():
    sheet = digits.grid(np.zeros((13, 784)), columns=5, size=28)
    assert sheet.shape == (3 * 28 + 2 * 2, 5 * 28 + 4 * 2, 4)
    assert sheet[-1, -1, 3] == 0  # the last row is not full
    assert digits.grid([]).shape == (1, 1, 4)


@pytest.mark.parametrize("shape", [(10, 7), (28, 28), (600, 300), (1, 1000)])
def test_any_image_fits_its_frame(shape: tuple[int, int]):
    image = digits.fitted(np.ones(shape), 140)
    assert max(image.shape) <= 140
    square = digits.on_square(image)
    assert square.shape[0] == square.shape[1] == max(image.shape[:2])


def test_a_picture_travels_in_its_address():
    image = digits.enlarged(np.eye(28), 56)
    kind, _, content = digits.png(image).partition(",")
    assert kind == "data:image/png;base64"
    assert (np.asarray(Image.open(io.BytesIO(base64.b64decode(content)))) == image).all()
