import numpy as np
import pytest

from dashboard.inside.seeking import climb, fires_most
from nncore.config import ActivationName, TrainingConfig
from nncore.explain.neuron import Neuron
from nncore.network import Network


@pytest.mark.parametrize(
    ("z", "said"),
    [
        ([-1.5, 0.2, 12.25], "climbed from −1.50 to 12.2"),
        ([3.0, 2.0], "fell from 3.00 to 2.00"),
        ([2.0, 2.0], "stayed at 2.00"),
        ([2.0, 2.00001], "stayed at 2.00"),
    ],
)
def test_the_sum_climbs_only_where_it_does(z: list[float], said: str):
    assert said in climb(np.array(z))


@pytest.mark.parametrize("activation", ["sigmoid", "relu", "leaky-relu", "tanh"])
@pytest.mark.parametrize("bias", [-5.0, 5.0])
def test_images_fire_a_neuron_only_where_it_fires(activation: ActivationName, bias: float):
    config = TrainingConfig(hidden=(1,), activation=activation)
    zeros = np.zeros((784, 1)), np.full(1, bias)
    network = Network(config, [zeros, (np.zeros((1, 10)), np.zeros(10))])
    dead = bias < 0 and activation in ("relu", "leaky-relu")
    assert ("none does" in fires_most(network, Neuron(0, 0), np.zeros(784))) == dead
