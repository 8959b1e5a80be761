"""The network picture: one example on its way through a network, every neuron to be touched.

    selected = network_view(network, pixels, key="network", selected=Neuron(0, 7), on_select=choose)

The pixels stand on the left as their 28x28 image, each layer is a column of neurons shaded by
activation, the ten outputs carry their digits. Lines are the strongest edges, green where they
pull up and magenta where they pull down, wider where more flows (weight times activation): all in
all, or into the neuron that the pointer, the keyboard or a click is on. Below stand that neuron's
weights, bias, z and a.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard.ui.components import from_folder
from dashboard.ui.components.network_view.payload import has, picture
from dashboard.ui.palette import NEGATIVE, PAPER, POSITIVE
from nncore.explain.neuron import Neuron
from nncore.network import Network

_HTML = """
<div class="view">
  <div class="stage">
    <canvas class="pixels" width="28" height="28" aria-hidden="true"></canvas>
    <svg class="net" role="group"></svg>
  </div>
  <div class="note"></div>
  <div class="detail"></div>
</div>
"""
_COMPONENT = from_folder(Path(__file__).parent, html=_HTML, writes_numbers=True)


def network_view(
    network: Network,
    pixels: np.ndarray,
    *,
    key: str = "network",
    selected: Neuron | None = None,
    on_select: Callable[[Neuron], None] | None = None,
    height: int = 430,
    detail: bool = True,
    label: str = "The network",
    silenced: Sequence[np.ndarray] = (),
    outputs: Sequence[str] = tuple("0123456789"),
) -> Neuron | None:
    """Place the picture of `network` with the example `pixels` in it.

    The same `key` keeps the same element: new numbers (the next checkpoint, the next stroke) are
    taken over in place. Layers of more than 20 neurons show the 20 that send most onward; with the
    detail, the picture says so.

    Args:
        network: a `nncore.network.Network` with 784 inputs.
        pixels: (784,) or (28, 28) in [0, 1].
        key: the element's key.
        selected: the neuron marked and explained, if this network has it; the caller keeps it (in
            `dashboard.session`).
        on_select: called with the neuron that was clicked (or chosen by Enter), before the script
            runs again, as widgets' callbacks are.
        height: of the drawing in pixels, without the detail below.
        detail: whether the neuron under the pointer is explained below the drawing.
        label: what a screen reader calls the picture.
        silenced: which neurons of each layer say nothing, (n_units,) of bool each; they are
            crossed out.
        outputs: what stands beside each output neuron.

    Returns:
        The neuron that was clicked just now, else None.
    """
    data = picture(network, pixels, selected, silenced) | {
        "height": height,
        "detail": detail,
        "label": label,
        "outputs": list(outputs),
        "colors": [POSITIVE, NEGATIVE],
        "paper": PAPER,
    }

    def picked() -> None:
        if on_select and (neuron := _as_neuron(st.session_state[key].picked, network)):
            on_select(neuron)

    result = _COMPONENT(key=key, data=data, on_picked_change=picked)
    return _as_neuron(result.picked, network)


def _as_neuron(value: Any, network: Network) -> Neuron | None:
    """What the browser says, if it is a neuron of this network."""
    match value:
        case [int(layer), int(index)] if has(network, Neuron(layer, index)):
            return Neuron(layer, index)
        case _:
            return None
