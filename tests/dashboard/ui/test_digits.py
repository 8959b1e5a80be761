import numpy as np

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
