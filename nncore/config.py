"""`TrainingConfig`: everything that decides a training run, validated in one place.

The same object is a JSON file, a link (`to_query`, `from_query`) and the argument of `train()`.
A wrong value raises `ConfigError` with one sentence: the value, what was expected, the way out.
"""

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self, cast, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from nncore import json_by_hand, typed_numbers
from nncore.json_by_hand import JsonError

DatasetName = Literal["mnist", "digits"]
ActivationName = Literal["sigmoid", "tanh", "relu", "leaky-relu", "linear"]
CostName = Literal["quadratic", "cross-entropy", "log-likelihood"]
OptimizerName = Literal["sgd", "momentum", "nesterov", "adam"]
ScheduleName = Literal["constant", "step", "cosine", "one-cycle", "halving"]
DeformName = Literal["none", "affine", "elastic"]
InitializerName = Literal["normal", "lecun", "glorot", "he"]
EngineName = Literal["numpy", "torch"]
DTypeName = Literal["float32", "float64"]

N_INPUTS = 784
N_OUTPUTS = 10
MAX_HIDDEN_LAYERS = 6
MAX_UNITS = 4_096
MAX_PARAMETERS = 20_000_000
MAX_LEARNING_RATE = 1_000.0
MAX_BATCH_SIZE = 60_000
MAX_EPOCHS = 1_000
MAX_PENALTY = 1_000.0
MAX_DROPOUT = 0.9
MAX_DEFORM_STRENGTH = 3.0
MAX_SEED = 2**32 - 1


class ConfigError(ValueError):
    """A configuration that cannot be trained; the message is one sentence for its reader."""


def count_parameters(layer_sizes: Iterable[int]) -> int:
    """Weights and biases of a fully connected network, for example 13,002 for 784-16-16-10."""
    sizes = list(layer_sizes)
    return sum(n_in * n_out + n_out for n_in, n_out in itertools.pairwise(sizes))


def architecture(layer_sizes: Iterable[int]) -> str:
    """A network's shape as the book writes it, for example `784-30-10`."""
    return "-".join(map(str, layer_sizes))


def _layers(value: Any) -> Any:
    """As `_split_list`; a number with commas between its thousands is no list of layers."""
    parts = _split_list(value)
    if not isinstance(value, str):
        return parts
    if any(len(part) > 1 and part.startswith("0") for part in parts):  # such as 1,024
        raise ValueError(
            f"can be read as {value.replace(',', '')} or as {len(parts)} layers; "
            "write a layer without a comma, and no layer with a 0 before it"
        )
    return tuple(typed_numbers.whole(part) for part in parts)


def _split_list(value: Any) -> Any:
    """`"16,16"` (links, `--set`) and `[16, 16]` (JSON) are the same tuple; `""` is no element."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    return value


def _parts(value: Any) -> Iterable[Any]:
    return cast(Iterable[Any], value) if isinstance(value, list | tuple) else (value,)


def _full_or_number(value: Any) -> Any:
    if isinstance(value, str) and value.strip().lower() == "full":
        return "full"
    return value


def _none_or_number(value: Any) -> Any:
    return None if value in ("all", "") else value


class TrainingConfig(BaseModel):
    """One training run, checked when it is made; links and `--set` also take short names (`lr`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: DatasetName = "mnist"
    hidden: Annotated[tuple[int, ...], BeforeValidator(_layers)] = (128,)
    """Units of each hidden layer, from the input's side; empty for a network without one."""
    activation: ActivationName = "relu"
    """Of the hidden layers; the output layer's activation goes with the cost."""
    cost: CostName = "log-likelihood"
    optimizer: OptimizerName = "sgd"
    learning_rate: float = Field(default=0.1, gt=0, le=MAX_LEARNING_RATE)
    """The book's eta; with a schedule, what the schedule's factor is multiplied with."""
    schedule: ScheduleName = "constant"
    """How the learning rate changes on the way: see `nncore.schedules`."""
    schedule_epochs: int = Field(default=10, ge=1, le=MAX_EPOCHS)
    """Of `step`: epochs between two drops; of `halving`: epochs without an improvement."""
    momentum: float = Field(default=0.9, ge=0, lt=1)
    """The book's mu, for the optimizers `momentum` and `nesterov`."""
    batch_size: Annotated[
        Annotated[int, Field(ge=1, le=MAX_BATCH_SIZE)] | Literal["full"],
        BeforeValidator(_full_or_number),
    ] = 32
    """Examples a step, or `full` for the whole training set."""
    epochs: int = Field(default=10, ge=1, le=MAX_EPOCHS)
    patience: int = Field(default=0, ge=0, le=MAX_EPOCHS)
    """Epochs without a better validation accuracy after which the run ends; 0 for never.

    Of twins, the engine that trains first decides for both, as it does for `halving`.
    """
    l1: float = Field(default=0.0, ge=0, le=MAX_PENALTY)
    l2: float = Field(default=0.0, ge=0, le=MAX_PENALTY)
    """The book's lambda: the cost gains l2/2n times the sum of the squared weights."""
    dropout: float = Field(default=0.0, ge=0, le=MAX_DROPOUT)
    """Share of the hidden activations that each training step leaves out (see `nncore.dropout`)."""
    initializer: InitializerName = "he"
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    train_size: Annotated[
        Annotated[int, Field(ge=1, le=60_000)] | None, BeforeValidator(_none_or_number)
    ] = None
    """Only the first so many training images; None for all of them."""
    validation_split: float = Field(default=1 / 6, ge=0, le=0.5)
    """Share of the training images kept for validation: 1/6 is the book's 50,000/10,000."""
    deform: DeformName = "none"
    """How the training images are deformed, every epoch anew; `elastic` is affine and elastic."""
    deform_strength: float = Field(default=1.0, ge=0, le=MAX_DEFORM_STRENGTH)
    """Factor of every bound in `nncore.augmentation.DEFORMATIONS`."""
    world: float = Field(default=0.0, ge=0, le=1)
    """Share of each epoch's examples in whose place come digits of `nncore.ink.world`."""
    engines: Annotated[tuple[EngineName, ...], BeforeValidator(_split_list)] = (
        "numpy",
        "torch",
    )
    dtype: DTypeName = "float32"

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Units of every layer, the 784 inputs and the 10 outputs included."""
        return (N_INPUTS, *self.hidden, N_OUTPUTS)

    @property
    def n_parameters(self) -> int:
        """Weights and biases to learn."""
        return count_parameters(self.layer_sizes)

    @property
    def watches_validation(self) -> bool:
        """Whether the validation accuracy has a say in the course of the training."""
        return self.schedule == "halving" or self.patience > 0

    def batch_of(self, n_train: int) -> int:
        """Examples in a mini-batch (the last of an epoch may have fewer), given all there are."""
        return n_train if self.batch_size == "full" else min(self.batch_size, n_train)

    def n_batches(self, n_train: int) -> int:
        """Mini-batches in an epoch."""
        return math.ceil(n_train / self.batch_of(n_train))

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_values(cls, value: Any) -> Any:
        if any(isinstance(part, bool) for part in _parts(value)):  # Python would count true as 1
            raise PydanticCustomError("truth_value", "is neither a number nor a name")
        return value

    @field_validator(
        *("learning_rate", "momentum", "l1", "l2", "dropout", "validation_split"),
        *("deform_strength", "world"),
        mode="before",
    )
    @classmethod
    def _decimal_as_typed(cls, value: Any) -> Any:
        return typed_numbers.decimal(value) if isinstance(value, str) else value

    @field_validator(
        *("schedule_epochs", "batch_size", "epochs", "patience", "seed", "train_size"),
        mode="before",
    )
    @classmethod
    def _whole_as_typed(cls, value: Any) -> Any:
        return typed_numbers.whole(value) if isinstance(value, str) else value

    @field_validator("hidden")
    @classmethod
    def _hidden_in_range(cls, hidden: tuple[int, ...]) -> tuple[int, ...]:
        if len(hidden) > MAX_HIDDEN_LAYERS:
            raise ValueError(
                f"has {len(hidden)} layers; use 0 to {MAX_HIDDEN_LAYERS} hidden layers"
            )
        for units in hidden:
            if not 1 <= units <= MAX_UNITS:
                raise ValueError(
                    f"has a layer of {_shown(units)} units; use 1 to {MAX_UNITS:,} in each layer"
                )
        return hidden

    @field_validator("engines")
    @classmethod
    def _engines_once(cls, engines: tuple[EngineName, ...]) -> tuple[EngineName, ...]:
        if not engines:
            raise ValueError("is empty; use numpy, torch or numpy,torch")
        return tuple(name for name in get_args(EngineName) if name in engines)

    @model_validator(mode="after")
    def _parameters_in_range(self) -> Self:
        if self.n_parameters > MAX_PARAMETERS:
            raise ValueError(
                f"hidden = {_shown(self.hidden)} makes {self.n_parameters:,} parameters; "
                f"at most {MAX_PARAMETERS:,} are trained here, so take smaller layers"
            )
        return self

    @model_validator(mode="after")
    def _validation_where_it_is_watched(self) -> Self:
        if self.watches_validation and not self.validation_split:
            watcher, other = (
                (f"patience = {self.patience}", "set patience = 0")
                if self.patience
                else ("schedule = halving", "take another schedule")
            )
            raise ValueError(
                f"{watcher} goes by the validation accuracy, but validation_split = 0 "
                f"keeps no images for it; keep some (0.1, say), or {other}"
            )
        return self

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """A configuration from plain values; numbers may be text, names long or short (`lr`).

        Raises:
            ConfigError: one sentence about the first value that does not fit.
        """
        try:
            return cls.model_validate(_by_long_names(values))
        except ValidationError as error:
            raise ConfigError(_sentence(error)) from None

    def replace(self, **changes: Any) -> Self:
        """This configuration with some values changed, validated like any other."""
        return type(self).parse({**self.model_dump(), **_by_long_names(changes)})

    def to_json(self) -> str:
        """One line of JSON that `from_json` reads back."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read `to_json`'s text, or one written by hand with only some of the fields.

        Args:
            text: or a file's bytes, in whatever Unicode an editor saved them.

        Raises:
            ConfigError: no JSON object, a name twice, or a value in it that does not fit.
        """
        try:
            values = json_by_hand.read(text)
        except JsonError as error:
            way_out = "" if ";" in str(error) else '; write a JSON object such as {"epochs": 3}'
            raise ConfigError(f"The configuration {error}{way_out}.") from None
        if not isinstance(values, dict):
            raise ConfigError(
                f"The configuration is {_shown(values)}; "
                'write a JSON object such as {"epochs": 3}.'
            )
        return cls.parse(values)  # pyright: ignore[reportUnknownArgumentType]

    def to_query(self) -> dict[str, str]:
        """The whole configuration as URL parameters, short names first."""
        values = self.model_dump()
        query = {_SHORT.get(name, name): _as_text(value) for name, value in values.items()}
        for name in _RARE:
            if values[name] == type(self).model_fields[name].default:
                del query[name]
        return query

    @classmethod
    def from_query(cls, query: Mapping[str, str], base: Self | None = None) -> Self:
        """Read URL parameters over `base` (a recipe, or the defaults); foreign keys are left alone.

        Raises:
            ConfigError: one sentence about the first value that does not fit.
        """
        known = {key: value for key, value in query.items() if key in QUERY_KEYS}
        return (base or cls()).replace(**known)


_SHORT = {"learning_rate": "lr", "batch_size": "batch", "initializer": "init"}
_LONG = {short: name for name, short in _SHORT.items()}
_RARE = (
    *("schedule", "schedule_epochs", "momentum", "patience", "l1", "dropout"),
    *("train_size", "validation_split", "deform", "deform_strength", "world", "dtype"),
)
"""Left out of a link while they have their default, to keep links readable."""

QUERY_KEYS = frozenset(TrainingConfig.model_fields) | frozenset(_LONG)
"""Every URL parameter that belongs to a configuration."""


def _by_long_names(values: Mapping[str, Any]) -> dict[str, Any]:
    for short, name in _LONG.items():
        if short in values and name in values:
            raise ConfigError(f"{name} is there twice, as {short} too; keep one of the two.")
    return {_LONG.get(key, key): value for key, value in values.items()}


def _as_text(value: Any) -> str:
    if value is None:
        return "all"
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return repr(value) if isinstance(value, float) else str(value)


def _shown(value: Any) -> str:
    """The value as its writer would know it, cut to a length that fits a sentence."""
    if isinstance(value, tuple):
        value = ",".join(str(part) for part in value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    try:
        text = json_by_hand.written(value)
    except ValueError:  # Python writes no whole number of more than some thousand digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


def _expected(name: str) -> str:
    numbers = {
        "learning_rate": f"a number above 0, at most {MAX_LEARNING_RATE:,.0f}",
        "schedule_epochs": f"a whole number from 1 to {MAX_EPOCHS:,}",
        "momentum": "a number from 0 to below 1",
        "batch_size": f"a whole number from 1 to {MAX_BATCH_SIZE:,}, or full",
        "epochs": f"a whole number from 1 to {MAX_EPOCHS:,}",
        "patience": f"a whole number from 0 to {MAX_EPOCHS:,}",
        "dropout": f"a number from 0 to {MAX_DROPOUT}",
        "l1": f"a number from 0 to {MAX_PENALTY:,.0f}",
        "l2": f"a number from 0 to {MAX_PENALTY:,.0f}",
        "seed": f"a whole number from 0 to {MAX_SEED:,}",
        "train_size": "a whole number from 1 to 60,000, or all",
        "validation_split": "a number from 0 to 0.5",
        "deform_strength": f"a number from 0 to {MAX_DEFORM_STRENGTH:g}",
        "world": "a number from 0 to 1",
        "hidden": (
            f"up to {MAX_HIDDEN_LAYERS} whole numbers from 1 to {MAX_UNITS:,}, such as 30 or 16,16"
        ),
    }
    choices = {
        "dataset": DatasetName,
        "activation": ActivationName,
        "cost": CostName,
        "optimizer": OptimizerName,
        "schedule": ScheduleName,
        "deform": DeformName,
        "initializer": InitializerName,
        "engines": EngineName,
        "dtype": DTypeName,
    }
    if name in choices:
        listed = ", ".join(get_args(choices[name]))
        return f"one or more of {listed}" if name == "engines" else f"one of {listed}"
    return numbers[name]


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        return (
            f"{_shown(where)} is no setting; use one of {', '.join(TrainingConfig.model_fields)}."
        )
    if first["type"] == "value_error":  # our own words, written above
        message = str(first["ctx"]["error"]) if "ctx" in first else first["msg"]
        shown = _shown(first["input"])
        subject = f"{where} = {shown}" if where and shown else where
        return f"{subject} {message}.".lstrip()
    value = first["input"]
    if isinstance(value, float) and not math.isfinite(value):
        return f"{where} = {value} is not a finite number; use {_expected(where)}."
    if isinstance(value, str) and not value.strip():
        return f"{where} is empty; use {_expected(where)}."
    return f"{where} = {_shown(value)} does not fit; use {_expected(where)}."
