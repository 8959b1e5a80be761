"""Checkpoints: one engine's whole state as safetensors, a format that can hold nothing but numbers.

The configuration travels in the file's metadata, so a file is enough to use the model or to train
on. A file in half precision is for use: it has the parameters in 16 bits and nothing that only
training needs. Whatever comes from outside is checked here before anything is built from it.
"""

import json
import os
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from safetensors import SafetensorError, deserialize  # pyright: ignore[reportUnknownVariableType]
from safetensors.numpy import save as to_safetensors

from nncore.activations import Array
from nncore.config import MAX_LEARNING_RATE, ConfigError, EngineName, TrainingConfig
from nncore.files import write_whole
from nncore.optimizers import OPTIMIZER_STATE
from nncore.quick.network import QuickNetwork

ShippedName = Literal["robust", "classroom"]
SHIPPED: dict[ShippedName, Path] = {
    name: Path(__file__).parent.parent / "assets" / "models" / f"{name}.safetensors"
    for name in get_args(ShippedName)
}
"""The models that come with the project, trained by its NumPy engine, each with a card beside it;
the one that reads drawings best is first."""

MAX_BYTES = 512 * 2**20
"""Of a file that is read: 20 million parameters with Adam's moments in float64 fit."""

_FORMAT = "nn-magic-1"
_DTYPES = {"F16": np.float16, "F32": np.float32, "F64": np.float64, "I64": np.int64}
_OTHERS = {
    b"PK\x03\x04": "a ZIP archive, as PyTorch's .pt files are; such files may run programs",
    b"\x80": "a pickle, as scikit-learn's and old PyTorch's files are; such files may run programs",
    b"\x89HDF": "an HDF5 file, as Keras saves",
    b"\x93NUMPY": "a NumPy array",
    b"GGUF": "a GGUF file, as language models have",
    b"version https://git-lfs": "a pointer of Git LFS in the place of the file",
    b"{": "JSON, such as a model's card",
}
"""Files that are taken for models, by their first bytes."""


class CheckpointError(ValueError):
    """A model file that cannot be used; the message is one sentence for its reader."""


class DivergedError(CheckpointError):
    """A model without a finite number to give."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The model's {what} are no finite numbers: its training diverged; train it again "
            "with a smaller learning rate."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A configuration, the engine that trained it, and that engine's `state()`."""

    config: TrainingConfig
    engine: EngineName
    state: dict[str, Array]

    @property
    def epoch(self) -> int:
        """Epochs completed."""
        return int(self.state["position"][0])

    @property
    def is_finite(self) -> bool:
        """Whether all weights and biases are numbers; those of a run that diverged are not."""
        return bool(np.isfinite(self.state["parameters"]).all())

    def network(self) -> QuickNetwork:
        """A NumPy network with these parameters, whichever engine trained them."""
        zeros = [
            (np.zeros(shape), np.zeros(shape[1])) for shape in pairwise(self.config.layer_sizes)
        ]
        network = QuickNetwork(self.config, zeros)
        network.load_state(self.state)
        return network


def to_bytes(
    config: TrainingConfig, engine: EngineName, state: dict[str, Array], *, half: bool = False
) -> bytes:
    """A checkpoint as the bytes of a safetensors file; in half precision for use only."""
    if half:
        state = {name: x for name, x in state.items() if not name.startswith("optimizer.")}
        state["parameters"] = state["parameters"].astype(np.float16)
    metadata = {"format": _FORMAT, "engine": engine, "config": config.to_json()}
    return to_safetensors({k: np.array(v, order="C") for k, v in state.items()}, metadata)


def from_bytes(blob: bytes) -> Checkpoint:
    """Read what `to_bytes` made.

    Raises:
        CheckpointError: no safetensors, no model of this project, or arrays of the wrong shape.
    """
    try:
        metadata, arrays = _parse(blob)
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        known = next((what for start, what in _OTHERS.items() if blob.startswith(start)), None)
        raise CheckpointError(
            f"This is no safetensors file ({known or str(error)[:80]}); "
            "choose a model that was downloaded or saved here."
        ) from None
    if metadata.get("format") != _FORMAT or metadata.get("engine") not in get_args(EngineName):
        raise CheckpointError(
            f"This safetensors file is no model of NN Magic ({_contents(metadata, arrays)}); "
            "choose one that was downloaded or saved here."
        )
    try:
        config = TrainingConfig.from_json(metadata.get("config", ""))
    except ConfigError as error:
        raise CheckpointError(f"The model's configuration cannot be used: {error}") from None
    if "parameters" in arrays and arrays["parameters"].dtype == np.float16:
        _complete(config, arrays)
    _check_arrays(config, arrays)
    return Checkpoint(config, cast(EngineName, metadata["engine"]), arrays)


def save(
    path: Path,
    config: TrainingConfig,
    engine: EngineName,
    state: dict[str, Array],
    *,
    half: bool = False,
) -> None:
    """Write a checkpoint to a file, whole or not at all; `half` as for `to_bytes`.

    Raises:
        CheckpointError: it cannot be written there.
    """
    try:
        write_whole(path, to_bytes(config, engine, state, half=half))
    except OSError as error:
        raise CheckpointError(
            f"{path} cannot be written ({error.strerror}); choose another place for the model."
        ) from None


def load(path: Path) -> Checkpoint:
    """Read a checkpoint from a file.

    Raises:
        CheckpointError: no such file, too large, or not a checkpoint.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CheckpointError(
                f"{path.name} is larger than {MAX_BYTES // 2**20} MB; no model here is."
            )
        return from_bytes(path.read_bytes())
    except OSError as error:
        raise CheckpointError(
            f"{path} cannot be read ({error.strerror}); check the path of the model."
        ) from None


def shipped_names() -> list[ShippedName]:
    """The shipped checkpoints whose files are there, the best first."""
    return [name for name, path in SHIPPED.items() if path.is_file()]


def default_shipped() -> ShippedName:
    """The shipped checkpoint that names drawings where nobody chose one: the best that is there."""
    return (*shipped_names(), "robust")[0]


def find(model: str) -> Path:
    """Where the checkpoint of a model is that was given by its name, or by the path of its file.

    Raises:
        CheckpointError: neither a shipped model's name nor a file.
    """
    known = {str(name): SHIPPED[name] for name in shipped_names()}
    path = known.get(model, Path(model))
    if not os.path.isfile(path):  # noqa: PTH113  (a Path would raise where it may not look)
        raise CheckpointError(
            f"{model} is no shipped model and no file; "
            f"use {', '.join(known)} or the path of a model file."
        )
    return path


def _parse(blob: bytes) -> tuple[dict[str, str], dict[str, Array]]:
    """Metadata and arrays; safetensors' own loader gives the arrays alone.

    Of another program's file, the arrays may be of types that NumPy does not know: they are bytes.
    """
    entries = cast(list[tuple[str, Any]], deserialize(blob))
    length = int.from_bytes(blob[:8], "little")
    metadata: Any = json.loads(blob[8 : 8 + length]).get("__metadata__", {})
    is_ours = metadata.get("format") == _FORMAT
    arrays: dict[str, Array] = {}
    for name, entry in entries:
        if not is_ours:
            arrays[name] = np.frombuffer(entry["data"], np.uint8)
            continue
        values = np.frombuffer(entry["data"], _DTYPES[entry["dtype"]])
        arrays[name] = values.reshape(entry["shape"]).copy()
    return dict(metadata), arrays


def _contents(metadata: dict[str, str], arrays: dict[str, Array]) -> str:
    """What another program's file holds, for a sentence."""
    form = metadata.get("format")
    said = [f"its format is {_words(form)}"] if form else []
    first = min(arrays, default=None)
    such = "" if first is None else f" such as {_words(first)}"
    counted = f"{len(arrays):,} array{'' if len(arrays) == 1 else 's'}"
    return ", ".join([*said, f"it holds {counted}{such}"])


def _words(text: str) -> str:
    """Another's text, short and on one line."""
    return " ".join(text.split())[:40]


def _complete(config: TrainingConfig, arrays: dict[str, Array]) -> None:
    """Bring a file in half precision to a whole state: its optimizer begins anew."""
    arrays["parameters"] = arrays["parameters"].astype(config.dtype)
    for name in OPTIMIZER_STATE[config.optimizer]:
        arrays[f"optimizer.{name}"] = np.zeros(config.n_parameters, config.dtype)
    if config.optimizer == "adam":
        arrays["optimizer.step"] = np.array(0, np.int64)


def _check_arrays(config: TrainingConfig, arrays: dict[str, Array]) -> None:
    """Every array that the configuration asks for, of its shape and type, and no other."""
    vector = ((config.n_parameters,), config.dtype)
    expected: dict[str, tuple[tuple[int, ...], str]] = {
        "parameters": vector,
        "position": ((2,), "int64"),
        "learning_rate": ((), "float64"),
        **{f"optimizer.{name}": vector for name in OPTIMIZER_STATE[config.optimizer]},
    }
    if config.optimizer == "adam":
        expected["optimizer.step"] = ((), "int64")
    for name in sorted(expected.keys() | arrays.keys() - _COURSE):
        found = (arrays[name].shape, arrays[name].dtype.name) if name in arrays else "nothing"
        if name not in expected or found != expected[name]:
            wanted = expected.get(name, "nothing")
            raise CheckpointError(
                f"The model's {name[:40]} should be {wanted} for hidden = "
                f"{','.join(map(str, config.hidden)) or 'none'}, but the file holds {found}; "
                "choose the file as it was saved."
            )
    counts = [*arrays["position"], arrays.get("optimizer.step", 0)]
    if min(counts) < 0:
        raise CheckpointError("The model's position is below 0; choose the file as it was saved.")
    if arrays.keys() & _COURSE and not _is_course(arrays, config):
        raise CheckpointError(
            "The model's record of learning rates and accuracies does not fit its configuration; "
            "choose the file as it was saved."
        )


_COURSE = {"course.base_rates", "course.accuracies"}
"""A file that was saved before there were schedules has none of them."""


def _is_course(arrays: dict[str, Array], config: TrainingConfig) -> bool:
    """Rates that can be trained with, the first of them from the start; enough accuracies."""
    if not arrays.keys() >= _COURSE:
        return False
    rates, accuracies = arrays["course.base_rates"], arrays["course.accuracies"]
    if rates.ndim != 2 or rates.shape[1] != 3 or not len(rates) or accuracies.ndim != 1:
        return False
    allowed = (
        (rates[:, 2] > 0) & (rates[:, 2] <= MAX_LEARNING_RATE) & np.isfinite(rates).all(axis=1)
    )
    enough = not config.watches_validation or len(accuracies) >= arrays["position"][0]
    return bool(allowed.all() and not rates[0, :2].any() and enough)
