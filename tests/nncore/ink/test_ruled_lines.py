"""Printed lines are taken away, and nothing of the ink."""

import numpy as np
import pytest

from nncore.ink.ruled_lines import without_lines
from nncore.preprocessing import prepare
from tests.nncore.ink.pens import drawn
from tests.nncore.ink.scenes import lit, lying, page, plain_table

PAPER = 0.9


def ruled(ink: np.ndarray, step: int, slope: float, *, squared: bool = False) -> np.ndarray:
    """Even paper with lines two pixels thick, level or at a slope, and ink over them."""
    y, x = np.indices(ink.shape)
    lines = np.rint(y + slope * x) % step < 2
    if squared:
        lines |= np.rint(x - slope * y) % step < 2
    grey = PAPER * np.where(lines, 0.7, 1) * (1 - 0.85 * ink)
    grain = np.random.default_rng(0).normal(0, 0.01, ink.shape)
    return np.clip(grey + grain, 0, 1).astype(np.float32)


INK = np.pad(drawn(2, 16) / 255, ((60, 60), (160, 160)))


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("slope", [0, 0.05, -0.1])
def test_lines_go_and_ink_stays(slope: float, squared: bool) -> None:
    grey = ruled(INK, 30, slope, squared=squared)
    clean = without_lines(grey)
    paper = INK == 0
    assert np.mean(grey[paper] < PAPER - 0.1) > 0.05
    assert np.mean(clean[paper] < PAPER - 0.1) < 0.025
    np.testing.assert_array_equal(clean[INK == 1], grey[INK == 1])


def test_paper_without_lines_is_left_as_it_is() -> None:
    grey = ruled(INK, 10_000, 0)[2:]
    assert without_lines(grey) is grey


def test_a_long_thin_stroke_is_no_line() -> None:
    grey = np.full((600, 600), PAPER, np.float32)
    grey[100:420, 300:303] = 0.3
    grey[420:423, 100:400] = 0.3
    assert without_lines(grey) is grey


def test_a_digit_in_an_exercise_book_is_read_as_without_the_squares() -> None:
    rng = np.random.default_rng(3)
    sheet = page(drawn(3, 20) / 255, rng, size=(640, 820), rules=(26, 26), rule=0.3)
    seen = prepare(lit(lying(sheet, plain_table(rng, 0.3), rng, share=0.9), rng)).pixels
    assert np.abs(seen - prepare(drawn(3, 20)).pixels).mean() < 0.06
