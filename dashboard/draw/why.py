"""Why a model names this digit: what each pixel adds, what it resembles, what would change it."""

from functools import partial

import numpy as np
import streamlit as st

from dashboard.draw import state
from dashboard.draw.subject import Subject
from dashboard.ink.drawing import KEPT_SECONDS
from dashboard.models import predictions
from dashboard.models.load import Model, Trained, network_of
from dashboard.models.predictions import by_rows
from dashboard.runs.errors import StoreError
from dashboard.runs.run import RunStatus
from dashboard.runs.store import run_store
from dashboard.ui import digits
from dashboard.ui.arithmetic import add_up, latex, latex_term
from dashboard.ui.text import a_digit, escape, listed
from nncore import datasets
from nncore.checkpoints import CheckpointError
from nncore.config import ActivationName, DatasetName
from nncore.datasets import DataError, Split
from nncore.explain.explanation import (
    Contributions,
    Neighbours,
    adversarial_example,
    contributions,
    hidden_features,
)
from nncore.network import Network

N_NEIGHBOURS = 10
MOST_NUMBERS = 20_000_000
"""In an index of what a hidden layer says, 40 MB: of a layer of 1,024, that of 19,531 images."""
NOTHING = 0.005
"""Of the drawing's own length: a change that reads as 0 % is no change to look at."""
_STRAIGHT: tuple[ActivationName, ...] = ("relu", "leaky-relu", "linear")
_COMPARED_WITH_ZERO = (
    " Its neurons are curved, so each is compared with itself at z = 0; another point to compare "
    "with would divide the same lead differently."
)
HIDDEN, PIXELS = "As the network sees them", "Pixel by pixel"


def show(subject: Subject) -> None:
    """The reasons of one model against one other digit; both are chosen here."""
    model = subject.choose_model("why", "Whose reasons")
    try:
        network = network_of(model)
    except (CheckpointError, StoreError) as error:
        st.warning(escape(str(error)))
        return
    if not predictions.ask(network, subject.pixels).is_number:
        st.caption("This network diverged: its weights are no numbers any more.")
        return
    x = subject.pixels.ravel()
    found = contributions(network, x, _choose_rival(contributions(network, x)))
    _shares(network, subject.pixels, found)
    _change(network, x, found)
    _neighbours(model, network, x)


def _choose_rival(found: Contributions) -> int:
    """Place the choice of the other digit: the runner-up, until another one is picked."""
    name = f"rival-{found.winner}-{found.rival}"
    chosen = state.CONTROLS.value(name)
    st.pills(
        f"Why {found.winner} and not",
        [digit for digit in range(10) if digit != found.winner],
        required=True,
        key=state.CONTROLS.showing(name, found.rival if chosen is None else chosen),
        wrap=True,
    )
    return state.CONTROLS.value(name)


def _shares(network: Network, pixels: np.ndarray, found: Contributions) -> None:
    winner, rival = found.winner, found.rival
    curved = network.config.activation not in _STRAIGHT and len(network.weights) > 1
    st.subheader("What the ink adds")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.image(
            digits.png(digits.signed_over(pixels, found.pixels, 448)),
            alt=f"The drawing: what speaks for {winner} in green, for {rival} in magenta",
            width=224,
        )
        with st.container(width=460):
            st.markdown(
                f"**Green ink** speaks for {winner}, **magenta ink** for {rival}, against it. "
                "Nothing is estimated here: in these networks the shares of all pixels, and what "
                f"the biases add, sum to the lead of {winner} exactly."
                + (_COMPARED_WITH_ZERO if curved else "")
            )
            st.latex(written_lead(found))


def written_lead(found: Contributions) -> str:
    """The lead that is explained, as a sum of green ink, magenta ink and biases."""
    green = float(found.pixels.clip(min=0).sum())
    magenta = float(found.pixels.clip(max=0).sum())
    shown = add_up([green, magenta, found.biases], found.lead, digits=4)
    sums = ""
    for name, term in zip(("green", "magenta", "biases"), shown.terms, strict=True):
        sign, number = latex_term(term).split(" ", 1)
        sums += rf" {sign if sums else ''} \underset{{\text{{{name}}}}}{{{number}}}"
    return (
        rf"\begin{{aligned}} z_{{{found.winner}}} - z_{{{found.rival}}} &= {sums} \\ "
        rf"&= {latex(shown.total, bare=True)} \end{{aligned}}"
    )


def _change(network: Network, x: np.ndarray, found: Contributions) -> None:
    winner, rival = found.winner, found.rival
    example = adversarial_example(network, x, rival)
    st.subheader(f"What would turn it into {a_digit(rival)}")
    if not example.is_reached:
        st.markdown(f"No small change was found after which it says {rival}.")
        return
    share = example.distance / float(np.linalg.norm(x))
    if share < NOTHING:
        st.markdown(
            f"Nothing to speak of: the network is **undecided between {winner} and {rival}**, and "
            f"a change too small to see makes it say {rival}."
        )
        return
    st.markdown(
        f"A change of length **{example.distance:.2f}**, {share:.0%} of the drawing's own: on the "
        f"right, the network says {rival}. If you still see {a_digit(winner)}, you have met what "
        "is called an adversarial example."
    )
    pictures = {
        "The drawing": digits.enlarged(x, 448),
        "Ink added in green, taken in magenta": digits.signed(example.image - x, 448),
        f"Read as {a_digit(rival)}": digits.enlarged(example.image, 448),
    }
    with st.container(width=560), st.grid(len(pictures), min_column_width=100):
        for caption, picture in pictures.items():
            st.image(digits.png(picture), caption=caption, alt=caption)


def _neighbours(model: Model, network: Network, x: np.ndarray) -> None:
    st.subheader("What it resembles")
    try:
        way = _choose_way(model) if len(network.weights) > 1 else PIXELS
        dataset, n, note = _examples_of(network)
        with st.spinner("Looking through the training images…", show_time=False):
            near = _pixel_index(dataset) if way == PIXELS else _index(model, network, dataset, n)
        examples, n_searched = _examples(dataset), min(n, len(near))
        note += _searched(n, n_searched) + _beside_them(model)
    except (DataError, StoreError) as error:
        st.warning(escape(str(error)))
        return
    seen = x[None] if way == PIXELS else hidden_features(network, x[None])
    rows, distances = near.nearest(seen[0], N_NEIGHBOURS, n_searched)
    labels = examples.labels[rows]
    st.markdown(f"{_count(labels)} {note}")
    with st.grid(len(rows), min_column_width=72):
        for row, label, distance in zip(rows, labels, distances, strict=True):
            st.image(
                digits.digit_png(examples.images[row], 112),
                caption=f"{label}, {distance:.1f} away",
                alt=f"A training image of {a_digit(label)}",
            )


def _choose_way(model: Model) -> str:
    """How nearness is measured; by pixels alone while the network changes every few seconds.

    Raises:
        StoreError: the run store cannot be read.
    """
    run = run_store().get_run(model.run_id) if isinstance(model, Trained) else None
    if run is not None and run.status in (RunStatus.QUEUED, RunStatus.RUNNING):
        st.caption(
            "While it trains, images are compared pixel by pixel; when it has finished, also as "
            "the network sees them."
        )
        return PIXELS
    chosen = state.CONTROLS.value("near")
    st.segmented_control(
        "How nearness is measured",
        [HIDDEN, PIXELS],
        required=True,
        key=state.CONTROLS.showing("near", chosen or HIDDEN),
        help="The distance between what the last hidden layer says of two images, "
        "or between their 784 pixels.",
        label_visibility="collapsed",
    )
    return state.CONTROLS.value("near")


def _count(labels: np.ndarray) -> str:
    """`Of the 10 nearest training images, 9 show a 7 and 1 shows a 9.`"""
    found, counts = np.unique(labels, return_counts=True)
    if len(found) == 1:
        return f"The {len(labels)} nearest training images **all show {a_digit(found[0])}**."
    parts = listed(
        f"{counts[i]} {'shows' if counts[i] == 1 else 'show'} {a_digit(found[i])}"
        for i in np.argsort(-counts, kind="stable")
    )
    return f"Of the {len(labels)} nearest training images, **{parts}**."


def _examples_of(network: Network) -> tuple[DatasetName, int, str]:
    """Whose first so many training images to search: what the network learned from, or what there
    is instead; and a sentence about it.

    Raises:
        DataError: the files are damaged.
    """
    config = network.config
    if datasets.available(config.dataset):
        n_learned = datasets.training_examples(config)
        return config.dataset, n_learned, f"It learned from {n_learned:,}."
    n_others = len(_examples("digits"))
    return (
        "digits",
        n_others,
        "MNIST, from which it learned, is not on this server: these are of the "
        f"{n_others:,} small digits that come with the app.",
    )


def _searched(n: int, n_searched: int) -> str:
    return f" The first {n_searched:,} of them are searched." if n_searched < n else ""


def _beside_them(model: Model) -> str:
    """What else it learned from: a sentence about the class's handwriting, or nothing.

    Raises:
        StoreError: the run store cannot be read.
    """
    found = run_store().handwriting.learned(model.run_id) if isinstance(model, Trained) else None
    if found is None:
        return ""
    if found.n_digits == 1:
        return " It also learned from 1 kept digit, which is not searched."
    return f" It also learned from {found.n_digits:,} kept digits, which are not searched."


@st.cache_resource(max_entries=2, ttl=KEPT_SECONDS, show_spinner=False)
def _examples(dataset: DatasetName) -> Split:
    """All training images; a network has learned from the first of them."""
    return datasets.load(dataset, validation_split=0, dtype="float16", download=False).train


@st.cache_resource(max_entries=2, ttl=KEPT_SECONDS, show_spinner=False)
def _pixel_index(dataset: DatasetName) -> Neighbours:
    return Neighbours(_examples(dataset).images)


@st.cache_resource(max_entries=2, ttl=KEPT_SECONDS, show_spinner=False)
def _index(model: Model, _network: Network, dataset: DatasetName, n: int) -> Neighbours:
    """The first training images as a model sees them, ready to be searched by everybody.

    A wide layer's are fewer than n: see `MOST_NUMBERS`.
    """
    del model  # part of the cache's key only
    n = min(n, MOST_NUMBERS // _network.layer_sizes[-2])
    return Neighbours(by_rows(partial(hidden_features, _network), _examples(dataset).images[:n]))
