import base64
import json

import numpy as np
import pytest

from dashboard.ui.components.network_view import _as_neuron
from dashboard.ui.components.network_view.payload import MOST_BARS, MOST_SHOWN, picture
from nncore.config import TrainingConfig
from nncore.explain.neuron import Neuron
from nncore.explain.surgery import Silence, operate, silenced
from nncore.initializers import initial_parameters
from nncore.network import Network


def network(*hidden: int, activation: str = "sigmoid") -> Network:
    config = TrainingConfig(hidden=hidden, activation=activation, cost="cross-entropy")
    return Network(config, initial_parameters(config, rng=np.random.default_rng(1)))


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(2).random(784, dtype=np.float32)


def test_a_small_network_is_shown_whole_with_its_own_numbers(pixels: np.ndarray):
    net = network(16, 16)
    data = picture(net, pixels, None)
    layers = net.forward_pass(pixels[None])
    assert [layer["shown"] for layer in data["layers"]] == [
        list(range(16)),
        list(range(16)),
        list(range(10)),
    ]
    for shown, layer in zip(data["layers"], layers, strict=True):
        np.testing.assert_allclose(shown["a"], layer.a[0], rtol=1e-3)
        np.testing.assert_allclose(shown["z"], layer.z[0], rtol=1e-3)
    assert data["answer"] == int(np.argmax(layers[-1].a[0]))


def test_the_strongest_inputs_are_weight_times_activation_with_their_sign(pixels: np.ndarray):
    net = network(16, 16)
    first = net.forward_pass(pixels[None])[0].a[0]
    flow = first * net.weights[1][:, 3]
    into = picture(net, pixels, None)["layers"][1]["into"][3]
    strongest, share = into[0]
    assert strongest == int(np.argmax(np.abs(flow)))
    assert share == np.sign(flow[strongest])
    for source, part in into:
        assert part == pytest.approx(flow[source] / np.abs(flow).max(), abs=1e-3)


def test_the_pictures_are_the_weights(pixels: np.ndarray):
    net = network(16)
    layer = picture(net, pixels, None)["layers"][0]
    levels = np.frombuffer(base64.b64decode(layer["pictures"]), np.int8).reshape(16, 784)
    largest = np.array(layer["largest"])[:, None]
    np.testing.assert_allclose(
        levels / 127 * largest, net.weights[0].T, atol=float(largest.max()) / 127
    )


def test_a_large_network_stays_small_and_shows_what_was_selected(pixels: np.ndarray):
    net = network(1024, 1024)
    data = picture(net, pixels, Neuron(1, 777))
    assert len(json.dumps(data)) < 100_000
    first, second, output = data["layers"]
    assert len(first["shown"]) == len(second["shown"]) == MOST_SHOWN
    assert len(output["shown"]) == 10
    assert 777 in second["shown"]
    assert second["shown"] == sorted(second["shown"])
    assert len(second["bars"][0]) == MOST_BARS
    flow = net.forward_pass(pixels[None])[0].a[0] * net.weights[1][:, 777]
    assert int(np.argmax(np.abs(flow))) in first["shown"]
    for layer, before in zip(data["layers"][1:], data["layers"], strict=False):
        assert {source for into in layer["into"] for source, _ in into} <= set(before["shown"])


@pytest.mark.parametrize("hidden", [(), (1,), (20, 21, 3)])
def test_every_shape_has_edges_between_shown_neurons(hidden: tuple[int, ...], pixels: np.ndarray):
    data = picture(network(*hidden, activation="tanh"), pixels, None)
    assert len(data["edges"]) == len(hidden) + 1
    for edges, layer in zip(data["edges"], data["layers"], strict=True):
        assert edges
        assert {target for _, target, _ in edges} <= set(layer["shown"])


@pytest.mark.parametrize("hidden", [(6,), (300,)])
def test_a_silenced_neuron_is_shown_as_such_and_sends_nothing(
    hidden: tuple[int, ...], pixels: np.ndarray
):
    edits = [Silence(0, 3)]
    net = operate(network(*hidden), edits)
    layer = picture(net, pixels, None, silenced(net.layer_sizes, edits))["layers"][0]
    slot = layer["shown"].index(3)
    assert layer["silenced"][slot] is True
    assert sum(layer["silenced"]) == 1
    assert (layer["a"][slot], layer["shade"][slot]) == (0, 0)
    assert layer["z"][slot] != 0


def test_a_diverged_network_is_drawn_without_numbers(pixels: np.ndarray):
    net = network(4)
    net.weights[0][...] = np.nan
    net.weights[1][...] = np.inf
    data = picture(net, pixels, None)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["layers"][0]["z"] == [None] * 4
    assert data["answer"] is None


def test_a_blank_sheet_has_no_edges_from_its_pixels():
    data = picture(network(4), np.zeros(784), None)
    assert data["edges"][0] == []
    assert data["layers"][0]["into"] == [[]] * 4


def test_a_selected_neuron_of_another_network_is_left_out(pixels: np.ndarray):
    data = picture(network(4), pixels, Neuron(1, 12))
    assert data == picture(network(4), pixels, None)


@pytest.mark.parametrize("said", [None, "1", [0], [0, 4], [2, 0], [-1, 0], [0, 1.5], {"a": 1}])
def test_only_a_neuron_of_the_network_is_taken_from_the_browser(said: object):
    assert _as_neuron(said, network(4)) is None


def test_a_picked_neuron_is_taken():
    assert _as_neuron([1, 9], network(4)) == Neuron(1, 9)
