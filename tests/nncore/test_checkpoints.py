"""Checkpoints: round trips, and a sentence for everything that is none."""

import json
import pickle
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save as to_safetensors

from nncore import checkpoints
from nncore.checkpoints import CheckpointError
from nncore.config import TrainingConfig
from nncore.training import build


def trained(config: TrainingConfig) -> dict[str, np.ndarray]:
    engine = build(config, 100)["numpy"]
    rng = np.random.default_rng(0)
    engine.train_batch(*engine.stage(rng.random((5, 784)), np.arange(5)))
    return engine.state()


@settings(deadline=None, max_examples=20)
@given(
    hidden=st.lists(st.integers(1, 20), max_size=3),
    optimizer=st.sampled_from(["sgd", "momentum", "nesterov", "adam"]),
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_round_trip(hidden: list[int], optimizer: str, dtype: str) -> None:
    config = TrainingConfig.parse(
        {"hidden": hidden, "optimizer": optimizer, "dtype": dtype, "engines": "numpy"}
    )
    state = trained(config)
    back = checkpoints.from_bytes(checkpoints.to_bytes(config, "numpy", state))
    assert back.config == config
    assert back.engine == "numpy"
    assert back.state.keys() == state.keys()
    for name, value in state.items():
        assert np.array_equal(back.state[name], value)
        assert back.state[name].dtype == value.dtype
    network = back.network()
    X = np.random.default_rng(1).random((3, 784))
    engine = build(config, 100)["numpy"]
    engine.load_state(state)
    assert np.array_equal(network.forward(X), engine.forward(X))


def test_a_file_can_be_read_without_this_project_as_the_readme_says() -> None:
    config = TrainingConfig.parse({"hidden": [7, 5], "engines": "numpy"})
    blob = checkpoints.to_bytes(config, "numpy", trained(config))
    parameters = safetensors.numpy.load(blob)["parameters"]
    sizes, at = [784, 7, 5, 10], 0
    arrays: list[np.ndarray] = []
    for shape in [*pairwise(sizes), *((n,) for n in sizes[1:])]:
        arrays.append(parameters[at : at + int(np.prod(shape))].reshape(shape))
        at += arrays[-1].size
    assert at == parameters.size
    network = checkpoints.from_bytes(blob).network()
    for own, read in zip([*network.weights, *network.biases], arrays, strict=True):
        assert np.array_equal(own, read)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam"])
def test_half_precision_is_for_use(optimizer: str) -> None:
    config = TrainingConfig.parse({"hidden": 20, "optimizer": optimizer, "engines": "numpy"})
    state = trained(config)
    blob = checkpoints.to_bytes(config, "numpy", state, half=True)
    assert len(blob) < 2 * config.n_parameters + 2_000
    back = checkpoints.from_bytes(blob)
    assert back.state.keys() == state.keys()
    assert back.state["parameters"].dtype == np.float32
    np.testing.assert_allclose(back.state["parameters"], state["parameters"], rtol=1e-3, atol=1e-7)
    engine = build(config, 100)["numpy"]
    engine.load_state(back.state)  # training can go on from it, with a fresh optimizer
    engine.train_batch(*engine.stage(np.random.default_rng(0).random((5, 784)), np.arange(5)))


CONFIG = TrainingConfig(hidden=(4,), engines=("numpy",))
STATE = trained(CONFIG)
GOOD = checkpoints.to_bytes(CONFIG, "numpy", STATE)


def relabelled(state: dict[str, np.ndarray] = STATE, **metadata: str) -> bytes:
    return to_safetensors(
        state, {"format": "nn-magic-1", "engine": "numpy", "config": CONFIG.to_json(), **metadata}
    )


def course(base_rates: np.ndarray) -> dict[str, np.ndarray]:
    return {**STATE, "course.base_rates": base_rates}


def foreign(arrays: dict[str, str]) -> bytes:
    """Another program's file: arrays of four bytes, of these types."""
    header = {
        name: {
            "dtype": dtype,
            "shape": [2 if dtype == "BF16" else 4],
            "data_offsets": [4 * i, 4 * i + 4],
        }
        for i, (name, dtype) in enumerate(arrays.items())
    }
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(4 * len(arrays))


def nested_header() -> bytes:
    header = b"[" * 100_000
    return len(header).to_bytes(8, "little") + header


@pytest.mark.parametrize(
    ("blob", "said"),
    [
        (b"", "no safetensors"),
        (b"not a model at all", "no safetensors"),
        (GOOD[:-10], "no safetensors"),
        (GOOD[:20], "no safetensors"),
        (b"\xff" * 64, "no safetensors"),
        (pickle.dumps({"parameters": [1, 2]}), "no safetensors"),
        (to_safetensors({"weights": np.zeros(3)}), "no safetensors|no model of NN Magic"),
        (relabelled(format="other"), "no model of NN Magic"),
        (relabelled(format="pt"), "no model of NN Magic .its format is pt, it holds 5 arrays such"),
        (foreign({"model.embed": "BF16"}), r"NN Magic .it holds 1 array such as model\.embed\)"),
        (foreign({"a\nb": "F8_E4M3"}), r"such as a b\)"),
        (foreign({}), r"it holds 0 arrays\)"),
        (b"PK\x03\x04" + bytes(60), "no safetensors file .a ZIP archive, as PyTorch's .pt files"),
        (pickle.dumps(list(range(99))), "no safetensors file .a pickle, as"),
        (
            b"version https://git-lfs.github.com/spec/v1\n",
            "no safetensors file .a pointer of Git LFS",
        ),
        (b'{"seed": 0}', "no safetensors file .JSON, such as a model's card"),
        (relabelled(engine="jax"), "no model of NN Magic"),
        (relabelled(config=json.dumps({"hidden": [9999]})), "configuration cannot be used"),
        (relabelled(config="]"), "configuration cannot be used"),
        (relabelled(config=json.dumps({"hidden": [5]})), "parameters should be"),
        (relabelled({k: v for k, v in STATE.items() if k != "position"}), "position should be"),
        (relabelled({**STATE, "position": np.array([np.nan, 0])}), "position should be"),
        (relabelled({**STATE, "position": np.array([-1, 0])}), "below 0"),
        (relabelled({**STATE, "more": np.zeros(3)}), "more should be nothing"),
        (relabelled(course(np.zeros((0, 3)))), "record of learning rates"),
        (relabelled(course(np.array([[0.0, 0.0, -1.0]]))), "record of learning rates"),
        (relabelled(course(np.array([[0.0, 0.0, np.nan]]))), "record of learning rates"),
        (relabelled(course(np.array([[3.0, 0.0, 0.1]]))), "record of learning rates"),
        (relabelled({k: v for k, v in STATE.items() if k != "course.accuracies"}), "record of"),
        (relabelled({**STATE, "parameters": np.zeros(9, np.float16)}), "parameters should be"),
        (relabelled({**STATE, "learning_rate": np.array(1, np.float16)}), "learning_rate should"),
        (nested_header(), "no safetensors"),
    ],
)
def test_what_is_no_checkpoint_is_refused_in_one_sentence(blob: bytes, said: str) -> None:
    with pytest.raises(CheckpointError, match=said) as caught:
        checkpoints.from_bytes(blob)
    assert "\n" not in str(caught.value)


def test_a_run_that_diverged_is_kept_and_known() -> None:
    bad = {**STATE, "parameters": STATE["parameters"].copy()}
    bad["parameters"][3] = np.nan
    assert checkpoints.from_bytes(GOOD).is_finite
    assert not checkpoints.from_bytes(checkpoints.to_bytes(CONFIG, "numpy", bad)).is_finite


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"gone\.safetensors cannot be read"):
        checkpoints.load(tmp_path / "gone.safetensors")


def test_a_file_of_a_senseless_size_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.safetensors"
    with path.open("wb") as file:
        file.truncate(checkpoints.MAX_BYTES + 1)  # sparse: takes no room on the disk
    with pytest.raises(CheckpointError, match="larger than"):
        checkpoints.load(path)


def test_a_model_is_found_by_its_name_or_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    robust, classroom = tmp_path / "robust.safetensors", tmp_path / "classroom.safetensors"
    monkeypatch.setattr(checkpoints, "SHIPPED", {"robust": robust, "classroom": classroom})
    classroom.touch()
    assert checkpoints.shipped_names() == ["classroom"]
    assert checkpoints.default_shipped() == "classroom"
    assert checkpoints.find("classroom") == classroom
    assert checkpoints.find(str(classroom)) == classroom
    for absent in ("robust", "tough", str(tmp_path), str(tmp_path / "none.safetensors")):
        with pytest.raises(
            CheckpointError, match=r"is no shipped model and no file; use classroom"
        ):
            checkpoints.find(absent)
    robust.touch()
    assert checkpoints.shipped_names() == ["robust", "classroom"]
    assert checkpoints.default_shipped() == "robust"
