"""The controls of a training configuration: one function each, and all of them together.

Each function owns its key, its first value (from the form's configuration in `state`) and one line
of help, and returns a plain value. None of them judges a value: `TrainingConfig` does, once.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast, get_args

import streamlit as st

from dashboard.train import state
from dashboard.ui import palette
from dashboard.ui.names import (
    ACTIVATIONS,
    COSTS,
    DATASETS,
    DEFORMATIONS,
    DTYPES,
    INITIALIZERS,
    OPTIMIZERS,
    SCHEDULES,
    SPLITS,
)
from nncore.config import (
    ActivationName,
    ConfigError,
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
from nncore.datasets import training_examples

_T = TypeVar("_T")


# One function a control ---------------------------------------------------------------------------
def dataset(now: TrainingConfig) -> DatasetName:
    """A field of the form: which digits to learn."""
    return _choice(
        "Digits",
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
        "Hidden layers",
        key=state.CONTROLS.starting("hidden", ",".join(str(units) for units in now.hidden)),
        help="Neurons in each hidden layer, from the input's side: 30, or 16,16. Empty: no layer.",
        placeholder="none",
        max_chars=60,
        on_change=state.touch,
    )


def activation(now: TrainingConfig) -> ActivationName:
    """A field of the form: what a hidden neuron makes of its weighted input."""
    return _choice(
        "Activation σ",
        "activation",
        ACTIVATIONS,
        now.activation,
        "σ(z): what a hidden neuron makes of its weighted input z = w·x + b.",
    )


def cost(now: TrainingConfig) -> CostName:
    """A field of the form: what training makes small; names the output layer's activation with
    it.
    """
    return _choice(
        "Cost C",
        "cost",
        COSTS,
        now.cost,
        "C: how wrong the outputs are. The first two take sigmoid outputs, log-likelihood softmax.",
    )


def optimizer(now: TrainingConfig) -> OptimizerName:
    """A field of the form: how a gradient becomes a step."""
    return _choice(
        "Optimizer",
        "optimizer",
        OPTIMIZERS,
        now.optimizer,
        "How the gradient ∇C becomes a step. The book's: w → w − η ∇C.",
    )


def learning_rate(now: TrainingConfig) -> float:
    """A field of the form: the book's η."""
    return _number(
        "Learning rate η",
        "learning_rate",
        now.learning_rate,
        "η: the length of a step down the gradient. It can be changed while the network trains.",
        step=step_of(now.learning_rate),
    )


def schedule(now: TrainingConfig) -> ScheduleName:
    """A field of the form: how η changes on the way."""
    return _choice(
        "Schedule of η",
        "schedule",
        SCHEDULES,
        now.schedule,
        "How η changes on the way. One cycle: up for 30 % of the run, then down as cosine does.",
    )


def schedule_epochs(now: TrainingConfig, schedule: ScheduleName) -> int:
    """A field of the form: the epochs that two of the schedules count."""
    return _whole(
        "Schedule epochs",
        "schedule_epochs",
        now.schedule_epochs,
        "Steps: η falls to a tenth after so many. Halving (the book's): so many without progress.",
        min_value=1,
        disabled=schedule not in ("step", "halving"),
    )


def momentum(now: TrainingConfig, optimizer: OptimizerName) -> float:
    """A field of the form: the book's μ; shown always, of use to momentum and Nesterov only."""
    return _number(
        "Momentum μ",
        "momentum",
        now.momentum,
        "μ: how much of the last step's velocity is kept, for the two momentum optimizers.",
        step=0.05,
        disabled=optimizer not in ("momentum", "nesterov"),
    )


def batch_size(now: TrainingConfig) -> int | Literal["full"]:
    """A field of the form: examples a step, or the whole training set."""
    full = state.CONTROLS.value("full_batch", now.batch_size == "full")
    size = st.number_input(
        "Mini-batch size m",
        min_value=1,
        step=1,
        key=state.CONTROLS.starting(
            "batch_size", 32 if now.batch_size == "full" else now.batch_size
        ),
        help="m: examples whose gradients are averaged for one step; the book takes 10.",
        on_change=state.touch,
        disabled=full,
    )
    return "full" if full else size


def full_batch(now: TrainingConfig) -> bool:
    """A field of the form: whether every step takes the whole training set; `batch_size` reads
    it.
    """
    return st.toggle(
        "Full batch",
        key=state.CONTROLS.starting("full_batch", now.batch_size == "full"),
        help="Every step averages over the whole training set: one step an epoch.",
        on_change=state.touch,
    )


def epochs(now: TrainingConfig) -> int:
    """A field of the form: passes over the training set."""
    return _whole(
        "Epochs", "epochs", now.epochs, "Passes over the whole training set.", min_value=1
    )


def patience(now: TrainingConfig) -> int:
    """A field of the form: when a run that no longer improves ends."""
    return _whole(
        "Patience",
        "patience",
        now.patience,
        "Ends a run after so many epochs without a better validation accuracy; 0: never.",
    )


def l1(now: TrainingConfig) -> float:
    """A field of the form: weight of the sum of absolute weights."""
    return _number(
        "L1 penalty λ₁",
        "l1",
        now.l1,
        "λ₁: adds λ₁/n · Σ|w| to the cost; drives useless weights to zero.",
        step=0.1,
    )


def l2(now: TrainingConfig) -> float:
    """A field of the form: the book's λ."""
    return _number(
        "L2 penalty λ",
        "l2",
        now.l2,
        "λ: adds λ/2n · Σw² to the cost; keeps weights small against overfitting. Try 5.",
        step=0.1,
    )


def dropout(now: TrainingConfig) -> float:
    """A field of the form: the share of hidden neurons that a step leaves out."""
    return _number(
        "Dropout p",
        "dropout",
        now.dropout,
        "p: share of hidden neurons left out of a step at random, against overfitting. Try 0.5.",
        step=0.1,
    )


def initializer(now: TrainingConfig) -> InitializerName:
    """A field of the form: where the weights start."""
    return _choice(
        "Initial weights w",
        "initializer",
        INITIALIZERS,
        now.initializer,
        "w at the start: how widely the random weights spread; n is the inputs of a neuron.",
    )


def seed(now: TrainingConfig) -> int:
    """A field of the form: the start of every random number."""
    return _whole(
        "Seed", "seed", now.seed, "Same seed, same weights, same batches: the same curve again."
    )


def train_size(now: TrainingConfig) -> int | None:
    """A field of the form: how many training images; None for all."""
    return st.number_input(
        "Training images n",
        value=None,
        min_value=1,
        step=1000,
        placeholder="all",
        key=state.CONTROLS.starting("train_size", now.train_size),
        help="n: only the first so many images; empty for all. Try 1,000 to see overfitting.",
        on_change=state.touch,
    )


def validation_split(now: TrainingConfig) -> float:
    """A field of the form: the share of the training images that is kept for validation."""
    return _choice(
        "Kept for validation",
        "validation_split",
        SPLITS,
        now.validation_split,
        "Images kept aside to judge settings honestly: a sixth of MNIST's 60,000 is 10,000.",
    )


def deform(now: TrainingConfig) -> DeformName:
    """A field of the form: whether and how the training images are deformed."""
    return _choice(
        "Deform the digits",
        "deform",
        DEFORMATIONS,
        now.deform,
        "Trains on every digit deformed anew in each epoch, as if there were many more writers.",
    )


def deform_strength(now: TrainingConfig, deform: DeformName) -> float:
    """A field of the form: how far; of use only where digits are deformed."""
    return _number(
        "Strength of deformation",
        "deform_strength",
        now.deform_strength,
        "1 is usual for MNIST: turns up to 12 or 15°, sizes as much in percent, slants up to 20 %.",
        step=0.1,
        disabled=deform == "none",
    )


def engines(now: TrainingConfig) -> tuple[EngineName, ...]:
    """A field of the form: which of the twins train; an empty tuple when none is chosen."""
    chosen = st.pills(
        "Engines",
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
    return _choice(
        "Precision",
        "dtype",
        DTYPES,
        now.dtype,
        "32 bits are faster; with 64 the twins agree to nine digits and more.",
    )


# All of them ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class FormResult:
    """What the form stands for: a configuration to train, or the last one and what is wrong."""

    config: TrainingConfig
    error: str | None = None


def training_form() -> FormResult:
    """Draw every control; keep the configuration in `state` when it fits, else say why not."""
    form = state.form()
    now = form.config
    with st.grid(2, min_column_width=120, gap="small"):
        values: dict[str, Any] = {
            "hidden": hidden(now),
            "activation": activation(now),
            "cost": cost(now),
            "learning_rate": learning_rate(now),
            "batch_size": batch_size(now),
            "epochs": epochs(now),
        }
    values["engines"] = engines(now)
    with (
        st.expander("More settings", key="more-settings"),
        st.grid(2, min_column_width=120, gap="small"),
    ):
        values["dataset"] = dataset(now)
        values["initializer"] = initializer(now)
        values["optimizer"] = optimizer(now)
        values["momentum"] = momentum(now, values["optimizer"])
        values["schedule"] = schedule(now)
        values["schedule_epochs"] = schedule_epochs(now, values["schedule"])
        values["l2"] = l2(now)
        values["l1"] = l1(now)
        values["dropout"] = dropout(now)
        values["patience"] = patience(now)
        values["train_size"] = train_size(now)
        values["validation_split"] = validation_split(now)
        values["deform"] = deform(now)
        values["deform_strength"] = deform_strength(now, values["deform"])
        values["seed"] = seed(now)
        values["dtype"] = dtype(now)
        full_batch(now)
    try:
        config = TrainingConfig.parse(values)
        _check_train_size(config)
    except ConfigError as error:
        return FormResult(now, str(error))
    form.config = config
    return FormResult(config)


def _check_train_size(config: TrainingConfig) -> None:
    there = training_examples(config.replace(train_size=None))
    if config.train_size is not None and config.train_size > there:
        raise ConfigError(
            f"train_size = {config.train_size:,} does not fit: {DATASETS[config.dataset]} leaves "
            f"{there:,} images beside those kept for validation; use 1 to that many, or all."
        )


# Helpers ----------------------------------------------------------------------------------------
def _choice(label: str, field: str, names: dict[_T, str], value: _T, help: str) -> _T:
    """A list of names to choose from; a value of a link that is not in it is added."""
    own = f"{value:g}" if isinstance(value, float) else str(value)
    options = names if value in names else {**names, value: own}
    chosen = st.selectbox(
        label,
        list(options),
        format_func=lambda option: options.get(option, str(option)),
        key=state.CONTROLS.starting(field, value),
        help=help,
        on_change=state.touch,
    )
    return value if chosen is None else cast(_T, chosen)


def step_of(value: float) -> float:
    """What a press of + or - changes in a field of the form: about a tenth of its value."""
    return 10.0 ** math.floor(math.log10(max(value, 1e-9) * 0.999))


def _number(
    label: str, field: str, value: float, help: str, *, step: float, disabled: bool = False
) -> float:
    return st.number_input(
        label,
        min_value=0.0,
        step=step,
        format="%g",
        key=state.CONTROLS.starting(field, float(value)),
        help=help,
        on_change=state.touch,
        disabled=disabled,
    )


def _whole(
    label: str, field: str, value: int, help: str, *, min_value: int = 0, disabled: bool = False
) -> int:
    return st.number_input(
        label,
        min_value=min_value,
        step=1,
        key=state.CONTROLS.starting(field, value),
        help=help,
        on_change=state.touch,
        disabled=disabled,
    )
