import base64
import io

import numpy as np
import pytest
from PIL import Image

from dashboard.ui import digits, palette


def test_signed_pictures_are_transparent_at_zero_and_full_at_the_largest():
    values = np.zeros(784)
    values[0], values[1], values[2] = 2.0, -1.0, -2.0
    sheet = digits.signed(values, 28)
    assert sheet.shape == (28, 28, 4)
    assert [int(alpha) for alpha in sheet[0, :4, 3]] == [255, 128, 255, 0]
    assert tuple(sheet[0, 0, :3]) != tuple(sheet[0, 2, :3])
    assert digits.signed(np.full(784, np.nan))[..., 3].max() == 0


def test_signed_numbers_over_a_digit_hide_it_where_they_are_large_and_leave_it_at_zero():
    pixels, values = np.ones((28, 28)), np.zeros(784)
    values[0], values[1], values[2] = 2.0, -0.5, -2.0
    sheet = digits.signed_over(pixels, values, 56)
    assert sheet.shape == (56, 56, 3)
    green, pale, magenta, dimmed = (tuple(sheet[0, 2 * column]) for column in range(4))
    assert green == tuple(int(palette.POSITIVE[i : i + 2], 16) for i in (1, 3, 5))
    assert magenta == tuple(int(palette.NEGATIVE[i : i + 2], 16) for i in (1, 3, 5))
    assert dimmed == tuple(digits.colored(np.array([[0.3]]))[0, 0])
    assert all(min(a, b) <= c <= max(a, b) for a, b, c in zip(magenta, dimmed, pale, strict=True))
    assert pale not in (magenta, dimmed)


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
