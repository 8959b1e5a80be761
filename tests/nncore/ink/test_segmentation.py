"""Several digits in one picture: how many, in which order, and nobody else's ink."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nncore.ink.segmentation import segment
from nncore.judge.reinking import photograph
from nncore.preprocessing import (
    InkError,
    crop,
    find_strokes,
    prepare,
    prepare_found,
    prepare_ink,
)
from tests.nncore.ink.pens import drawn
from tests.nncore.ink.pieces import prepare_each


def small(digit: int, pen: int = 24, side: int = 120) -> np.ndarray:
    picture = Image.fromarray(drawn(digit, pen)).resize((side, side), Image.Resampling.BOX)
    return np.asarray(picture) / np.float32(255)


def row(digits: list[int], **options: int) -> np.ndarray:
    return np.concatenate([small(digit, **options) for digit in digits], axis=1)


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return float(np.abs(one - other).mean()) < 0.03


@pytest.mark.parametrize("pen", [10, 24, 34])
def test_digits_in_a_row_come_from_left_to_right(pen: int) -> None:
    digits = [3, 1, 4, 1, 5, 2, 7, 0]
    found = prepare_each(row(digits, pen=pen))
    assert len(found) == len(digits)
    for digit, (_, prepared) in zip(digits, found):
        assert same(prepared.pixels, prepare(small(digit, pen)).pixels), digit


def test_rows_come_one_after_the_other_and_may_sag() -> None:
    lines = [[2, 7, 1], [4, 0, 3]]
    sheet = np.concatenate([row(line) for line in lines])
    for column in range(sheet.shape[1]):  # the lines run 20 pixels uphill
        sheet[:, column] = np.roll(sheet[:, column], -column // 18)
    found = prepare_each(sheet)
    assert len(found) == 6
    expected = [prepare(small(digit)).pixels for line in lines for digit in line]
    for digit, (_, prepared) in enumerate(found):
        errors = [float(np.abs(prepared.pixels - other).mean()) for other in expected]
        assert int(np.argmin(errors)) == digit


def test_a_piece_says_where_it_was() -> None:
    sheet = row([3, 7])
    for piece in segment(sheet):
        window = sheet[piece.top : piece.bottom, piece.left : piece.right]
        assert np.array_equal(window, piece.ink)
        assert piece.ink[0].any()
        assert piece.ink[:, -1].any()


def test_a_neighbour_within_the_box_is_left_out() -> None:
    picture = Image.new("L", (300, 300))
    draw = ImageDraw.Draw(picture)
    draw.line([(40, 40), (160, 40), (60, 260)], fill=255, width=20, joint="curve")  # a 7 and,
    draw.line([(150, 130), (150, 265)], fill=255, width=20)  # under its bar, a 1
    seven, one = segment(np.asarray(picture) / np.float32(255))
    assert seven.right > one.left
    alone = np.pad(np.asarray(picture)[125:, 135:165], 30)
    assert same(prepare_ink(one.ink).pixels, prepare(alone).pixels)
    assert seven.ink[-60:, -20:].sum() == 0


@pytest.mark.parametrize("gap", [4, 12, 22])
def test_the_lifted_bar_of_a_5_belongs_to_it(gap: int) -> None:
    picture = Image.new("L", (560, 280))
    picture.paste(Image.fromarray(drawn(3)), (280, 0))
    draw = ImageDraw.Draw(picture)
    body = [(100, 90), (95, 135), (150, 125), (185, 150), (175, 195), (130, 210), (95, 195)]
    draw.line(body, fill=255, width=16, joint="curve")
    draw.line([(108 + gap, 90 - gap), (190, 80 - gap)], fill=255, width=16)
    assert [piece.left < 280 for piece in segment(np.asarray(picture) / np.float32(255))] == [
        True,
        False,
    ]


def test_a_digit_torn_across_is_one() -> None:
    torn = drawn(2, 20) / np.float32(255)
    torn[140:150] = 0
    assert len(segment(np.concatenate([torn, drawn(3, 20) / np.float32(255)], axis=1))) == 2


def test_a_dotted_line_is_one_digit() -> None:
    picture = Image.new("L", (300, 280))
    draw = ImageDraw.Draw(picture)
    for y in range(50, 240, 26):
        draw.ellipse((70, y, 84, y + 14), fill=255)
        draw.ellipse((200, y, 214, y + 14), fill=255)
    assert len(segment(np.asarray(picture) / np.float32(255))) == 2


def zero(inside: list[tuple[int, int]], opening: int = 0, pen: int = 16) -> np.ndarray:
    """A 0, open at the top by so many degrees to both sides, and a stroke within it."""
    picture = Image.new("L", (280, 280))
    draw = ImageDraw.Draw(picture)
    draw.arc((85, 45, 195, 235), opening - 90, 270 - opening, fill=255, width=pen)
    draw.line(inside, fill=255, width=pen)
    return np.asarray(picture) / np.float32(255)


@pytest.mark.parametrize(
    ("inside", "opening"),
    [
        ([(112, 190), (168, 92)], 0),
        ([(112, 190), (168, 92)], 20),
        ([(140, 90), (140, 190)], 0),
        ([(137, 130), (143, 150)], 0),
    ],
)
def test_what_lies_inside_a_digit_belongs_to_it(
    inside: list[tuple[int, int]], opening: int
) -> None:
    slashed = zero(inside, opening)
    (piece,) = segment(slashed)
    assert piece.ink.sum() == slashed.sum()
    among = np.concatenate([drawn(1) / np.float32(255), slashed, drawn(7) / np.float32(255)], 1)
    found = segment(among)
    assert len(found) == 3
    np.testing.assert_array_equal(found[1].ink, piece.ink)


def test_a_frame_around_digits_is_none_of_them() -> None:
    sheet = np.pad(row([4, 2, 7]), 30)
    sheet[5:9] = sheet[-9:-5] = sheet[:, 5:9] = sheet[:, -9:-5] = 1
    assert len(segment(sheet[5:-5, 5:-5])) == 4


def test_a_small_digit_beside_an_arm_of_a_large_one_stays_a_digit() -> None:
    """A 1 in the bay of a 5 has ink on three of its sides."""
    sheet = np.pad(drawn(5) / np.float32(255), ((0, 0), (0, 60)))
    sheet[:, 235:250] = 0
    sheet[80:210, 200:212] = 1
    assert len(segment(sheet)) == 2


def test_dust_is_no_digit() -> None:
    sheet = np.pad(row([4, 2]), 40)
    sheet[5:9, 5:9] = sheet[-9:-5, 150:154] = 1
    assert len(segment(sheet)) == 2


def test_a_photograph_of_several_digits() -> None:
    sheet = np.pad(np.concatenate([row([1, 2, 3]), row([4, 5, 7])]), 20)
    picture = photograph(sheet, rng=np.random.default_rng(4))
    found = prepare_each(picture)
    assert len(found) == 6
    assert all(len(prepared.stages) == 6 for _, prepared in found)


def test_a_piece_of_a_photograph_can_be_prepared_alone_with_every_stage() -> None:
    sheet = np.pad(np.concatenate([row([1, 2, 3]), row([4, 5, 7])]), 20)
    picture = photograph(sheet, rng=np.random.default_rng(4))
    found, bright = find_strokes(picture), find_strokes(picture, skip={"ink"})
    for piece, prepared in prepare_each(picture):
        alone = prepare_found(found, piece)
        np.testing.assert_array_equal(alone.pixels, prepared.pixels)
        assert [stage.name for stage in alone.stages[:8]] == [
            "grey", "paper", "even light", "lines", "ink", "border", "cleaned", "cropped",
        ]  # fmt: skip
        assert alone.stages[6].image.shape == picture.shape
        whole = prepare_found(found, piece, skip={"cropped"}).stages[7].image
        assert whole.shape == picture.shape  # the others are not on it
        assert np.count_nonzero(whole) == np.count_nonzero(piece.ink)
        without = prepare_found(bright, piece, skip={"ink"})
        assert not same(without.pixels, prepared.pixels)  # the paper is what is bright


def test_what_a_skipped_stage_loses_is_said() -> None:
    sheet = np.zeros((200, 400), np.float32)
    sheet[20:180, 40:60] = 1
    ones = [piece for piece, _ in prepare_each(sheet)]
    sheet[:] = np.roll(sheet, 200, axis=1)  # not where it was found
    with pytest.raises(InkError, match="left without that stage; turn it on again"):
        prepare_found(find_strokes(sheet, skip={"cleaned"}), ones[0], skip={"cleaned"})


def test_a_large_picture_is_cut_at_its_own_scale() -> None:
    sheet = row([3, 7]).repeat(5, axis=0).repeat(5, axis=1)
    first, second = segment(sheet)
    assert first.ink.shape[0] == pytest.approx(5 * crop(small(3)).shape[0], abs=10)
    assert second.left > first.right - 5


def test_without_ink_there_is_nothing_to_read() -> None:
    assert segment(np.zeros((50, 50), np.float32)) == []
    with pytest.raises(InkError):
        prepare_each(np.zeros((50, 50)))
