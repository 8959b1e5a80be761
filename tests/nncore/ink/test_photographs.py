"""Ink on paper under bad light."""

import numpy as np
import pytest

from nncore.ink.photographs import InkError, even_light, find_ink
from nncore.judge.reinking import photograph
from nncore.preprocessing import prepare
from tests.nncore.ink.pens import LINES, drawn

Y, X = np.mgrid[-1:1:280j, -1:1:280j]
INK = {digit: drawn(digit) / np.float32(255) for digit in LINES}


def sheet(ink: np.ndarray, light: np.ndarray | float, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.01, ink.shape)
    return np.clip(light * (1 - 0.75 * ink) + noise, 0, 1).astype(np.float32)


SHADOW = 0.575 - 0.225 * np.tanh((X + 0.4 * Y - 0.1) / 0.06)
GLARE = 0.4 + 0.45 * np.exp(-1.5 * (X**2 + (Y - 0.3) ** 2))


@pytest.mark.parametrize("light", [0.7, 0.6 + 0.3 * X, GLARE, SHADOW], ids=range(4))
@pytest.mark.parametrize("digit", [2, 4, 5])
def test_paper_becomes_even_and_ink_stays(digit: int, light: np.ndarray) -> None:
    even = even_light(sheet(INK[digit], light))
    paper = even[INK[digit] == 0]
    assert paper.std() < 0.05
    assert even[INK[digit] == 1].mean() < paper.mean() - 0.5
    expected = prepare(INK[digit]).pixels
    assert np.abs(prepare(sheet(INK[digit], light)).pixels - expected).mean() < 0.035


def test_a_clean_sheet_is_left_as_it_is() -> None:
    assert even_light(INK[3]) is INK[3]


@pytest.mark.parametrize("light", [0.6 + 0.3 * X, SHADOW], ids=range(2))
def test_chalk_on_a_board_is_the_negative(light: np.ndarray) -> None:
    board = 1 - sheet(INK[7], light)
    assert np.abs(prepare(board).pixels - prepare(INK[7]).pixels).mean() < 0.06


def test_lines_of_the_paper_are_no_ink() -> None:
    ruled = sheet(INK[2], 0.6 + 0.2 * X)
    ruled[10::40] *= 0.85
    assert np.abs(prepare(ruled).pixels - prepare(INK[2]).pixels).mean() < 0.05


@pytest.mark.parametrize("light", [0.7, 0.6 + 0.3 * X, SHADOW], ids=range(3))
def test_an_empty_sheet_has_no_ink(light: np.ndarray) -> None:
    with pytest.raises(InkError):
        find_ink(even_light(sheet(np.zeros((280, 280)), light)))


def test_the_photographs_of_the_evaluation_are_read_as_their_drawings() -> None:
    rng = np.random.default_rng(1)
    for digit, ink in INK.items():
        picture = photograph(ink, rng=rng)
        assert picture.dtype == np.uint8
        assert np.abs(prepare(picture).pixels - prepare(ink).pixels).mean() < 0.06, digit
