"""MNIST's digits on a canvas: where they lie and what they are."""

import numpy as np

from nncore.datasets import Dataset
from nncore.ink.strokes import stroke_width
from nncore.judge.reinking import CANVAS, PENS, SIZES, reink
from nncore.preprocessing import prepare


def test_place_size_and_pen_vary_within_their_bounds(digits: Dataset) -> None:
    rng = np.random.default_rng(0)
    canvases = [reink(image, rng=rng) for image in digits.test.images[:24]]
    sides, tops, pens = [], [], []
    for canvas in canvases:
        assert canvas.shape == (CANVAS, CANVAS)
        assert canvas.min() == 0
        assert canvas.max() == 1
        rows, columns = np.nonzero(canvas > 0.5)
        side = max(np.ptp(rows), np.ptp(columns)) + 1
        sides.append(side)
        tops.append(rows.min())
        pens.append(stroke_width(canvas) / side)
    assert SIZES[0] - 8 <= min(sides) < 110 < 180 < max(sides) <= SIZES[1] + 8
    assert min(tops) < 30 < 100 < max(tops)
    assert PENS[0] - 0.03 < min(pens) < 0.09 < 0.15 < max(pens) < PENS[1] + 0.03


def test_it_is_the_same_digit(digits: Dataset) -> None:
    rng = np.random.default_rng(0)
    for image in digits.test.images[:8]:
        seen = prepare(reink(image, rng=rng)).pixels.ravel()
        assert np.corrcoef(seen, image)[0, 1] > 0.5


def test_the_same_seed_draws_the_same(digits: Dataset) -> None:
    once, again = (reink(digits.test.images[0], rng=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(once, again)
