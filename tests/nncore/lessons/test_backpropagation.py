"""The small network of the lesson on backpropagation, by hand."""

import numpy as np
import pytest

from nncore.activations import sigmoid
from nncore.lessons import backpropagation


def test_the_small_network_by_hand() -> None:
    values = backpropagation.SMALL_PARAMETERS
    X, Y = np.array([[1.0, 0.5]]), np.array([[0.0]])
    # z1 = 0.5 + 0.8 * 0.5 + 0.1 = 1.0; z2 = -0.4 + 0.3 * 0.5 - 0.2 = -0.45
    hidden, output = backpropagation.small_network(values).forward_pass(X)
    assert hidden.z[0] == pytest.approx([1.0, -0.45])
    a1, a2 = sigmoid(np.array([1.0, -0.45]), None)
    z = 1.2 * a1 - 0.7 * a2 + 0.2
    assert output.z[0, 0] == pytest.approx(z)
    a = 1 / (1 + np.exp(-z))
    delta = a * a * (1 - a)  # (a - 0) * sigmoid'(z)
    gradient = backpropagation.small_values(backpropagation.small_network(values).gradients(X, Y))
    assert gradient["c"] == pytest.approx(delta)
    assert gradient["v1"] == pytest.approx(a1 * delta)
    assert gradient["w21"] == pytest.approx(0.5 * 1.2 * delta * a1 * (1 - a1))


@pytest.mark.parametrize("name", list(backpropagation.SMALL_PARAMETERS))
def test_wiggling_agrees_with_backpropagation(name: str) -> None:
    X, Y = np.array([[0.3, 0.9]]), np.array([[0.7]])
    gradient = backpropagation.small_network(backpropagation.SMALL_PARAMETERS).gradients(X, Y)
    numeric = backpropagation.small_difference(backpropagation.SMALL_PARAMETERS, name, X, Y)
    assert numeric == pytest.approx(backpropagation.small_values(gradient)[name], rel=1e-6)


def test_parameters_by_name_and_back() -> None:
    network = backpropagation.small_network(backpropagation.SMALL_PARAMETERS)
    assert backpropagation.small_values(network.parameters()) == pytest.approx(
        backpropagation.SMALL_PARAMETERS
    )
