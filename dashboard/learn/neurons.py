"""The chapters of one neuron: `perceptron` and `sigmoid-neuron`."""

from decimal import Decimal

import numpy as np
import streamlit as st

from dashboard.learn import charts, state
from dashboard.learn.charts import MAIN, axis, only, signed_term
from dashboard.learn.onward import BOOK, CROSS_ENTROPY, Onward
from dashboard.learn.panel import Panel
from dashboard.ui.arithmetic import change, said, to_places
from dashboard.ui.palette import DISC, GREY, INK, MISTAKE, POSITIVE
from nncore.activations import sigmoid
from nncore.lessons import neurons


# perceptron -------------------------------------------------------------------------------------
def perceptron(panel: Panel) -> Onward:
    """Weights and bias of two inputs against a gate, or a circuit of NANDs."""
    modes = {"one": "One perceptron", "circuit": "A circuit of NANDs"}
    if panel.choice("show", "Show", modes, "one") == "circuit":
        _circuit(panel)
    else:
        _one_perceptron(panel)
    return Onward(CROSS_ENTROPY.replace(hidden=()), "Train ten neurons without a hidden layer")


def _one_perceptron(panel: Panel) -> None:
    left, right = charts.places()
    with left:
        gates = {gate: gate for gate in neurons.GATES}
        gate = panel.choice("gate", "The gate to imitate", gates, "NAND")
        w1 = panel.slider("w1", "Weight w₁", -4, 4, 1, 0.5)
        w2 = panel.slider("w2", "Weight w₂", -4, 4, 1, 0.5)
        b = panel.slider("b", "Bias b", -4, 4, -0.5, 0.5)
        targets = neurons.GATES[gate]
        kept = panel.keeps(gate == "XOR")
        _rule(gate, kept=kept)
    weights = np.array([w1, w2])
    z = neurons.weighted_input(neurons.INPUTS, weights, b)
    outputs = neurons.perceptron(neurons.INPUTS, weights, b)
    n_right = int((outputs == targets).sum())
    with right:
        with st.container(horizontal=True, vertical_alignment="center", gap="large"):
            with st.container(key="lesson-number", width="content"):
                panel.number(f"Rows as {gate} wants them", f"{n_right} of 4", kept=kept)
            st.markdown(
                f"$z = {w1:.1f}\\,x_1 {signed_term(w2, 1)}\\,x_2 {signed_term(b, 1)}$",
                width="content",
            )
        tall = "stretch" if state.is_alone() else "content"
        with st.container(key="lesson-square", height=tall):
            _plane(weights, b, outputs, targets, kept=kept)
    with left:
        rows = [
            f"| {x1:g} | {x2:g} | {_signed(z_)} | {a:g} {'' if kept else _mark(a == target)} "
            f"| {target} |"
            for (x1, x2), z_, a, target in zip(neurons.INPUTS, z, outputs, targets, strict=True)
        ]
        head = f"| $x_1$ | $x_2$ | $z$ | output | {gate} |\n|---|---|---|---|---|\n"
        st.markdown(head + "\n".join(rows))


def _rule(gate: str, *, kept: bool) -> None:
    """The rule that finds a perceptron's weights, and the button that lets it."""
    found = neurons.learn_gate(neurons.GATES[gate])
    if not kept and found.is_right:
        st.button(
            "Let it find its weights",
            icon=":material/auto_fix_high:",
            on_click=state.controls().set,
            kwargs={"w1": float(found.w[0]), "w2": float(found.w[1]), "b": float(found.b)},
        )
    rule = (
        "Rosenblatt's rule, from zero and row by row: where the output is $a$ and should be $y$, "
        r"${w \to w + (y - a)\,x}$ and ${b \to b + (y - a)}$. "
    )
    if state.is_alone():
        if not kept:  # the question is below
            st.caption(_outcome(gate, found))
    elif kept:
        st.caption(f"{rule}What becomes of it with {gate} is yours to predict.")
    else:
        st.caption(rule + _outcome(gate, found))


def _outcome(gate: str, found: neurons.LearnedGate) -> str:
    """How far a perceptron's rule came."""
    if found.is_right:
        return f"For {gate} it takes {found.corrections} corrections."
    return (
        f"With {gate} it never ends: no weights do this, for one line cannot part the two classes."
    )


def _signed(value: float) -> str:
    """A number as the sliders write it, with a minus sign that is no hyphen."""
    return f"{value:g}".replace("-", "−")


def _mark(right: bool) -> str:
    return ":material/check:" if right else ":material/close:"


def _plane(
    w: np.ndarray, b: float, outputs: np.ndarray, targets: tuple[int, ...], *, kept: bool
) -> None:
    """The plane of the two inputs: where the perceptron fires, and the gate's four points.

    Which of them are right is not marked while that is kept back.
    """
    low, high = -0.5, 1.5
    x1 = np.linspace(low, high, 201)
    bottom, top = neurons.firing_range(x1, w, b, low, high)
    rows: list[dict[str, object]] = [
        {"kind": "fires", "x": float(u), "y": float(y), "Y": float(Y)}
        for u, y, Y in zip(x1, bottom, top, strict=True)
    ]
    rows += [
        {"kind": "point", "x": x, "y": y, "wants": f"{target}", "right": kept or bool(a == target)}
        for (x, y), a, target in zip(neurons.INPUTS, outputs, targets, strict=True)
    ]
    x, y = axis("x", "input x₁", low, high), axis("y", "input x₂", low, high)
    x["axis"] = y["axis"] = {"values": [0, 1], "format": "d"}
    ring = {"condition": {"test": "datum.right", "value": GREY}, "value": MISTAKE}
    charts.chart(
        rows,
        [
            {
                "transform": only("fires"),
                "mark": {"type": "area", "color": POSITIVE, "opacity": 0.35},
                "encoding": {"x": x, "y": y, "y2": {"field": "Y"}},
            },
            {
                "transform": only("point"),
                "mark": {"type": "circle", "size": 900, "opacity": 1, "strokeWidth": 4},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": {"value": DISC},
                    "stroke": ring,
                    "tooltip": [{"field": "wants", "title": "the gate wants"}],
                },
            },
            {
                "transform": only("point"),
                "mark": {"type": "text", "fontSize": 17, "fontWeight": "bold", "color": INK},
                "encoding": {"x": x, "y": y, "text": {"field": "wants"}},
            },
        ],
        key="figure-perceptron",
        title="It fires where the plane is green\n"
        "In the circles: what the gate wants\nRinged in pink: it gets the opposite",
        alt=f"The plane of two inputs, {_parted(w, b)}. Outputs for 00, 01, 10, 11: "
        f"{', '.join(f'{a:g}' for a in outputs)}; wanted {', '.join(map(str, targets))}.",
        height=330,
    )


def _parted(w: np.ndarray, b: float) -> str:
    """What the border does to the plane of a perceptron: without weights there is none."""
    if w.any():
        return "parted by a straight line"
    return f"and the perceptron {'fires' if b > 0 else 'is silent'} everywhere"


def _circuit(panel: Panel) -> None:
    left, right = charts.places()
    bits = {"0": "0", "1": "1"}
    with left:
        x1 = int(panel.choice("x1", "Input x₁", bits, "1"))
        x2 = int(panel.choice("x2", "Input x₂", bits, "0"))
        wires = neurons.half_adder(x1, x2)
        with st.container(key="lesson-number", width="content"):
            st.metric("$x_1$ + $x_2$ in binary", f"{wires.carry}{wires.total}", width="content")
        st.caption("Every box is one perceptron with weights −2, −2 and bias 3.")
    with right:
        gates = {
            "a": (190, 110, wires.first),
            "b": (320, 50, wires.upper),
            "c": (320, 170, wires.lower),
            "d": (450, 110, wires.total),
            "e": (450, 230, wires.carry),
        }
        lines = [
            (34, 50, 280, 50, x1), (90, 50, 150, 102, x1), (34, 170, 280, 170, x2),
            (90, 170, 150, 118, x2), (230, 104, 280, 58, wires.first),
            (230, 116, 280, 162, wires.first), (360, 50, 410, 102, wires.upper),
            (360, 170, 410, 118, wires.lower), (490, 110, 530, 110, wires.total),
            (190, 132, 190, 230, wires.first), (190, 230, 410, 230, wires.first),
            (490, 230, 530, 230, wires.carry),
        ]  # fmt: skip
        parts = [
            f'<path d="M{x1_} {y1}L{x2_} {y2}" stroke="{POSITIVE if on else GREY}" '
            f'stroke-width="{3.5 if on else 1.5}"/>'
            for x1_, y1, x2_, y2, on in lines
        ]
        for x, y, on in gates.values():
            color = POSITIVE if on else GREY
            parts.append(
                f'<rect x="{x - 40}" y="{y - 22}" width="80" height="44" rx="8" '
                f'fill="{color}" fill-opacity="0.22" stroke="{color}" stroke-width="2"/>'
            )
            parts.append(charts.text(x, y - 4, "NAND", font_size=16))
            parts.append(charts.text(x, y + 16, str(on), font_weight=700, font_size=17))
        for y, words in ((50, f"x₁ = {x1}"), (170, f"x₂ = {x2}")):
            parts.append(charts.text(34, y - 10, words, font_weight=650, font_size=17))
        parts.append(charts.text(534, 100, f"sum {wires.total}", font_weight=650, font_size=17))
        parts.append(charts.text(534, 220, f"carry {wires.carry}", font_weight=650, font_size=17))
        st.markdown("**Five NANDs add two bits; the sum alone is XOR**")
        charts.svg(
            parts,
            572,
            264,
            f"A circuit of five NAND perceptrons. Inputs {x1} and {x2}: sum {wires.total}, "
            f"carry {wires.carry}.",
            key="figure-circuit",
        )


# sigmoid-neuron ---------------------------------------------------------------------------------
def sigmoid_neuron(panel: Panel) -> Onward:
    """Step against sigmoid: what a small change of a weight does to the output."""
    left, right = charts.places()
    with left:
        w = panel.slider("w", "Weight w", -3, 3, 1, 0.1)
        b = panel.slider("b", "Bias b", -20, 20, -10, 0.5)
        x = panel.slider("x", "Input x", 0, 20, 9, 0.1)
        dw = panel.slider("dw", "Small change of the weight, Δw", -0.3, 0.3, 0.1, 0.01)
    nudge = neurons.nudge(x, w, b, dw)
    kept = panel.keeps(
        abs(w - 1) < 0.25 and abs(b + 10) <= 1 and abs(x - 9) <= 1 and abs(dw - 0.1) < 0.1
    )
    with right:
        with st.container(horizontal=True, gap="medium", key="lesson-number"):
            for label, value in movements(nudge).items():
                panel.number(label, said(value, signed=True), kept=kept)
        _curves(x, w, b, dw, nudge, kept=kept)
    with left:
        st.markdown(
            f"$a = \\sigma({w:g} \\cdot {x:g} {signed_term(b, 1)}) = \\sigma({nudge.z:.2f}) "
            f"= {nudge.a:.3f}$; {fires(w, b)}." + ("" if kept else f" {moved(nudge)}")
        )
    return Onward(BOOK, "Train thirty sigmoid neurons")


def movements(nudge: neurons.Nudge) -> dict[str, Decimal]:
    """What a nudge does to the outputs of a neuron, in numbers."""
    (shown,) = change(nudge.a, nudge.a_after, places=3)
    return {
        "Sigmoid's output moves": shown.change,
        "by the slope, about": to_places(nudge.estimate, 3),
        "The step's output moves": Decimal(int(nudge.step_after - nudge.step_before)),
    }


def moved(nudge: neurons.Nudge) -> str:
    """What a nudge does to the outputs of a neuron, in words."""
    (shown,) = change(nudge.a, nudge.a_after, places=3)
    way = "rises" if shown.change > 0 else "falls"
    smooth = f"{way} from {said(shown.before)} to {said(shown.after)}"
    if not shown.change:
        smooth = f"stays {'close to' if nudge.change else 'at'} {said(shown.after)}"
    hard = f"jumps from {nudge.step_before:g} to {nudge.step_after:g}"
    if nudge.step_before == nudge.step_after:
        hard = f"stays at {nudge.step_after:g}"
    return f"With the change, the sigmoid's output {smooth}, and the step's {hard}."


def fires(w: float, b: float) -> str:
    """Where a neuron with a step in place of the sigmoid fires."""
    if w == 0:
        return f"the step {'fires' if b > 0 else 'is silent'} everywhere"
    border = -b / w
    about = "" if round(border, 9) == float(f"{border:.3g}") else "about "
    side = "above" if w > 0 else "below"
    return f"the step fires where $x$ is {side} {about}{border:.3g}"


def _curves(x: float, w: float, b: float, dw: float, nudge: neurons.Nudge, *, kept: bool) -> None:
    """Output against input; what the change makes of it is left out while it is kept back."""
    xs = np.linspace(0, 20, 401)
    z = neurons.weighted_input(xs[:, None], np.array([w]), b)
    after = neurons.weighted_input(xs[:, None], np.array([w + dw]), b)
    table = {
        "step": neurons.step(z),
        "sigmoid": sigmoid(z, None),
        "after": sigmoid(after, None),
    }
    rows = [
        {"kind": kind, "x": u, "a": a}
        for kind, values in table.items()
        for u, a in zip(xs, values, strict=True)
    ]
    rows += [{"kind": "before point", "x": x, "a": nudge.a}]
    rows += [{"kind": "after point", "x": x, "a": nudge.a_after}]
    if kept:
        rows = [row for row in rows if not str(row["kind"]).startswith("after")]
    place = {"x": axis("x", "input x", 0, 20), "y": axis("a", "output a", -0.03, 1.03)}
    tooltip = [
        {"field": "kind", "title": "curve"},
        {"field": "x", "format": ".1f"},
        {"field": "a", "format": ".3f"},
    ]
    shown = {**place, "tooltip": tooltip}
    charts.chart(
        rows,
        [
            {
                "transform": only("step"),
                "mark": {"type": "line", "color": GREY, "strokeWidth": 2, "strokeDash": [6, 4]},
                "encoding": shown,
            },
            {
                "transform": only("after"),
                "mark": {"type": "line", "color": MAIN, "strokeWidth": 2, "strokeDash": [2, 3]},
                "encoding": shown,
            },
            {
                "transform": only("sigmoid"),
                "mark": {"type": "line", "color": MAIN, "strokeWidth": 4},
                "encoding": shown,
            },
            {
                "transform": only("before point"),
                "mark": {"type": "circle", "color": MAIN, "size": 170, "opacity": 1},
                "encoding": shown,
            },
            {
                "transform": only("after point"),
                "mark": {
                    "type": "point",
                    "color": MAIN,
                    "size": 170,
                    "strokeWidth": 3,
                    "opacity": 1,
                },
                "encoding": shown,
            },
        ],
        key="figure-sigmoid",
        title="The output, before and after Δw\nSolid: sigmoid; dotted: after Δw; dashed: step",
        alt=f"Output of a neuron against its input, {nudge.a:.3f} at x = {x:g}. "
        + ("" if kept else moved(nudge)),
    )
