"""How well networks read this workspace's handwriting, and the words and files about it."""

import csv
import io
import zipfile
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from dashboard.models import cards
from dashboard.models.load import Model, Shipped, network_of
from dashboard.models.predictions import digits_named
from dashboard.runs.handwriting import Handwriting
from dashboard.runs.run import Run
from dashboard.runs.store import run_store
from nncore import datasets
from nncore.config import TrainingConfig


@dataclass(frozen=True, slots=True)
class Score:
    """How many of so many handwritten digits a network named right."""

    n_right: int
    n: int

    def __str__(self) -> str:
        return f"{self.n_right:,} of {self.n:,}"

    @property
    def share(self) -> float | None:
        """0 to 1; None where there was no digit."""
        return self.n_right / self.n if self.n else None


def score(right: np.ndarray, among: np.ndarray) -> Score:
    """How many of the digits `among` (n,) are named right; `right` (n,) is `named_right`'s."""
    return Score(int(right[among].sum()), int(among.sum()))


def named_right(model: Model, digits: Handwriting) -> np.ndarray:
    """Which digits of our handwriting a model names right: (n,) of bool.

    Raises:
        CheckpointError: its file or checkpoint is gone or damaged.
        StoreError: the run store cannot be read.
    """
    return _named_right(model, digits.version, digits)


@st.cache_data(max_entries=200, show_spinner=False)
def _named_right(model: Model, version: str, _digits: Handwriting) -> np.ndarray:
    del version  # it stands for the digits in the cache's key
    named = digits_named(network_of(model), datasets.as_unit(_digits.images))
    return named == _digits.labels


def learned(model: Model, digits: Handwriting) -> np.ndarray:
    """Which digits a model was trained on: (n,) of bool.

    Raises:
        StoreError: the run store cannot be read.
    """
    if isinstance(model, Shipped):
        return np.zeros(len(digits), dtype=bool)
    return _learned(model.run_id, digits.version, digits)


@st.cache_data(max_entries=200, show_spinner=False)
def _learned(run_id: str, version: str, _digits: Handwriting) -> np.ndarray:
    del version
    return run_store().handwriting.was_learned(run_id, _digits.images)


@st.cache_data(max_entries=200, show_spinner=False)
def test_accuracy(model: Model) -> float | None:
    """A model's accuracy on test images, to set beside that on our handwriting; None if unknown.

    Raises:
        StoreError: the run store cannot be read.
    """
    if isinstance(model, Shipped):
        known = cards.card(model.name)
        return known.test_accuracy if known else None
    of_engine = {
        record.epoch: record.test_accuracy
        for record in run_store().epochs(model.run_id)
        if record.engine == model.engine
    }
    return of_engine.get(model.epoch - 1)


# Words ------------------------------------------------------------------------------------------
def learned_from(run: Run) -> str | None:
    """The handwriting that a run learns from beside its dataset, in a sentence; else None."""
    found = run_store().handwriting.learned(run.id)
    if found is None:
        return None
    times = _times(datasets.repeats(datasets.training_examples(run.config), found.n_digits))
    digits = (
        "1 handwritten digit" if found.n_digits == 1 else f"{found.n_digits:,} handwritten digits"
    )
    each = "shown" if found.n_digits == 1 else "each shown"
    held = f"; {found.n_held_back:,} more were held back for the test" if found.n_held_back else ""
    verb = "learned" if run.status.is_over else "learns"
    return f"It also {verb} from {digits} kept on Draw, {each} {times} an epoch{held}."


def what_training_means(digits: Handwriting, config: TrainingConfig) -> str:
    """What our handwriting means for a training: how it enters, and how it is judged."""
    n_train, n_held = datasets.training_examples(config), int(digits.held_back.sum())
    n = len(digits) - n_held
    if not n:
        return "What is kept is held back for the test so far: keep some more to learn from."
    times = datasets.repeats(n_train, n)
    share = n * times / (n_train + n * times)
    if times == 1:
        shown = f"Each of the {n:,} is shown once an epoch, beside {n_train:,} images: {share:.1%}"
    else:
        few, each = ("One drawing", "it") if n == 1 else ("A few drawings", f"each of the {n:,}")
        shown = (
            f"{few} among {n_train:,} images would teach nothing, so {each} is shown {times} "
            f"times an epoch: {share:.1%}"
        )
    held = f"{n_held:,} of {len(digits):,} now" if n_held else "none yet, so keep some more"
    return (
        f"{shown} of what the network sees. About every fifth is held back for the test ({held}): "
        "digits that a network has learned from are no fair test of it."
    )


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"


# Files ------------------------------------------------------------------------------------------
def export(digits: Handwriting) -> bytes:
    """Our handwriting as a .zip: a PNG a digit in folders by label, and labels.csv.

    The pictures are 28x28, bright ink on black, as MNIST's are; `python -m nncore predict` reads
    the unpacked folders.
    """
    file, table = io.BytesIO(), io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["file", "label", "kept_at"])
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(len(digits)):
            label, name = digits.labels[number], digits.ids[number]
            path = f"{label}/{name}.png"
            picture = io.BytesIO()
            Image.fromarray(digits.images[number].reshape(28, 28)).save(picture, format="PNG")
            archive.writestr(path, picture.getvalue())
            when = digits.kept_at[number].isoformat(timespec="seconds")
            rows.writerow([path, label, when])
        archive.writestr("labels.csv", table.getvalue())
    return file.getvalue()
