"""Middle lines and widths of shapes whose geometry is known."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from nncore.ink.images import average_areas
from nncore.ink.strokes import mean_width, redrawn, skeleton, stroke_width
from tests.nncore.ink.pens import LINES, drawn


def bar(width: int, length: int = 120) -> np.ndarray:
    ink = np.zeros((length + 60, width + 60), np.float32)
    ink[30 : 30 + length, 30 : 30 + width] = 1
    return ink


def test_the_middle_of_a_bar_is_its_middle_line() -> None:
    line = skeleton(bar(21) > 0)
    rows, columns = np.nonzero(line)
    assert set(columns[(rows > 50) & (rows < 130)]) == {40}
    assert line[60:120].sum() == 60  # one pixel wide


@pytest.mark.parametrize("digit", LINES)
def test_a_skeleton_has_the_pieces_and_the_holes_of_its_shape(digit: int) -> None:
    shape = drawn(digit) > 127
    line = skeleton(shape)
    assert (line <= shape).all()
    assert ndimage.label(line, np.ones((3, 3)))[1] == ndimage.label(shape, np.ones((3, 3)))[1]
    assert ndimage.label(~line)[1] == ndimage.label(~shape)[1]
    assert line.sum() < shape.sum() / 10


@pytest.mark.parametrize("width", range(6, 41, 2))
def test_the_width_of_a_bar_and_of_a_ring(width: int) -> None:
    assert stroke_width(bar(width)) == pytest.approx(width, abs=1)
    assert stroke_width(drawn(0, width) / np.float32(255)) == pytest.approx(width, abs=2)


def test_without_ink_there_is_no_width() -> None:
    assert stroke_width(np.zeros((9, 9), np.float32)) == 0


@pytest.mark.parametrize("side", [1, 2, 3, 4])
def test_a_blot_of_a_few_pixels_keeps_a_middle(side: int) -> None:
    ink = np.pad(np.ones((side, side), np.float32), 6)
    assert 1 <= skeleton(ink > 0).sum() <= side
    assert 0 < stroke_width(ink) <= side + 1
    assert redrawn(ink, -3).max() > 0


@pytest.mark.parametrize("change", [-15, -6, 4, 11])
def test_another_pen_draws_the_same_line(change: int) -> None:
    other = redrawn(drawn(3, 24) / np.float32(255), change)
    expected = drawn(3, 24 + change) / 255
    assert np.abs(other - expected).mean() < 0.012
    assert other.min() == 0
    assert other.max() == 1


def test_a_thinner_pen_tears_nothing_apart() -> None:
    image = Image.new("L", (280, 280))
    draw = ImageDraw.Draw(image)
    draw.line([(40, 140), (140, 140)], fill=255, width=40)
    draw.line([(140, 140), (240, 140)], fill=255, width=8)  # less than what is taken away
    thin = redrawn(np.asarray(image) / np.float32(255), -20)
    assert ndimage.label(thin > 0.5)[1] == 1
    columns = np.flatnonzero(thin.max(axis=0) > 0.5)
    assert columns[-1] > 230


def ring(width: int, side: int = 400) -> np.ndarray:
    """Smooth, in the middle of a square."""
    picture = Image.new("L", (4 * side, 4 * side))
    box = (0.4 * side, 0.4 * side, 3.6 * side, 3.6 * side)
    ImageDraw.Draw(picture).ellipse(box, outline=255, width=4 * width)
    return average_areas(np.asarray(picture) / np.float32(255), side)


@pytest.mark.parametrize("width", [1, 2, 4, 8, 16])
def test_the_mean_width_of_a_ring_and_of_lines(width: int) -> None:
    assert mean_width(ring(width)) == pytest.approx(width, rel=0.25)
    for digit in LINES:  # straight lines: along the axes the outline is measured a quarter too long
        found = mean_width(drawn(digit, width) / np.float32(255))
        assert 0.7 * width < found < 1.4 * width + 0.4


@pytest.mark.parametrize("factor", [2, 4, 8, 16])
def test_a_line_that_was_shrunk_is_never_thinner_than_a_pixel(factor: int) -> None:
    shrunk = average_areas(ring(4), 400 // factor)
    assert mean_width(shrunk) == pytest.approx(max(4 / factor, 1), rel=0.3)
