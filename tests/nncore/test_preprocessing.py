"""Ink to 28x28: what a drawing may and may not change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from nncore import preprocessing
from nncore.datasets import Dataset
from nncore.preprocessing import InkError, StageName, prepare
from tests.nncore.ink.pens import LINES, drawn
from tests.nncore.ink.pictures import difference, seven

SEVEN = prepare(np.asarray(seven())).pixels


# --- what comes out -------------------------------------------------------------------------------


def test_the_result_is_an_image_as_mnist_has_them() -> None:
    assert SEVEN.shape == (28, 28)
    assert SEVEN.dtype == np.float32
    assert SEVEN.min() == 0
    assert SEVEN.max() == 1
    rows, columns = np.nonzero(SEVEN)
    assert max(np.ptp(rows), np.ptp(columns)) == 19  # fills 20 pixels
    middle = np.average(np.indices((28, 28)) + 0.5, axis=(1, 2), weights=np.stack([SEVEN] * 2))
    assert ((middle > 14) & (middle <= 15)).all()


def test_each_stage_is_kept_with_its_picture() -> None:
    prepared = prepare(np.asarray(seven(280)))
    assert [(stage.name, stage.image.shape) for stage in prepared.stages] == [
        ("grey", (280, 280)),
        ("paper", (280, 280)),
        ("even light", (280, 280)),
        ("lines", (280, 280)),
        ("ink", (280, 280)),
        ("border", (280, 280)),
        ("cleaned", (280, 280)),
        ("cropped", (169, 122)),
        ("squared", (169, 169)),
        ("stroked", (169, 169)),
        ("averaged", (20, 20)),
        ("brightened", (20, 20)),
        ("centred", (28, 28)),
    ]
    assert prepared.stages[-1].image is prepared.pixels
    for stage in prepared.stages:
        assert stage.image.dtype == np.float32
        assert stage.image.min() >= 0
        assert stage.image.max() <= 1


def test_centre_by_hand() -> None:
    # One bright pixel at row 3, column 16 of 20: its centre is at 3.5 and 16.5, int(15 - 3.5) = 11
    # would leave 20 rows no room below 28, so the offset is 8; int(15 - 16.5) = -1 becomes 0.
    ink = np.zeros((20, 20), np.float32)
    ink[3, 16] = 1
    assert np.argwhere(preprocessing.centre(ink)).tolist() == [[3 + 8, 16 + 0]]
    ink = np.zeros((20, 20), np.float32)
    ink[8:10, 12] = 1  # at 9.0 and 12.5: int(6.0) = 6 and int(2.5) = 2
    assert np.argwhere(preprocessing.centre(ink)).tolist() == [[14, 14], [15, 14]]


def test_crop_takes_one_faint_edge_along() -> None:
    ink = np.zeros((9, 9), np.float32)
    ink[4, 3:6] = 1
    ink[2:7, 4] = np.maximum(ink[2:7, 4], 0.1)  # two faint pixels above and two below
    assert preprocessing.crop(ink).shape == (3, 3)
    assert preprocessing.crop(ink.T).shape == (3, 3)
    ink[2:7, 4] = 1
    assert preprocessing.crop(ink).shape == (5, 3)


def test_pieces_hold_together_by_corners_and_around_bends() -> None:
    ink = np.zeros((60, 60), np.float32)
    ink[5:55, 5:15] = 1
    ink[55, 15] = ink[4, 4] = 1  # each touches the bar by a corner only
    ink[20:30, 30] = ink[20:30, 34] = ink[30, 30:35] = 1  # a U: one piece of 25, not two of 10
    ink[40, 40:50] = 1
    cleaned = preprocessing.drop_specks(ink)
    assert cleaned[55, 15] == cleaned[4, 4] == 1
    assert cleaned[20:31, 30:35].sum() == 25
    ink[20:31, 30:35] = 0
    ink[20:25, 30] = 1  # 5 of the bar's 502 are less than 2 %
    cleaned = preprocessing.drop_specks(ink)
    assert cleaned[:, 20:].sum() == 0
    assert cleaned.sum() == 502


def test_average_areas_by_hand() -> None:
    # Three pixels over two: the middle one belongs half to each. (4·1 + 2·0.5)/1.5, (2·0.5 + 0)/1.5
    image = np.array([[4, 2, 0]] * 3, np.float32)
    expected = [[5 / 1.5, 1 / 1.5]] * 2
    np.testing.assert_allclose(preprocessing.average_areas(image, 2), expected, rtol=1e-6)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_average_areas_keeps_the_mean(side_in: int, side_out: int, seed: int) -> None:
    image = np.random.default_rng(seed).random((side_in, side_in), np.float32)
    averaged = preprocessing.average_areas(image, side_out)
    assert averaged.shape == (side_out, side_out)
    assert averaged.mean() == pytest.approx(image.mean(), rel=1e-5)
    assert averaged.min() >= image.min() - 1e-6
    assert averaged.max() <= image.max() + 1e-6


@pytest.mark.mnist
def test_mnist_comes_back_as_it_was(mnist: Dataset) -> None:
    images = mnist.test.images[:200].reshape(-1, 28, 28)
    differences = [difference(prepare(image).pixels, image) for image in images]
    assert np.mean(differences) < 0.002
    inverted = [difference(prepare(1 - image).pixels, image) for image in images]
    assert np.mean(inverted) < 0.002
    enlarged = images[:50].repeat(10, axis=1).repeat(10, axis=2)
    differences = [
        difference(prepare(large).pixels, image) for large, image in zip(enlarged, images)
    ]
    assert np.mean(differences) < 0.02


def test_digits_come_back_as_they_were(digits: Dataset) -> None:
    images = digits.test.images[:100].reshape(-1, 28, 28)
    assert np.mean([difference(prepare(image).pixels, image) for image in images]) < 0.002


@pytest.mark.parametrize(
    "name",
    ["even light", "ink", "cleaned", "cropped", "squared", "averaged", "brightened", "centred"],
)
def test_a_skipped_stage_changes_the_result_and_nothing_before_it(name: StageName) -> None:
    image = 1 - drawn(7, 6) / 300
    image[20:24, 20:24] = 0  # dust
    if name == "even light":
        image *= np.linspace(0.3, 1, 280)
    others: set[StageName] = {"stroked"} - {name}  # it makes the strokes thick enough to be bright
    with_it, without = prepare(image, skip=others), prepare(image, skip={name} | others)
    assert [s.name for s in without.stages] == [s.name for s in with_it.stages]
    assert without.pixels.shape == (28, 28)
    assert difference(with_it.pixels, without.pixels) > 0.01
    for one, other in zip(with_it.stages, without.stages):
        if one.name == name:
            break
        assert np.array_equal(one.image, other.image)


def test_every_stage_can_be_skipped_at_once() -> None:
    every = [stage.name for stage in prepare(drawn(7)).stages[1:]]
    assert prepare(drawn(7), skip=every).pixels.shape == (28, 28)


def test_a_stage_without_which_no_ink_is_left_is_named() -> None:
    thin = np.ones((300, 300), np.float32)
    thin[50:250, 149:152] = 0
    assert prepare(thin).pixels.any()
    with pytest.raises(InkError, match="Nothing of this digit is left without that stage"):
        # The pixels between those that are taken hold the line, which keeps its thin pen.
        prepare(thin, skip={"stroked", "averaged"})


def test_a_stage_that_is_none_cannot_be_skipped() -> None:
    with pytest.raises(
        ValueError, match="sharpened is no stage to skip; use one of paper, even light"
    ):
        prepare(drawn(7), skip={"sharpened"})  # pyright: ignore[reportArgumentType]


# --- what must not matter -------------------------------------------------------------------------


@given(st.integers(-60, 60), st.integers(-80, 70))
def test_the_place_on_the_sheet_does_not_matter(right: int, down: int) -> None:
    moved = np.roll(np.asarray(seven()), (down, right), axis=(0, 1))
    np.testing.assert_allclose(prepare(moved).pixels, SEVEN, atol=1e-6)


@given(st.integers(100, 900))
def test_the_size_hardly_matters(side: int) -> None:
    assert difference(prepare(np.asarray(seven(side))).pixels, SEVEN) < 0.035


@pytest.mark.parametrize("digit", LINES)
def test_the_pen_hardly_matters(digit: int) -> None:
    # Between the ends of the band the stroke may vary, and with it half a pixel of every edge.
    seen = [prepare(drawn(digit, pen)).pixels for pen in range(6, 41)]
    assert max(difference(pixels, seen[18]) for pixels in seen) < 0.08
    thin = [prepare(drawn(digit, pen)).pixels for pen in range(6, 15)]
    assert max(difference(pixels, thin[0]) for pixels in thin) < 0.06


def test_without_the_stage_the_pen_matters() -> None:
    thin, thick = (prepare(drawn(5, pen), skip={"stroked"}).pixels for pen in (6, 24))
    assert difference(thin, thick) > 0.1


def test_a_small_digit_on_a_large_sheet_is_found() -> None:
    sheet = np.full((1_000, 800), 255, np.uint8)
    sheet[600:700, 100:200] = np.asarray(seven(100))
    assert difference(prepare(sheet).pixels, prepare(np.asarray(seven(100))).pixels) < 1e-6


@given(st.integers(0, 255), st.integers(0, 255))
def test_the_colours_do_not_matter(paper: int, ink: int) -> None:
    if abs(paper - ink) > 25:
        drawn = np.asarray(seven(200, paper=paper, ink=ink))
        reference = np.asarray(seven(200))
        np.testing.assert_allclose(prepare(drawn).pixels, prepare(reference).pixels, atol=0.02)


@pytest.mark.parametrize(
    "image",
    [
        seven(mode="RGB", paper=(0, 0, 0), ink=(255, 255, 255)),
        seven(mode="RGBA", paper=(0, 0, 0, 255), ink=(255, 255, 255, 255)),  # the drawing pad
        seven(mode="RGBA", paper=(0, 0, 0, 0), ink=(0, 0, 0, 255)),
        seven(mode="RGBA", paper=(255, 255, 255, 0), ink=(255, 255, 255, 255)),
        seven(mode="RGBA", paper=(255, 255, 255, 0), ink=(0, 0, 90, 255)),
        seven(mode="RGBA", paper=(0, 0, 0, 0), ink=(255, 0, 0, 255)),
    ],
)
def test_colour_and_transparency_do_not_matter(image: Image.Image) -> None:
    np.testing.assert_allclose(prepare(np.asarray(image)).pixels, SEVEN, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float64])
def test_the_type_of_the_array_does_not_matter(dtype: type) -> None:
    drawn = np.asarray(seven()).astype(dtype)
    if np.issubdtype(dtype, np.floating):
        drawn /= 255
    np.testing.assert_allclose(prepare(drawn).pixels, SEVEN, atol=1e-6)


@pytest.mark.parametrize("lights", [(0.8, 0, 0), (0.65, 0.25, 0), (0.6, 0.15, -0.15)])
def test_a_photograph_under_uneven_light(lights: tuple[float, float, float]) -> None:
    level, right, down = lights
    y, x = np.mgrid[-1:1:400j, -1:1:400j]
    paper = np.asarray(seven().filter(ImageFilter.GaussianBlur(1.5))) / 255
    noise = np.random.default_rng(0).normal(0, 0.02, paper.shape)
    photograph = (level + right * x + down * y) * (0.2 + 0.8 * paper) + noise
    assert difference(prepare(np.clip(photograph, 0, 1)).pixels, SEVEN) < 0.02


def test_dust_is_swept_away_and_a_second_stroke_is_not() -> None:
    dusty = np.asarray(seven()).copy()
    dusty[5:9, 390:394] = 0
    dusty[380, 3] = 0
    np.testing.assert_allclose(prepare(dusty).pixels, SEVEN, atol=1e-6)
    five = np.asarray(seven()).copy()
    five[200:215, 300:380] = 0
    assert difference(prepare(five).pixels, SEVEN) > 0.05


def test_ink_that_runs_over_the_border_is_still_ink() -> None:
    image = np.zeros((100, 100), np.float32)
    image[:, 40:60] = 1
    prepared = prepare(image).pixels
    assert prepared[14, 14] == 1
    assert prepared[14, 0] == 0


@pytest.mark.parametrize("radius", [3, 10, 60])
def test_a_dot_stays_a_dot(radius: int) -> None:
    image = Image.new("L", (280, 280), 0)
    box = (140 - radius, 140 - radius, 140 + radius, 140 + radius)
    ImageDraw.Draw(image).ellipse(box, fill=255)
    pixels = prepare(np.asarray(image)).pixels
    rows, columns = np.nonzero(pixels)
    assert np.ptp(rows) <= 6
    assert np.ptp(columns) <= 6


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((280, 280), np.uint8),
        np.full((280, 280), 255, np.uint8),
        np.full((280, 280), 128, np.uint8),
        np.zeros((280, 280, 4), np.uint8),
        np.full((50, 50, 3), 0.5),
        np.zeros((1, 1)),
        np.full((1, 300), 7, np.uint8),
        np.full((100, 100), 200, np.uint8) + np.eye(100, dtype=np.uint8) * 9,  # hardly seen
    ],
)
def test_without_ink_there_is_a_sentence(image: np.ndarray) -> None:
    with pytest.raises(InkError, match=r"^The image has no ink on it; draw or choose a digit\.$"):
        prepare(image)


@pytest.mark.parametrize(
    "image",
    [np.zeros(784), np.zeros((0, 5)), np.zeros((4, 4, 2)), np.full((9, 9), np.nan)],
)
def test_an_array_that_is_no_image(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match="give"):
        prepare(image)
