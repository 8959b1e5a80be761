"""What the models make of an image: the shipped one, and every network that this workspace trained.

Any checkpoint is run by the NumPy engine, whichever engine trained it: the server needs no torch.
Models are read once and kept; a new checkpoint of a run is a new model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import charts, digits, palette
from dashboard.store import StoreError, run_store
from dashboard.text import plain
from nncore.checkpoints import SHIPPED, CheckpointError, from_bytes, load
from nncore.config import DatasetName, EngineName
from nncore.network import Network

MAX_RUNS = 100
"""Runs that are offered: the newest."""
MAX_MODELS = 20
"""Models that are asked at once for the table, the newest; so many stay in memory."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The latest checkpoint of one engine of a run."""

    run_id: str
    run_name: str
    engine: EngineName
    epoch: int
    batch: int
    dataset: DatasetName = "mnist"


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What one model says: ten probabilities, or none where its weights are no numbers."""

    probabilities: np.ndarray  # (10,)

    @property
    def is_number(self) -> bool:
        """False for a network that diverged: its weights are infinite or undefined."""
        return bool(np.isfinite(self.probabilities).all())

    @property
    def digit(self) -> int:
        """The most probable digit."""
        return int(np.argmax(self.probabilities))

    @property
    def confidence(self) -> float:
        """Its probability."""
        return float(self.probabilities[self.digit])


def ask(network: Network, pixels: np.ndarray) -> Answer:
    """The network's answer to one 28x28 image."""
    with np.errstate(all="ignore"):
        return Answer(network.predict_proba(pixels.reshape(1, -1))[0].astype(np.float64))


@st.cache_resource(show_spinner=False)
def shipped_network() -> Network:
    """The model that comes with the app.

    Raises:
        CheckpointError: the file is missing or damaged.
    """
    return load(SHIPPED).network()


@st.cache_resource(max_entries=2 * MAX_MODELS, show_spinner=False)
def trained_network(model: Trained) -> Network:
    """A trained model, read from the run store the first time.

    Raises:
        CheckpointError: the checkpoint is gone or damaged.
        StoreError: the run store cannot be read.
    """
    blob = run_store().checkpoint_blob(model.run_id, model.engine)
    if blob is None:
        raise CheckpointError("This model was deleted a moment ago; choose another.")
    return from_bytes(blob).network()


@st.cache_data(ttl=3, max_entries=100, show_spinner=False)
def trained_models(workspace: str) -> list[Trained]:
    """The latest model of each engine of the newest runs, newest run first.

    Raises:
        StoreError: the run store cannot be read.
    """
    store, found = run_store(), list[Trained]()
    for run in store.list_runs(workspace)[:MAX_RUNS]:
        latest: dict[EngineName, tuple[int, int]] = {}
        for info in store.checkpoints(run.id):
            place = (info.epoch, info.batch)
            if place > (0, 0):  # not the untrained weights
                latest[info.engine] = max(place, latest.get(info.engine, place))
        found += [
            Trained(run.id, plain(run.name), engine, *latest[engine], run.config.dataset)
            for engine in palette.ENGINE_NAMES
            if engine in latest
        ]
    return found


def answers(models: Sequence[Trained], pixels: np.ndarray) -> list[tuple[Trained, Answer]]:
    """What each trained model says; one that is gone or damaged is left out."""
    said: list[tuple[Trained, Answer]] = []
    for model in models:
        try:
            said.append((model, ask(trained_network(model), pixels)))
        except (CheckpointError, StoreError):
            continue
    return said


def sureness(confidence: float) -> str:
    """`97.1% sure`; never `100.0%`, which no network is."""
    return "over 99.9% sure" if confidence > 0.999 else f"{confidence:.1%} sure"


def show_answer(
    answer: Answer,
    name: str,
    color: str,
    key: str,
    *,
    seen: np.ndarray | None = None,
    bars: int = 200,
) -> None:
    """One model's answer: the digit in large, how sure it is, and the ten bars.

    `name` is markdown of ours; `key` is `numpy`, `torch` or `shipped`; `seen` puts the image that
    the model looked at beside its answer.
    """
    with st.container(key=f"prediction-{key}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            if seen is not None:
                digits.show_digit(seen)
            st.metric(
                name,
                str(answer.digit) if answer.is_number else "–",
                sureness(answer.confidence) if answer.is_number else "no answer",
                delta_color="off",
                delta_arrow="off",
                width="content",
            )
        if not answer.is_number:
            st.caption("This network diverged: its weights are no numbers any more.")
            return
        who = {**palette.ENGINE_NAMES, "shipped": "The shipped model"}[key]
        charts.show_probabilities(answer.probabilities, color, f"bars-{key}", height=bars, who=who)


def show_shipped(pixels: np.ndarray, *, with_image: bool = False, bars: int = 200) -> None:
    """The shipped model's answer, or one sentence where its file cannot be used."""
    try:
        answer = ask(shipped_network(), pixels)
    except CheckpointError as error:
        st.warning(f"The model that comes with the app cannot be used. {error}")
        return
    seen = pixels if with_image else None
    show_answer(answer, "Shipped model", palette.SHIPPED, "shipped", seen=seen, bars=bars)


def choose_run(models: Sequence[Trained], key: str = "draw-run") -> list[Trained]:
    """The models of one run: of the newest, or of the one picked where there are several."""
    names = {model.run_id: model.run_name for model in models}
    if len(names) > 1:
        run_id = st.selectbox(
            "Networks of the run", list(names), format_func=names.__getitem__, key=key
        )
    else:
        run_id = next(iter(names), None)
    return [model for model in models if model.run_id == run_id]


def show_answers(models: Sequence[Trained], pixels: np.ndarray) -> None:
    """Side by side: the engines of one run, and the shipped model."""
    said = answers(models, pixels)
    places = st.columns(max(2, len(said) + 1), gap="medium")
    for place, (model, answer) in zip(places, said, strict=False):
        with place:
            name, color = palette.ENGINE_MARKDOWN[model.engine], palette.ENGINE_COLORS[model.engine]
            show_answer(answer, name, color, model.engine)
            if model.dataset == "digits":
                st.caption(_SMALL)
    with places[len(said)]:
        show_shipped(pixels)
    if not models:
        with places[1], st.container(border=True):
            st.markdown("**Your own networks answer here**")
            st.markdown("Train one, and NumPy and PyTorch stand beside the shipped model.")
            st.page_link(
                "pages/train.py", label="Train a network", icon=":material/model_training:"
            )


_SMALL = "It learned from small digits, 8x8 pixels enlarged to 28x28: finer ink is new to it."


def show_all(models: Sequence[Trained], pixels: np.ndarray, key: str = "all-models") -> None:
    """A table of what every trained model says, the newest `MAX_MODELS` of them."""
    rows = answers(models[:MAX_MODELS], pixels)
    frame = pd.DataFrame(
        {
            "Run": [model.run_name for model, _ in rows],
            "Engine": [palette.ENGINE_NAMES[model.engine] for model, _ in rows],
            "Epochs": [model.epoch for model, _ in rows],
            "Digit": [str(answer.digit) if answer.is_number else "–" for _, answer in rows],
            "Sure": [answer.confidence if answer.is_number else None for _, answer in rows],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        key=key,
        alt="What every trained model of this workspace says about the image",
        column_config={
            "Sure": st.column_config.ProgressColumn(
                "Sure", format="percent", min_value=0.0, max_value=1.0
            )
        },
    )
