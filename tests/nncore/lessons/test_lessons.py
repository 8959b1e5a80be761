"""The lessons' arithmetic, by hand, against the book, and against central differences."""

from itertools import product

import numpy as np
import pytest

from nncore.activations import sigmoid
from nncore.checkpoints import load
from nncore.datasets import one_hot
from nncore.lessons import backpropagation, learning, neurons, universality
from nncore.lessons import images as lessons_images
from nncore.lessons import surface as lessons_surface
from nncore.recipes import RECIPES


# Perceptron -------------------------------------------------------------------------------------
def test_the_books_nand() -> None:
    z = neurons.weighted_input(neurons.INPUTS, np.array([-2.0, -2.0]), 3.0)
    assert z.tolist() == [3, 1, 1, -1]
    outputs = neurons.perceptron(neurons.INPUTS, np.array([-2.0, -2.0]), 3.0)
    assert outputs.tolist() == list(neurons.GATES["NAND"])


def test_a_perceptron_on_its_border_stays_silent() -> None:
    assert neurons.perceptron(np.array([[1.0, 1.0]]), np.array([1.0, 1.0]), -2.0) == [0]


def test_one_line_makes_fourteen_of_the_sixteen_gates() -> None:
    failed = [gate for gate in product((0, 1), repeat=4) if neurons.learn_gate(gate) is None]
    assert failed == [(0, 1, 1, 0), (1, 0, 0, 1)]  # XOR and its opposite


@pytest.mark.parametrize("gate", ["NAND", "AND", "OR"])
def test_the_weights_found_are_the_gate(gate: str) -> None:
    found = neurons.learn_gate(neurons.GATES[gate])
    assert found is not None
    assert neurons.perceptron(neurons.INPUTS, *found).tolist() == list(neurons.GATES[gate])


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


# Sigmoid neuron ---------------------------------------------------------------------------------
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


# Digits -----------------------------------------------------------------------------------------
def test_an_untrained_network_has_the_sizes_asked_for_and_is_the_same_each_time() -> None:
    network, again = (lessons_images.untrained_network((784, 5, 4)) for _ in range(2))
    assert network.layer_sizes == (784, 5, 4)
    np.testing.assert_array_equal(network.weights[0], again.weights[0])


def test_the_few_digits_are_what_the_lessons_model_knows() -> None:
    images, labels = lessons_images.few_digits()
    assert images.shape == (200, 784)
    assert (np.bincount(labels) == 20).all()
    right = (
        load(lessons_images.LESSON_MODEL).network().forward(images).argmax(axis=1) == labels
    ).mean()
    assert right > 0.9  # a sheet cut wrongly would leave a tenth


def test_the_lessons_model_is_the_recipe() -> None:
    config = load(lessons_images.LESSON_MODEL).config
    assert config.replace(engines="numpy,torch") == RECIPES["3blue1brown"].config


@pytest.mark.mnist
def test_the_few_digits_are_mnists_first_test_images() -> None:
    from nncore import datasets

    if not datasets.available("mnist"):
        pytest.skip("no MNIST files on this machine (NN_DATA_DIR)")
    test = datasets.load("mnist").test
    images, labels = lessons_images.few_digits()
    for digit in range(10):
        first = test.images[test.labels == digit][:20]
        np.testing.assert_allclose(images[labels == digit], first, atol=1e-6)


def test_a_pixel_rule_counts_everybody_once() -> None:
    images, labels = lessons_images.few_digits()
    rule = lessons_images.pixel_rule(3, 14, 14, 0.5)
    assert (rule.n_digit, rule.n_others) == (20, 180)
    assert rule.hits + rule.false_alarms == int((images[:, 14 * 28 + 14] > 0.5).sum())
    assert rule.hits == int((images[labels == 3][:, 14 * 28 + 14] > 0.5).sum())
    assert (rule.hits, rule.false_alarms) == (13, 89)  # as the lesson's text says


def test_the_bits_of_a_digit_spell_it() -> None:
    for digit in range(10):
        assert sum(2**bit * lessons_images.bit_of(digit, bit) for bit in range(4)) == digit


# Cost -------------------------------------------------------------------------------------------
def test_one_neurons_first_step_by_hand() -> None:
    outputs, costs = learning.learn_to_say_zero(0.6, 0.9, "quadratic", 0.15, 1)
    a = 1 / (1 + np.exp(-1.5))  # 0.8176, the book's 0.82
    assert outputs[0] == pytest.approx(a)
    assert costs[0] == pytest.approx(a**2 / 2)
    slope = a * a * (1 - a)  # both for w (the input is 1) and for b
    assert outputs[1] == pytest.approx(1 / (1 + np.exp(-(1.5 - 2 * 0.15 * slope))))


def test_the_plateau_is_the_quadratic_costs() -> None:
    """The figures of the lesson's answer, and the book's: 0.98 stays, 0.82 falls to 0.09."""
    near, _ = learning.learn_to_say_zero(0.6, 0.9, "quadratic", 0.15, 300)
    far, _ = learning.learn_to_say_zero(2, 2, "quadratic", 0.15, 300)
    cross, _ = learning.learn_to_say_zero(2, 2, "cross-entropy", 0.15, 300)
    assert near[[0, 50, 300]] == pytest.approx([0.82, 0.39, 0.09], abs=0.005)
    assert far[[0, 50, 300]] == pytest.approx([0.982, 0.976, 0.20], abs=0.005)
    assert cross[50] == pytest.approx(0.10, abs=0.005)


def test_a_sure_mistake_costs_cross_entropy_more() -> None:
    z = np.full(10, -6.0)
    z[4] = 6.0
    right = [learning.cost_of_outputs(z, 4, cost) for cost in ("quadratic", "cross-entropy")]
    wrong = [learning.cost_of_outputs(z, 9, cost) for cost in ("quadratic", "cross-entropy")]
    assert max(right) < 0.05
    assert wrong[0] == pytest.approx(1.0, abs=0.01)  # two outputs wrong by about 1: (1 + 1) / 2
    assert wrong[1] == pytest.approx(12.0, abs=0.1)  # two times ln(1 + e^6)


# Gradient descent -------------------------------------------------------------------------------
def test_the_slope_is_the_curves() -> None:
    v, h = np.linspace(-3, 3, 13), 1e-6
    numeric = (learning.valley(v + h) - learning.valley(v - h)) / (2 * h)
    np.testing.assert_allclose(learning.valley_slope(v), numeric, atol=1e-8)


def test_a_step_goes_eta_times_the_slope() -> None:
    path = learning.descend(2.0, 0.1, 1)
    assert path[1] == pytest.approx(2.0 - 0.1 * (0.2 * 8 - 0.8 * 2 + 0.15))


def test_small_steps_settle_large_ones_leave() -> None:
    assert learning.descend(2.7, 0.1, 40)[-1] == pytest.approx(1.90, abs=0.005)
    assert learning.descend(2.7, 1.5, 40)[-1] == pytest.approx(-2.13, abs=0.005)
    assert abs(learning.descend(2.7, 3.0, 40)[-1]) == learning.FAR


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
    images, labels = lessons_images.few_digits()
    Y, surface = one_hot(labels, 10, "float64"), lessons_surface.stored_surface()
    assert surface.shape == (len(lessons_surface.SURFACE_V), len(lessons_surface.SURFACE_U))
    for i, j in ((0, 0), (3, 20), (12, 18), (24, 7)):
        cost = plane.cost(lessons_surface.SURFACE_U[j], lessons_surface.SURFACE_V[i], images, Y)
        assert surface[i, j] == pytest.approx(cost, abs=6e-5)


def test_descent_in_the_plane_lowers_the_cost(plane: lessons_surface.Plane) -> None:
    images, labels = lessons_images.few_digits()
    path = plane.descend(0, 0.6, 0.01, 5, images[::10], one_hot(labels[::10], 10, "float64"))
    costs = [cost for _, _, cost in path]
    assert costs == sorted(costs, reverse=True)


# Backpropagation --------------------------------------------------------------------------------
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


# Universality -----------------------------------------------------------------------------------
def test_a_bump_is_high_between_its_edges_and_nothing_elsewhere() -> None:
    network = universality.bump_network([(0.3, 0.7)], np.array([1.5]), 1000)
    z = network.forward_pass(np.array([[0.1], [0.5], [0.9]]))[1].z[:, 0]
    assert z == pytest.approx([0, 1.5, 0], abs=1e-9)


def test_logit_undoes_the_sigmoid() -> None:
    z = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(universality.logit(sigmoid(z, None)), z)


@pytest.mark.parametrize("target", list(universality.TARGETS))
def test_more_bumps_come_closer(target: str) -> None:
    wanted = universality.TARGETS[target]
    far = [
        universality.mean_deviation(universality.fit_with_bumps(wanted, n, 1000), wanted)
        for n in (5, 10, 20, 40)
    ]
    assert far == sorted(far, reverse=True)


def test_the_figures_of_the_lesson_on_universality() -> None:
    wanted = universality.TARGETS["wiggle"]
    ten, twenty = (
        universality.mean_deviation(universality.fit_with_bumps(wanted, n, 1000), wanted)
        for n in (10, 20)
    )
    assert (ten, twenty) == pytest.approx((0.055, 0.023), abs=0.0005)


# Stored runs ------------------------------------------------------------------------------------
def test_the_stored_curves_are_of_the_recipes() -> None:
    curves = learning.stored_curves()
    assert list(curves) == ["full-batch", "mini-batch"]
    for name, curve in curves.items():
        config = RECIPES[name].config
        assert len(curve.test_accuracy) == config.epochs == 100
        batch = 60_000 if config.batch_size == "full" else config.batch_size
        assert curve.steps_an_epoch == 60_000 // batch
        assert f"--recipes {name}" in curve.command
    full, mini = (curve.test_accuracy for curve in curves.values())
    # After six epochs they are far apart, after 90 steps (six epochs of mini-batches) near.
    assert mini[5] - full[5] > 0.5
    assert abs(full[89] - mini[5]) < 0.05
    assert (round(100 * full[-1], 2), round(100 * mini[-1], 2)) == (90.58, 96.87)  # as it says
