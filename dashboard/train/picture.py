"""The network of a run while it learns: its newest checkpoint at work on one and the same digit."""

from functools import partial

import numpy as np
import streamlit as st

from dashboard import navigation, session
from dashboard.ink import samples
from dashboard.models import evaluation, load, predictions
from dashboard.models.predictions import Answer
from dashboard.runs.run import CheckpointInfo, Run
from dashboard.runs.store import run_store
from dashboard.ui import palette
from dashboard.ui.components.network_view import network_view
from dashboard.ui.text import a_digit, sureness
from nncore.checkpoints import CheckpointError
from nncore.config import DatasetName, EngineName
from nncore.explain.neuron import Neuron
from nncore.lessons.images import few_digits
from nncore.network import Network

MAX_BYTES = 24_000_000
"""Of a checkpoint that is read while a run goes on, some 50 ms: 784-1024-1024-10 with Adam fits."""

_EXAMPLE: dict[DatasetName, int] = {"mnist": samples.FIRST_EXAMPLE, "digits": 11}
"""The test image that is shown of each data set: a 4 both times, MNIST's a hard one."""
_AMONG_THE_FEW = 96
"""MNIST's example among the digits that come with the app: it needs no download here."""


def show(run: Run) -> bool:
    """Draw the network of the run's newest checkpoint; False, and nothing drawn, without one.

    Only a checkpoint that was not read before costs more than a query for its place.
    """
    newest = _newest(run)
    if newest is None:
        return False
    if newest.n_bytes > MAX_BYTES:
        words = f"Too large to be drawn while it trains: {newest.n_bytes / 1e6:,.0f} MB an epoch"
        _heading(run, newest.engine, words)
        return False
    try:
        network = load.newest_network(run.id, newest.engine, newest.epoch, newest.batch)
    except CheckpointError:  # deleted a moment ago
        return False
    pixels, label = _example(run.config.dataset)
    answer = predictions.ask(network, pixels)
    _heading(run, newest.engine, _in_words(network, newest.engine, answer, label))
    network_view(
        network,
        pixels,
        key="network",
        selected=session.picture_neuron("train") or Neuron(len(network.biases) - 1, answer.digit),
        on_select=partial(session.set_picture_neuron, "train"),
        height=340,
        label="The network of this run with a test image in it",
    )
    return True


def _newest(run: Run) -> CheckpointInfo | None:
    """The latest place of the run's first engine; the twin's network is the same to the eye."""
    kept = run_store().checkpoints(run.id)
    for engine in run.config.engines:
        of_engine = [info for info in kept if info.engine == engine]
        if of_engine:
            return max(of_engine, key=lambda info: (info.epoch, info.batch))
    return None


def _example(dataset: DatasetName) -> tuple[np.ndarray, int]:
    """The image (784,) and its digit; MNIST's comes with the app, wherever the run trains."""
    if dataset == "mnist":
        images, labels = few_digits()
        number = _AMONG_THE_FEW
    else:
        images, labels = evaluation.test_images(dataset)
        number = _EXAMPLE[dataset]
    return images[number], int(labels[number])


def _in_words(network: Network, engine: EngineName, answer: Answer, label: int) -> str:
    epochs = f"{network.epoch} epoch{'' if network.epoch == 1 else 's'}"
    when = f"after {epochs}" if network.epoch or network.batch else "before its first mini-batch"
    if not answer.is_number:
        return f"{palette.ENGINE_NAMES[engine]} {when}: it diverged and says nothing any more"
    said = f"says {answer.digit}, {sureness(answer.confidence)}"
    verdict = "right" if answer.digit == label else f"it is {a_digit(label)}"
    return f"{palette.ENGINE_NAMES[engine]} {when} {said}: {verdict}"


def _heading(run: Run, engine: EngineName, words: str) -> None:
    st.markdown("**Its network, reading one and the same test image**")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(words, width="content")
        example = str(_EXAMPLE[run.config.dataset])
        navigation.link(
            "inside", "Look inside", {"run": run.id, "engine": engine, "example": example}
        )
