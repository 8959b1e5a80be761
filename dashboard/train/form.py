"""The controls of a training configuration: one function each, and all of them together.

Each function owns its key, its first value (from the form's configuration in `state`) and one line
of help, and returns a plain value, a number as it is typed. None of them judges a value: `judge`
does, once.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, cast, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.train import state
from dashboard.train.fields import choice, number, watch_numbers
from dashboard.train.judge import FormResult, judge
from dashboard.ui import palette
from dashboard.ui.names import (
    ACTIVATIONS,
    COSTS,
    DATASETS,
    DEFORMATIONS,
    DTYPES,
    FIELDS,
    INITIALIZERS,
    OPTIMIZERS,
    SCHEDULES,
    SPLITS,
)
from dashboard.ui.text import escape
from nncore.config import (
    ActivationName,
    CostName,
    DatasetName,
    DeformName,
    DTypeName,
    EngineName,
    InitializerName,
    OptimizerName,
    ScheduleName,
    TrainingConfig,
)


# One function a control ---------------------------------------------------------------------------
def dataset(now: TrainingConfig) -> DatasetName:
    """A field of the form: which digits to learn."""
    return choice(
        "dataset",
        DATASETS,
        now.dataset,
        "MNIST: 70,000 handwritten digits of 28×28 pixels. The small ones need no download.",
    )


def hidden(now: TrainingConfig) -> str:
    """A field of the form: the hidden layers' sizes as typed, for example `16,16`; empty for
    none.
    """
    return st.text_input(
        FIELDS["hidden"],
        key=state.CONTROLS.starting("hidden", ",".join(str(units) for units in now.hidden)),
        help="Neurons in each hidden layer, from the input's side: 30, or 16,16. Empty: no layer.",
        placeholder="none",
        max_chars=60,
        on_change=state.touch,
    )


def activation(now: TrainingConfig) -> ActivationName:
    """A field of the form: what a hidden neuron makes of its weighted input."""
    return choice(
        "activation",
        ACTIVATIONS,
        now.activation,
        "σ(z): what a hidden neuron makes of its weighted input z = w·x + b.",
    )


def cost(now: TrainingConfig) -> CostName:
    """A field of the form: what training makes small; names the output layer's activation with
    it.
    """
    return choice(
        "cost",
        COSTS,
        now.cost,
        "C: how wrong the outputs are. The first two take sigmoid outputs, log-likelihood softmax.",
    )


def optimizer(now: TrainingConfig) -> OptimizerName:
    """A field of the form: how a gradient becomes a step."""
    return choice(
        "optimizer",
        OPTIMIZERS,
        now.optimizer,
        "How the gradient ∇C becomes a step. The book's: w → w − η ∇C.",
    )


def learning_rate(now: TrainingConfig) -> str | float | None:
    """A field of the form: the book's η."""
    return number(
        "learning_rate",
        now.learning_rate,
        "η: the length of a step down the gradient. It can be changed while the network trains.",
    )


def schedule(now: TrainingConfig) -> ScheduleName:
    """A field of the form: how η changes on the way."""
    return choice(
        "schedule",
        SCHEDULES,
        now.schedule,
        "How η changes on the way. One cycle: up for 30 % of the run, then down as cosine does.",
    )


def schedule_epochs(now: TrainingConfig, schedule: ScheduleName) -> str | float | None:
    """A field of the form: the epochs that two of the schedules count."""
    return number(
        "schedule_epochs",
        now.schedule_epochs,
        "Steps: η falls to a tenth after so many. Halving (the book's): so many without progress.",
        disabled=schedule not in ("step", "halving"),
    )


def momentum(now: TrainingConfig, optimizer: OptimizerName) -> str | float | None:
    """A field of the form: the book's μ; shown always, of use to momentum and Nesterov only."""
    return number(
        "momentum",
        now.momentum,
        "μ: how much of the last step's velocity is kept, for the two momentum optimizers.",
        disabled=optimizer not in ("momentum", "nesterov"),
    )


def batch_size(now: TrainingConfig) -> str | float | None:
    """A field of the form: examples a step, or `full` for the whole training set."""
    full = state.CONTROLS.value("full_batch", now.batch_size == "full")
    typed = number(
        "batch_size",
        32 if now.batch_size == "full" else now.batch_size,
        "m: examples whose gradients are averaged for one step; the book takes 10.",
        disabled=full,
    )
    return "full" if full else typed


def full_batch(now: TrainingConfig) -> bool:
    """A field of the form: whether every step takes the whole training set; `batch_size` reads
    it.
    """
    return st.toggle(
        FIELDS["full_batch"],
        key=state.CONTROLS.starting("full_batch", now.batch_size == "full"),
        help="Every step averages over the whole training set: one step an epoch.",
        on_change=state.touch,
    )


def epochs(now: TrainingConfig) -> str | float | None:
    """A field of the form: passes over the training set."""
    return number("epochs", now.epochs, "Passes over the whole training set.")


def patience(now: TrainingConfig) -> str | float | None:
    """A field of the form: when a run that no longer improves ends."""
    return number(
        "patience",
        now.patience,
        "Ends a run after so many epochs without a better validation accuracy; 0: never.",
    )


def l1(now: TrainingConfig) -> str | float | None:
    """A field of the form: weight of the sum of absolute weights."""
    return number(
        "l1",
        now.l1,
        "λ₁: adds λ₁/n · Σ|w| to the cost; drives useless weights to zero.",
    )


def l2(now: TrainingConfig) -> str | float | None:
    """A field of the form: the book's λ."""
    return number(
        "l2",
        now.l2,
        "λ: adds λ/2n · Σw² to the cost; keeps weights small against overfitting. Try 5.",
    )


def dropout(now: TrainingConfig) -> str | float | None:
    """A field of the form: the share of hidden neurons that a step leaves out."""
    return number(
        "dropout",
        now.dropout,
        "p: share of hidden neurons left out of a step at random, against overfitting. Try 0.5.",
    )


def initializer(now: TrainingConfig) -> InitializerName:
    """A field of the form: where the weights start."""
    return choice(
        "initializer",
        INITIALIZERS,
        now.initializer,
        "w at the start: how widely the random weights spread; n is the inputs of a neuron.",
    )


def seed(now: TrainingConfig) -> str | float | None:
    """A field of the form: the start of every random number."""
    return number("seed", now.seed, "Same seed, same weights, same batches: the same curve again.")


def train_size(now: TrainingConfig) -> str | float | None:
    """A field of the form: how many training images; empty for all."""
    return number(
        "train_size",
        now.train_size,
        "n: only the first so many images; empty for all. Try 1,000 to see overfitting.",
        placeholder="all",
    )


def validation_split(now: TrainingConfig) -> float:
    """A field of the form: the share of the training images that is kept for validation."""
    return choice(
        "validation_split",
        SPLITS,
        now.validation_split,
        "Images kept aside to judge settings honestly: a sixth of MNIST's 60,000 is 10,000.",
    )


def deform(now: TrainingConfig) -> DeformName:
    """A field of the form: whether and how the training images are deformed."""
    return choice(
        "deform",
        DEFORMATIONS,
        now.deform,
        "Trains on every digit deformed anew in each epoch, as if there were many more writers.",
    )


def deform_strength(now: TrainingConfig, deform: DeformName) -> str | float | None:
    """A field of the form: how far; of use only where digits are deformed."""
    return number(
        "deform_strength",
        now.deform_strength,
        "1 is usual for MNIST: turns up to 12 or 15°, sizes as much in percent, slants up to 20 %.",
        disabled=deform == "none",
    )


def world(now: TrainingConfig) -> str | float | None:
    """A field of the form: the share of digits in forms that MNIST lacks."""
    return number(
        "world",
        now.world,
        "The share of images in forms that MNIST lacks, such as a 1 with a flag: 0.25 is a fourth.",
    )


def engines(now: TrainingConfig) -> tuple[EngineName, ...]:
    """A field of the form: which of the twins train; an empty tuple when none is chosen."""
    chosen = st.pills(
        FIELDS["engines"],
        get_args(EngineName),
        selection_mode="multi",
        format_func=lambda name: palette.ENGINE_NAMES[cast(EngineName, name)],
        key=state.CONTROLS.starting("engines", list(now.engines)),
        help="Both start from the same weights and see the same batches, epoch by epoch in turn.",
        on_change=state.touch,
    )
    return tuple(cast(list[EngineName], chosen))


def dtype(now: TrainingConfig) -> DTypeName:
    """A field of the form: the width of a number."""
    return choice(
        "dtype",
        DTYPES,
        now.dtype,
        "32 bits are faster; with 64 the twins agree to nine digits and more.",
    )


# All of them ------------------------------------------------------------------------------------
def training_form(*, beside_a_run: bool = False) -> FormResult:
    """Draw every control, and below each that does not fit one sentence about it.

    What does fit is kept in `state` at once. Beside a run there are two learning rates, and the
    form's says whose it is.
    """
    form = state.form()
    now = form.config
    said: dict[str, Any] = {}
    below: dict[str, DeltaGenerator] = {}

    def put(field: str, control: Callable[[], Any]) -> None:
        with st.container(key=f"field-{field}", gap="xsmall"):
            said[field] = control()
            below[field] = st.empty()

    watch_numbers()
    with st.grid(2, min_column_width=120, gap="small"):
        for control in (hidden, activation, cost, learning_rate, batch_size, epochs):
            put(control.__name__, partial(control, now))
    put("engines", lambda: engines(now))
    with (
        st.expander("More settings", key="more-settings"),
        st.grid(2, min_column_width=120, gap="small"),
    ):
        put("dataset", lambda: dataset(now))
        put("initializer", lambda: initializer(now))
        put("optimizer", lambda: optimizer(now))
        put("momentum", lambda: momentum(now, said["optimizer"]))
        put("schedule", lambda: schedule(now))
        put("schedule_epochs", lambda: schedule_epochs(now, said["schedule"]))
        put("l2", lambda: l2(now))
        put("l1", lambda: l1(now))
        put("dropout", lambda: dropout(now))
        put("patience", lambda: patience(now))
        put("train_size", lambda: train_size(now))
        put("validation_split", lambda: validation_split(now))
        put("deform", lambda: deform(now))
        put("deform_strength", lambda: deform_strength(now, said["deform"]))
        put("world", lambda: world(now))
        put("seed", lambda: seed(now))
        put("dtype", lambda: dtype(now))
        full_batch(now)
    if beside_a_run:
        below["learning_rate"].caption("of the next run")
    result = judge(said, now)
    for field, sentence in result.wrong.items():
        below[field].error(escape(sentence))
    form.config = result.config
    return result
