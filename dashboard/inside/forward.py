"""Forward: from pixels to the answer, layer by layer, and one neuron's sum term by term."""

import numpy as np
import streamlit as st

from dashboard.inside import formulas, state
from dashboard.inside.choice import Example, OpenNetwork, layer_name, look_at, neuron_name
from dashboard.inside.formulas import FUNCTIONS, function_of
from dashboard.ui import digits, symbols
from dashboard.ui.arithmetic import said
from dashboard.ui.components.signed_view import signed_view
from dashboard.ui.text import counted, number
from nncore.explain.explanation import contributions
from nncore.explain.feature_visualization import input_gradient
from nncore.explain.neuron import Neuron
from nncore.network import Layer, Network

_BARS = 16


def show(model: OpenNetwork, example: Example, neuron: Neuron) -> None:
    """Every layer's formula, shape and numbers; then the chosen neuron's sum."""
    network = model.network
    layers = network.forward_pass(example.pixels.reshape(1, -1))
    _decision(network, example, layers[-1])
    st.header("Layer by layer")
    st.markdown(
        "Each layer multiplies what comes in by its weights, adds its biases, and makes an "
        "activation $a$ of each sum $z$ by its function."
    )
    with st.grid(len(layers), min_column_width=270):
        for number_, layer in enumerate(layers):
            with st.container(border=True):
                _layer(model, number_, layer)
    _sum(model, example, layers, neuron)


def _decision(network: Network, example: Example, output: Layer) -> None:
    """The answer against its rival: the true digit of a mistake, else the second in the race."""
    is_right = example.label == int(output.z[0].argmax())
    found = contributions(network, example.pixels, None if is_right else example.label)
    answer, rival = found.winner, found.rival
    k = len(network.weights) - 1
    who = layer_name(network, k - 1) if k else "the pixels"
    top = np.argsort(-np.abs(found.terms), kind="stable")[:_BARS]
    st.header(f"Why {answer} and not {rival}")
    left, right = st.columns(2, gap="large")
    with left:
        each = f"each neuron of {who} adds what it says" if k else "each pixel adds its ink"
        st.markdown(
            f"The output with the larger sum wins. To the gap between the two, {each}, times the "
            "difference of its two weights:"
        )
        told, shares = formulas.race(k, output.z[0], found)
        st.latex(told)
        ink, biases = map(said, shares.terms)
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.image(
                digits.png(digits.signed(found.pixels)),
                width=160,
                alt=f"The inked pixels that speak for {answer} and those that speak for {rival}",
            )
            st.markdown(
                f"Green ink speaks for {answer}, magenta ink for {rival}: together {ink}, and with "
                f"{biases} of {'the biases of all layers' if k else 'the biases'}, that is the gap "
                f"of {said(shares.total)}.",
                width=290,
            )
    with right:
        signed_view(
            found.terms[top],
            positions=top.tolist(),
            key="contest",
            title=f"Up: speaks for {answer}. Down: speaks for {rival}",
            said=f"The {len(top)} largest of {len(found.terms):,} terms. Click one to look at it.",
            name="neuron" if k else "pixel",
            axis=f"neuron of {who}" if k else "pixel: row, column",
            symbol="term",
            on_pick=(lambda index: look_at(Neuron(k - 1, index))) if k else _take_source,
            height=220,
        )


def _layer(model: OpenNetwork, k: int, layer: Layer) -> None:
    network, quiet = model.network, model.silenced[k]
    n_in, n_out = network.weights[k].shape
    before = "x" if k == 0 else f"a^{{{k}}}"
    st.markdown(f"**{layer_name(network, k).capitalize()}**")
    activation = FUNCTIONS[function_of(network, k)].format(z=f"z^{{{k + 1}}}")
    st.latex(rf"z^{{{k + 1}}} = {before} W^{{{k + 1}}} + b^{{{k + 1}}}")
    st.latex(rf"a^{{{k + 1}}} = {activation}")
    st.caption(f"Shapes: (1, {n_in}) times ({n_in}, {n_out}), plus ({n_out})")
    z, a = layer.z[0], layer.a[0]
    st.caption(
        f"z from {number(float(z.min()))} to {number(float(z.max()))}; "
        f"a from {number(float(a.min()))} to {number(float(a.max()))}"
    )
    if quiet.any():
        many = counted(int(quiet.sum()), "neuron")
        st.markdown(f":material/volume_off: {many} of {n_out:,} silenced: the next layer gets 0.")
    numbers = st.expander("Every z and a", key=f"every-{k}", on_change="rerun")
    if not numbers.open:
        return
    columns = {"neuron": np.arange(n_out), "z": z.astype(float), "a": a.astype(float)}
    with numbers:
        st.dataframe(
            columns | ({"silenced": quiet} if quiet.any() else {}),
            hide_index=True,
            height=260,
            key=f"numbers-{k}",
            alt=f"z and a of every neuron of {layer_name(network, k)}",
        )


def _sum(model: OpenNetwork, example: Example, layers: list[Layer], neuron: Neuron) -> None:
    network, k, j = model.network, neuron.layer, neuron.index
    name = neuron_name(network, neuron)
    a_before = layers[k - 1].a[0] if k else example.pixels
    w = network.weights[k][:, j]
    terms = a_before * w
    order = np.argsort(-np.abs(terms), kind="stable")
    st.header(f"{name}: its sum")
    left, right = st.columns(2, gap="large")
    with left:
        st.latex(formulas.weighted_sum(network, layers, neuron, a_before, order))
        st.caption(symbols.ORDER)
        if model.silenced[k][j]:
            st.markdown(":material/volume_off: Silenced by hand: whatever its $a$, 0 goes on.")
        elif k and (quiet := int(model.silenced[k - 1].sum())):
            st.markdown(f":material/volume_off: {quiet:,} silenced neurons before it add nothing.")
    with right:
        top = order[:_BARS]
        signed_view(
            terms[top],
            positions=top.tolist(),
            key="sum-terms",
            title="What pushes its sum up and down",
            said=f"The {len(top)} largest of {len(terms):,} terms: input times weight.",
            name="neuron" if k else "pixel",
            axis=f"neuron of {layer_name(network, k - 1)}" if k else "pixel: row, column",
            symbol="term",
            selected=state.view().source,
            on_pick=_take_source,
            height=200,
        )
    _pulling_pixels(network, example, neuron, name)


def _take_source(source: int) -> None:
    state.view().source = source


def _pulling_pixels(network: Network, example: Example, neuron: Neuron, name: str) -> None:
    slope = input_gradient(network, example.pixels.reshape(1, -1), neuron.layer, neuron.index)[0]
    st.subheader("The pixels that pull")
    st.markdown(
        "Green pulls the sum up, magenta down. The slope says what a little more ink on a pixel "
        "would do; times the ink that is there, it says what this image does."
    )
    pictures = {
        "The image": (digits.digit_png(example.pixels), "The example"),
        "Slope of z for each pixel": (
            digits.png(digits.signed(slope)),
            f"Slope of the sum of {name} for each pixel",
        ),
        "Slope times ink": (
            digits.png(digits.signed(slope * example.pixels)),
            f"Which inked pixels pull {name} up and down",
        ),
    }
    with st.container(horizontal=True, gap="small"):
        for caption, (png, alt) in pictures.items():
            st.image(png, caption=caption, alt=alt, width=160)
