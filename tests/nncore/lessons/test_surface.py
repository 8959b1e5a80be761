"""The plane of the lesson on gradient descent, against central differences."""

import numpy as np
import pytest

from nncore.checkpoints import load
from nncore.datasets import one_hot
from nncore.lessons import images as lessons_images
from nncore.lessons import surface as lessons_surface


@pytest.fixture(scope="module")
def plane() -> lessons_surface.Plane:
    return lessons_surface.lesson_plane(load(lessons_images.LESSON_MODEL).network())


def test_the_plane_goes_through_the_trained_network(plane: lessons_surface.Plane) -> None:
    trained = load(lessons_images.LESSON_MODEL).network()
    for W, kept in zip(plane.network(1, 0).weights, trained.weights, strict=True):
        np.testing.assert_allclose(W, kept, atol=1e-6)
    assert abs(plane.first @ plane.second) < 1e-8 * (plane.first @ plane.first)


def test_the_planes_slope_against_central_differences(plane: lessons_surface.Plane) -> None:
    images, labels = lessons_images.few_digits()
    X, Y, h = images[::10], one_hot(labels[::10], 10, "float64"), 1e-6
    du, dv = plane.slope(0.2, 0.3, X, Y)
    numeric_u = (plane.cost(0.2 + h, 0.3, X, Y) - plane.cost(0.2 - h, 0.3, X, Y)) / (2 * h)
    numeric_v = (plane.cost(0.2, 0.3 + h, X, Y) - plane.cost(0.2, 0.3 - h, X, Y)) / (2 * h)
    assert (du, dv) == pytest.approx((numeric_u, numeric_v), rel=1e-5)


def test_the_stored_surface_is_the_measured_one(plane: lessons_surface.Plane) -> None:
    surface = lessons_surface.measure_surface(plane)
    np.testing.assert_allclose(lessons_surface.stored_surface(), surface, atol=6e-5)


def test_descent_in_the_plane_lowers_the_cost(plane: lessons_surface.Plane) -> None:
    images, labels = lessons_images.few_digits()
    path = plane.descend(0, 0.6, 0.01, 5, images[::10], one_hot(labels[::10], 10, "float64"))
    costs = [cost for _, _, cost in path]
    assert costs == sorted(costs, reverse=True)
