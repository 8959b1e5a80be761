"""What a neuron is looking for: the image that excites it most, and the images that do."""

import numpy as np
import streamlit as st

from dashboard.inside.choice import OpenNetwork, neuron_name
from dashboard.inside.formulas import function_of
from dashboard.models import evaluation, predictions
from dashboard.models.predictions import by_rows
from dashboard.ui import digits, symbols
from dashboard.ui.text import a_digit, number, sureness
from nncore.config import DatasetName
from nncore.explain.feature_visualization import Ascent, excite, layer_inputs, strongest
from nncore.explain.neuron import Neuron
from nncore.network import Network

_AVERAGED = 100
_SHOWN = 16
_SPECK = 0.1
"""Ink of a pixel that is seen."""


def show(model: OpenNetwork, neuron: Neuron) -> None:
    """Gradient ascent on the pixels, beside the average of the images that fire it most."""
    name = neuron_name(model.network, neuron)
    found = _excite(model.token, neuron.layer, neuron.index, model.network)
    st.header(f"{name}: what is it looking for?")
    st.markdown(
        "Gradient descent changes weights to lower the cost. The same slopes, taken for the "
        "pixels, change an image so that this one neuron is excited more and more."
    )
    z = symbols.of_neuron("z", neuron.layer, neuron.index)
    st.latex(rf"x \to x + \eta \frac{{\partial {z}}}{{\partial x}}")
    said = predictions.ask(model.network, found.image)
    with st.grid(2, min_column_width=250):
        with st.container(border=True, key="excited"):
            st.markdown("**The image that excites it most**")
            st.image(
                digits.digit_png(found.image), width=196,
                alt=f"The image found by gradient ascent for {name}",
            )  # fmt: skip
            called = f"The network calls this {a_digit(said.digit)}, {sureness(said.confidence)}."
            st.caption(f"{climb(found.z)} {called}{_specks(found.image, model.dataset)}")
        # Below this, all test images are asked: what is above stands on the page by then.
        rows = _strongest(model.token, model.dataset, neuron.layer, neuron.index, model.network)
        images, labels = evaluation.test_images(model.dataset)
        most = fires_most(model.network, neuron, images[rows[0]])
        with st.container(border=True):
            st.markdown(f"**The average of the {len(rows)} images that {most}**")
            st.image(
                digits.digit_png(images[rows].mean(axis=0)), width=196,
                alt=f"The average of the test images with the largest sum of {name}",
            )  # fmt: skip
            st.caption(_whose(labels[rows]))
    st.subheader(f"The images that {most}")
    st.image(
        digits.png(digits.grid(images[rows[:_SHOWN]], columns=8, size=56)),
        alt=f"The {_SHOWN} test images with the largest sum of {name}",
    )


def climb(z: np.ndarray) -> str:
    """What became of the sum of the neuron that is sought for; z is that of each image on the way.

    A neuron that no pixel moves stays where it is.
    """
    before, after = (number(float(z[step])) for step in (0, -1))
    if before == after:
        return f"Its sum stayed at {after}: no pixel moves it."
    return f"Its sum {'climbed' if z[-1] > z[0] else 'fell'} from {before} to {after}."


def fires_most(network: Network, neuron: Neuron, image: np.ndarray) -> str:
    """What the images with the largest sums do to a sought neuron: not all of them fire it.

    `image` (784,) is the one with the largest of all.
    """
    layer = network.forward_pass(image[None])[neuron.layer]
    silent = function_of(network, neuron.layer) in ("relu", "leaky-relu")
    if silent and layer.z[0, neuron.index] <= 0:
        return "come nearest to firing it: none does"
    return "fire it most"


def _specks(image: np.ndarray, dataset: DatasetName) -> str:
    """A sentence about ink where no digit has any; nothing where there is none."""
    if (image[_never_inked(dataset)] < _SPECK).all():
        return ""
    return (
        " Specks at the edge are chance: no test image has ink there, so those weights hardly "
        "learned anything."
    )


@st.cache_data(max_entries=2, show_spinner=False)
def _never_inked(dataset: DatasetName) -> np.ndarray:
    """Pixels that are paper in every test image, (784,) of bool."""
    return evaluation.test_images(dataset)[0].max(axis=0) == 0


def _whose(labels: np.ndarray) -> str:
    counts = np.bincount(labels, minlength=10)
    order = [int(d) for d in np.argsort(-counts, kind="stable") if counts[d]][:4]
    said = ", ".join(f"{d} ({counts[d]} times)" for d in order)
    return f"Their labels: {said}."


@st.cache_data(max_entries=128, show_spinner=False)
def _excite(token: str, layer: int, index: int, _network: Network) -> Ascent:
    with np.errstate(all="ignore"):
        return excite(_network, layer, index)


@st.cache_data(max_entries=128, show_spinner=False)
def _strongest(
    token: str, dataset: DatasetName, layer: int, index: int, _network: Network
) -> np.ndarray:
    inputs = _inputs(token, dataset, layer, _network)
    with np.errstate(all="ignore"):
        return strongest(_network, inputs, layer, index, _AVERAGED)


@st.cache_resource(max_entries=2, show_spinner=False)
def _inputs(token: str, dataset: DatasetName, layer: int, _network: Network) -> np.ndarray:
    """What every test image sends into a layer, (n, n_in): its neurons are looked at in turn.

    Of the largest layers these are 40 megabytes, so few are kept.
    """
    images = evaluation.test_images(dataset)[0]
    if layer == 0:
        return images
    return by_rows(lambda part: layer_inputs(_network, part, layer)[-1], images)
