"""Draw's words and numbers: what a threshold costs, and what the switches are called."""

from typing import get_args

import numpy as np
import pytest

from dashboard.draw import ablation, stages
from dashboard.draw.charts import shares_at
from dashboard.ink import drawing, samples
from dashboard.ink.drawing import Ink, Place
from dashboard.models.load import Shipped
from dashboard.models.predictions import Answer
from nncore.judge.doubt import TradeOff
from nncore.preprocessing import StageName, find_strokes, prepare, prepare_each

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


ROBUST, CLASSROOM = Shipped("robust"), Shipped("classroom")


def answer(digit: int, confidence: float) -> Answer:
    """An answer whose remaining probability is shared by the other nine."""
    probabilities = np.full(10, (1 - confidence) / 9)
    probabilities[digit] = confidence
    return Answer(probabilities)


def test_a_stage_that_changes_names_matters_more_than_one_that_changes_certainties():
    whole = {ROBUST: answer(4, 0.9995), CLASSROOM: answer(4, 0.9)}
    less_sure = ablation.effect(
        "squared", whole, {ROBUST: answer(4, 0.98), CLASSROOM: answer(4, 0.3)}
    )
    one = ablation.effect("centred", whole, {ROBUST: answer(4, 0.98), CLASSROOM: answer(9, 0.5)})
    same = ablation.effect("grey", whole, {ROBUST: answer(9, 0.6), CLASSROOM: answer(9, 0.6)})
    both = ablation.effect("cropped", whole, {ROBUST: answer(1, 0.5), CLASSROOM: answer(9, 0.5)})
    no_ink = ablation.effect("even light", whole, None)
    nothing = ablation.effect("cleaned", whole, whole)
    effects = [one, no_ink, nothing, both, less_sure, same]
    ranked = sorted(effects, key=lambda found: found.weight)
    assert ranked == [nothing, less_sure, one, both, same, no_ink]
    assert [ablation.sentence(found, "Crop") for found in ranked] == [
        "Here no single stage changes a name, or makes a network less sure by even 0.1 percentage "
        "points.",
        "Here no single stage changes a name; :violet[Classroom]'s certainty falls most without "
        "**Crop**, from 90.0% to 30.0%.",
        "For this drawing **Crop** matters most: without it :violet[Classroom] says **9**.",
        "For this drawing **Crop** matters most: without it :violet[Robust] says **1** and "
        ":violet[Classroom] **9**.",
        "For this drawing **Crop** matters most: without it :violet[Robust] and "
        ":violet[Classroom] say **9**.",
        "For this drawing **Crop** matters most: without it, no ink is found.",
    ]


def test_each_stage_is_left_out_alone():
    shadow = np.linspace(40, 0, 280)[:, None]
    dusty = np.where(samples.sample(7) > 127, 60, 200 - shadow).astype(np.uint8)
    dusty[5:8, 5:8] = 60
    for ink in (Ink(samples.small(7)), Ink(dusty)):
        whole, without = drawing.seen_without_each(ink)
        np.testing.assert_array_equal(whole, prepare(ink.image).pixels)
        assert [*without] == [*stages.WORDS][1:]
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
