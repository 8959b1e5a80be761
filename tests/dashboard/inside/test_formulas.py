import re

import numpy as np
import pytest

from dashboard.inside import formulas
from nncore.activations import ACTIVATIONS
from nncore.config import ActivationName, CostName, TrainingConfig
from nncore.explain.explanation import contributions
from nncore.explain.microscope import examine
from nncore.explain.neuron import Neuron
from nncore.initializers import draw_parameters
from nncore.network import Network
from tests.dashboard.worked import is_rounded, number, work_out

KINDS: list[tuple[tuple[int, ...], ActivationName, CostName, float]] = [
    ((), "sigmoid", "quadratic", 1.0),
    ((3,), "sigmoid", "quadratic", 1.0),
    ((12, 5), "tanh", "cross-entropy", 0.3),
    ((40,), "relu", "log-likelihood", 3.0),
    ((4, 4), "linear", "cross-entropy", 1e-4),
]


def cases():
    """Networks of many shapes and scales of weights, each with an image."""
    for number_, (hidden, activation, cost, scale) in enumerate(KINDS):
        rng = np.random.default_rng(number_)
        config = TrainingConfig(hidden=hidden, activation=activation, cost=cost, seed=number_)
        drawn = [(scale * W, scale * b) for W, b in draw_parameters(config)]
        x = np.where(rng.random(784) < 0.2, rng.random(784), 0).astype(np.float32)
        yield Network(config, drawn), x


def lines_of(written: str) -> list[str]:
    inside = written.removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}")
    return [line.strip(" &") for line in re.split(r"\\\\(?:\[4pt\])?", inside)]


def terms_of(lines: list[str]) -> list[str]:
    """The lines with a value and what it is, in brackets."""
    return [line for line in lines if r"\quad (" in line]


def check_products(lines: list[str]) -> None:
    for line in terms_of(lines):
        if found := re.match(r"(.*?) \\quad \((.*),\\ [ik] = [\d, ]+\)$", line):
            value = work_out(found[1].lstrip("= ("))
            assert is_rounded(work_out(found[2]), value), line


def test_every_activation_has_its_formula_and_the_formula_of_its_slope():
    assert {*formulas.FUNCTIONS} == {*ACTIVATIONS, "softmax"}
    assert {*formulas.SLOPES} == {*ACTIVATIONS}


def test_a_neurons_sum_adds_up_with_the_digits_shown():
    for network, x in cases():
        layers = network.forward_pass(x[None])
        for k, layer in enumerate(layers):
            inputs = layers[k - 1].a[0] if k else x
            for j in range(min(len(layer.z[0]), 4)):
                order = np.argsort(-np.abs(inputs * network.weights[k][:, j]), kind="stable")
                lines = lines_of(
                    formulas.weighted_sum(network, layers, Neuron(k, j), inputs, order)
                )
                values = [line.split(r" \quad")[0].removeprefix("= ") for line in terms_of(lines)]
                z = number(lines[-2].removeprefix("= "))
                assert work_out(" ".join(values)) == z
                assert float(z) == pytest.approx(float(layer.z[0, j]), rel=1e-3, abs=1e-12)
                check_products(lines)
                assert rf"z^{{{k + 1}}}_{{{j}}}" in lines[0]


def test_the_gap_between_two_outputs_adds_up_with_the_digits_shown():
    for network, x in cases():
        z = network.forward_pass(x[None])[-1].z[0]
        found = contributions(network, x)
        written, shares = formulas.race(len(network.weights) - 1, z, found)
        gap = shares.total
        assert sum(shares.terms) == gap
        outputs, formula, parts = lines_of(written)
        numbers, total = outputs.partition("&= ")[2].rsplit(" = ", 1)
        assert work_out(numbers) == number(total) == gap
        assert formula.startswith(r"= \sum_i")
        assert work_out(parts.removeprefix("= ")) == gap
        # What stands under the sum is the sum, and under the biases the biases.
        terms = float(number(re.split(r" (?=[+-] )", parts.removeprefix("= "))[0]))
        assert terms == pytest.approx(
            float(found.terms.sum()), rel=0.02, abs=0.02 * abs(float(gap))
        )
        assert float(gap) == pytest.approx(found.lead, rel=1e-2, abs=1e-12)


def test_what_is_handed_back_adds_up_and_times_the_slope_is_the_error():
    for network, x in cases():
        seen = examine(network, x, 3)
        for layer in range(len(seen.deltas) - 1):
            for index in range(min(len(seen.deltas[layer]), 4)):
                lines = lines_of(formulas.handed_back(seen, layer, index))
                values = [line.split(r" \quad")[0].lstrip("= (") for line in terms_of(lines)]
                product, delta = lines[-1].removeprefix("= ").rsplit(" = ", 1)
                total = product.split(r" \cdot ")
                total = r" \cdot ".join(total[: 2 if total[1].startswith("10^") else 1])
                assert work_out(" ".join(values)) == number(total)
                assert is_rounded(work_out(product), number(delta))
                exact = float(seen.deltas[layer][index])
                assert float(number(delta)) == pytest.approx(exact, rel=1e-2, abs=1e-15)
                check_products(lines)


def test_errors_slopes_and_steps_can_be_worked_out():
    for network, x in cases():
        seen = examine(network, x, 3)
        output = len(seen.deltas) - 1
        for index in range(10):
            _, product, delta = formulas.output_error(seen, index).split(" = ")
            found = re.fullmatch(r"\((.* - [01])\)(?: \\cdot (.*))?", product)
            assert found
            worked = work_out(found[1]) * (work_out(found[2]) if found[2] else 1)
            assert is_rounded(worked, number(delta))
            assert float(number(delta)) == pytest.approx(
                float(seen.deltas[output][index]), rel=1e-2, abs=1e-12
            )
        for k, delta in enumerate(seen.deltas):
            source = int(np.abs(seen.inputs(k)).argmax())
            written = formulas.weight_slope(seen, Neuron(k, 1), source)
            product, value = written.split(" = ")[-2:]
            assert is_rounded(work_out(product), number(value)), delta
            before = float(seen.network.weights[k][source, 1])
            for eta in (1e-6, 0.5, 1000.0):
                step = formulas.one_step(before, float(seen.weight_slopes(k, 1)[source]), eta)
                *_, numbers, after = lines_of(step)
                assert is_rounded(work_out(numbers.lstrip("w&= ")), number(after[2:]))


def test_two_layers_never_share_a_name():
    """`delta_9` of the output and of a hidden neuron are two numbers."""
    network, x = next(case for case in cases() if len(case[0].weights) == 3)
    seen = examine(network, x, 3)
    assert formulas.output_error(seen, 4).startswith(r"\delta^{3}_{4}")
    assert formulas.handed_back(seen, 0, 4).count(r"\delta^{1}_{4}") == 1
    assert r"w^{2}_{4,k}\, \delta^{2}_{k}" in formulas.handed_back(seen, 0, 4)
    assert r"w^{1}_{i,4}" in formulas.weight_slopes(0, 4, 0.5)
