"""The perceptron and the sigmoid neuron of the lessons, by hand and against the book."""

from itertools import product

import numpy as np
import pytest

from nncore.lessons import neurons


def test_the_books_nand() -> None:
    z = neurons.weighted_input(neurons.INPUTS, np.array([-2.0, -2.0]), 3.0)
    assert z.tolist() == [3, 1, 1, -1]
    outputs = neurons.perceptron(neurons.INPUTS, np.array([-2.0, -2.0]), 3.0)
    assert outputs.tolist() == list(neurons.GATES["NAND"])


def test_a_perceptron_on_its_border_stays_silent() -> None:
    assert neurons.perceptron(np.array([[1.0, 1.0]]), np.array([1.0, 1.0]), -2.0) == [0]


def test_one_line_makes_fourteen_of_the_sixteen_gates() -> None:
    gates = product((0, 1), repeat=4)
    failed = [gate for gate in gates if not neurons.learn_gate(gate).is_right]
    assert failed == [(0, 1, 1, 0), (1, 0, 0, 1)]  # XOR and its opposite


@pytest.mark.parametrize("gate", ["NAND", "AND", "OR"])
def test_the_weights_found_are_the_gate(gate: str) -> None:
    found = neurons.learn_gate(neurons.GATES[gate])
    assert found.is_right
    outputs = neurons.perceptron(neurons.INPUTS, found.w, found.b)
    assert outputs.tolist() == list(neurons.GATES[gate])


def test_rosenblatts_rule_by_hand() -> None:
    # OR from zero: 01 is answered 0, so w2 and b become 1; then 00 is answered 1, so b is 0 again;
    # 10 is answered 0, so w1 and b become 1; 00 once more, and b is 0.
    found = neurons.learn_gate(neurons.GATES["OR"])
    assert (found.w.tolist(), found.b, found.corrections) == ([1, 1], 0, 4)


def test_the_best_that_one_perceptron_makes_of_xor_is_three_rows() -> None:
    xor = np.array(neurons.GATES["XOR"])
    steps = np.arange(-2, 2.5, 0.5)
    best = max(
        int((neurons.perceptron(neurons.INPUTS, np.array([w1, w2]), b) == xor).sum())
        for w1, w2, b in product(steps, repeat=3)
    )
    assert best == 3


@pytest.mark.parametrize(("x1", "x2"), list(product((0, 1), repeat=2)))
def test_the_circuit_adds_two_bits(x1: int, x2: int) -> None:
    wires = neurons.half_adder(x1, x2)
    assert 2 * wires.carry + wires.total == x1 + x2


@pytest.mark.parametrize("w", [(1.0, 1.0), (1.0, -2.0), (3.0, 0.0), (0.0, -1.0), (0.0, 0.0)])
def test_the_firing_range_is_where_the_perceptron_fires(w: tuple[float, float]) -> None:
    x1 = np.linspace(-0.5, 1.5, 23)
    bottom, top = neurons.firing_range(x1, np.array(w), -0.31, -0.5, 1.5)
    for u, low, high in zip(x1, bottom, top, strict=True):
        for v in np.linspace(-0.49, 1.49, 17):
            fires = neurons.perceptron(np.array([[u, v]]), np.array(w), -0.31)[0]
            assert bool(fires) == bool(low < v < high), (u, v)


def test_a_nudge_by_hand() -> None:
    nudge = neurons.nudge(9.0, 1.0, -10.0, 0.1)
    # z = -1 and -0.1; sigmoid(-1) = 1 / (1 + e) = 0.26894, sigmoid(-0.1) = 0.47502
    assert (nudge.z, nudge.z_after) == pytest.approx((-1.0, -0.1))
    assert (nudge.a, nudge.a_after) == pytest.approx((0.26894, 0.47502), abs=1e-5)
    # the slope: 0.26894 * 0.73106 * 9 * 0.1 = 0.17695
    assert nudge.estimate == pytest.approx(0.17695, abs=1e-5)
    assert (nudge.step_before, nudge.step_after) == (0, 0)
    assert neurons.nudge(9.0, 1.0, -10.0, 0.12).step_after == 1


def test_the_smaller_the_nudge_the_better_the_estimate() -> None:
    errors = [
        abs(nudge.change - nudge.estimate) / change
        for change in (0.1, 0.01, 0.001)
        for nudge in [neurons.nudge(2.0, 0.5, -0.7, change)]
    ]
    assert errors[0] > 5 * errors[1] > 25 * errors[2]
