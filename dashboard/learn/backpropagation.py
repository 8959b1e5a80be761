"""The chapter `backpropagation`: a 2-2-1 network with every number on it."""

import numpy as np
import streamlit as st

from dashboard.learn import charts, state
from dashboard.learn.charts import text
from dashboard.learn.onward import BOOK, Onward
from dashboard.learn.panel import Panel
from dashboard.ui.arithmetic import change, said
from dashboard.ui.palette import GREY, sign_color
from nncore.lessons.backpropagation import (
    SMALL_PARAMETERS,
    small_difference,
    small_network,
    small_values,
)
from nncore.network import Network

_NAMES = {
    "w11": "w₁₁", "w12": "w₁₂", "w21": "w₂₁", "w22": "w₂₂",
    "b1": "b₁", "b2": "b₂", "v1": "v₁", "v2": "v₂", "c": "c",
}  # fmt: skip
_STAGES = {
    "forward": "1 Forward",
    "output": "2 Output's error",
    "hidden": "3 Hidden errors",
    "gradient": "4 Gradient",
    "update": "5 After the step",
}
_TOLD = {
    "forward": r"Left to right: $z = \sum w\,a + b$, $a = \sigma(z)$, and the cost "
    r"$C = \tfrac12 (a - y)^2$.",
    "output": r"BP1: $\delta = (a - y)\,\sigma'(z)$. How much would $C$ change with the output's "
    r"$z$?",
    "hidden": r"BP2: $\delta_k = v_k\,\delta\,\sigma'(z_k)$. The error goes back along the weights "
    r"that carried the signal.",
    "gradient": r"BP3, BP4: $\partial C/\partial b = \delta$, "
    r"$\partial C/\partial w = a_{\text{in}}\,\delta_{\text{out}}$. One product a weight. "
    "In the drawing, ∂w is short for ∂C/∂w.",
    "update": r"$w \to w - \eta\,\partial C/\partial w$ for all nine at once, then forward again.",
}

_ORDER = (
    "w₁₂ leads from input 1 to hidden neuron 2: row 1 and column 2 of $W$ in this app's code, "
    "where an example is a row. The book would call it $w_{21}$, the target first, since there an "
    "example is a column. It also counts neurons from 1, as this drawing does; the pages with 784 "
    "pixels count from 0."
)


def backpropagation(panel: Panel) -> Onward:
    """Forward and backward through nine parameters; one of them checked by hand."""
    stage = panel.choice("stage", "Stage", _STAGES, "forward")
    st.markdown(_TOLD[stage])
    left, right = charts.places()
    with left:
        name = panel.choice("weight", "Parameter to look at", _NAMES, "w11")
        at = {**SMALL_PARAMETERS}
        at[name] = panel.slider(
            name,
            f"Its value, {_NAMES[name]}",
            -3,
            3,
            SMALL_PARAMETERS[name],
            0.1,
        )
        x1 = panel.slider("x1", "Input x₁", 0, 1, 1, 0.1)
        x2 = panel.slider("x2", "Input x₂", 0, 1, 0.5, 0.1)
        y = panel.slider("y", "Wanted output y", 0, 1, 0, 0.1)
        eta = panel.scale("eta", "Learning rate η", (0.1, 0.5, 1.0, 3.0, 10.0), 0.5)
    X, Y = np.array([[x1, x2]]), np.array([[y]])
    network = small_network(at, eta)
    before = network.cost(X, Y)
    gradient = small_values(network.gradients(X, Y))
    numeric = small_difference(at, name, X, Y)
    stepped = small_network(at, eta)
    stepped.train_batch(X, Y)
    after = stepped.cost(X, Y)
    shown = stepped if stage == "update" else network
    if stage == "update":
        left.markdown(stepped_to(before, after))
    with right:
        _drawing(shown, gradient, X, Y, stage, name)
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            label = f"∂C/∂{_NAMES[name]}"
            st.metric(f"{label} by backpropagation", f"{gradient[name]:+.6f}", width="content")
            st.metric("by wiggling it", f"{numeric:+.6f}", width="content")
    if not state.is_alone():
        left.caption(_ORDER)
    return Onward(
        BOOK,
        f"Train 23,860 parameters the same way, with η = {BOOK.learning_rate:g}",
        inside="backward",
    )


def stepped_to(before: float, after: float) -> str:
    """What one step of gradient descent did to the cost, in words."""
    (shown,) = change(before, after, places=4)
    if not shown.change:
        return f"The cost stays at {said(shown.after)}, to four places."
    way = "falls" if shown.change < 0 else "rises"
    why = "" if shown.change < 0 else ": this step is too long"
    return (
        f"The cost {way} from {said(shown.before)} to **{said(shown.after)}**{why}. The drawing "
        "has the new weights and biases; sliders and slopes are those of before the step."
    )


def _drawing(
    network: Network,
    gradient: dict[str, float],
    X: np.ndarray,
    Y: np.ndarray,
    stage: str,
    chosen: str,
) -> None:
    hidden, output = network.forward_pass(X)
    errors, last_error = network.deltas([hidden, output], Y)
    values = small_values(network.parameters())
    numbers = gradient if stage == "gradient" else values
    inputs, middles, end = ((34, 72), (34, 232)), ((230, 72), (230, 232)), (424, 152)
    edges = {
        "w11": (inputs[0], middles[0], 0.5), "w12": (inputs[0], middles[1], 0.28),
        "w21": (inputs[1], middles[0], 0.28), "w22": (inputs[1], middles[1], 0.5),
        "v1": (middles[0], end, 0.46), "v2": (middles[1], end, 0.46),
    }  # fmt: skip
    parts: list[str] = []
    labels: list[str] = []
    for key, ((ax, ay), (bx, by), share) in edges.items():
        number = numbers[key]
        width = 1 + 3 * min(abs(values[key]), 2) / 2
        parts.append(
            f'<path d="M{ax} {ay}L{bx} {by}" stroke="{sign_color(values[key])}" '
            f'stroke-width="{width:.1f}"/>'
        )
        x, y = ax + share * (bx - ax), ay + share * (by - ay)
        words = f"{'∂' if stage == 'gradient' else ''}{_NAMES[key]} {number:.{_places(stage)}f}"
        labels.append(_label(x, y - 8, words, key == chosen))
    for number, (x, y) in enumerate(inputs):
        parts.append(_disc(x, y, 27, GREY))
        labels.append(text(x, y - 4, f"x{'₁₂'[number]}", font_size=15))
        labels.append(text(x, y + 13, f"{X[0, number]:.2f}", font_weight=700))
    nodes = [
        (middles[0], hidden.z[0, 0], hidden.a[0, 0], errors[0, 0], "b1"),
        (middles[1], hidden.z[0, 1], hidden.a[0, 1], errors[0, 1], "b2"),
        (end, output.z[0, 0], output.a[0, 0], last_error[0, 0], "c"),
    ]
    for (x, y), z, a, delta, bias in nodes:
        told = stage in ("gradient", "hidden") or (stage == "output" and bias == "c")
        color = sign_color(float(delta)) if told else GREY
        parts.append(_disc(x, y, 36, color))
        labels.append(text(x, y - 3, f"z {z:.2f}", font_size=15))
        labels.append(text(x, y + 15, f"a {a:.3f}", font_weight=700))
        mark = "∂" if stage == "gradient" else ""
        words = f"{mark}{_NAMES[bias]} {numbers[bias]:.{_places(stage)}f}"
        labels.append(_label(x, y - 44, words, bias == chosen))
        if told:
            labels.append(text(x, y + 52, f"δ {delta:+.4f}", font_weight=700))
    cost = network.cost(X, Y)
    labels.append(text(424, 232, f"wanted y {Y[0, 0]:.1f}", font_size=15))
    labels.append(text(424, 253, f"C {cost:.4f}", font_weight=700))
    charts.svg(
        [*parts, *labels],
        480,
        296,
        f"A network of two inputs, two hidden neurons and one output. Output {output.a[0, 0]:.3f}, "
        f"wanted {Y[0, 0]:.1f}, cost {cost:.4f}, output error {last_error[0, 0]:+.4f}.",
        key="figure-small",
    )


def _places(stage: str) -> int:
    return 4 if stage == "gradient" else 3 if stage == "update" else 2


def _disc(x: float, y: float, radius: float, color: str) -> str:
    """A neuron, tinted; the lines end behind it."""
    place = f'cx="{x}" cy="{y}" r="{radius}"'
    return (
        f'<circle {place} style="fill: var(--st-background-color)"/>'
        f'<circle {place} fill="{color}" fill-opacity="0.22" stroke="{color}" stroke-width="2"/>'
    )


def _label(x: float, y: float, words: str, chosen: bool) -> str:
    """A number on a line, set off from it; the chosen one is underlined."""
    more = {"font_weight": 700, "text_decoration": "underline"} if chosen else {}
    halo = "paint-order: stroke; stroke: var(--st-background-color); stroke-width: 5px"
    return text(x, y, words, font_size=15, style=halo, **more)
