"""Where a piece of ink could be cut: offered from left to right, along thin places."""

import numpy as np
import pytest

from nncore.ink.segmentation import Piece, segment
from nncore.ink.touching import cuts, part, together
from nncore.preprocessing import crop
from tests.nncore.ink.pens import drawn


def touching(left: int, right: int, overlap: int = 3) -> tuple[Piece, int]:
    """Two digits as one piece, and the column at which they meet."""
    one, other = (crop(drawn(digit, 16) / np.float32(255)) for digit in (left, right))
    height = max(len(one), len(other))
    sheet = np.zeros((height, one.shape[1] + other.shape[1] - overlap), np.float32)
    sheet[: len(one), : one.shape[1]] = one
    sheet[: len(other), -other.shape[1] :] += other
    (piece,) = segment(np.pad(np.minimum(sheet, 1), 20))
    return piece, one.shape[1] - overlap // 2


@pytest.mark.parametrize("digits", [(2, 3), (3, 0), (5, 3)])
def test_one_of_the_cuts_is_where_two_digits_touch(digits: tuple[int, int]) -> None:
    piece, meeting = touching(*digits)
    left_of_it = piece.ink[:, :meeting].sum() / piece.ink.sum()
    shares = [float(piece.ink[mask].sum() / piece.ink.sum()) for mask in cuts(piece)]
    assert shares == sorted(shares)
    assert min(abs(share - left_of_it) for share in shares) < 0.05


def test_the_parts_of_a_cut_are_the_whole() -> None:
    piece, _ = touching(2, 3)
    for mask in cuts(piece):
        left, right = part(piece, mask), part(piece, ~mask)
        assert left is not None
        assert right is not None
        whole = together(left, right)
        assert (whole.top, whole.left) == (piece.top, piece.left)
        np.testing.assert_array_equal(whole.ink, piece.ink)


def test_a_narrow_stroke_is_not_cut() -> None:
    assert cuts(Piece(np.ones((100, 20), np.float32), 0, 0)) == []
    assert part(Piece(np.ones((100, 20), np.float32), 0, 0), np.zeros((100, 20), bool)) is None
