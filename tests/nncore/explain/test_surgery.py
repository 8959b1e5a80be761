"""Edits of a network: each does what it says, and none touches the original."""

import numpy as np
import pytest

from nncore.config import TrainingConfig
from nncore.explain.surgery import AddNoise, Edit, SetBias, SetWeight, Silence, operate, silenced
from nncore.initializers import initial_parameters
from nncore.network import Network


@pytest.fixture
def network() -> Network:
    config = TrainingConfig(hidden=(8, 6), activation="sigmoid", cost="cross-entropy")
    return Network(config, initial_parameters(config, rng=np.random.default_rng(1)))


X = np.random.default_rng(2).random((5, 784), dtype=np.float32)


def test_numbers_are_set_in_their_order_and_only_there(network: Network) -> None:
    edits = [SetWeight(1, 3, 4, 9.0), SetBias(0, 2, -1.0), SetWeight(1, 3, 4, 2.5)]
    changed = operate(network, edits)
    assert changed.weights[1][3, 4] == 2.5
    assert changed.biases[0][2] == -1.0
    different = sum(
        int((a != b).sum())
        for new, old in zip(changed.parameters(), network.parameters(), strict=True)
        for a, b in zip(new, old, strict=True)
    )
    assert different == 2


def test_silence_is_an_activation_of_zero(network: Network) -> None:
    a = network.forward_pass(X)[0].a
    a[:, 5] = 0  # by hand
    by_hand = a @ network.weights[1] + network.biases[1]
    z = operate(network, [Silence(0, 5)]).forward_pass(X)[1].z
    np.testing.assert_allclose(z, by_hand, rtol=1e-5)
    z = operate(network, [Silence(0)]).forward_pass(X)[1].z
    np.testing.assert_array_equal(z, np.tile(network.biases[1], (5, 1)))


def test_silence_outlasts_what_is_done_to_the_weights_later(network: Network) -> None:
    edits: list[Edit] = [Silence(0, 5), AddNoise(1.0, 3), SetWeight(1, 5, 2, 9.0)]
    assert not operate(network, edits).weights[1][5].any()
    assert operate(network, edits[1:]).weights[1][5, 2] == 9
    quiet = silenced(network.layer_sizes, [*edits, Silence(1)])
    assert [np.flatnonzero(layer).tolist() for layer in quiet] == [[5], list(range(6)), []]


def test_noise_has_the_size_asked_for_and_is_the_same_again(network: Network) -> None:
    noisy = operate(network, [AddNoise(0.5, 7)])
    added = noisy.weights[0] - network.weights[0]
    assert float(added.std() / network.weights[0].std()) == pytest.approx(0.5, rel=0.05)
    again = operate(network, [AddNoise(0.5, 7)])
    np.testing.assert_array_equal(noisy.weights[0], again.weights[0])
    other = operate(network, [AddNoise(0.5, 8)])
    assert (other.weights[0] != noisy.weights[0]).any()
    np.testing.assert_array_equal(noisy.biases[0], network.biases[0])


def test_leaving_the_last_edit_out_undoes_it(network: Network) -> None:
    edits: list[Edit] = [SetBias(2, 9, 3.0), Silence(1, 0), AddNoise(1.0, 1)]
    once = operate(network, edits[:-1]).forward(X)
    operate(network, edits)
    np.testing.assert_array_equal(operate(network, edits[:-1]).forward(X), once)
    np.testing.assert_array_equal(operate(network, []).forward(X), network.forward(X))


@pytest.mark.parametrize(
    "edit",
    [
        Silence(2),
        Silence(2, 3),
        Silence(0, 8),
        SetWeight(0, 784, 0, 1.0),
        SetWeight(3, 0, 0, 1.0),
        SetBias(1, -1, 0.0),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(network: Network, edit: Edit) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        operate(network, [edit])
