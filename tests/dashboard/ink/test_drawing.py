from typing import get_args

import numpy as np
import pytest

from dashboard.ink import drawing, samples
from dashboard.ink.drawing import Ink, Place
from nncore.preprocessing import StageName, find_strokes, prepare
from tests.nncore.ink.pieces import prepare_each


def test_each_stage_is_left_out_alone():
    shadow = np.linspace(40, 0, 280)[:, None]
    dusty = np.where(samples.sample(7) > 127, 60, 200 - shadow).astype(np.uint8)
    dusty[5:8, 5:8] = 60
    for ink in (Ink(samples.small(7)), Ink(dusty)):
        whole, without = drawing.seen_without_each(ink)
        np.testing.assert_array_equal(whole, prepare(ink.image).pixels)
        assert [*without] == [*get_args(StageName)][1:]
        for name, seen in without.items():
            assert seen is not None
            np.testing.assert_array_equal(seen, prepare(ink.image, skip={name}).pixels)
    unlike = [name for name, seen in without.items() if not np.array_equal(seen, whole)]
    assert {"ink", "cleaned", "cropped"} <= {*unlike}


def test_where_no_ink_is_left_without_a_stage_that_is_no_error():
    grain = np.random.default_rng(0).integers(-3, 4, (280, 280))
    in_shadow = (34 + grain - 16 * (samples.sample(7) > 127)).astype(np.uint8)
    _, without = drawing.seen_without_each(Ink(in_shadow))
    assert [name for name, seen in without.items() if seen is None] == ["even light"]


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
