"""The world's digits: every form, the same for a seed, and the same images as by the stages."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nncore.ink import world
from nncore.ink.forms import FORMS, N_POINTS, compiled
from nncore.preprocessing import prepare, prepare_ink

CANVAS = 260
NUMBERS = {f"{form.digit} {form.name}": i for i, form in enumerate(FORMS)}


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# --- forms ----------------------------------------------------------------------------------------


def test_the_shares_of_each_digits_forms_sum_to_1() -> None:
    for digit in range(10):
        assert sum(form.share for form in FORMS if form.digit == digit) == pytest.approx(1)


def test_a_straight_line_has_points_at_equal_steps_from_end_to_end() -> None:
    curves = compiled(FORMS[NUMBERS["1 slanted stick"]])
    points = curves.along @ curves.controls
    steps = np.hypot(*np.diff(points, axis=0).T)
    np.testing.assert_allclose(points[[0, -1]], curves.controls[[0, -1]], atol=1e-6)
    np.testing.assert_allclose(steps, steps.mean(), rtol=0.05)


@pytest.mark.parametrize("form", FORMS, ids=NUMBERS)
def test_curves_go_through_their_control_points(form) -> None:
    curves = compiled(form)
    assert curves.along.shape == curves.rounded.shape == (N_POINTS, len(curves.controls))
    np.testing.assert_allclose(curves.along.sum(axis=1), 1, atol=1e-5)  # moved, it only moves
    points = curves.along @ curves.controls
    nearest = np.hypot(*(curves.controls[:, None] - points).T).min(axis=0)
    assert nearest.max() < 0.5 / 20  # half of one of MNIST's pixels


def test_the_flag_meets_the_stem_at_the_elbow() -> None:
    curves = compiled(FORMS[NUMBERS["1 flag and foot"]])
    assert curves.elbow == (0, 2, 3)
    assert compiled(FORMS[NUMBERS["7 hooked start"]]).elbow == (2, 4, 6)
    assert compiled(FORMS[NUMBERS["1 stick"]]).elbow is None


# --- hands ----------------------------------------------------------------------------------------


def test_a_seed_gives_its_digits() -> None:
    one, same, other = (world.write(40, rng=generator(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.images, same.images)
    np.testing.assert_array_equal(one.forms, same.forms)
    assert not np.array_equal(one.images, other.images)


def test_every_form_comes_by_its_share() -> None:
    forms = world.write(4_000, rng=generator()).forms
    expected = np.array([form.share for form in FORMS]) * 400
    assert np.all(np.abs(np.bincount(forms, minlength=len(FORMS)) - expected) < 5 * expected**0.5)


def test_the_labels_are_the_forms_digits() -> None:
    written = world.write(200, rng=generator())
    assert written.digits.tolist() == [FORMS[i].digit for i in written.forms]


def slope_and_length(digit: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Of the flag or the top of 60 drawings: degrees upwards to the right, and share of the stem.

    Found in the drawn line by its ends and the corner, not by the code's own rule.
    """
    name = {1: "1 long flag", 7: "7 plain"}[digit]
    points = world.by_hand(np.full(60, NUMBERS[name]), rng=generator(seed)).points
    curves = compiled(FORMS[NUMBERS[name]])
    corner = int(curves.along[:, curves.elbow[1]].argmax())
    line, stem = points[:, corner] - points[:, 0], points[:, -1] - points[:, corner]
    slope = np.degrees(np.arctan2(-line[:, 1], line[:, 0]))
    return slope, np.hypot(*line.T) / np.hypot(*stem.T)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_no_drawing_is_both_a_1_and_a_7(seed: int) -> None:
    flags, flag_lengths = slope_and_length(1, seed)
    tops, top_lengths = slope_and_length(7, seed)
    # A hand in haste rounds the corner off, which turns a line by a few degrees.
    assert np.all((flags > 27) | (flag_lengths < 0.4))
    assert np.all((np.abs(tops) < 27) & (top_lengths > 0.3))


@pytest.mark.parametrize(
    ("start", "clear"),
    [((-0.2, 0.25), True), ((-0.45, 0.1), False), ((-0.6, 0.0), False), ((-0.1, 0.05), True)],
)
def test_a_flag_is_steep_or_short(start: tuple[float, float], clear: bool) -> None:
    # The flag of a 1 of height 1, from `start` to the top of its stem at (0, 0).
    curves = compiled(FORMS[NUMBERS["1 flag"]])
    controls = np.array([start, np.array(start) / 2, (0, 0), (0, 0.5), (0, 1)], np.float32)
    assert world.is_clear(controls[None], curves).tolist() == [clear]


# --- ink ------------------------------------------------------------------------------------------


def drawn_large(hands: world.Hands, i: int) -> np.ndarray:
    """The same drawing at 200 pixels, a disc around each of many points: (260, 260) ink."""
    line = hands.points[i] - hands.points[i].min(axis=0)
    pen, size = float(hands.pens[i]) * 200, 200 * (1 - float(hands.pens[i]))
    points = line / line.max() * size + 30
    y, x = np.mgrid[:CANVAS, :CANVAS] + 0.5
    ink = np.zeros((CANVAS, CANVAS))
    for k in range(N_POINTS):
        on = k + 1 < N_POINTS and np.hypot(*(points[k + 1] - points[k])) < 9  # the pen was down
        for part in (0, 0.25, 0.5, 0.75) if on else (0,):
            at = points[k] + (part * (points[k + 1] - points[k]) if on else 0)
            radius = pen / 2 * float(hands.pressure[i, k])
            ink = np.maximum(ink, radius - np.hypot(x - at[0], y - at[1]) + 0.5)
    return np.minimum(ink, 1).astype(np.float32)


def test_the_images_are_those_of_the_stages_that_any_drawing_goes_through() -> None:
    n = 40
    hands = world.by_hand(generator(1).choice(len(FORMS), n), rng=generator(1))
    hands.pressure[hands.pressure == 0] = 1
    images = world.draw(hands).reshape(n, 28, 28)
    apart: list[float] = []
    moved = 0
    for i, image in enumerate(images):
        expected = prepare(drawn_large(hands, i)).pixels
        # Centred to whole pixels: a centre of mass near a border may fall to either side.
        shifts = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        each = [float(np.abs(np.roll(expected, s, (0, 1)) - image).mean()) for s in shifts]
        apart.append(min(each))
        moved += each[4] > min(each)
    assert np.median(apart) < 0.01  # of grey values from 0 to 1; other digits lie at 0.1 and more
    assert max(apart) < 0.04
    assert moved < n / 4


def test_the_last_stages_give_exactly_the_same_numbers() -> None:
    boxes = generator(2).random((20, 20, 20), dtype=np.float32) ** 4
    boxes[:, [0, -1]] = boxes[:, :, [0, -1]] = 0.9  # so that nothing is cropped
    boxes *= generator(3).uniform(0.3, 1, (20, 20, 20)) > 0.4
    boxes[:, [0, -1]] = boxes[:, :, [0, -1]] = 0.8
    found = world.finished(boxes.astype(np.float32))
    for box, image in zip(boxes, found, strict=True):
        expected = prepare_ink(box.astype(np.float32), skip=("stroked",)).pixels
        np.testing.assert_allclose(image.reshape(28, 28), expected, atol=1e-6)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_whatever_is_drawn_is_an_image_of_mnists_kind(seed: int) -> None:
    images = world.write(20, rng=generator(seed)).images
    assert images.shape == (20, 784)
    assert images.dtype == np.float32
    assert images.min() >= 0
    np.testing.assert_allclose(images.max(axis=1), 1, atol=1e-6)
    across = np.arange(28) + 0.5
    centre = images.reshape(20, 28, 28).sum(axis=1) @ across / images.sum(axis=1)
    assert np.all((centre > 9) & (centre < 19))
