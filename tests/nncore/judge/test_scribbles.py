"""Ink that is no digit: of every kind, within the canvas, and the same for the same seed."""

from typing import get_args

import numpy as np
import pytest

from nncore.judge.scribbles import LETTERS, Kind, no_digit
from nncore.preprocessing import prepare


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_leaves_ink_of_its_own(kind: Kind) -> None:
    rng = np.random.default_rng(0)
    canvases = [no_digit(kind, rng=rng) for _ in range(12)]
    for canvas in canvases:
        assert canvas.shape == (280, 280)
        assert canvas.max() == 255
        border = np.concatenate([canvas[0], canvas[-1], canvas[:, 0], canvas[:, -1]])
        assert np.mean(border > 0) < 0.05  # hardly ever cut off
    assert len({canvas.tobytes() for canvas in canvases}) == 12
    again = no_digit(kind, rng=np.random.default_rng(0))
    assert np.array_equal(again, canvases[0])


def test_letters_can_be_kept_apart() -> None:
    seen = [prepare(no_digit("letter", rng=np.random.default_rng(i), letters=("T",))).pixels
            for i in range(5)]  # fmt: skip
    other = prepare(no_digit("letter", rng=np.random.default_rng(9), letters=("U",))).pixels
    mean = np.mean(seen, axis=0)
    assert np.abs(other - mean).mean() > max(np.abs(one - mean).mean() for one in seen)


def test_no_letter_is_a_digits_double() -> None:
    assert not set(LETTERS) & set("OIlSZBDGQbgqsiLJoz")
