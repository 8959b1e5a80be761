"""The formulas of Inside: the book's equations, and the same with one example's numbers in them."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal

import numpy as np

from dashboard.ui import symbols
from dashboard.ui.arithmetic import (
    AddedUp,
    add_up,
    add_up_ways,
    last_place,
    latex,
    latex_product,
    latex_sum,
    latex_term,
    round_to,
    to_places,
    work_out,
)
from dashboard.ui.text import formula_number
from nncore import costs
from nncore.config import ActivationName
from nncore.explain.explanation import Contributions
from nncore.explain.microscope import Examined
from nncore.explain.neuron import Neuron
from nncore.network import Layer, Network

FunctionName = ActivationName | Literal["softmax"]

FUNCTIONS: dict[FunctionName, str] = {
    "sigmoid": r"\sigma({z})",
    "tanh": r"\tanh({z})",
    "relu": r"\max(0, {z})",
    "leaky-relu": r"\max(0.01\,{z}, {z})",
    "linear": "{z}",
    "softmax": r"\mathrm{{softmax}}({z})",
}
"""Activation functions as formulas of z."""
COSTS = {
    "quadratic": r"C = \tfrac{1}{2}\sum_j (a^L_j - y_j)^2",
    "cross-entropy": r"C = -\sum_j \left[y_j \ln a^L_j + (1-y_j)\ln(1-a^L_j)\right]",
    "log-likelihood": r"C = -\ln a^L_y",
}
OUTPUT_ERRORS = {
    "quadratic": r"\delta^L = (a^L - y) \odot \sigma'(z^L)",
    "cross-entropy": r"\delta^L = a^L - y",
    "log-likelihood": r"\delta^L = a^L - y",
}
SLOPES: dict[ActivationName, str] = {
    "sigmoid": "a (1 - a)",
    "tanh": "1 - a^2",
    "relu": r"1 \text{ where } a > 0",
    "leaky-relu": r"1 \text{ where } a > 0 \text{, else } 0.01",
    "linear": "1",
}

_DELTA = r"\delta"
_INPUTS = 6
"""Terms of a neuron's sum that are written out, the largest."""
_HANDED_BACK = 4
"""The same of an error that is handed back."""
_TRIES = 5
"""Of more and more decimal places, until everything that is shown fits together."""


def function_of(network: Network, layer: int) -> FunctionName:
    """The name of a layer's activation function: the output layer's goes with the cost."""
    last = layer == len(network.weights) - 1
    return costs.COSTS[network.config.cost].output_name if last else network.config.activation


# Forward ----------------------------------------------------------------------------------------
def race(layer: int, z: np.ndarray, found: Contributions) -> tuple[str, AddedUp]:
    """The gap between two outputs: the formula with its numbers, and the same gap as the sum of
    what the ink and what the biases of all layers say.

    Args:
        layer: of the outputs, from 0.
        z: (n_out,) their weighted sums.
        found: who is in front of whom.
    """
    pair = (found.winner, found.rival)
    own, other = (symbols.of_neuron("z", layer, digit) for digit in pair)
    w, v = (symbols.of_weight(layer, "i", digit) for digit in pair)
    b, c = (symbols.of_neuron("b", layer, digit) for digit in pair)
    terms = float(found.terms.sum())
    gap, split, shares = add_up_ways(
        found.lead,
        [float(z[found.winner]), -float(z[found.rival])],
        [terms, found.lead - terms],
        [float(found.pixels.sum()), found.biases],
    )
    first, second = gap.terms
    told = (
        rf"\begin{{aligned}} {own} - {other} "
        rf"&= {latex(first, bare=True)} - {latex(-second)} = {latex(gap.total, bare=True)} \\ "
        rf"&= \sum_i {symbols.of_input(layer, 'i')} ({w} - {v}) + ({b} - {c}) \\ "
        rf"&= {latex_sum(split.terms)} \end{{aligned}}"
    )
    return told, shares


def weighted_sum(
    network: Network, layers: Sequence[Layer], neuron: Neuron, inputs: np.ndarray, order: np.ndarray
) -> str:
    """A neuron's sum with its largest terms, each with the two numbers that it is the product of.

    Args:
        network: whose neuron it is.
        layers: z and a of each layer for the example.
        neuron: whose sum.
        inputs: (n_in,) what comes into its layer.
        order: (n_in,) the inputs by the size of their terms, the largest first.
    """
    k, j = neuron.layer, neuron.index
    w = network.weights[k][:, j].astype(float)
    top, others = order[:_INPUTS], order[_INPUTS:]
    products = [(f"i = {_place(k, int(i))}", float(inputs[i]), float(w[i])) for i in top]
    exact = [a * weight for _, a, weight in products]
    if len(others):
        exact.append(float(inputs[others].astype(float) @ w[others]))
    exact.append(float(network.biases[k][j]))
    rest = len(top) if len(others) else None
    shown = add_up(exact, float(layers[k].z[0, j]), digits=4, rest=rest)
    z, a = (symbols.of_neuron(symbol, k, j) for symbol in "za")
    function = FUNCTIONS[function_of(network, k)].format(z=z)
    if function_of(network, k) == "softmax":
        function = rf"e^{{{z}}} / \textstyle\sum_k e^{{{symbols.of_neuron('z', k, 'k')}}}"
    activation = formula_number(float(layers[k].a[0, j]), 4, bare=True)
    return _aligned(
        rf"{z} &= \sum_i {symbols.of_input(k, 'i')}\, {symbols.of_weight(k, 'i', j)} "
        rf"+ {symbols.of_neuron('b', k, j)}",
        *_products(products, shown.terms, "= "),
        *_others(len(others), shown.terms[-2]),
        rf"&{latex_term(shown.terms[-1])} \quad (\text{{bias}})",
        rf"&= {latex(shown.total, bare=True)} \\[4pt] {a} &= {function} = {activation}",
    )


def _place(layer: int, index: int) -> str:
    """A pixel by row and column, a neuron by its number."""
    return str(index) if layer else f"{index // 28}, {index % 28}"


# Backward ---------------------------------------------------------------------------------------
def output_error(seen: Examined, index: int) -> str:
    """BP1 written out for one output."""
    output = len(seen.deltas) - 1
    wanted = int(seen.y[index])
    numbers = [float(seen.layers[-1].a[0, index])]
    if seen.network.config.cost == "quadratic":
        numbers.append(seen.slope(output, index))
    shown = work_out(lambda a, slope=Decimal(1): (a - wanted) * slope, *numbers)
    gap, *slope = shown.operands
    product = r" \cdot ".join([f"({latex(gap, bare=True)} - {wanted})", *map(latex, slope)])
    named = symbols.of_neuron(_DELTA, output, index)
    return rf"{named} = {product} = {latex(shown.result, bare=True)}"


def handed_back(seen: Examined, layer: int, index: int) -> str:
    """BP2 written out for one hidden neuron, its largest terms first."""
    terms, slope = seen.handed_back(layer, index), seen.slope(layer, index)
    order = np.argsort(-np.abs(terms), kind="stable")
    top, others = order[:_HANDED_BACK], order[_HANDED_BACK:]
    weights, deltas = seen.network.weights[layer + 1][index], seen.deltas[layer + 1]
    products = [(f"k = {k}", float(weights[k]), float(deltas[k])) for k in top.tolist()]
    exact = [float(terms[k]) for k in top]
    if len(others):
        exact.append(float(terms[others].sum()))
    rest = len(top) if len(others) else None
    total, wanted = float(terms.sum()), round_to(float(seen.deltas[layer][index]))
    first = max(last_place(round_to(number)) for number in (total, exact[0]))
    shown, end = add_up(exact, total, places=first, rest=rest), work_out(_times(Decimal(0)), slope)
    for places in range(first, first + _TRIES):
        shown = add_up(exact, total, places=places, rest=rest)
        end = work_out(_times(shown.total), slope)
        is_rounded = shown.terms == tuple(to_places(term, places) for term in exact)
        if end.result == wanted and (is_rounded or rest is not None):
            break
    named = symbols.of_neuron(_DELTA, layer, index)
    weight, after = (
        symbols.of_weight(layer + 1, index, "k"),
        symbols.of_neuron(_DELTA, layer + 1, "k"),
    )
    factor = latex(end.operands[0])
    return _aligned(
        rf"{named} &= \Big(\sum_k {weight}\, {after}\Big)\, "
        rf"f'({symbols.of_neuron('z', layer, index)})",
        *_products(products, shown.terms, "= ("),
        *_others(len(others), shown.terms[-1]),
        rf"&\quad) \cdot {factor}",
        rf"&= {latex(shown.total, bare=True)} \cdot {factor} = {latex(end.result, bare=True)}",
    )


def _times(number: Decimal) -> Callable[[Decimal], Decimal]:
    return lambda factor: number * factor


def bias_slope(layer: int, index: int, delta: float) -> str:
    """BP3 written out for one neuron's bias."""
    return (
        rf"\frac{{\partial C}}{{\partial {symbols.of_neuron('b', layer, index)}}} "
        rf"= {symbols.of_neuron(_DELTA, layer, index)} = {formula_number(delta, bare=True)}"
    )


def weight_slopes(layer: int, index: int, delta: float) -> str:
    """BP4 written out for the weights into one neuron."""
    came_in = symbols.of_input(layer, "i")
    return (
        rf"\frac{{\partial C}}{{\partial {symbols.of_weight(layer, 'i', index)}}} = {came_in}\, "
        rf"{symbols.of_neuron(_DELTA, layer, index)} = {came_in} \cdot {formula_number(delta)}"
    )


def weight_slope(seen: Examined, neuron: Neuron, source: int) -> str:
    """BP4 written out for one weight; a pixel's number is as good as none, so it stays i."""
    k, j = neuron.layer, neuron.index
    a, delta = float(seen.inputs(k)[source]), float(seen.deltas[k][j])
    shown = work_out(lambda a, delta: a * delta, a, delta)
    i = source if k else "i"
    return (
        rf"\frac{{\partial C}}{{\partial {symbols.of_weight(k, i, j)}}} "
        rf"= {symbols.of_input(k, i)}\, {symbols.of_neuron(_DELTA, k, j)} "
        rf"= {latex_product(shown.operands)} = {latex(shown.result, bare=True)}"
    )


def one_step(before: float, slope: float, eta: float) -> str:
    """A step of gradient descent written out for one weight."""
    rate = Decimal(f"{eta:g}")
    step = work_out(lambda w, slope: w - rate * slope, before, slope, digits=5)
    w, gradient = latex(step.operands[0], bare=True), latex(step.operands[1])
    return (
        r"\begin{aligned} w &\to w - \eta \frac{\partial C}{\partial w} \\[4pt] "
        rf"&= {w} - {latex(rate)} \cdot {gradient} \\ "
        rf"&= {latex(step.result, bare=True)} \end{{aligned}}"
    )


# Lines ------------------------------------------------------------------------------------------
def _products(
    products: Sequence[tuple[str, float, float]], terms: Sequence[Decimal], opening: str
) -> list[str]:
    """A line a term of a sum: its value, its two factors, and where they come from."""
    lines: list[str] = []
    for (where, a, b), term in zip(products, terms, strict=False):
        value = f"{opening}{latex(term, bare=True)}" if not lines else latex_term(term)
        factors = work_out(lambda a, b: a * b, a, b, places=last_place(term))
        lines.append(rf"&{value} \quad ({latex_product(factors.operands)},\ {where})")
    return lines


def _others(n: int, term: Decimal) -> list[str]:
    """The line of the terms that are not written out; none where all are."""
    return [rf"&{latex_term(term)} \quad (\text{{the other {n}}})"] if n else []


def _aligned(*lines: str) -> str:
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"
