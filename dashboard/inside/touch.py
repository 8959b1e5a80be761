"""Touch it: change a number, silence neurons, add noise; see at once what it does, and undo it."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.inside import choice, state
from dashboard.inside.choice import Example, OpenNetwork, layer_name, neuron_name, source_name
from dashboard.models import predictions
from dashboard.models.evaluation import Answers
from dashboard.ui import probabilities
from dashboard.ui.arithmetic import as_delta, points
from dashboard.ui.palette import SHIPPED
from dashboard.ui.text import number, percent
from nncore.explain.neuron import Neuron
from nncore.explain.surgery import AddNoise, Edit, SetBias, SetWeight, Silence


@dataclass(frozen=True, slots=True)
class Touched:
    """What the controls are on: it stays until its user chooses another.

    Of itself, the answer's output and the weight that says most would be another at every change.
    """

    neuron: Neuron
    source: int

    def hold(self) -> None:
        """Look at exactly this from now on."""
        view = state.view()
        view.neuron, view.source = (self.neuron.layer, self.neuron.index), self.source


def show(model: OpenNetwork, example: Example, neuron: Neuron) -> None:
    """The changes to make, what the network says after them, and how often it is still right."""
    left, right = st.columns([1, 1], gap="large")
    with left:
        _changes(model, example, neuron)
    with right:
        answer = predictions.ask(model.network, example.pixels)
        if answer.is_number:
            probabilities.show_probabilities(answer.probabilities, SHIPPED, "touched", height=170)
        accuracy = st.container(key="touched-accuracy")
        _history()
    with accuracy:  # last, since all test images are asked: the rest stands on the page by then
        _accuracy(model)


def _changes(model: OpenNetwork, example: Example, neuron: Neuron) -> None:
    network, (k, j) = model.network, (neuron.layer, neuron.index)
    name = neuron_name(network, neuron)
    W, b = network.weights[k], network.biases[k]
    a = network.forward_pass(example.pixels.reshape(1, -1))
    terms = (a[k - 1].a[0] if k else example.pixels) * W[:, j]
    source = state.view().source
    if source is None or source >= len(W):
        source = int(np.abs(terms).argmax())
    touched = Touched(neuron, source)
    st.subheader(name)
    st.number_input(
        f"One weight of it: from {'pixel' if k == 0 else 'neuron'} number",
        min_value=0,
        max_value=len(W) - 1,
        step=1,
        key=state.CONTROLS.showing("touch-source", source),
        on_change=_take_source,
        help="The one that says most about this image, unless you choose another.",
    )
    reach = max(3 * float(np.abs(model.untouched.weights[k]).max()), 1.0)
    mute = k > 0 and bool(model.silenced[k - 1][source])
    label = f"Weight from {source_name(k, source)}{', which is silenced' if mute else ''}"
    _slider(label, "weight", float(W[source, j]), reach, touched, off=mute)
    reach = max(3 * float(np.abs(model.untouched.biases[k]).max()), 5.0)
    _slider("Bias", "bias", float(b[j]), reach, touched)
    if k < len(network.weights) - 1:
        with st.container(horizontal=True):
            _silence_button("this neuron", Silence(k, j), touched)
            _silence_button(layer_name(network, k), Silence(k), touched)
        if model.silenced[k][j]:
            st.caption("It is silenced, so its weights and bias change nothing now.")
    st.subheader("The whole network")
    st.slider(
        "Noise on every weight, as a share of their spread",
        0.0, 2.0, step=0.1, key=state.CONTROLS.key("noise"), value=0.5,
    )  # fmt: skip
    st.button("Add noise", icon=":material/grain:", on_click=_add_noise, args=(touched,))


def _silence_button(what: str, edit: Silence, touched: Touched) -> None:
    """Silence it, or let it speak again where exactly that was done before."""
    done = edit in state.view().edits
    st.button(
        f"Let {what} speak again" if done else f"Silence {what}",
        icon=":material/volume_up:" if done else ":material/volume_off:",
        on_click=_leave_out if done else _make,
        args=(edit, touched),
    )


def _leave_out(edit: Edit, touched: Touched) -> None:
    touched.hold()
    view = state.view()
    view.edits = tuple(made for made in view.edits if made != edit)


def _slider(
    label: str, name: str, value: float, reach: float, touched: Touched, *, off: bool = False
) -> None:
    reach = max(reach, abs(value))
    st.slider(
        label,
        -reach,
        reach,
        step=reach / 200,
        format="%.3f",
        key=state.CONTROLS.showing(name, value),
        on_change=_take_value,
        args=(name, touched),
        disabled=off,
    )


def _take_source() -> None:
    state.view().source = int(state.CONTROLS.value("touch-source"))


def _take_value(name: str, touched: Touched) -> None:
    value = float(state.CONTROLS.value(name))
    layer, index = touched.neuron.layer, touched.neuron.index
    weight, bias = SetWeight(layer, touched.source, index, value), SetBias(layer, index, value)
    _make(bias if name == "bias" else weight, touched)


def _add_noise(touched: Touched) -> None:
    amount = float(state.CONTROLS.value("noise"))
    _make(AddNoise(amount, len(state.view().edits)), touched)


def _make(edit: Edit, touched: Touched) -> None:
    """Add a change; setting the same number again takes the place of the last time."""
    touched.hold()
    view = state.view()
    before = view.edits
    if before and _target(before[-1]) == _target(edit) is not None:
        before = before[:-1]
    view.edits = (*before, edit)


def _target(edit: Edit) -> tuple[int, ...] | None:
    match edit:
        case SetWeight(layer, source, index, _):
            return layer, source, index
        case SetBias(layer, index, _):
            return layer, index
        case _:
            return None


def _accuracy(model: OpenNetwork) -> None:
    now = choice.answers(model)
    before = choice.answers(choice.untouched(model)) if state.view().edits else now
    share = _share(now)
    gained = points(_share(before), share)
    st.metric(
        f"Right on {len(now.labels):,} test images",
        percent(share),
        f"{as_delta(gained)} points" if gained else None,
    )


def _share(answers: Answers) -> float:
    return float(answers.right.mean())


def _history() -> None:
    edits = state.view().edits
    with st.container(horizontal=True):
        st.button("Undo", icon=":material/undo:", disabled=not edits, on_click=_undo)
        st.button(
            "Undo all", icon=":material/restart_alt:", disabled=not edits, on_click=choice.undo_all
        )
    for edit in reversed(edits[-8:]):
        st.caption(_said(edit))
    if not edits:
        st.caption("Nothing changed yet: every section shows the network as it was trained.")


def _undo() -> None:
    view = state.view()
    view.edits = view.edits[:-1]


def _said(edit: Edit) -> str:
    match edit:
        case SetWeight(layer, source, index, value):
            return f"Weight {source_name(layer, source)} → {_place(layer, index)}: {number(value)}"
        case SetBias(layer, index, value):
            return f"Bias of {_place(layer, index)}: {number(value)}"
        case Silence(layer, None):
            return f"Layer {layer + 1} silenced"
        case Silence(layer, index):
            return f"{_place(layer, index)} silenced".capitalize()
        case AddNoise(amount, _):
            return f"Noise of {amount:g} times the spread of the weights"


def _place(layer: int, index: int | None) -> str:
    return f"neuron {index} of layer {layer + 1}"
