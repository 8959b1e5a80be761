"""Backward, the microscope: the book's four equations with one example's numbers."""

import numpy as np
import streamlit as st

from dashboard import charts, digits, state
from dashboard.components.network_view import Neuron
from dashboard.inside import choice, twin
from dashboard.inside.choice import Example, Model, layer_name, neuron_name, source_name
from dashboard.text import escape, formula_number, number
from nncore.gradient_check import relative_error
from nncore.microscope import Examined, cost_after_step, examine, finite_difference

_OFFERED = 6
"""Neurons or weights to follow the blame to."""
_MOST_BARS = 48

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
SLOPES = {
    "sigmoid": "a (1 - a)",
    "tanh": "1 - a^2",
    "relu": r"1 \text{ where } a > 0",
    "leaky-relu": r"1 \text{ where } a > 0 \text{, else } 0.01",
    "linear": "1",
}


def show(model: Model, example: Example, neuron: Neuron, answer: int) -> None:
    """From the cost back to one single derivative, and one step of gradient descent."""
    target = _choose_target(example, answer)
    seen = examine(model.network, example.pixels, target)
    _cost(seen, target)
    _errors(seen, neuron)
    source = _source(seen, neuron)
    _slopes(seen, neuron, source)
    _one_derivative(model, example, seen, neuron, source, target)
    _step(model, seen, neuron, source)


def _choose_target(example: Example, answer: int) -> int:
    view = state.inside()
    right = answer if example.label is None else example.label
    target = right if view.target is None else view.target
    st.pills(
        "The output that should be 1",
        list(range(10)),
        required=True,
        key=state.inside_control("target", target),
        on_change=_take_target,
        help="The label, unless you choose another: then see what would have to change.",
        wrap=True,
    )
    return target


def _take_target() -> None:
    state.inside().target = state.inside_control_value("target")


def _cost(seen: Examined, target: int) -> None:
    cost = seen.network.config.cost
    st.header("The output error (BP1)")
    left, right = st.columns(2, gap="large")
    output = len(seen.deltas) - 1
    with left:
        st.markdown("How wrong the network is about this one example, penalties left out:")
        st.latex(f"{COSTS[cost]} = {formula_number(seen.cost, 4, bare=True)}")
        st.markdown("How the cost changes with each output's weighted sum:")
        st.latex(OUTPUT_ERRORS[cost])
        a, delta = float(seen.layers[-1].a[0, target]), float(seen.deltas[-1][target])
        slope = r"\,\sigma'(z)" if cost == "quadratic" else ""
        result = formula_number(delta, bare=True)
        st.latex(rf"\delta_{{{target}}} = ({formula_number(a)} - 1){slope} = {result}")
    with right:
        charts.show_signed(
            [str(digit) for digit in range(10)],
            seen.deltas[-1],
            f"errors-{output}",
            title="Whose sum should fall, whose should rise",
            said="Up: this output is too large. Down: too small.",
            x="output",
            y="error δ",
        )


def _errors(seen: Examined, neuron: Neuron) -> None:
    network = seen.network
    if len(seen.deltas) > 1:
        st.header("The error of each hidden layer (BP2)")
        st.markdown("A hidden neuron is to blame for what it sent to the neurons that were wrong.")
        st.latex(r"\delta^l = \left(\delta^{l+1} (W^{l+1})^T\right) \odot f'(z^l)")
        st.latex(f"f' = {SLOPES[network.config.activation]}")
    for layer in range(len(seen.deltas) - 2, -1, -1):
        delta = seen.deltas[layer]
        top = _largest(delta, _MOST_BARS)
        part = "all; " if len(top) == len(delta) else f"the {len(top)} largest of {len(delta)}; "
        quiet = int((delta == 0).sum())
        charts.show_signed(
            [str(i) for i in top],
            delta[top],
            f"errors-{layer}",
            title=f"Blame in {layer_name(network, layer)}",
            said=f"Shown: {part}{quiet} have none." if quiet else f"Shown: {part}all have some.",
            x="neuron",
            y="error δ",
            height=170,
        )
    st.markdown("**Follow the blame**: choose a neuron, here or in the picture above.")
    for layer in range(len(seen.deltas) - 1, -1, -1):
        _offer_neurons(seen, neuron, layer)


def _offer_neurons(seen: Examined, neuron: Neuron, layer: int) -> None:
    delta = seen.deltas[layer]
    offered = [int(j) for j in np.argsort(-np.abs(delta), kind="stable")[:_OFFERED]]
    chosen = neuron.index if neuron.layer == layer else None
    if chosen is not None and chosen not in offered:
        offered.append(chosen)
    st.pills(
        f"{layer_name(seen.network, layer).capitalize()}: largest errors",
        offered,
        format_func=lambda j: f"{j}: δ = {number(float(delta[j]))}",
        key=state.inside_control(f"blame-{layer}", chosen),
        on_change=_take_blame,
        args=(layer,),
        wrap=True,
    )


def _take_blame(layer: int) -> None:
    index = state.inside_control_value(f"blame-{layer}")
    if index is not None:
        choice.look_at(Neuron(layer, int(index)))


def _source(seen: Examined, neuron: Neuron) -> int:
    """The input of the chosen weight: as chosen, else the one with the steepest slope."""
    slopes = seen.gradients[neuron.layer][0][:, neuron.index]
    source = state.inside().source
    return source if source is not None and source < len(slopes) else int(np.abs(slopes).argmax())


def _slopes(seen: Examined, neuron: Neuron, source: int) -> None:
    k, j = neuron.layer, neuron.index
    name = neuron_name(seen.network, neuron)
    slopes = seen.gradients[k][0][:, j]
    st.header(f"{name}: the slopes of its bias and weights (BP3, BP4)")
    left, right = st.columns(2, gap="large")
    with left:
        delta = formula_number(float(seen.deltas[k][j]))
        st.markdown("Its bias is to blame as much as the neuron itself:")
        bare = formula_number(float(seen.deltas[k][j]), bare=True)
        st.latex(rf"\frac{{\partial C}}{{\partial b_{{{j}}}}} = \delta_{{{j}}} = {bare}")
        st.markdown("A weight, the more so the more came in through it:")
        st.latex(
            rf"\frac{{\partial C}}{{\partial w_{{i,{j}}}}} = a_i\, \delta_{{{j}}} "
            rf"= a_i \cdot {delta}"
        )
        _choose_source(seen, neuron, source)
    with right:
        if k == 0:
            st.image(
                digits.png(digits.signed(slopes)),
                width=224,
                caption="∂C/∂w for each pixel: the image itself, in the colour of the error",
                alt=f"The derivative of the cost with respect to the 784 weights of {name}",
            )
        else:
            top = _largest(slopes, _MOST_BARS)
            charts.show_signed(
                [str(i) for i in top],
                slopes[top],
                "weight-slopes",
                title="∂C/∂w of each weight into it",
                said="Only inputs that fired have a slope.",
                x=f"neuron of {layer_name(seen.network, k - 1)}",
                y="∂C/∂w",
            )


def _choose_source(seen: Examined, neuron: Neuron, source: int) -> None:
    k, j = neuron.layer, neuron.index
    slopes = seen.gradients[k][0][:, j]
    offered = [int(i) for i in np.argsort(-np.abs(slopes), kind="stable")[:_OFFERED]]
    if source not in offered:
        offered.append(source)
    st.pills(
        "One single weight, from",
        offered,
        format_func=lambda i: source_name(k, i),
        key=state.inside_control("source", source),
        on_change=_take_source,
        required=True,
        wrap=True,
    )
    st.button(
        "A random weight",
        icon=":material/casino:",
        key="random-weight",
        help="Any weight of the network that this example can change at all.",
        on_click=_take_random,
        args=(seen,),
    )


def _take_source() -> None:
    state.inside().source = state.inside_control_value("source")


def _take_random(seen: Examined) -> None:
    rng = np.random.default_rng()
    layers = [k for k, (dW, _) in enumerate(seen.gradients) if dW.any()]
    if not layers:
        return
    layer = int(rng.choice(layers))
    source, index = (int(i) for i in rng.choice(np.argwhere(seen.gradients[layer][0])))
    view = state.inside()
    view.neuron, view.source = (layer, index), source


def _one_derivative(
    model: Model, example: Example, seen: Examined, neuron: Neuron, source: int, target: int
) -> None:
    k, j = neuron.layer, neuron.index
    analytic = float(seen.gradients[k][0][source, j])
    numeric = finite_difference(seen, k, (source, j))
    token = f"{model.token}/{example.token}/{target}"
    st.header("One weight, three ways")
    st.markdown(
        f"The weight from {source_name(k, source)} to {neuron_name(seen.network, neuron)}: "
        "how the cost changes with it, by backpropagation, by trying, and by PyTorch's autograd."
    )
    st.latex(
        r"\frac{\partial C}{\partial w} = a_i \delta_j = "
        rf"{formula_number(float(seen.inputs(k)[source]))} \cdot "
        rf"{formula_number(float(seen.deltas[k][j]))}"
    )
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
    return f"Difference {number(gap, 2)}, relative {number(relative_error(ours, other), 2)}."


def _torch(seen: Examined, token: str, analytic: float, place: tuple[int, int, int]) -> None:
    st.markdown(":orange[**PyTorch**], autograd")
    view = state.inside()
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
    state.inside().twin_asked = token


def _step(model: Model, seen: Examined, neuron: Neuron, source: int) -> None:
    k, j = neuron.layer, neuron.index
    st.header("One step downhill")
    eta = st.number_input(
        "Learning rate η",
        min_value=1e-6,
        max_value=1000.0,
        value=float(model.network.config.learning_rate),
        format="%g",
        key="inside-eta",
        width=200,
    )
    before = float(seen.network.weights[k][source, j])
    slope = float(seen.gradients[k][0][source, j])
    st.latex(r"w \to w - \eta \frac{\partial C}{\partial w}")
    st.latex(
        rf"w \to {formula_number(before, 5, bare=True)} - {formula_number(eta)} \cdot "
        rf"{formula_number(slope, 4)} = {formula_number(before - eta * slope, 5, bare=True)}"
    )
    one = cost_after_step(seen, eta, only=(k, (source, j)))
    everything = cost_after_step(seen, eta)
    with st.container(horizontal=True, gap="large", key="costs"):
        st.metric("Cost before", number(seen.cost, 5), width="content")
        steps = {"After this weight's step": one, "After every weight's step": everything}
        for name, cost in steps.items():
            st.metric(
                name,
                number(cost, 5),
                f"{cost - seen.cost:+.2g}",
                delta_color="inverse",
                width="content",
            )
    if everything > seen.cost:
        st.caption("The cost rose: this step is too long. Take a smaller η.")


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    """Positions of the largest values by size, in their own order."""
    return np.sort(np.argsort(-np.abs(values), kind="stable")[:count])
