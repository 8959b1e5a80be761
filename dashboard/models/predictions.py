"""What the models make of an image: the shipped ones, and every network that was trained here.

Any checkpoint is run by the NumPy engine, whichever engine trained it: the server needs no torch.
Models are read once and kept; a new checkpoint of a run is a new model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.runs.database import StoreError
from dashboard.runs.run import Run, RunStatus
from dashboard.runs.store import run_store
from dashboard.ui import digits, palette
from dashboard.ui import probabilities as ui_probabilities
from dashboard.ui.text import certainty, escape, plain
from nncore import checkpoints
from nncore.checkpoints import SHIPPED, CheckpointError, ShippedName, from_bytes, load
from nncore.config import DatasetName, EngineName
from nncore.judge import cards
from nncore.judge.cards import Card
from nncore.judge.doubt import calibrated
from nncore.lab.result_files import ResultFileError
from nncore.network import Network

MAX_RUNS = 100
"""Runs that are offered: the newest."""
MAX_MODELS = 20
"""Models that are asked at once for the table, the newest; twice as many stay in memory."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A model that comes with the app."""

    name: ShippedName

    @property
    def key(self) -> str:
        """What its elements are called: `shipped` is the one that answers on Home."""
        return "shipped" if self.name == checkpoints.default_shipped() else self.name

    @property
    def title(self) -> str:
        """Its name for a heading."""
        return self.name.capitalize()

    @property
    def markdown(self) -> str:
        """Its name in its colour."""
        return f":violet[{self.title}]"

    @property
    def color(self) -> str:
        """The colour of its bars."""
        return palette.SHIPPED


@dataclass(frozen=True, slots=True)
class Trained:
    """The latest checkpoint of one engine of a run."""

    run_id: str
    run_name: str
    engine: EngineName
    epoch: int
    batch: int
    dataset: DatasetName = "mnist"
    of_epochs: int | None = None
    """How many its run is to train, while it has not: its two engines may stand apart then."""

    @property
    def key(self) -> str:
        """What its elements are called."""
        return self.engine

    @property
    def place(self) -> str:
        """`After 2 of 30 epochs`, and so many mini-batches of the next; empty when finished."""
        if self.of_epochs is None:
            return ""
        batches = f" and {self.batch:,} mini-batches" if self.batch else ""
        return f"After {self.epoch:,} of {self.of_epochs:,} epochs{batches}"

    @property
    def title(self) -> str:
        """Its name for a heading."""
        return palette.ENGINE_NAMES[self.engine]

    @property
    def markdown(self) -> str:
        """Its name in its colour."""
        return palette.ENGINE_MARKDOWN[self.engine]

    @property
    def color(self) -> str:
        """The colour of its bars."""
        return palette.ENGINE_COLORS[self.engine]


Model = Shipped | Trained


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
def shipped_network(name: ShippedName = "classroom") -> Network:
    """A model that comes with the app.

    Raises:
        CheckpointError: the file is missing or damaged.
    """
    return load(SHIPPED[name]).network()


@st.cache_resource(show_spinner=False)
def card(name: ShippedName) -> Card | None:
    """The card of a shipped model; None where there is none that can be read."""
    try:
        return cards.read(SHIPPED[name])
    except ResultFileError:
        return None


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
    found = list[Trained]()
    for run in run_store().list_runs(workspace)[:MAX_RUNS]:
        found += latest_models(run)
    return found


def latest_models(run: Run) -> list[Trained]:
    """The latest model of each engine of a run that has trained at all.

    Raises:
        StoreError: the run store cannot be read.
    """
    latest: dict[EngineName, tuple[int, int]] = {}
    for info in run_store().checkpoints(run.id):
        place = (info.epoch, info.batch)
        if place > (0, 0):  # not the untrained weights
            latest[info.engine] = max(place, latest.get(info.engine, place))
    of_epochs = None if run.status is RunStatus.FINISHED else run.config.epochs
    return [
        Trained(run.id, plain(run.name), engine, *latest[engine], run.config.dataset, of_epochs)
        for engine in run.config.engines
        if engine in latest
    ]


def network_of(model: Model) -> Network:
    """A shipped or a trained model, read the first time.

    Raises:
        CheckpointError: its file or checkpoint is gone or damaged.
        StoreError: the run store cannot be read.
    """
    return shipped_network(model.name) if isinstance(model, Shipped) else trained_network(model)


def answer_of(model: Model, pixels: np.ndarray) -> Answer:
    """What it says of one 28x28 image; a shipped model's confidence at its card's temperature.

    Raises:
        CheckpointError: its file or checkpoint is gone or damaged.
        StoreError: the run store cannot be read.
    """
    answer = ask(network_of(model), pixels)
    known = card(model.name) if isinstance(model, Shipped) else None
    if known is None or known.temperature == 1:
        return answer
    return Answer(calibrated(answer.probabilities, known.temperature))


def digits_named(model: Model, X: np.ndarray) -> list[int | None]:
    """The digit it names in each image (n, 784); None where its weights are no numbers.

    Raises:
        CheckpointError: its file or checkpoint is gone or damaged.
        StoreError: the run store cannot be read.
    """
    with np.errstate(all="ignore"):
        probabilities = network_of(model).predict_proba(X)
    return [int(row.argmax()) if np.isfinite(row).all() else None for row in probabilities]


def answers(models: Sequence[Model], pixels: np.ndarray) -> list[tuple[Model, Answer]]:
    """What each model says; a trained one that is gone or damaged is left out."""
    said: list[tuple[Model, Answer]] = []
    for model in models:
        try:
            said.append((model, answer_of(model, pixels)))
        except (CheckpointError, StoreError):
            continue
    return said


def shipped_models() -> list[Shipped]:
    """The models that come with the app and are there, the best first."""
    return [Shipped(name) for name in checkpoints.shipped_names()]


def sureness(confidence: float) -> str:
    """`97.1% sure`: see `certainty`."""
    return f"{certainty(confidence)} sure"


_TRAINED_HERE = (
    "As the network itself says it. One that has just been trained is often surer than it should "
    "be; Results shows by how much."
)


def _how_sure(model: Model) -> str:
    """What to make of a model's percentages: measured where its card says so."""
    if isinstance(model, Trained):
        return _TRAINED_HERE
    known = card(model.name)
    if known is None or known.confidence_error is None:
        return "As the network itself says it; nobody has measured how often it is right then."
    return (
        "How sure a network is, is worth knowing only if it is right as often as it says. On "
        "MNIST's test images, which it never learned from, the two are "
        f"{100 * known.confidence_error:.2f} percentage points apart on average. On drawings it "
        "was not measured."
    )


def show_answer(
    answer: Answer, model: Model, *, seen: np.ndarray | None = None, bars: int = 200
) -> None:
    """One model's answer: the digit in large, how sure it is, and the ten bars.

    `seen` puts the image that the model looked at beside its answer.
    """
    with st.container(key=f"prediction-{model.key}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            if seen is not None:
                digits.show_digit(seen)
            st.metric(
                model.markdown,
                str(answer.digit) if answer.is_number else "–",
                sureness(answer.confidence) if answer.is_number else "no answer",
                delta_color="off",
                delta_arrow="off",
                help=_how_sure(model),
                width="content",
            )
        if not answer.is_number:
            st.caption("This network diverged: its weights are no numbers any more.")
            return
        is_shipped = isinstance(model, Shipped)
        who = f"The shipped model {model.name}" if is_shipped else model.title
        ui_probabilities.show_probabilities(
            answer.probabilities, model.color, f"bars-{model.key}", height=bars, who=who
        )


def show_shipped(
    model: Shipped, pixels: np.ndarray, *, with_image: bool = False, bars: int = 200
) -> None:
    """A shipped model's answer, or one sentence where its file cannot be used."""
    try:
        answer = answer_of(model, pixels)
    except CheckpointError as error:
        st.warning(f"The model that comes with the app cannot be used. {escape(str(error))}")
        return
    show_answer(answer, model, seen=pixels if with_image else None, bars=bars)


def default_model() -> Shipped:
    """The shipped model that answers where nobody chose one."""
    return Shipped(checkpoints.default_shipped())


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
