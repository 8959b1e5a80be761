"""What the form's configuration amounts to: its shape, its images, and what is done to them."""

import numpy as np
import streamlit as st

from dashboard.ink import samples
from dashboard.train import state
from dashboard.ui import digits
from nncore import augmentation, datasets, preprocessing
from nncore.config import TrainingConfig, architecture
from nncore.ink import world
from nncore.ink.forms import FORMS

N_VARIANTS = 8
WRITTEN = (
    *("0 slash", "1 flag", "1 flag and foot", "2 looped", "4 open", "5 floating bar"),
    *("0 dot", "1 long flag", "7 barred", "6 like a b", "8 from its waist", "9 like a g"),
)
"""Forms that are shown of those that may come."""


def show(config: TrainingConfig) -> None:
    """The summary of what is to be trained: the network's shape, and what else there is to know."""
    _shape(config)
    _variants(config)
    _written(config)
    _missing_images(config)


def _shape(config: TrainingConfig) -> None:
    """The network's shape and how many numbers it learns."""
    st.markdown(
        f"**{architecture(config.layer_sizes)}** · {config.n_parameters:,} parameters",
        help="Neurons in each layer, from pixels to digits; weights and biases to learn.",
    )


def _variants(config: TrainingConfig) -> None:
    """One digit as it is, and as training will see it; nothing where nothing is deformed."""
    if config.deform == "none":
        return
    digit = preprocessing.prepare(samples.sample(samples.EXAMPLE)).pixels.reshape(1, -1)
    bounds = augmentation.DEFORMATIONS[config.deform].times(config.deform_strength)
    deformed = augmentation.deform(
        digit.repeat(N_VARIANTS, axis=0),
        bounds,
        rng=np.random.default_rng(config.seed),
        per_map=1,
    )
    st.image(
        digits.png(digits.grid(deformed, columns=N_VARIANTS // 2, size=112)),
        alt=f"The digit {samples.EXAMPLE} in {N_VARIANTS} variants, each deformed in its own way",
        caption=f"One {samples.EXAMPLE}, {N_VARIANTS} times as training will see it.",
        width="stretch",
    )


def _written(config: TrainingConfig) -> None:
    """Some of the digits that come in place of the data set's own; nothing where none do."""
    if not config.world:
        return
    names = [f"{form.digit} {form.name}" for form in FORMS]
    forms = np.array([names.index(name) for name in WRITTEN])
    written = world.draw(world.by_hand(forms, rng=np.random.default_rng(config.seed)))
    st.image(
        digits.png(digits.grid(written, columns=len(WRITTEN) // 2, size=112)),
        alt=f"Digits in forms that people are taught: {', '.join(WRITTEN)}",
        caption=f"Drawn anew in every epoch: {config.world:.0%} of what training will see.",
        width="stretch",
    )


def _missing_images(config: TrainingConfig) -> None:
    """Where MNIST has to be fetched first: how much that is, and what needs no fetching."""
    if config.dataset != "mnist" or datasets.available("mnist"):
        return
    st.caption(
        "MNIST is not on this machine yet: the first run fetches it (11 MB). "
        "Offline, train on the small built-in digits."
    )
    st.button(
        "Use the built-in digits",
        on_click=state.fill,
        args=(config.replace(dataset="digits"),),
    )
