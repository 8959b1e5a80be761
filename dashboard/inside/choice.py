"""Which network, which of its checkpoints, which example, which neuron."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import navigation, session
from dashboard.ink import samples
from dashboard.inside import runs, state
from dashboard.models import evaluation, load, predictions
from dashboard.models.evaluation import Answers
from dashboard.ui import digits, sections
from dashboard.ui.names import ACTIVATIONS, DATASETS
from dashboard.ui.text import a_digit, listed, sureness
from nncore import datasets
from nncore.config import DatasetName, architecture
from nncore.costs import COSTS
from nncore.explain.neuron import Neuron
from nncore.explain.surgery import Edit, operate, silenced
from nncore.network import Network
from nncore.preprocessing import InkError, prepare

SECTIONS = {
    "forward": "Forward",
    "backward": "Backward",
    "touch": "Touch it",
    "seeking": "What it looks for",
    "checks": "Reality checks",
}


@dataclass(frozen=True, slots=True, eq=False)
class OpenNetwork:
    """A network to look into, with the changes made to it by hand."""

    network: Network
    untouched: Network
    token: str
    """Names exactly these weights."""
    dataset: DatasetName
    """Whose test images are shown."""
    silenced: list[np.ndarray]
    """Which neurons of each layer were silenced by hand, (n_units,) of bool each."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An image to follow through the network."""

    pixels: np.ndarray  # (784,) in [0, 1]
    label: int | None
    """The true digit; None for a drawing."""
    token: str


# The network ------------------------------------------------------------------------------------
def choose_model() -> OpenNetwork:
    """Place the choice of run, engine and checkpoint; the shipped model where there is no run."""
    view = state.view()
    run = runs.choose_run(view)
    network, name = (None, "shipped") if run is None else runs.choose_checkpoint(view, run)
    if network is None:
        network = load.shipped_network()
    wanted = run.config.dataset if run else "mnist"
    dataset: DatasetName = wanted if datasets.available(wanted) else "digits"
    edited = network
    if view.edits:
        try:
            edited = _operated(name + _changes(view.edits), network, view.edits)
        except ValueError:  # made on another network: a run was deleted, or has its first weights
            view.edits = ()
            st.info("The changes by hand did not fit this network, so they are undone.")
    quiet = silenced(edited.layer_sizes, view.edits)
    return OpenNetwork(edited, network, name + _changes(view.edits), dataset, quiet)


def untouched(model: OpenNetwork) -> OpenNetwork:
    """The chosen network as it was trained, without changes by hand."""
    name = model.token.removesuffix(_changes(state.view().edits))
    quiet = silenced(model.network.layer_sizes, ())
    return OpenNetwork(model.untouched, model.untouched, name + _changes(()), model.dataset, quiet)


def _changes(edits: tuple[Edit, ...]) -> str:
    return f"/{edits!r}"


@st.cache_resource(max_entries=8, show_spinner=False)
def _operated(token: str, _network: Network, _edits: tuple[Edit, ...]) -> Network:
    return operate(_network, _edits)


# The example ------------------------------------------------------------------------------------
def choose_example(model: OpenNetwork) -> Example:
    """Place the choice of the image: by number, by digit, a mistake, or the last drawing."""
    view = state.view()
    images, labels = evaluation.test_images(model.dataset)
    if view.example is not None and view.example >= len(labels):
        if "example" in view.asked:
            session.notify(
                f"There is no test image {view.example}; they go from 0 to {len(labels) - 1:,}."
            )
        view.example = len(labels) - 1
    st.number_input(
        f"Test image, 0 to {len(labels) - 1:,}",
        min_value=0,
        max_value=len(labels) - 1,
        step=1,
        placeholder="the last drawing",
        key=state.CONTROLS.showing("example", view.example),
        on_change=_take_example,
    )
    if model.dataset == "digits":
        st.caption(f"{DATASETS['digits']}: 8x8 pixels, enlarged to 28x28.")
    st.pills(
        "Another image of the digit",
        list(range(10)),
        key=state.CONTROLS.showing("digit", None),
        on_change=_take_digit,
        args=(model.dataset,),
        wrap=True,
    )
    with st.container(horizontal=True):
        st.button(
            "A mistake",
            icon=":material/casino:",
            help="A test image, drawn by lot, that this network names wrong.",
            on_click=_take_mistake,
            args=(model,),
        )
        st.button(
            "My drawing",
            icon=":material/draw:",
            help="What you drew last on Home or Draw.",
            on_click=_take_drawing,
        )
    if view.example is None:
        return _drawing()
    index = view.example
    return Example(images[index], int(labels[index]), f"{model.dataset}/{index}")


def _drawing() -> Example:
    ink = session.last_drawing()
    if ink is None:
        st.caption("Nothing drawn yet, so this is a sample.")
        navigation.link("draw", "Draw a digit")
        ink = samples.sample(samples.EXAMPLE)
    try:
        pixels = prepare(ink).pixels.ravel()
    except (InkError, ValueError):
        pixels = prepare(samples.sample(samples.EXAMPLE)).pixels.ravel()
    return Example(pixels, None, f"drawing/{hash(pixels.tobytes())}")


def _show_example(index: int | None) -> None:
    view = state.view()
    view.example, view.target = index, None
    if not view.touches:
        view.source = None


def _take_example() -> None:
    index = state.CONTROLS.value("example")
    if index is not None:
        _show_example(int(index))


def _take_digit(dataset: DatasetName) -> None:
    digit = state.CONTROLS.value("digit")
    if digit is not None:
        _, labels = evaluation.test_images(dataset)
        _draw_lot(np.flatnonzero(labels == digit))


def _take_mistake(model: OpenNetwork) -> None:
    # A few hundred images hold a mistake: there is no need to wait for an answer to all of them.
    images, labels = evaluation.test_images(model.dataset)
    wrong = np.empty(0, int)
    for rows in np.array_split(np.random.default_rng().permutation(len(labels)), 20):
        wrong = rows[evaluation.evaluate(model.network, images[rows], labels[rows]).mistakes]
        if len(wrong):
            break
    _draw_lot(wrong)


def _take_drawing() -> None:
    _show_example(None)


def _draw_lot(positions: np.ndarray) -> None:
    if len(positions):
        _show_example(int(np.random.default_rng().choice(positions)))
    else:
        session.notify("There is no such image: this network names every test image right.")


def answers(model: OpenNetwork) -> Answers:
    """What the network says of every test image, changes by hand included."""
    return _answers(model.token, model.dataset, model.network)


@st.cache_data(max_entries=24, show_spinner=False)
def _answers(token: str, dataset: DatasetName, _network: Network) -> Answers:
    return evaluation.evaluate(_network, *evaluation.test_images(dataset))


# The neuron -------------------------------------------------------------------------------------
def neuron_of(model: OpenNetwork, answer: int | None) -> Neuron:
    """The chosen neuron, where this network has it; else the output that it answers with."""
    view, sizes = state.view(), model.network.layer_sizes[1:]
    if view.neuron and view.neuron[0] < len(sizes) and view.neuron[1] < sizes[view.neuron[0]]:
        return Neuron(*view.neuron)
    if view.neuron and "neuron" in view.asked:
        there = listed(f"{layer}.0 to {layer}.{size - 1}" for layer, size in enumerate(sizes, 1))
        session.notify(
            f"There is no neuron {view.neuron[0] + 1}.{view.neuron[1]} in this network; there are "
            f"{there}."
        )
    view.neuron = None
    return Neuron(len(sizes) - 1, answer or 0)


def look_at(neuron: Neuron) -> None:
    """Choose this neuron from now on."""
    view = state.view()
    view.neuron, view.source = (neuron.layer, neuron.index), None


def choose_neuron(model: OpenNetwork, neuron: Neuron, place: str = "") -> None:
    """The same choice as a click in a picture, for any neuron of a large layer too.

    `place` tells it from the same controls elsewhere on the page.
    """
    sizes = model.network.layer_sizes[1:]
    with st.container(horizontal=True, vertical_alignment="top"):
        st.segmented_control(
            "Layer",
            list(range(len(sizes))),
            format_func=lambda layer: layer_name(model.network, layer).capitalize(),
            required=True,
            key=state.CONTROLS.showing(f"{place}layer", neuron.layer),
            on_change=_take_layer,
            args=(place,),
        )
        st.number_input(
            f"Neuron, 0 to {sizes[neuron.layer] - 1:,}",
            min_value=0,
            max_value=sizes[neuron.layer] - 1,
            step=1,
            width=180,
            key=state.CONTROLS.showing(f"{place}index", neuron.index),
            on_change=_take_index,
            args=(neuron.layer, place),
        )


def _take_layer(place: str) -> None:
    look_at(Neuron(int(state.CONTROLS.value(f"{place}layer")), 0))


def _take_index(layer: int, place: str) -> None:
    look_at(Neuron(layer, int(state.CONTROLS.value(f"{place}index"))))


def layer_name(network: Network, layer: int) -> str:
    """A choice of layer in words: `hidden layer 1` or `output layer`."""
    last = layer == len(network.weights) - 1
    return "output layer" if last else f"hidden layer {layer + 1}"


def neuron_name(network: Network, neuron: Neuron) -> str:
    """A choice of neuron in words: `Output 9` or `Hidden layer 1, neuron 7`."""
    if neuron.layer == len(network.weights) - 1:
        return f"Output {neuron.index}"
    return f"Hidden layer {neuron.layer + 1}, neuron {neuron.index}"


def source_name(layer: int, source: int) -> str:
    """A choice of weight in words: from a pixel by row and column, or a neuron by its number."""
    if layer:
        return f"neuron {source}"
    return f"pixel {source // 28}, {source % 28}"


# What it says -----------------------------------------------------------------------------------
def headline(model: OpenNetwork, example: Example) -> int | None:
    """The chosen network's answer in one line beside the chosen image; None where it diverged."""
    answer = predictions.ask(model.network, example.pixels)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        digits.show_digit(example.pixels, 84)
        with st.container(gap="xsmall", width="stretch", key="answer"):
            if not answer.is_number:
                st.markdown("### No answer")
                st.caption("This network diverged: its weights are no numbers any more.")
                return None
            sure = sureness(answer.confidence)
            truth = "" if example.label is None else f"it is {a_digit(example.label)}"
            wrong = example.label is not None and example.label != answer.digit
            word = ", but " if wrong else ", and "
            st.markdown(f"### It says {answer.digit}{word if truth else ''}{truth}")
            shape = architecture(model.network.layer_sizes)
            changes = len(state.view().edits)
            changed = f", {changes} change{'s' if changes > 1 else ''} by hand" if changes else ""
            hidden = len(model.network.weights) > 1
            squashed = f", {ACTIVATIONS[model.network.config.activation]}" if hidden else ""
            if COSTS[model.network.config.cost].output_name != "softmax":
                sure += ", its output’s share of the sum of all ten"
            st.caption(f"{sure} · {shape}{squashed}{changed}")
            if changes and state.view().section != "touch":
                st.button(
                    "Undo all changes",
                    icon=":material/restart_alt:",
                    type="tertiary",
                    on_click=undo_all,
                )
    return answer.digit


def undo_all() -> None:
    """Choose the network as it was trained again: all changes by hand are undone."""
    state.view().edits = ()


def choose_section() -> str:
    """Place the choice of what to see of the network inside; returns the section's name."""
    view = state.view()
    view.section = sections.choose_section(SECTIONS, view.section, state.CONTROLS, _open_section)
    return view.section


def _open_section(name: str) -> None:
    state.view().section = name
