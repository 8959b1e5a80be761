"""Draw's words and numbers: what a threshold costs, and what the switches are called."""

from typing import get_args

import numpy as np
import pytest

from dashboard import drawing, samples
from dashboard.draw import stages
from dashboard.draw.charts import shares_at
from dashboard.drawing import Ink, Place
from nncore.doubt import TradeOff
from nncore.preprocessing import StageName, find_strokes, prepare_each

CURVE = TradeOff(np.array([3.0, 1.0, -1.0]), np.array([0.0, 0.1, 0.3]), np.array([0.5, 0.9, 1.0]))


@pytest.mark.parametrize(
    ("threshold", "digits", "others"),
    [(3, 0, 0.5), (1, 0.1, 0.9), (2, 0.05, 0.7), (9, 0, 0.5), (-9, 0.3, 1)],
    ids=["strict", "on a point", "between", "stricter than any", "more lenient than any"],
)
def test_the_shares_at_a_threshold(threshold: float, digits: float, others: float):
    assert shares_at(CURVE, threshold) == pytest.approx((digits, others))


def test_what_is_left_out_is_named_in_the_order_of_the_stages():
    assert stages.without({"centred"}) == "centring"
    assert stages.without({"even light"}) == "evening the light"
    assert stages.without({"centred", "cropped"}) == "cropping and centring"
    assert stages.without({"centred", "cropped", "ink"}) == (
        "finding the ink, cropping and centring"
    )


def test_every_stage_has_its_words():
    assert set(stages.WORDS) == set(get_args(StageName))


def test_ink_is_looked_for_once_a_sheet_whichever_of_its_digits_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
):
    drawing._strokes.clear()
    looked: list[frozenset[StageName]] = []

    def counted(image: np.ndarray, *, skip: frozenset[StageName]):
        looked.append(skip)
        return find_strokes(image, skip=skip)

    monkeypatch.setattr(drawing, "find_strokes", counted)
    sheet = np.concatenate([samples.sample(7), samples.sample(2)], axis=1)
    found = prepare_each(sheet)
    for piece, expected in found:
        ink = Ink(np.rint(255 * piece.ink).astype(np.uint8), place=Place(sheet, piece))
        seen = drawing.prepared(ink)
        assert seen is not None
        np.testing.assert_array_equal(seen.pixels, expected.pixels)
        assert seen.stages[0].image.shape == sheet.shape
        assert drawing.prepared(ink, frozenset({"centred"})) is not None
    assert looked == [frozenset()]
    other = Ink(samples.sample(2), place=Place(sheet, found[1][0]))
    drawing.prepared(other, frozenset({"cleaned", "centred"}))
    assert looked[1:] == [{"cleaned"}]
