"""The sheet in a photograph: found where there is one, and nothing else taken for one."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nncore.ink.images import blurred
from nncore.ink.sheets import find_sheet, flat_shape, homography, in_picture, laid_flat
from nncore.judge.reinking import photograph
from tests.nncore.ink.pens import LINES, drawn
from tests.nncore.ink.scenes import plain_table, wooden_table

CORNERS = np.array([(150, 90), (800, 130), (770, 640), (110, 560)], np.float64)


def sheet_on(table: np.ndarray, corners: np.ndarray = CORNERS, paper: float = 0.9) -> np.ndarray:
    """A sheet with a 7 on it, on a table: (height, width) from 0 to 1."""
    picture = Image.fromarray(table.astype(np.float32))
    draw = ImageDraw.Draw(picture)
    draw.polygon([tuple(corner) for corner in corners.tolist()], fill=paper)
    draw.line([(400, 250), (520, 250), (440, 450)], fill=0.1, width=14, joint="curve")
    return blurred(np.asarray(picture), 1)


@pytest.mark.parametrize("table", [plain_table, wooden_table])
def test_the_corners_of_a_sheet_are_found(table: object) -> None:
    assert callable(table)
    for seed in range(3):
        corners = find_sheet(sheet_on(table(np.random.default_rng(seed))))
        assert corners is not None
        # A little within, so that nothing of the table is left.
        np.testing.assert_allclose(corners, CORNERS, atol=14)


def test_a_note_on_a_bright_wall_is_found() -> None:
    wall = np.full((720, 960), 0.97)
    corners = find_sheet(sheet_on(wall, CORNERS * 0.6 + 150, paper=0.75))
    assert corners is not None
    np.testing.assert_allclose(corners, CORNERS * 0.6 + 150, atol=14)


def test_a_corner_beyond_the_picture_is_where_its_sides_meet() -> None:
    beyond = np.array([(-30, -30), (700, 40), (680, 600), (60, 560)], np.float64)
    corners = find_sheet(sheet_on(plain_table(np.random.default_rng(0), 0.2), beyond))
    assert corners is not None
    np.testing.assert_allclose(corners[1:], beyond[1:], atol=16)


@pytest.mark.parametrize("digit", LINES)
def test_a_drawing_is_no_sheet(digit: int) -> None:
    for pen in (10, 24, 40):
        ink = drawn(digit, pen) / np.float32(255)
        assert find_sheet(ink) is None, pen
        assert find_sheet(1 - ink) is None, pen


@pytest.mark.parametrize("digit", LINES)
def test_where_all_is_paper_nothing_is_done(digit: int) -> None:
    for seed in range(3):
        rng = np.random.default_rng([seed, digit])
        assert find_sheet(photograph(drawn(digit) / 255, rng=rng) / np.float32(255)) is None


def test_the_edge_of_a_shadow_is_none_of_a_sheet() -> None:
    ink = np.pad(drawn(7) / 255, 220)
    x = np.linspace(-1, 1, ink.shape[1])
    lit = (0.9 - 0.85 * ink) * (1 - 0.5 / (1 + np.exp(-x / 0.03)))
    assert find_sheet(lit.astype(np.float32)) is None


def test_a_sheet_laid_flat_is_what_it_was() -> None:
    y, x = np.indices((300, 400))
    flat = ((np.sin(x / 30) + np.cos(y / 20)) / 4 + 0.5).astype(np.float32)
    corners = np.array([(60, 40), (480, 80), (450, 400), (30, 330)], np.float64)
    y, x = np.indices((450, 520))
    rectangle = np.array([(0, 0), (400, 0), (400, 300), (0, 300)], np.float64)
    points = np.stack([x.ravel() + 0.5, y.ravel() + 0.5, np.ones(x.size)])
    u, v, w = homography(corners, rectangle) @ points
    u, v = u / w, v / w
    seen = ((np.sin((u - 0.5) / 30) + np.cos((v - 0.5) / 20)) / 4 + 0.5).reshape(x.shape)
    again = laid_flat(seen.astype(np.float32), corners)
    assert again.shape == flat_shape(corners)
    scaled = Image.fromarray(flat).resize(again.shape[::-1], Image.Resampling.BILINEAR)
    assert np.abs(again - np.asarray(scaled))[5:-5, 5:-5].max() < 0.02
    whole = np.array([(0, 0), again.shape[::-1]], np.float64)
    np.testing.assert_allclose(in_picture(whole, corners, again.shape), corners[[0, 2]])
