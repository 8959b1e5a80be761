"""Contributions that sum up, neighbours that are nearest, changes that are small and enough."""

from typing import get_args

import numpy as np
import pytest

from nncore import checkpoints
from nncore.config import ActivationName, TrainingConfig
from nncore.datasets import Dataset
from nncore.explain.explanation import (
    Neighbours,
    adversarial_example,
    contributions,
    hidden_features,
)
from nncore.initializers import initial_parameters
from nncore.network import Network


def network(activation: str, hidden: tuple[int, ...] = (20, 12)) -> Network:
    config = TrainingConfig(
        activation=activation,  # pyright: ignore[reportArgumentType]
        hidden=hidden,
        initializer="glorot",
        dtype="float64",
    )
    rng = np.random.default_rng(2)
    parameters = [(W, rng.normal(0, 0.3, b.shape)) for W, b in initial_parameters(config, rng=rng)]
    return Network(config, parameters)


@pytest.fixture
def shipped() -> Network:
    return checkpoints.load(checkpoints.SHIPPED["classroom"]).network()


@pytest.mark.parametrize("hidden", [(), (20,), (20, 12)])
@pytest.mark.parametrize("activation", get_args(ActivationName))
def test_contributions_sum_up_to_the_lead(activation: str, hidden: tuple[int, ...]) -> None:
    net = network(activation, hidden)
    for seed in range(3):
        x = np.random.default_rng(seed).random(784)
        found = contributions(net, x)
        assert found.pixels.sum() + found.biases == pytest.approx(found.lead, abs=1e-9)
        assert found.terms.sum() + found.bias == pytest.approx(found.lead, abs=1e-9)
        z = net.forward_pass(x[None])[-1].z[0]
        assert found.lead == pytest.approx(z[found.winner] - z[found.rival])
        assert sorted([z[found.winner], z[found.rival]]) == sorted(z)[-2:]


def test_the_rival_can_be_any_other_digit() -> None:
    net = network("sigmoid")
    x = np.random.default_rng(3).random(784)
    z = net.forward_pass(x[None])[-1].z[0]
    winner = int(z.argmax())
    for rival in set(range(10)) - {winner}:
        found = contributions(net, x, rival)
        assert (found.winner, found.rival) == (winner, rival)
        assert found.lead == pytest.approx(z[winner] - z[rival])
        assert found.pixels.sum() + found.biases == pytest.approx(found.lead, abs=1e-9)
    with pytest.raises(ValueError, match=f"says {winner} already; choose another"):
        contributions(net, x, winner)


@pytest.mark.parametrize("activation", ["relu", "leaky-relu", "linear"])
def test_a_pixel_contributes_what_its_loss_costs(activation: str) -> None:
    # The network is linear nearby: taking a thousandth of a pixel away costs that of its part.
    net = network(activation)
    x = np.random.default_rng(1).random(784)
    found = contributions(net, x)
    for pixel in (0, 300, 783):
        changed = x.copy()
        changed[pixel] *= 0.999
        z = net.forward_pass(changed[None])[-1].z[0]
        lost = found.lead - (z[found.winner] - z[found.rival])
        assert lost == pytest.approx(found.pixels[pixel] * 0.001, rel=1e-4, abs=1e-12)


def test_by_hand() -> None:
    # Two inputs, a hidden ReLU that is on and one that is off, two outputs:
    # z1 = (2·1 + 1·3 - 1, -4) = (4, -4), a = (4, 0); z2 = (4·1 + 0.5, 4·0.25) = (4.5, 1).
    # One unit of the first z1 is worth 1 - 0.25 = 0.75 of the lead 3.5, one of the second nothing:
    # pixels 0.75·2·1 = 1.5 and 0.75·1·3 = 2.25, biases 0.75·(-1) + 0.5 = -0.25.
    config = TrainingConfig(dtype="float64")
    hidden = (np.array([[2.0, -4.0], [1.0, 0.0]]), np.array([-1.0, 0.0]))
    output = (np.array([[1.0, 0.25], [5.0, 5.0]]), np.array([0.5, 0.0]))
    found = contributions(Network(config, [hidden, output]), np.array([1.0, 3.0]))
    assert (found.winner, found.rival) == (0, 1)
    assert found.pixels.tolist() == [1.5, 2.25]
    assert (found.biases, found.lead) == (-0.25, 3.5)
    # The output layer's inputs: a1 (1 - 0.25) = 3, a2 is 0; its biases 0.5 - 0.
    assert found.terms.tolist() == [3, 0]
    assert found.bias == 0.5


def test_the_nearest_are_the_nearest(digits: Dataset) -> None:
    images = digits.train.images
    rows, distances = Neighbours(images).nearest(images[17], 5)
    every = np.linalg.norm(images - images[17], axis=1)
    assert rows[0] == 17
    np.testing.assert_allclose(distances, np.sort(every)[:5], atol=1e-5)
    half = Neighbours(images.astype(np.float16)).nearest(images[17], 5)
    np.testing.assert_array_equal(half[0], rows)
    np.testing.assert_allclose(half[1], distances, atol=5e-3)
    assert len(Neighbours(images[:3]).nearest(images[0], 9)[0]) == 3
    some, _ = Neighbours(images).nearest(images[17], 5, among=10)
    np.testing.assert_array_equal(some, Neighbours(images[:10]).nearest(images[17], 5)[0])


def test_features_are_the_last_hidden_layer(shipped: Network, digits: Dataset) -> None:
    X = digits.test.images
    features = hidden_features(shipped, X)
    np.testing.assert_allclose(features, np.maximum(X @ shipped.weights[0] + shipped.biases[0], 0))
    assert hidden_features(network("relu", ()), X) is X
    half = hidden_features(shipped, X.astype(np.float16))
    assert half.dtype == np.float16
    np.testing.assert_allclose(half, features, atol=0.02)
    shipped.weights[0] *= 1e5  # beyond what half precision can say
    assert np.isfinite(hidden_features(shipped, X.astype(np.float16))).all()


def test_a_small_change_turns_a_digit_into_its_runner_up(shipped: Network, digits: Dataset) -> None:
    for x in digits.test.images[:10]:
        found = adversarial_example(shipped, x)
        before = contributions(shipped, x)
        assert found.is_reached
        assert found.digit == before.rival
        assert shipped.forward(found.image[None]).argmax() == before.rival
        assert found.image.min() >= 0
        assert found.image.max() <= 1
        assert found.distance == pytest.approx(np.linalg.norm(found.image - x))
        # It lies on the boundary, and a straight line to another image lies farther away.
        z = shipped.forward_pass(found.image[None])[-1].z[0]
        assert z[found.digit] - z[before.winner] < 0.01
        others = digits.test.images[digits.test.labels == found.digit]
        assert found.distance < np.linalg.norm(others - x, axis=1).min()


def test_it_can_be_turned_into_any_digit(shipped: Network, digits: Dataset) -> None:
    x = digits.test.images[0]
    winner = contributions(shipped, x).winner
    for digit in set(range(10)) - {winner}:
        assert adversarial_example(shipped, x, digit).is_reached
    with pytest.raises(ValueError, match=f"says {winner} already"):
        adversarial_example(shipped, x, winner)


def test_where_no_change_helps_it_says_so() -> None:
    dead = network("relu")
    dead.weights[0][...] = 0  # no pixel reaches any output
    assert not adversarial_example(dead, np.full(784, 0.5)).is_reached
