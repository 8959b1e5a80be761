"""The chapter `initialisation`: first weights that leave neurons awake, and different."""

import numpy as np
import streamlit as st

from dashboard.learn import charts
from dashboard.learn.charts import MAIN, axis, only
from dashboard.learn.images import image_of
from dashboard.learn.onward import Onward
from dashboard.learn.panel import Panel
from dashboard.ui import digits, vega
from dashboard.ui.names import ACTIVATIONS
from dashboard.ui.palette import POSITIVE
from dashboard.ui.text import number
from nncore import recipes
from nncore.activations import sigmoid
from nncore.config import ActivationName, InitializerName
from nncore.lessons.initialisation import (
    MOST_STEPS,
    N_ALIKE,
    N_LAYERS,
    N_UNITS,
    awake,
    course,
    first_z,
    signals,
    spread_of_z,
)

_BOOK = recipes.RECIPES["nielsen-ch3-small-init"].config
_INITIALIZERS: dict[InitializerName, str] = {
    "normal": "N(0, 1)", "lecun": "N(0, 1/n)", "glorot": "Glorot", "he": "He",
}  # fmt: skip
_ACTIVATIONS: dict[ActivationName, str] = {
    "relu": ACTIVATIONS["relu"],
    "tanh": ACTIVATIONS["tanh"],
}
_VARIANCE: dict[InitializerName, str] = {
    "normal": r"1 \cdot {ink} + 1",
    "lecun": r"\tfrac{{1}}{{784}} \cdot {ink} + 1",
    "glorot": rf"\tfrac{{{{2}}}}{{{{784 + {N_UNITS}}}}} \cdot {{ink}}",
    "he": r"\tfrac{{2}}{{784}} \cdot {ink}",
}
"""Var z = Var w · Σx² + Var b, with a place for Σx²."""


def initialisation(panel: Panel) -> Onward:
    """One layer before its first step, a signal through six, or neurons that are all alike."""
    modes = {"layer": "One layer", "depth": "Six layers", "equal": "Neurons all alike"}
    mode = panel.choice("show", "Show", modes, "layer")
    if mode == "layer":
        return _layer(panel)
    if mode == "depth":
        return _depth(panel)
    return _equal(panel)


# One layer --------------------------------------------------------------------------------------
_BINS = np.linspace(0, 1, 21)


def _layer(panel: Panel) -> Onward:
    left, right = charts.places()
    with left:
        chosen: InitializerName = panel.choice("from", "First weights", _INITIALIZERS, "normal")
        digit = panel.digit(4)
        seed = panel.whole("draw", "Draw the weights again", 1, 20, 1)
        digits.show_digit(image_of(digit))
    x = image_of(digit)
    z = first_z(chosen, x, rng=np.random.default_rng(seed))
    stands, spread = awake(z), spread_of_z(chosen, x)
    counts, _ = np.histogram(sigmoid(z), _BINS)
    rows = [
        {"kind": "bin", "a": float(low), "A": float(high), "share": float(100 * n / len(z))}
        for low, high, n in zip(_BINS[:-1] + 0.004, _BINS[1:] - 0.004, counts, strict=True)
    ]
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            st.metric("Spread of $z$", f"{spread:.2f}", width="content")
            st.metric("Saturated neurons", f"{stands.saturated:.1%}", width="content")
            st.metric("Mean slope $\\sigma'(z)$", f"{stands.slope:.3f}", width="content")
        charts.chart(
            rows,
            [
                {
                    "transform": only("bin"),
                    "mark": {"type": "bar", "color": MAIN, "clip": True},
                    "encoding": {
                        "x": axis("a", "activation a of a hidden neuron", 0, 1),
                        "x2": {"field": "A"},
                        "y": axis("share", "neurons (%)", 0, 45),
                        "y2": {"datum": 0},
                        "tooltip": [
                            {"field": "a", "title": "from", "format": ".2f"},
                            {"field": "share", "title": "neurons (%)", "format": ".1f"},
                        ],
                    },
                }
            ],
            key="figure-layer",
            title="Before the first step: awake in the middle, or asleep at the walls\n"
            "A thousand sigmoid neurons look at this digit",
            alt=f"How the activations of a thousand untrained neurons spread over 0 to 1. "
            f"{stands.saturated:.1%} are within 0.01 of 0 or 1; the mean slope is "
            f"{stands.slope:.3f}.",
        )
    with left:
        ink = f"{x @ x:.2f}"
        st.markdown(
            "The variances add up: spread of $z = \\sqrt{\\text{Var}\\,w \\cdot \\sum x^2 + "
            "\\text{Var}\\,b} = "
            f"\\sqrt{{{_VARIANCE[chosen].format(ink=ink)}}} = {spread:.2f}$"
        )
    return Onward(_BOOK.replace(initializer=chosen), f"Train from {_INITIALIZERS[chosen]} weights")


# Six layers -------------------------------------------------------------------------------------
_ENDS = (1e-6, 1e6)


def _depth(panel: Panel) -> Onward:
    left, right = charts.places()
    with left:
        activation = panel.choice("neurons", "Hidden neurons", _ACTIVATIONS, "relu")
        chosen: InitializerName = panel.choice("from", "First weights", _INITIALIZERS, "normal")
        st.caption(
            f"{N_LAYERS} hidden layers of {N_UNITS} neurons, untrained, and 200 digits. The signal "
            "is how much a neuron's activation differs from digit to digit; the error is the δ "
            "that backpropagation brings back."
        )
    found = signals(chosen, activation)
    rows = [
        {"kind": kind, "layer": layer, "size": min(max(size, _ENDS[0]), _ENDS[1])}
        for kind, sizes in (("forward", found.forward), ("backward", found.backward))
        for layer, size in enumerate(sizes, 1)
    ]
    place = {
        "x": {
            "field": "layer",
            "type": "quantitative",
            "title": "hidden layer",
            "scale": {"domain": [0.8, N_LAYERS + 0.2], "nice": False, "zero": False},
            "axis": {"values": list(range(1, N_LAYERS + 1)), "format": "d"},
        },
        "y": {
            "field": "size",
            "type": "quantitative",
            "title": "size",
            "scale": {"type": "log", "domain": list(_ENDS), "nice": False},
            "axis": vega.log_axis(*_ENDS),
        },
        "tooltip": [
            {"field": "kind", "title": "way"},
            {"field": "layer"},
            {"field": "size", "format": ".3g"},
        ],
    }
    kept = found.forward[-1] / found.forward[0]
    came_back = found.backward[0] / found.backward[-1]
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            st.metric("Signal, from layer 1 to 6", _times(kept), width="content")
            st.metric("Error, from layer 6 to 1", _times(came_back), width="content")
        charts.chart(
            rows,
            [
                {
                    "transform": only("forward"),
                    "mark": {
                        "type": "line",
                        "color": MAIN,
                        "strokeWidth": 3,
                        "point": {"color": MAIN, "size": 70},
                    },
                    "encoding": place,
                },
                {
                    "transform": only("backward"),
                    "mark": {
                        "type": "line",
                        "color": POSITIVE,
                        "strokeWidth": 3,
                        "strokeDash": [7, 4],
                        "point": {"color": POSITIVE, "size": 70},
                    },
                    "encoding": place,
                },
            ],
            key="figure-depth",
            title="What neither grows nor dies can be learned from\n"
            "Solid: the signal forward; dashed: the error back",
            alt=f"Sizes in {N_LAYERS} layers. The signal goes from {found.forward[0]:.2g} to "
            f"{found.forward[-1]:.2g}, the error back from {found.backward[-1]:.2g} to "
            f"{found.backward[0]:.2g}.",
        )
    deep = recipes.get(recipes.DEFAULT).config.replace(hidden=(N_UNITS,) * N_LAYERS)
    return Onward(
        deep.replace(activation=activation, initializer=chosen), "Train these six hidden layers"
    )


def _times(factor: float) -> str:
    return f"× {factor:,.0f}" if factor >= 10 else f"× {number(factor, 2)}"


# Neurons all alike ------------------------------------------------------------------------------
def _equal(panel: Panel) -> Onward:
    left, right = charts.places()
    with left:
        spread = panel.scale("spread", "Spread of the first weights", (0.0, 0.01, 0.1, 1.0), 1.0)
        step = panel.whole("steps", "Steps of gradient descent", 0, MOST_STEPS, 60)
        st.caption(
            "784-6-10, sigmoid and softmax, learns 200 digits. Every weight begins at 0.01, and a "
            "random part is added: 1 stands for N(0, 1/n), and with 0 all weights are equal."
        )
    kept = panel.keeps(spread == 0)
    ran = course(spread)
    different = ran.n_different(step)
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            panel.number("Different neurons", f"{different} of {N_ALIKE}", kept=kept)
            st.metric("Digits read right", f"{ran.right[step]} of 200", width="content")
        if not kept:
            st.markdown("**What each of the six hidden neurons looks for**")
            with st.grid(3, min_column_width=84, gap="small"):
                for unit, w in enumerate(ran.weights[step], 1):
                    st.image(
                        digits.png(digits.signed(w, 224)),
                        caption=f"neuron {unit}",
                        alt=f"The weights of hidden neuron {unit} as a 28 by 28 picture, green up, "
                        "magenta down",
                        width=112,
                    )
    if not kept:
        left.caption("Each picture in full colour where its largest weight is.")
    return Onward(_BOOK, "Train from weights that differ")
