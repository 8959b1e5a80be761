"""Which trained networks there are, and the one place that reads a checkpoint into a network.

Any checkpoint is run by the NumPy engine, whichever engine trained it: the server needs no torch.
Networks are read once and kept for everybody; a newer checkpoint of a run is another network.
"""

from dataclasses import dataclass

import streamlit as st

from dashboard.runs.run import Run, RunStatus
from dashboard.runs.store import run_store
from dashboard.ui import palette, runs
from dashboard.ui.text import plain
from nncore import checkpoints
from nncore.checkpoints import SHIPPED, CheckpointError, ShippedName, from_bytes
from nncore.config import DatasetName, EngineName
from nncore.lessons.images import LESSON_MODEL
from nncore.network import Network

MAX_RUNS = 100
"""Runs that are offered: the newest."""
MAX_MODELS = 20
"""Models that are asked at once for the table, the newest."""
MAX_NETWORKS = 64
"""Networks of runs that stay in memory, of all visitors and pages together."""


class ModelDeletedError(CheckpointError):
    """The checkpoint to load is not kept, or not any more."""

    def __init__(self) -> None:
        super().__init__("This network was deleted a moment ago; choose another.")


# Which there are --------------------------------------------------------------------------------
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
    run_label: str = ""
    """Its run in a list of runs, where two may have one name."""

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


def shipped_models() -> list[Shipped]:
    """The models that come with the app and are there, the best first."""
    return [Shipped(name) for name in checkpoints.shipped_names()]


def default_model() -> Shipped:
    """The shipped model that answers where nobody chose one."""
    return Shipped(checkpoints.default_shipped())


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
        Trained(
            run.id,
            plain(run.name),
            engine,
            *latest[engine],
            run.config.dataset,
            of_epochs,
            runs.label(run),
        )
        for engine in run.config.engines
        if engine in latest
    ]


# Their networks ---------------------------------------------------------------------------------
@st.cache_resource(show_spinner=False)
def shipped_network(name: ShippedName = "classroom") -> Network:
    """A model that comes with the app.

    Raises:
        CheckpointError: the file is missing or damaged.
    """
    return checkpoints.load(SHIPPED[name]).network()


@st.cache_resource(show_spinner=False)
def lesson_network() -> Network:
    """Load the videos' 784-16-16-10 network, trained; it comes with the app.

    Raises:
        CheckpointError: the file is missing or damaged.
    """
    return checkpoints.load(LESSON_MODEL).network()


@st.cache_resource(max_entries=MAX_NETWORKS, show_spinner=False)
def trained_network(run_id: str, engine: EngineName, epoch: int, batch: int) -> Network:
    """The network of a run after so many epochs, and mini-batches of the next.

    Raises:
        ModelDeletedError: there is no such checkpoint, or not any more.
        CheckpointError: it is damaged.
        StoreError: the run store cannot be read.
    """
    # A place inside an epoch is kept only as long as it is the latest.
    network = _read(run_id, engine, None if batch else epoch)
    if (network.epoch, network.batch) != (epoch, batch):
        raise ModelDeletedError
    return network


def newest_network(run_id: str, engine: EngineName, epoch: int, batch: int) -> Network:
    """The network of a run's newest checkpoint, which was seen at this place just now.

    A quick training has newer ones a moment later, and thins the old ones out: then it is the
    newest of all, which is not kept under a place that is not its own.

    Raises:
        ModelDeletedError: the run is gone.
        CheckpointError: the checkpoint is damaged.
        StoreError: the run store cannot be read.
    """
    try:
        return trained_network(run_id, engine, epoch, batch)
    except ModelDeletedError:
        return _read(run_id, engine, None)


def network_of(model: Model) -> Network:
    """The network of a shipped or a trained model.

    Raises:
        CheckpointError: its file or checkpoint is gone or damaged.
        StoreError: the run store cannot be read.
    """
    if isinstance(model, Shipped):
        return shipped_network(model.name)
    return newest_network(model.run_id, model.engine, model.epoch, model.batch)


def _read(run_id: str, engine: EngineName, epoch: int | None) -> Network:
    blob = run_store().checkpoint_blob(run_id, engine, epoch)
    if blob is None:
        raise ModelDeletedError
    return from_bytes(blob).network()
