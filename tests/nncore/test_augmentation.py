"""Deformation: what moves, by how much, and that the same seed moves it the same way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncore.augmentation import (
    PER_MAP,
    Deformation,
    change_ink,
    deform,
    elastic_fields,
    source_places,
    warp,
)
from nncore.datasets import Dataset

ALL = Deformation(rotation=15, scale=0.15, shear=0.2, shift=2, elastic=1.3, ink=0.3)
GRID = np.indices((28, 28)).astype(np.float32)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def random_images(n: int) -> np.ndarray:
    return generator(7).random((n, 784), dtype=np.float32)


def read_at(image: np.ndarray, places: np.ndarray) -> np.ndarray:
    return warp(image.reshape(1, 784), places[None].astype(np.float32)).reshape(28, 28)


# --- what a map does ------------------------------------------------------------------------------


def test_strength_zero_is_the_identity() -> None:
    images = random_images(50)
    assert np.array_equal(deform(images, ALL.times(0), rng=generator()), images)


@given(st.integers(-40, 40), st.integers(-40, 40))
def test_a_shift_by_whole_pixels(down: int, right: int) -> None:
    image = random_images(1).reshape(28, 28)
    shifted = read_at(image, GRID - np.array([down, right]).reshape(2, 1, 1))
    expected = np.zeros((108, 108), np.float32)
    expected[40 + down : 68 + down, 40 + right : 68 + right] = image
    assert np.array_equal(shifted, expected[40:68, 40:68])


def test_between_pixels_by_hand() -> None:
    # A quarter of a pixel further down and half a pixel further right than the pixel at (5, 5):
    # 0.75·0.5·1 + 0.75·0.5·0.5 + 0.25·0.5·0.25 = 0.59375. Half beyond the border: half the grey.
    image = np.zeros((28, 28), np.float32)
    image[5:7, 5:7] = [[1, 0.5], [0.25, 0]]
    image[0, 0] = 0.75
    assert read_at(image, GRID + np.array([0.25, 0.5]).reshape(2, 1, 1))[5, 5] == 0.59375
    assert read_at(image, GRID - np.array([0.5, 0]).reshape(2, 1, 1))[0, 0] == 0.375


def test_a_quarter_turn() -> None:
    image = random_images(1).reshape(28, 28)
    assert np.array_equal(read_at(image, np.stack([GRID[1], 27 - GRID[0]])), np.rot90(image))


def test_maps_stay_within_their_bounds() -> None:
    def moved(**bounds: float) -> np.ndarray:
        return source_places(400, Deformation(**bounds), rng=generator()) - GRID

    shifts = moved(shift=2)
    assert np.ptp(shifts, axis=(2, 3)).max() < 1e-5  # every pixel of a map by the same
    assert 1.9 < np.abs(shifts).max() <= 2
    # Turned about the middle: the corner, 13.5·√2 from it, goes 2·13.5·√2·sin(15°/2) = 4.98 far.
    turns = np.hypot(*moved(rotation=15)[:, :, 0, 0].T)
    assert 4.8 < turns.max() <= 4.99
    scales = moved(scale=0.25)[:, :, 27, 27] / 13.5 + 1
    assert 1.2 < scales.max() <= 1.2501
    assert 0.8 <= scales.min() < 0.83  # as far down as 1/1.25
    slants = moved(shear=0.2)
    assert np.abs(slants[:, 0]).max() < 1e-5  # rows stay rows
    assert 2.6 < np.abs(slants[:, 1]).max() <= 2.7001


def test_elastic_fields_are_as_wide_everywhere_and_smooth() -> None:
    fields = elastic_fields(4_000, 4.0, rng=generator())
    assert fields.shape == (4_000, 2, 28, 28)
    np.testing.assert_allclose(fields.std(axis=0), 1, atol=0.06)
    # White noise smoothed by a Gaussian has the correlation exp(-d²/4σ²) at a distance d.
    for distance in (1, 4, 10):
        correlation = (fields[..., distance:] * fields[..., :-distance]).mean()
        assert correlation == pytest.approx(np.exp(-(distance**2) / 64), abs=0.02)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (0.4, [0, 0.1 / 0.6, 0.5 / 0.6, 1, 1]),  # thicker: everything / 0.6, at most 1
        (-0.4, [0, 0, 0.1 / 0.6, 0.4 / 0.6, 1]),  # thinner: (grey - 0.4) / 0.6, at least 0
        (0.0, [0, 0.1, 0.5, 0.8, 1]),
    ],
)
def test_ink_moves_the_grey_edge(level: float, expected: list[float]) -> None:
    edge = np.array([[0, 0.1, 0.5, 0.8, 1]], np.float32)
    np.testing.assert_allclose(change_ink(edge, level), [expected], atol=1e-6)


# --- a block of images ----------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_images() -> None:
    images = random_images(100)
    first = deform(images, ALL, rng=generator(3))
    assert np.array_equal(first, deform(images, ALL, rng=generator(3)))
    assert not np.array_equal(first, deform(images, ALL, rng=generator(4)))


def test_images_of_a_mini_batch_are_deformed_each_in_its_own_way() -> None:
    n_maps = 8
    block = np.repeat(random_images(1), n_maps * PER_MAP, axis=0)
    deformed = deform(block, ALL, rng=generator())
    assert len(np.unique(deformed[:n_maps], axis=0)) == n_maps


@given(st.integers(0, 70), st.integers(0, 2**32 - 1), st.floats(0, 20))
def test_shape_type_and_range_whatever_the_strength(n: int, seed: int, strength: float) -> None:
    images = random_images(n)
    before = images.copy()
    bounds = ALL.times(strength) if strength < 1 else Deformation(180, 3, 2, 40, strength, 2, 0.9)
    deformed = deform(images, bounds, rng=generator(seed))
    assert deformed.shape == (n, 784)
    assert deformed.dtype == np.float32
    assert np.isfinite(deformed).all()
    assert (deformed >= 0).all()
    assert (deformed <= 1).all()
    assert np.array_equal(images, before)


def test_float64_images_give_the_same() -> None:
    images = random_images(40)
    assert np.array_equal(
        deform(images, ALL, rng=generator()),
        deform(images.astype(np.float64), ALL, rng=generator()),
    )


def test_digits_keep_their_ink_and_their_place(digits: Dataset) -> None:
    images = digits.train.images[:800]
    deformed = deform(images, ALL, rng=generator())
    masses = deformed.sum(axis=1) / images.sum(axis=1)
    assert np.median(masses) == pytest.approx(1, abs=0.1)
    assert np.mean((masses > 0.5) & (masses < 2)) > 0.97
    columns = np.tile(np.arange(28), 28)
    middles = (deformed @ columns) / deformed.sum(axis=1)
    assert np.abs(middles.mean() - (images @ columns / images.sum(axis=1)).mean()) < 0.3
    assert np.abs(deformed - images).mean() > 0.03  # and yet they are not what they were


def test_images_of_another_size() -> None:
    with pytest.raises(ValueError, match=r"shape \(3, 64\); give \(n_samples, 784\)"):
        deform(np.zeros((3, 64)), ALL, rng=generator())
