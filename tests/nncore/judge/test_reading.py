"""One digit or several: what is read in a picture, and what a diverged network says of it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from nncore import checkpoints
from nncore.checkpoints import DivergedError
from nncore.datasets import Dataset
from nncore.ink.picture_files import read_image
from nncore.ink.segmentation import segment
from nncore.judge import doubt
from nncore.judge.reading import Reader, answers, are_several
from nncore.judge.reinking import photograph, reink
from nncore.preprocessing import crop, prepare
from tests.nncore.ink import scenes
from tests.nncore.ink.pens import LINES, drawn

PICTURES = Path(__file__).parents[2] / "fixtures" / "pictures"


@pytest.fixture(scope="module")
def reader() -> Reader:
    network = checkpoints.load(checkpoints.SHIPPED["robust"]).network()
    return Reader(network, 1.0, doubt.load())


def digits_of(reader: Reader, image: np.ndarray) -> str:
    return "".join(f"{one.digit}{'?' if one.is_doubted else ''}" for one in reader.read(image))


def row(digits: list[int], gap: int) -> np.ndarray:
    """Digits of one pen, so many pixels apart, on a sheet of their own."""
    parts = [crop(drawn(digit) / np.float32(255)) for digit in digits]
    width = sum(part.shape[1] + max(gap, 0) for part in parts)
    sheet = np.zeros((max(map(len, parts)), width), np.float32)
    left = 0
    for part in parts:
        sheet[: len(part), left : left + part.shape[1]] += part
        left += part.shape[1] + gap
    return np.pad(np.minimum(sheet, 1), 40)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("0_slash-inside", "0"),
        ("11_close", "11"),
        ("0_ellipse_w04", "0"),
        ("0_ellipse_w09", "0"),
        ("7_plain_w04", "7"),
    ],
)
def test_the_smallest_pictures_that_were_read_wrong(reader: Reader, name: str, said: str) -> None:
    assert digits_of(reader, read_image(PICTURES / f"{name}.png")) == said


SCENES = sorted((PICTURES / "scenes").iterdir())


@pytest.mark.parametrize("path", SCENES, ids=[path.stem for path in SCENES])
def test_a_table_or_a_frame_around_the_sheet_is_no_ink(reader: Reader, path: Path) -> None:
    assert digits_of(reader, read_image(path)) == path.name[0]


@pytest.mark.parametrize("kind", scenes.KINDS)
def test_photographs_as_people_take_them_are_read(reader: Reader, kind: str) -> None:
    for number in ("7", "32", "2057"):
        rng = np.random.default_rng([len(kind), int(number)])
        inks = [drawn(int(digit), 20) / 255 for digit in number]
        picture = scenes.KINDS[kind](scenes.in_a_row(inks, 150, 40, rng), rng)
        assert digits_of(reader, picture).replace("?", "") == number


def test_where_a_digit_lies_is_told_in_pixels_of_the_picture(reader: Reader) -> None:
    rng = np.random.default_rng(5)
    sheet = np.full((600, 800), 0.9)
    sheet[200:400, 300:340] = sheet[200:400, 500:540] = 0.1
    picture = scenes.lying(sheet, scenes.plain_table(rng, 0.3), rng)
    found = reader.read(picture)
    assert [one.digit for one in found] == [1, 1]
    for one in found:
        (left, top), (right, bottom) = one.corners.min(axis=0), one.corners.max(axis=0)
        box = picture[round(top) : round(bottom), round(left) : round(right)]
        assert np.mean(box < 0.2) > 0.6
        wider = picture[round(top) - 20 : round(bottom) + 20, round(left) - 20 : round(right) + 20]
        assert np.sum(box < 0.2) > 0.95 * np.sum(wider < 0.2)


@pytest.mark.parametrize("number", ["23", "30", "53"])
def test_digits_that_touch_are_cut_where_the_network_likes_it_best(
    reader: Reader, number: str
) -> None:
    sheet = row([int(digit) for digit in number], -3)
    assert len(segment(sheet)) == 1
    assert digits_of(reader, sheet) == number


@pytest.mark.parametrize("side", [100, 280, 1_000])
@pytest.mark.parametrize("is_smooth", [False, True])
def test_a_thin_pen_is_not_doubted(reader: Reader, side: int, is_smooth: bool) -> None:
    for digit, lines in LINES.items():
        for pen in {max(1, side // 500), side // 80}:
            fine = 4 if is_smooth else 1
            picture, scale = Image.new("L", (fine * side, fine * side)), fine * side / 280
            for line in lines:
                path = [(scale * x, scale * y) for x, y in line]
                ImageDraw.Draw(picture).line(path, fill=255, width=fine * pen, joint="curve")
            drawing = np.asarray(picture.resize((side, side), Image.Resampling.BOX))
            assert digits_of(reader, drawing) == str(digit), (digit, pen)


@pytest.mark.parametrize("gap", [6, 40])
@pytest.mark.parametrize("number", ["42", "407", "11", "1234"])
def test_a_number_is_read_digit_by_digit(reader: Reader, number: str, gap: int) -> None:
    sheet = row([int(digit) for digit in number], gap)
    assert digits_of(reader, sheet) == number
    assert digits_of(reader, photograph(sheet, rng=np.random.default_rng(0))) == number


def test_one_digit_is_read_as_ever(reader: Reader, digits: Dataset) -> None:
    for i, image in enumerate(digits.test.images[30:38]):
        for picture in (image.reshape(28, 28), reink(image, rng=np.random.default_rng(i))):
            seen = prepare(picture).pixels.reshape(1, -1)
            (found,) = reader.read(picture)
            np.testing.assert_array_equal(
                found.probabilities, doubt.calibrated(reader.network.predict_proba(seen), 1.0)[0]
            )
            assert found.is_doubted == reader.doubt.is_doubted(seen)[0]


def test_a_digit_that_the_pen_skipped_in_stays_one(reader: Reader, digits: Dataset) -> None:
    torn = reink(digits.test.images[81], rng=np.random.default_rng(81))
    assert len(segment(torn)) == 2  # a 9 whose tail lies far below
    (found,) = reader.read(torn)
    assert (found.digit, found.is_doubted) == (9, False)


@pytest.mark.parametrize(
    ("whole", "pieces", "several"),
    [
        (False, [False], False),
        (True, [True], False),
        (False, [False, False], True),
        (False, [False, True], False),
        (True, [False, True], True),
        (True, [True, True], False),
    ],
)
def test_when_pieces_are_digits(whole: bool, pieces: list[bool], several: bool) -> None:
    assert are_several(whole, pieces) is several


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_a_network_without_numbers_says_so(value: float) -> None:
    network = checkpoints.load(checkpoints.SHIPPED["classroom"]).network()
    for W in network.weights:
        W[:] = value
    with pytest.raises(DivergedError, match=r"answers are no finite numbers.* smaller learning"):
        answers(network, np.ones((2, 784), np.float32))


def test_a_picture_of_several_beside_a_blot(reader: Reader) -> None:
    sheet = Image.fromarray(np.rint(255 * row([4, 2], 40)).astype(np.uint8))
    sheet.paste(255, (5, 5, 12, 12))
    assert digits_of(reader, np.asarray(sheet)) == "42"
