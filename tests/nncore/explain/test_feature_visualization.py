"""The gradient with respect to the pixels against central differences; the climb really climbs."""

import numpy as np
import pytest

from nncore.activations import ACTIVATIONS
from nncore.config import TrainingConfig
from nncore.explain.feature_visualization import excite, input_gradient, layer_inputs, strongest
from nncore.initializers import initial_parameters
from nncore.network import Network

HIDDEN = (12, 9)


def network(activation: str = "sigmoid", hidden: tuple[int, ...] = HIDDEN) -> Network:
    config = TrainingConfig(
        hidden=hidden, activation=activation, initializer="glorot", dtype="float64"
    )
    return Network(config, initial_parameters(config, rng=np.random.default_rng(3)))


@pytest.mark.parametrize("layer", [0, 1, 2])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_input_gradient_is_the_central_difference(activation: str, layer: int) -> None:
    net, rng, h = network(activation), np.random.default_rng(4), 1e-6
    X = rng.random((3, 784))
    gradient = input_gradient(net, X, layer, 5)
    assert gradient.shape == X.shape
    for pixel in rng.choice(784, 8, replace=False):
        up, down = X.copy(), X.copy()
        up[:, pixel] += h
        down[:, pixel] -= h
        above = net.forward_pass(up)[layer].z[:, 5]
        below = net.forward_pass(down)[layer].z[:, 5]
        np.testing.assert_allclose(gradient[:, pixel], (above - below) / (2 * h), atol=1e-8)


def test_of_a_first_layer_the_input_gradient_is_its_weights_and_a_copy() -> None:
    net = network()
    gradient = input_gradient(net, np.zeros((2, 784)), 0, 4)
    np.testing.assert_array_equal(gradient, np.tile(net.weights[0][:, 4], (2, 1)))
    gradient[...] = 0
    assert net.weights[0][:, 4].any()


@pytest.mark.parametrize(("layer", "index"), [(0, 3), (1, 8), (2, 9)])
def test_the_ascent_ends_higher_than_any_of_1000_random_images(layer: int, index: int) -> None:
    net = network()
    before = net.parameters()
    found = excite(net, layer, index)
    assert found.image.min() >= 0
    assert found.image.max() <= 1
    assert found.z[-1] > found.z[0]
    images = np.random.default_rng(5).random((1000, 784))
    assert found.z[-1] > net.forward_pass(images)[layer].z[:, index].max()
    assert found.z[-1] == pytest.approx(net.forward_pass(found.image[None])[layer].z[0, index])
    for (W, b), (W_before, b_before) in zip(net.parameters(), before, strict=True):
        np.testing.assert_array_equal(W, W_before)
        np.testing.assert_array_equal(b, b_before)


def test_without_a_slope_the_ascent_stays_where_it_is() -> None:
    net = network("relu")
    net.biases[0][...] = -1e6  # every ReLU is off
    start = np.random.default_rng(6).random(784)
    found = excite(net, 1, 0, start=start)
    np.testing.assert_array_equal(found.image, start)
    assert len(found.z) == 2


def test_the_strongest_are_the_largest_sums_in_order() -> None:
    net = network()
    X = np.random.default_rng(7).random((1500, 784))
    z = net.forward_pass(X)[1].z[:, 2]
    rows = strongest(net, layer_inputs(net, X, 1)[-1], 1, 2, 10)
    np.testing.assert_array_equal(rows, np.argsort(-z, kind="stable")[:10])
