"""What the network picture needs to know of a network and an example: plain, small and finite.

Whatever the size of the network, at most `MOST_SHOWN` neurons of a layer go to the browser, with
their own weights and their strongest inputs: tens of kilobytes, not the megabytes of all weights.
"""

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nncore.activations import Array
from nncore.explain.neuron import Neuron
from nncore.network import Network

MOST_SHOWN = 20
"""Neurons drawn of one layer; of a larger layer, those that send most onward."""
STRONGEST_INPUTS = 24
"""Edges drawn into one neuron."""
STRONGEST_EDGES = 48
"""Edges drawn between two layers while no neuron is looked at."""
MOST_BARS = 32
"""Weights drawn as bars; of more, the largest."""
_KEPT_SOURCES = 8
"""Inputs of the selected neuron that are shown in any case."""
_KEPT_SILENCED = 4


def picture(
    network: Network,
    pixels: Array,
    selected: Neuron | None,
    silenced: Sequence[Array] = (),
) -> dict[str, Any]:
    """The browser's data: image, layers with their shown neurons, strongest edges.

    Args:
        network: any network with 784 inputs; one that diverged is drawn too, without numbers.
        pixels: (784,) or (28, 28) in [0, 1].
        selected: shown in any case, with its strongest inputs; one that this network has not
            is left out.
        silenced: which neurons of each layer say nothing, (n_units,) of bool each; crossed out.
    """
    if selected and not has(network, selected):
        selected = None
    x = np.asarray(pixels, dtype=np.float32).reshape(1, -1)
    with np.errstate(all="ignore"):
        layers = network.forward_pass(x)
    inputs = [x[0], *(layer.a[0] for layer in layers[:-1])]  # (n_in,) of each layer
    quiet = list(silenced) or [np.zeros(len(b), bool) for b in network.biases]
    shown = _shown(network, inputs[1:], selected, quiet)
    sources = [np.arange(len(x[0])), *shown[:-1]]
    flows = [
        _flow(a, W, targets) for a, W, targets in zip(inputs, network.weights, shown, strict=True)
    ]
    output = layers[-1].a[0]
    return {
        "image": _base64(np.rint(255 * np.clip(np.nan_to_num(x[0]), 0, 1)).astype(np.uint8)),
        "layers": [
            {
                "size": len(layer.a[0]),
                "shown": shown[k].tolist(),
                "z": _numbers(layer.z[0, shown[k]]),
                "a": _numbers(np.where(quiet[k], 0, layer.a[0])[shown[k]]),
                "b": _numbers(network.biases[k][shown[k]]),
                "shade": _shades(np.where(quiet[k], 0, layer.a[0]))[shown[k]].round(3).tolist(),
                "silenced": quiet[k][shown[k]].tolist(),
                "into": [_strongest(flow, sources[k]) for flow in flows[k].T],
                **_weights(network.weights[k][:, shown[k]], is_first=k == 0),
            }
            for k, layer in enumerate(layers)
        ],
        "edges": [
            _strongest_edges(flow, *ends) for flow, *ends in zip(flows, sources, shown, strict=True)
        ],
        "answer": int(np.argmax(output)) if np.isfinite(output).all() else None,
        "selected": [selected.layer, selected.index] if selected else None,
    }


def has(network: Network, neuron: Neuron) -> bool:
    """Whether the network of this payload has the neuron that the browser names."""
    if not 0 <= neuron.layer < len(network.biases):
        return False
    return 0 <= neuron.index < len(network.biases[neuron.layer])


def _flow(a: Array, W: Array, targets: Array) -> Array:
    """What travels along each edge into `targets`: weight times activation, (n_in, n_targets)."""
    with np.errstate(all="ignore"):
        return np.nan_to_num(a[:, None] * W[:, targets], posinf=0.0, neginf=0.0)


def _shown(
    network: Network, hidden: list[Array], selected: Neuron | None, quiet: list[Array]
) -> list[Array]:
    """The neurons drawn of each layer, in order: all, or those that send most onward.

    Some of the silenced ones are among them, or nobody could see that they are.
    """
    shown: list[Array] = []
    for k, a in enumerate(hidden):
        if len(a) <= MOST_SHOWN:
            shown.append(np.arange(len(a)))
            continue
        wanted = list[int]()
        if selected and selected.layer == k:
            wanted.append(selected.index)
        wanted += [int(i) for i in np.flatnonzero(quiet[k])[:_KEPT_SILENCED] if i not in wanted]
        W_next = network.weights[k + 1]
        if selected and selected.layer == k + 1:
            into = np.abs(_flow(a, W_next, np.array([selected.index]))[:, 0])
            top = np.argsort(-into, kind="stable")[:_KEPT_SOURCES]
            wanted += [int(i) for i in top if i not in wanted]
        onward = np.abs(a) * np.abs(W_next).sum(axis=1)
        order = [int(i) for i in np.argsort(-np.nan_to_num(onward), kind="stable")[:MOST_SHOWN]]
        wanted += [i for i in order if i not in wanted]
        shown.append(np.sort(np.array(wanted[:MOST_SHOWN])))
    return [*shown, np.arange(len(network.biases[-1]))]


def _strongest(flow: Array, sources: Array) -> list[list[float]]:
    """[source, share of the strongest] of one neuron's strongest inputs among `sources`."""
    sizes = np.abs(flow[sources])
    top = np.argsort(-sizes, kind="stable")[:STRONGEST_INPUTS]
    largest = float(sizes.max(initial=0))
    if largest == 0:
        return []
    return [
        [int(sources[i]), round(float(flow[sources[i]]) / largest, 3)]
        for i in top
        if sizes[i] > 0.01 * largest
    ]


def _strongest_edges(flow: Array, sources: Array, targets: Array) -> list[list[float]]:
    """[source, target, share of the strongest] of the strongest edges between two layers."""
    part = flow[sources]  # (n_sources, n_targets)
    sizes = np.abs(part).ravel()
    count = min(STRONGEST_EDGES, sizes.size)
    top = np.argpartition(-sizes, count - 1)[:count]
    largest = float(sizes.max(initial=0))
    if largest == 0:
        return []
    shares = part.ravel() / largest
    return [
        [
            int(sources[i // len(targets)]),
            int(targets[i % len(targets)]),
            round(float(shares[i]), 3),
        ]
        for i in np.sort(top)
        if abs(shares[i]) > 0.01
    ]


def _weights(W: Array, *, is_first: bool) -> dict[str, Any]:
    """The shown neurons' weights: 28x28 pictures of the first layer, bars of the later ones."""
    W = np.nan_to_num(W, posinf=0.0, neginf=0.0)  # (n_in, n_shown)
    largest = np.abs(W).max(axis=0, initial=0)
    if is_first:
        levels = np.rint(127 * W / np.where(largest > 0, largest, 1)).astype(np.int8)
        return {"pictures": _base64(levels.T.copy()), "largest": _numbers(largest)}
    bars = list[list[list[float]]]()
    for w in W.T:
        top = np.sort(np.argsort(-np.abs(w), kind="stable")[:MOST_BARS])
        bars.append([[int(i), float(f"{w[i]:.3g}")] for i in top])
    return {"bars": bars, "largest": _numbers(largest)}


def _shades(a: Array) -> Array:
    """Activations from -1 to 1: as they are, or as shares of the layer's largest above 1."""
    a = np.nan_to_num(a, posinf=0.0, neginf=0.0)
    return a / max(1.0, float(np.abs(a).max(initial=0)))


def _numbers(values: Array) -> list[float | None]:
    """Four digits of each number; None where it is none, which JSON cannot say."""
    return [float(f"{v:.4g}") if math.isfinite(v) else None for v in values.tolist()]


def _base64(values: Array) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
