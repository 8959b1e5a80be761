"""The chapters of a digit in a network: `pixels`, `layers` and `feedforward`."""

from functools import partial
from itertools import pairwise

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.learn import charts, state
from dashboard.learn.onward import BOOK, CROSS_ENTROPY, Onward
from dashboard.learn.panel import UNTOLD, Panel
from dashboard.models.load import lesson_network
from dashboard.ui import digits
from dashboard.ui.arithmetic import add_up, latex, latex_sum
from dashboard.ui.components.network_view import network_view
from dashboard.ui.network_picture import in_words
from dashboard.ui.palette import BLACK, INK, MISTAKE, PAPER, POSITIVE
from dashboard.ui.text import a_digit
from nncore import recipes
from nncore.config import architecture, count_parameters
from nncore.explain.neuron import Neuron
from nncore.lessons.images import bit_of, few_digits, inked, pixel_rule, untrained_network
from nncore.network import Network

_THREES = (8, 7, 19)
"""Of the twenty images a digit, three that look least alike."""
_WINDOW = 7
"""Rows and columns that are shown as numbers."""


def image_of(digit: int, number: int = 0) -> np.ndarray:
    """One of the few digits, (784,) in [0, 1]."""
    return few_digits()[0][20 * digit + number]


# pixels -----------------------------------------------------------------------------------------
def pixels(panel: Panel) -> Onward:
    """Three images of one digit as numbers, and a rule that fails."""
    left, right = charts.places()
    with left:
        digit = panel.digit(3)
        threshold = panel.slider("ink", "A pixel counts as ink above", 0, 0.9, 0.5, 0.05)
        row = panel.whole("row", "Row of the pixel", 0, 27, 14)
        column = panel.whole("column", "Column of the pixel", 0, 27, 14)
    three = np.stack([image_of(digit, number) for number in _THREES])  # (3, 784)
    ink = inked(three, threshold)
    shared, covered = int(ink.all(axis=0).sum()), int(ink.any(axis=0).sum())
    rule = pixel_rule(digit, row, column, threshold)
    with right:
        with st.container(key="lesson-number"):
            kept = panel.keeps(digit == 3)
            panel.number("Pixels that all three ink", f"{shared} of {covered}", kept=kept)
        st.markdown(f"**Three people wrote {a_digit(digit)}, and these are its numbers**")
        top = min(max(row - _WINDOW // 2, 0), 28 - _WINDOW)
        start = min(max(column - _WINDOW // 2, 0), 28 - _WINDOW)
        with st.grid(3, min_column_width=84, gap="small"):
            for number, image in enumerate(three.reshape(3, 28, 28), 1):
                charts.svg(
                    _as_numbers(image, row, column, top, start),
                    168,
                    352,
                    f"Handwritten {digit}, number {number}: at row {row}, column {column} it is "
                    f"{99 * image[row, column]:.0f} of 99.",
                    key=f"figure-pixels-{number}",
                )
    with left:
        st.caption(
            "Below each image, the pixels in its frame as numbers: 0 is paper, 99 the brightest "
            "ink. The ringed one is the pixel of the rule."
        )
        st.markdown(
            f"**The rule “ink at row {row}, column {column} means {digit}”** picks out "
            f"{rule.hits} of {rule.n_digit} images of {a_digit(digit)}, and {rule.false_alarms} of "
            f"{rule.n_others} images of other digits."
        )
    return Onward(BOOK, "Train a network that finds its own rules")


def _as_numbers(image: np.ndarray, row: int, column: int, top: int, start: int) -> list[str]:
    """An image (28, 28), and below it a part of it as numbers."""
    side, cell = 6, 168 / _WINDOW
    parts = [f'<rect width="168" height="168" fill="{PAPER}"/>']
    parts += [
        f'<rect x="{j * side}" y="{i * side}" width="6" height="6" fill="{INK}" '
        f'fill-opacity="{image[i, j]:.2f}"/>'
        for i, j in np.argwhere(image > 0.05)
    ]
    parts.append(
        f'<rect x="{start * side}" y="{top * side}" width="{_WINDOW * side}" '
        f'height="{_WINDOW * side}" fill="none" stroke="{POSITIVE}" stroke-width="2"/>'
    )
    for i, j in np.ndindex(_WINDOW, _WINDOW):
        share = float(image[top + i, start + j])
        x, y, grey = j * cell, 182 + i * cell, round(13 + 242 * share)
        is_it = (top + i, start + j) == (row, column)
        ring = f'stroke="{MISTAKE}" stroke-width="3"' if is_it else ""
        parts.append(
            f'<rect x="{x + 0.7:.1f}" y="{y + 0.7:.1f}" width="{cell - 1.4:.1f}" '
            f'height="{cell - 1.4:.1f}" fill="rgb({grey},{grey},{grey})" {ring}/>'
        )
        ink = BLACK if grey > 117 else INK
        words = f"{99 * share:.0f}"
        parts.append(charts.text(x + cell / 2, y + cell / 2 + 6, words, font_size=17, fill=ink))
    return parts


# layers -----------------------------------------------------------------------------------------
def layers(panel: Panel) -> Onward:
    """The chapter on layers: the hidden layers are chosen, picture and parameter count follow."""
    left, right = charts.places()
    with left:
        n_hidden = panel.whole("layers", "Hidden layers", 0, 3, 2)
        hidden = tuple(
            panel.whole(f"n{number}", f"Neurons in hidden layer {number}", 1, 128, 16)
            for number in range(1, n_hidden + 1)
        )
        coding = panel.choice(
            "outputs",
            "Output neurons",
            {"ten": "Ten", "four": "Four (binary)"},
            "ten",
        )
    n_out = 10 if coding == "ten" else 4
    sizes = (784, *hidden, n_out)
    names = tuple("0123456789") if n_out == 10 else ("1", "2", "4", "8")
    count = f"{count_parameters(sizes):,}"
    with right:
        kept = panel.keeps(hidden == (32, 32))
        with st.container(key="lesson-number"):
            panel.number("Weights and biases to learn", count, kept=kept)
    with left:
        terms = " + ".join(
            f"({n_in} \\cdot {n_units} + {n_units})" for n_in, n_units in pairwise(sizes)
        )
        st.markdown(f"${terms} = {UNTOLD if kept else count}$".replace(",", "{,}"))
    with right:
        st.markdown("**Lines are weights, drawn where most comes through; circles have biases**")
        network_view(
            untrained_network(sizes),
            image_of(4),
            selected=session.picture_neuron("layers"),
            on_select=partial(session.set_picture_neuron, "layers"),
            height=250 if state.is_alone() else 300,
            detail=False,
            label=in_words(sizes),
            outputs=names,
        )
    st.caption("The weights are still random, and so is the answer: training will set them.")
    _codes(n_out)
    config = CROSS_ENTROPY.replace(hidden=hidden)
    return Onward(config, f"Train {architecture(config.layer_sizes)}", inside="forward")


def _codes(n_out: int) -> None:
    """The average image that each output neuron would have to stand for."""
    images, labels = few_digits()
    wanted = [
        [output] if n_out == 10 else [d for d in range(10) if bit_of(d, output)]
        for output in range(n_out)
    ]
    if n_out == 10:
        st.markdown("**What each output must recognise: one shape**")
    else:
        st.markdown("**What each output must recognise: digits with no shape in common**")
    with st.grid(n_out, min_column_width=56, gap="small"):
        for output, group in enumerate(wanted):
            average = images[np.isin(labels, group)].mean(axis=0)
            name = str(group[0]) if n_out == 10 else f"{2**output}: " + ",".join(map(str, group))
            said = "digit " + name if n_out == 10 else f"the digits {', '.join(map(str, group))}"
            st.image(
                digits.digit_png(average, 112),
                caption=name,
                alt=f"The average image of {said}",
                width=72,
            )


# feedforward ------------------------------------------------------------------------------------
_STEPS = {
    "x": "x",
    "z1": "z¹",
    "a1": "a¹",
    "z2": "z²",
    "a2": "a²",
    "z3": "z³",
    "a3": "a³",
}


def feedforward(panel: Panel) -> Onward:
    """Step through the matrices of a real network on a real digit."""
    network = lesson_network()
    left, right = charts.places()
    with left:
        digit = panel.digit(4)
        step = panel.choice("step", "Step", _STEPS, "a1")
        level = max(int(step[1:] or 1), 1) - 1
        n_units = network.layer_sizes[level + 1]
        last = level == len(network.weights) - 1
        unit = panel.whole(
            f"unit{level + 1}", "Output neuron" if last else "Neuron", 0, n_units - 1, 4
        )
    X = image_of(digit)[None]
    passed = network.forward_pass(X)
    incoming = X[0] if level == 0 else passed[level - 1].a[0]
    z, a = float(passed[level].z[0, unit]), float(passed[level].a[0, unit])
    with right:
        network_view(
            network,
            image_of(digit),
            selected=Neuron(level, unit),
            on_select=_look_at,
            height=210 if state.is_alone() else 300,
            detail=False,
            label=f"The network with a handwritten {digit} in it",
        )
        _formula(step, level, network)
    left, right = charts.below()
    with right:
        if step == "x":
            digits.show_digit(image_of(digit), 224)
            st.caption("The input: 784 numbers, written as one row.")
        else:
            values = passed[level].z[0] if step[0] == "z" else passed[level].a[0]
            _vector(values, unit, step, digit)
    with left:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            own = f"^{{{level + 1}}}"
            panel.number(f"$z{own}$ of neuron {unit}", f"{z:.3f}")
            panel.number(f"$a{own} = \\sigma(z{own})$", f"{a:.3f}")
        _sum(incoming, network.weights[level][:, unit], float(network.biases[level][unit]), z)
    return Onward(recipes.RECIPES["3blue1brown"].config, "Train this network", inside="forward")


def _look_at(neuron: Neuron) -> None:
    """Turn the chapter's controls to the neuron that was clicked."""
    number = neuron.layer + 1
    state.controls().set(**{"step": f"a{number}", f"unit{number}": neuron.index})


def _formula(step: str, level: int, network: Network) -> None:
    n_in, n_out = network.layer_sizes[level], network.layer_sizes[level + 1]
    before = "x" if level == 0 else f"a^{level}"
    if step == "x":
        st.markdown("$x$: shape $(1, 784)$")
    elif step[0] == "z":
        st.markdown(
            f"$z^{level + 1} = {before}\\,W^{level + 1} + b^{level + 1}$, shapes "
            f"$(1, {n_out}) = (1, {n_in})\\,({n_in}, {n_out}) + (1, {n_out})$"
        )
    else:
        st.markdown(
            f"$a^{level + 1} = \\sigma(z^{level + 1})$, number by number: shape $(1, {n_out})$"
        )


def _vector(values: np.ndarray, unit: int, step: str, digit: int) -> None:
    is_activation = step[0] == "a"
    what = "activation" if is_activation else "weighted input"
    charts.bars(
        values,
        x="neuron",
        y=what,
        ends=(0.0, 1.0) if is_activation else _ends(values),
        chosen=unit,
        key="figure-vector",
        title="One number a neuron; the chosen one stands out",
        height=290,
        alt=f"The {what}s of layer {step[1:]} for a handwritten {digit}: "
        + ", ".join(f"{value:.2f}" for value in values),
    )


def _ends(values: np.ndarray) -> tuple[float, float]:
    """A symmetric range for an axis, in steps, so that it rarely changes."""
    most = next(
        (limit for limit in (2.0, 5.0, 10.0, 20.0, 50.0) if np.abs(values).max() <= limit), 1e3
    )
    return -most, most


def summed_up(terms: np.ndarray, b: float, z: float) -> str:
    """A neuron's sum in three parts: the terms (n_in,) above 0, those below, and the bias."""
    up, down = float(terms[terms > 0].sum()), float(terms[terms < 0].sum())
    # What pulls up stands for many terms, so that the bias and z are those shown elsewhere.
    shown = add_up([up, down, b], z, places=3, rest=0)
    return f"$z = {latex_sum(shown.terms)} = {latex(shown.total, bare=True)}$"


def _sum(incoming: np.ndarray, w: np.ndarray, b: float, z: float) -> None:
    """The chosen neuron's weighted sum, and its weights as a picture or as bars."""
    terms = incoming * w
    st.markdown(f"Its sum: {summed_up(terms, b, z)} (what pulls up, what pulls down, the bias)")
    if len(w) == 784:
        with st.container(horizontal=True, gap="small"):
            for picture, caption, said in (
                (digits.png(digits.signed(w, 280)), "its weights", "weights"),
                (
                    digits.png(digits.signed(terms, 280)),
                    "weights × ink",
                    "weights times this digit's pixels",
                ),
            ):
                st.image(
                    picture,
                    caption=caption,
                    alt=f"The neuron's {said} as a 28 by 28 picture, green up, magenta down",
                    width=96 if state.is_alone() else 112,
                )
    else:
        charts.bars(
            terms,
            x="neuron of the layer before",
            y="a · w",
            ends=_ends(terms),
            key="figure-terms",
            title="The terms of its sum",
            alt=f"{len(w)} terms of the neuron's sum, largest {terms.max():.2f}, "
            f"smallest {terms.min():.2f}.",
            height=220,
        )
