"""Backward, the microscope: the book's four equations with one example's numbers."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard.inside import choice, formulas, state, twin
from dashboard.inside.choice import (
    Example,
    OpenNetwork,
    layer_name,
    neuron_name,
    source_name,
)
from dashboard.inside.formulas import COSTS, OUTPUT_ERRORS, SLOPES
from dashboard.ui import symbols
from dashboard.ui.arithmetic import as_delta, change, said
from dashboard.ui.components.signed_view import signed_view
from dashboard.ui.text import escape, formula_number, number
from nncore.explain.microscope import Examined, cost_after_step, examine, finite_difference
from nncore.explain.neuron import Neuron
from nncore.gradient_check import relative_error

_MOST_BARS = 32
"""Neurons or weights drawn to be clicked; of more, the largest."""


def show(model: OpenNetwork, example: Example, neuron: Neuron, answer: int) -> None:
    """From the cost back to one single derivative, and one step of gradient descent."""
    target = _choose_target(example, answer)
    seen = examine(model.network, example.pixels, target)
    if any(layer.any() for layer in model.silenced):
        st.caption("Of the silenced neurons, the weights onward count as 0 here.")
    _cost(seen, neuron, target)
    _errors(seen, neuron)
    choice.choose_neuron(model, neuron, place="blame-")
    source = _source(seen, neuron)
    _slopes(seen, neuron, source)
    _one_derivative(model, example, seen, neuron, source, target)
    _step(model, seen, neuron, source)


def _choose_target(example: Example, answer: int) -> int:
    view = state.view()
    right = answer if example.label is None else example.label
    target = right if view.target is None else view.target
    st.pills(
        "The output that should be 1",
        list(range(10)),
        required=True,
        key=state.CONTROLS.showing("target", target),
        on_change=_take_target,
        help="The label, unless you choose another: then see what would have to change.",
        wrap=True,
    )
    return target


def _take_target() -> None:
    state.view().target = state.CONTROLS.value("target")


def _cost(seen: Examined, neuron: Neuron, target: int) -> None:
    cost = seen.network.config.cost
    st.header("The output error (BP1)")
    left, right = st.columns(2, gap="large")
    output = len(seen.deltas) - 1
    chosen = neuron.index if neuron.layer == output else None
    with left:
        st.markdown("How wrong the network is about this one example, penalties left out:")
        st.latex(f"{COSTS[cost]} = {formula_number(seen.cost, 4, bare=True)}")
        st.markdown("How the cost changes with each output's weighted sum:")
        st.latex(rf"{OUTPUT_ERRORS[cost]} \qquad (L = {output + 1})")
        shown = target if chosen is None else chosen
        st.latex(formulas.output_error(seen, shown))
    with right:
        signed_view(
            seen.deltas[-1],
            key=f"errors-{output}",
            title="Whose sum should fall, whose should rise",
            said="Up: this output is too large. Down: too small. Click one to follow it.",
            name="output",
            symbol=symbols.in_text("δ", output),
            selected=chosen,
            on_pick=_follow(output),
        )


def _errors(seen: Examined, neuron: Neuron) -> None:
    network = seen.network
    hidden = len(seen.deltas) - 1
    if hidden:
        st.header("The error of each hidden layer (BP2)")
        st.markdown("A hidden neuron is to blame for what it sent to the neurons that were wrong.")
        left, right = st.columns(2, gap="large")
        layer = min(neuron.layer, hidden - 1)
        chosen = neuron.index if neuron.layer < hidden else int(_largest(seen.deltas[layer], 1)[0])
        with left:
            st.latex(r"\delta^l = \left(\delta^{l+1} (W^{l+1})^T\right) \odot f'(z^l)")
            st.latex(f"f' = {SLOPES[network.config.activation]}")
        with right:
            st.latex(formulas.handed_back(seen, layer, chosen))
            st.caption(_whose(seen, Neuron(layer, chosen), is_chosen=neuron.layer < hidden))
        with st.grid(min(hidden, 2), min_column_width=330):
            for layer in range(hidden - 1, -1, -1):
                _layer_errors(seen, neuron, layer)
    st.markdown("**Follow the blame**: click a bar, or choose a neuron here.")


def _whose(seen: Examined, neuron: Neuron, *, is_chosen: bool) -> str:
    """Whose error is written out, and why that one."""
    name = neuron_name(seen.network, neuron)
    if is_chosen:
        return name
    if not seen.deltas[neuron.layer].any():
        return f"{name}: as little to blame as all of its layer, not at all"
    return f"{name}: the most to blame of its layer"


def _layer_errors(seen: Examined, neuron: Neuron, layer: int) -> None:
    delta = seen.deltas[layer]
    chosen = neuron.index if neuron.layer == layer else None
    top = _largest(delta, _MOST_BARS, chosen)
    part = "all" if len(top) == len(delta) else f"the {len(top)} largest of {len(delta):,}"
    quiet = int((delta == 0).sum())
    none = f"; {quiet:,} have none" if quiet else ""
    signed_view(
        delta[top],
        positions=top.tolist(),
        key=f"errors-{layer}",
        title=f"Blame in {layer_name(seen.network, layer)}",
        said=f"Shown: {part}{none}.",
        name="neuron",
        symbol=symbols.in_text("δ", layer),
        selected=chosen,
        on_pick=_follow(layer),
        height=110,
    )


def _follow(layer: int) -> Callable[[int], None]:
    return lambda index: choice.look_at(Neuron(layer, index))


def _source(seen: Examined, neuron: Neuron) -> int:
    """The input of the chosen weight: as chosen, else the one with the steepest slope."""
    slopes = seen.weight_slopes(neuron.layer, neuron.index)
    source = state.view().source
    return source if source is not None and source < len(slopes) else int(np.abs(slopes).argmax())


def _slopes(seen: Examined, neuron: Neuron, source: int) -> None:
    k, j = neuron.layer, neuron.index
    name = neuron_name(seen.network, neuron)
    slopes = seen.weight_slopes(k, j)
    st.header(f"{name}: the slopes of its bias and weights (BP3, BP4)")
    left, right = st.columns(2, gap="large")
    with left:
        delta = float(seen.deltas[k][j])
        st.markdown("Its bias is to blame as much as the neuron itself:")
        st.latex(formulas.bias_slope(k, j, delta))
        st.markdown("A weight, the more so the more came in through it:")
        st.latex(formulas.weight_slopes(k, j, delta))
        st.caption(symbols.ORDER)
        if not slopes.any():
            st.caption("None of its weights could change the cost of this example.")
        st.markdown(f"**One single weight**: click it in the {'picture' if k == 0 else 'chart'}.")
        _choose_source(seen, neuron, source)
    with right:
        if k == 0:
            signed_view(
                slopes,
                key="slope-picture",
                kind="picture",
                title="∂C/∂w of each pixel's weight",
                said="The image, in the colour of the error: a step lowers green, raises magenta.",
                name="pixel",
                symbol="∂C/∂w",
                selected=source,
                on_pick=_take_source,
            )
        else:
            top = _largest(slopes, _MOST_BARS, source)
            before = layer_name(seen.network, k - 1)
            part = "" if len(top) == len(slopes) else f" The {len(top)} largest of {len(slopes):,}."
            signed_view(
                slopes[top],
                positions=top.tolist(),
                key="slope-bars",
                title="∂C/∂w of each weight into it",
                said=f"An input of 0 has no slope.{part}",
                name="neuron",
                axis=f"neuron of {before}",
                symbol="∂C/∂w",
                selected=source,
                on_pick=_take_source,
                height=220,
            )


def _choose_source(seen: Examined, neuron: Neuron, source: int) -> None:
    """The same choice by numbers: a pixel by row and column, a neuron by its number."""
    k, j = neuron.layer, neuron.index
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if k == 0:
            for name, value in zip(("row", "column"), divmod(source, 28), strict=True):
                st.number_input(
                    f"{name.capitalize()}, 0 to 27",
                    min_value=0,
                    max_value=27,
                    step=1,
                    width=140,
                    key=state.CONTROLS.showing(f"source-{name}", value),
                    on_change=_take_pixel,
                )
        else:
            last = len(seen.inputs(k)) - 1
            st.number_input(
                f"From neuron, 0 to {last:,}",
                min_value=0,
                max_value=last,
                step=1,
                width=180,
                key=state.CONTROLS.showing("source", source),
                on_change=_take_number,
            )
        steepest = int(np.abs(seen.weight_slopes(k, j)).argmax())
        st.button(
            "The steepest",
            icon=":material/trending_up:",
            disabled=source == steepest,
            on_click=_take_source,
            args=(steepest,),
        )
        st.button(
            "A random weight",
            icon=":material/casino:",
            key="random-weight",
            help="Any weight of the network that this example can change at all.",
            on_click=_take_random,
            args=(seen,),
        )


def _take_source(source: int) -> None:
    state.view().source = source


def _take_number() -> None:
    _take_source(int(state.CONTROLS.value("source")))


def _take_pixel() -> None:
    row, column = (int(state.CONTROLS.value(f"source-{n}")) for n in ("row", "column"))
    _take_source(28 * row + column)


def _take_random(seen: Examined) -> None:
    rng = np.random.default_rng()
    # A slope a_i delta_j is 0 where the input or the error is.
    inputs = [np.flatnonzero(seen.inputs(k)) for k in range(len(seen.deltas))]
    errors = [np.flatnonzero(delta) for delta in seen.deltas]
    layers = [k for k in range(len(errors)) if len(inputs[k]) and len(errors[k])]
    if not layers:
        return
    layer = int(rng.choice(layers))
    source, index = int(rng.choice(inputs[layer])), int(rng.choice(errors[layer]))
    view = state.view()
    view.neuron, view.source = (layer, index), source


def _one_derivative(
    model: OpenNetwork, example: Example, seen: Examined, neuron: Neuron, source: int, target: int
) -> None:
    k, j = neuron.layer, neuron.index
    analytic = float(seen.weight_slopes(k, j)[source])
    numeric = finite_difference(seen, k, (source, j))
    token = f"{model.token}/{example.token}/{target}"
    st.header("One weight, three ways")
    st.markdown(
        f"The weight from {source_name(k, source)} to {neuron_name(seen.network, neuron)}: "
        "how the cost changes with it, by backpropagation, by trying, and by PyTorch's autograd."
    )
    st.latex(formulas.weight_slope(seen, neuron, source))
    st.latex(r"\frac{\partial C}{\partial w} \approx \frac{C(w + h) - C(w - h)}{2h}")
    with st.grid(3, min_column_width=230):
        with st.container(border=True, key="derivative-numpy", height="stretch"):
            st.markdown(":blue[**NumPy**], backpropagation")
            st.markdown(f"### {number(analytic, 8)}")
            st.caption("a times δ: one pass back gives all weights at once.")
        with st.container(border=True, key="derivative-difference", height="stretch"):
            st.markdown("**Finite difference**")
            st.markdown(f"### {number(numeric, 8)}")
            st.caption(f"Two passes forward for this weight alone. {_gap(analytic, numeric)}")
        with st.container(border=True, key="derivative-torch", height="stretch"):
            _torch(seen, token, analytic, (k, source, j))


def _gap(ours: float, other: float) -> str:
    gap = abs(ours - other)
    if gap == 0:
        return "No difference at all."
    relative = number(relative_error(ours, other), 2)
    return f"Difference {number(gap, 2)} before rounding, relative {relative}."


def _torch(seen: Examined, token: str, analytic: float, place: tuple[int, int, int]) -> None:
    st.markdown(":orange[**PyTorch**], autograd")
    view = state.view()
    if view.twin_asked == token:
        view.twin_asked = None
        with st.spinner("PyTorch is starting"):
            try:
                view.twin = token, twin.gradients(seen)
            except twin.TwinError as error:
                st.error(escape(str(error)))
                return
    if view.twin is None or view.twin[0] != token:
        st.button(
            "Compute it in PyTorch",
            key="ask-torch",
            help="Starts PyTorch beside the app for this example: a few seconds, once.",
            on_click=_ask_torch,
            args=(token,),
        )
        st.caption("A few seconds: PyTorch is started for this example.")
        return
    layer, source, index = place
    theirs = float(view.twin[1][layer][0][source, index])
    st.markdown(f"### {number(theirs, 8)}")
    st.caption(f"The same rule, found by itself. {_gap(analytic, theirs)}")


def _ask_torch(token: str) -> None:
    state.view().twin_asked = token


def _step(model: OpenNetwork, seen: Examined, neuron: Neuron, source: int) -> None:
    k, j = neuron.layer, neuron.index
    st.header("One step of gradient descent")
    eta = st.number_input(
        "Learning rate η",
        min_value=1e-6,
        max_value=1000.0,
        value=float(model.network.config.learning_rate),
        format="%g",
        key=state.CONTROLS.key("eta"),
        width=200,
    )
    before = float(seen.network.weights[k][source, j])
    slope = float(seen.weight_slopes(k, j)[source])
    st.latex(formulas.one_step(before, slope, eta))
    names = ("After this weight's step", "After every weight's step")
    only = cost_after_step(seen, eta, only=(k, (source, j)))
    everything = cost_after_step(seen, eta)
    rows = change(seen.cost, only, everything, digits=5)
    with st.container(horizontal=True, gap="large", key="costs"):
        st.metric("Cost before", said(rows[0].before), width="content")
        for name, row in zip(names, rows, strict=True):
            st.metric(
                name,
                said(row.after),
                as_delta(row.change),
                delta_color="inverse" if row.change else "off",
                delta_arrow="auto" if row.change else "off",
                width="content",
            )
    if everything > seen.cost:
        st.caption("The cost rose: this step is too long. Take a smaller η.")


def _largest(values: np.ndarray, count: int, kept: int | None = None) -> np.ndarray:
    """Positions of the largest values by size, `kept` among them, in their own order."""
    order = np.argsort(-np.abs(values), kind="stable")
    if kept is not None:
        order = np.concatenate([[kept], order[order != kept]])
    return np.sort(order[:count])
