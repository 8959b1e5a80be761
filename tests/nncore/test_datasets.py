"""MNIST by its three ways, every kind of damage named, and the digits that need no file.

The ways and the damage are tried on a tiny stand-in for MNIST: four IDX files of 12 and 6 images,
whose sums are put in the place of the known ones. So they run where there is no MNIST.
"""

import gzip
import hashlib
import sys
import tracemalloc
import types
from pathlib import Path

import numpy as np
import pytest

from nncore import datasets
from nncore.config import TrainingConfig
from nncore.datasets import DataError, Dataset, as_bytes, as_unit, load, one_hot

N_TRAIN, N_TEST = 12, 6


def idx(array: np.ndarray) -> bytes:
    """The IDX format: two zeros, the type 8, the number of axes, each length, then the bytes."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.tobytes()


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, bytes]:
    """The four files' content by name; NN_DATA_DIR unset, an empty cache."""
    rng = np.random.default_rng(0)
    contents: dict[str, bytes] = {}
    for prefix, n, images, labels in [
        ("train", N_TRAIN, "_TRAIN_IMAGES", "_TRAIN_LABELS"),
        ("t10k", N_TEST, "_TEST_IMAGES", "_TEST_LABELS"),
    ]:
        for constant, kind, array in [
            (images, "images-idx3", rng.integers(0, 256, (n, 28, 28), np.uint8)),
            (labels, "labels-idx1", np.arange(n).astype(np.uint8)),
        ]:
            name = f"{prefix}-{kind}-ubyte"
            contents[name] = content = idx(array)
            shape = (n, 784) if array.ndim == 3 else (n,)
            file = datasets._IdxFile(name, hashlib.sha256(content).hexdigest(), len(content), shape)
            monkeypatch.setattr(datasets, constant, file)
    monkeypatch.delenv("NN_DATA_DIR", raising=False)
    monkeypatch.setattr(datasets, "cache_folder", lambda: tmp_path / "cache")
    datasets._load_mnist.cache_clear()
    yield contents
    datasets._load_mnist.cache_clear()


def write(folder: Path, contents: dict[str, bytes], compressed: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        if compressed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)
    return folder


def test_every_byte_survives_the_way_to_0_to_1_and_back() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for dtype in ("float16", "float32", "float64"):
        assert np.array_equal(as_bytes(as_unit(every, dtype)), every)
    assert as_bytes(np.array([-0.1, 1.1])).tolist() == [0, 255]


@pytest.mark.parametrize("compressed", [False, True])
def test_reads_plain_and_compressed_files(tiny, tmp_path: Path, compressed: bool) -> None:
    data = load("mnist", data_dir=write(tmp_path / "data", tiny, compressed), validation_split=0)
    pixels = np.frombuffer(tiny["t10k-images-idx3-ubyte"][16:], np.uint8)
    assert data.test.images.dtype == np.float32
    np.testing.assert_allclose(data.test.images.ravel(), pixels / 255, rtol=1e-6)
    assert data.train.labels.tolist() == list(range(N_TRAIN))
    assert str(tmp_path / "data") in data.source


def dotted(name: str) -> str:
    return name.replace("-idx", ".idx")


LAYOUTS = {
    "dots": lambda name, content: {dotted(name): content},
    "dots, compressed": lambda name, content: {f"{dotted(name)}.gz": gzip.compress(content)},
    "torchvision's": lambda name, content: {f"MNIST/raw/{name}": content},
    "torchvision's, both": lambda name, content: {
        f"MNIST/raw/{name}": content, f"MNIST/raw/{name}.gz": gzip.compress(content)
    },
    "compressed without .gz": lambda name, content: {name: gzip.compress(content)},
    "plain with .gz": lambda name, content: {f"{name}.gz": content},
    "each in a folder of its own": lambda name, content: {f"{name}/{dotted(name)}": content},
    "in folders of any name": lambda name, content: {f"x/{len(content)}{name[:5]}/{name}": content},
    "a folder where the file would be": lambda name, content: {
        f"{name}/{name}": content, f"{name}.gz/other": b""
    },
    "beside another data set": lambda name, content: {
        f"FashionMNIST/raw/{name}": content[::-1], f"MNIST/raw/{name}": content
    },
    "beside a damaged copy": lambda name, content: {name: content[:-1], f"{name}.gz": content},
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_files_are_known_by_their_sums_wherever_they_lie(
    tiny, tmp_path: Path, layout: str
) -> None:
    for name, content in tiny.items():
        for place, written in LAYOUTS[layout](name, content).items():
            path = tmp_path / "data" / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written)
    assert datasets.available("mnist", tmp_path / "data")
    data = load("mnist", data_dir=tmp_path / "data", validation_split=0)
    pixels = np.frombuffer(tiny["train-images-idx3-ubyte"][16:], np.uint8)
    np.testing.assert_allclose(data.train.images.ravel(), pixels / 255, rtol=1e-6)
    assert data.train.labels.tolist() == list(range(N_TRAIN))
    assert datasets.load_test("mnist", data_dir=tmp_path / "data").labels.tolist() == [*range(6)]


def test_no_more_than_a_few_folders_are_looked_into(tiny, tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "c"
    write(deep, tiny)
    assert not datasets.available("mnist", tmp_path)
    assert datasets.available("mnist", tmp_path / "a")
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    for number in range(2 * datasets._MOST_FOLDERS):
        (tmp_path / f"{number}").mkdir()
    assert len(datasets._folders_below(tmp_path)) == datasets._MOST_FOLDERS


def test_the_environment_names_the_folder(tiny, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("NN_DATA_DIR", str(write(tmp_path / "here", tiny)))
    assert len(load("mnist").test) == N_TEST
    assert datasets.available("mnist")


def test_the_test_images_alone(tiny, tmp_path: Path, monkeypatch) -> None:
    def no_download(_: Path) -> None:
        raise AssertionError("downloads")

    monkeypatch.setattr(datasets, "_download_mnist", no_download)
    with pytest.raises(DataError, match=r"test images are not in the cache .*NN_DATA_DIR"):
        datasets.load_test("mnist")
    only = {name: content for name, content in tiny.items() if name.startswith("t10k")}
    for folder in (write(tmp_path / "data", only, compressed=True), None):
        test = datasets.load_test("mnist", data_dir=folder)
        pixels = np.frombuffer(tiny["t10k-images-idx3-ubyte"][16:], np.uint8)
        np.testing.assert_allclose(test.images.ravel(), pixels / 255, rtol=1e-6)
        assert test.labels.tolist() == list(range(N_TEST))
        write(tmp_path / "cache", only)  # where the second turn finds them
    monkeypatch.setenv("NN_DATA_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match="has no t10k-images"):
        datasets.load_test("mnist")
    np.testing.assert_array_equal(datasets.load_test("digits").images, load("digits").test.images)


def test_the_cache_comes_second(tiny, tmp_path: Path) -> None:
    assert not datasets.available("mnist")
    write(tmp_path / "cache", tiny)
    assert datasets.available("mnist")
    assert "cache" in load("mnist", download=False).source


def test_parts_are_views_of_one_array_that_is_read_once(tiny, tmp_path: Path) -> None:
    folder = write(tmp_path / "data", tiny)
    first = load("mnist", data_dir=folder, validation_split=1 / 6)
    second = load("mnist", data_dir=folder, validation_split=0.5, train_size=3)
    assert [len(part) for part in (first.train, first.validation, first.test)] == [10, 2, 6]
    assert first.validation.labels.tolist() == [10, 11]
    assert second.train.labels.tolist() == [0, 1, 2]
    assert second.validation.labels.tolist() == [6, 7, 8, 9, 10, 11]
    np.testing.assert_array_equal(second.validation.images[4:], first.validation.images)
    assert len(second.validation.images) == len(second.validation)
    assert np.shares_memory(first.train.images, second.train.images)
    assert first.train.images.base is first.validation.images.base is second.train.images.base


def test_a_changed_file_is_read_and_checked_again(tiny, tmp_path: Path) -> None:
    folder = write(tmp_path / "data", tiny)
    load("mnist", data_dir=folder)
    (folder / "t10k-labels-idx1-ubyte").write_bytes(b"\0" * 14)
    with pytest.raises(DataError, match="t10k-labels"):
        load("mnist", data_dir=folder)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("name", datasets.MNIST_FILES)
def test_damage_is_named(tiny, tmp_path: Path, name: str, compressed: bool) -> None:
    middle = len(tiny[name]) // 2
    tiny[name] = tiny[name][:middle] + b"\xaa\x55" + tiny[name][middle + 2 :]
    folder = write(tmp_path / "data", tiny, compressed)
    with pytest.raises(DataError, match=rf"{name}.* is damaged .*; replace it") as caught:
        load("mnist", data_dir=folder)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("name", datasets.MNIST_FILES)
def test_a_missing_file_is_named(tiny, tmp_path: Path, name: str) -> None:
    del tiny[name]
    folder = write(tmp_path / "data", tiny)
    with pytest.raises(DataError, match=rf"{folder} has no {name} .*NN_DATA_DIR"):
        load("mnist", data_dir=folder)


def test_a_folder_that_is_none_is_named(tiny, tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path / ("x" * 300)):
        with pytest.raises(DataError, match="has no train-images"):
            load("mnist", data_dir=folder)


def test_a_truncated_file_is_named(tiny, tmp_path: Path) -> None:
    name = "train-images-idx3-ubyte"
    folder = write(tmp_path / "data", tiny | {name: tiny[name][:-1]})
    with pytest.raises(DataError, match=rf"{name} holds only 9,423 bytes where 9,424 belong"):
        load("mnist", data_dir=folder)
    half = gzip.compress(tiny[name])[:-100]
    folder = write(tmp_path / "zipped", tiny, compressed=True)
    (folder / f"{name}.gz").write_bytes(half)
    with pytest.raises(DataError, match=rf"{name}\.gz cannot be read"):
        load("mnist", data_dir=folder)


@pytest.mark.parametrize("content", [b"", b"this is no gzip file", b"\x1f\x8b\x08broken"])
def test_a_file_that_is_no_gzip_is_named(tiny, tmp_path: Path, content: bytes) -> None:
    folder = write(tmp_path / "data", tiny, compressed=True)
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte\.gz"):
        load("mnist", data_dir=folder)


def test_a_decompression_bomb_is_not_unpacked(tiny, tmp_path: Path) -> None:
    folder = write(tmp_path / "data", tiny, compressed=True)
    bomb = gzip.compress(b"\0" * 20_000_000)
    (folder / "train-images-idx3-ubyte.gz").write_bytes(bomb)
    tracemalloc.start()
    with pytest.raises(DataError, match="holds more than 9,424 bytes"):
        load("mnist", data_dir=folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def fake_torchvision(monkeypatch: pytest.MonkeyPatch, mnist) -> None:
    package, module = types.ModuleType("torchvision"), types.ModuleType("torchvision.datasets")
    module.MNIST = mnist
    package.datasets = module
    monkeypatch.setitem(sys.modules, "torchvision", package)
    monkeypatch.setitem(sys.modules, "torchvision.datasets", module)


def test_the_download_is_verified_and_kept(tiny, tmp_path: Path, monkeypatch, capsys) -> None:
    calls: list[str] = []

    def download(root: str, download: bool) -> None:
        assert download
        calls.append(root)
        print("Downloading")
        write(Path(root) / "MNIST" / "raw", tiny)

    fake_torchvision(monkeypatch, download)
    assert "downloaded" in load("mnist").source
    assert "in the cache" in load("mnist").source
    assert len(calls) == 1
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == sorted(tiny)
    assert capsys.readouterr().out == ""


def test_a_damaged_download_is_not_kept(tiny, tmp_path: Path, monkeypatch) -> None:
    name = "t10k-labels-idx1-ubyte"
    tiny[name] = tiny[name][:-1] + b"\xff"
    fake_torchvision(monkeypatch, lambda root, download: write(Path(root) / "MNIST" / "raw", tiny))
    with pytest.raises(DataError, match=rf"{name} is damaged"):
        load("mnist")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_damaged_cache_says_delete(tiny, tmp_path: Path) -> None:
    write(tmp_path / "cache", tiny | {"t10k-labels-idx1-ubyte": b"\0" * 14})
    with pytest.raises(DataError, match=r"delete it, and MNIST will be downloaded again"):
        load("mnist")


def test_offline_says_what_to_do(tiny, monkeypatch) -> None:
    def offline(root: str, download: bool) -> None:
        raise RuntimeError("Error downloading train-images-idx3-ubyte.gz:\nName or service")

    fake_torchvision(monkeypatch, offline)
    with pytest.raises(DataError) as caught:
        load("mnist")
    message = str(caught.value)
    assert "Name or service" in message
    assert "NN_DATA_DIR" in message
    assert "digits, which works offline" in message
    assert "\n" not in message
    with pytest.raises(DataError, match="NN_DATA_DIR"):
        load("mnist", download=False)


def test_a_torchvision_that_does_not_fit_its_torch_says_what_to_install(tiny, monkeypatch) -> None:
    class Broken:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name.startswith("torchvision"):
                raise RuntimeError("operator torchvision::nms does not exist")

    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(DataError, match=r"nms does not exist.*pip install torch torchvision"):
        load("mnist")


def test_an_unwritable_cache_says_so(tiny, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    fake_torchvision(monkeypatch, lambda root, download: None)
    with pytest.raises(DataError, match="could not be downloaded"):
        load("mnist")


def test_digits_need_no_file(digits: Dataset) -> None:
    assert datasets.available("digits")
    assert [len(part) for part in (digits.train, digits.validation, digits.test)] == [
        1247,
        250,
        300,
    ]
    assert "scikit-learn" in digits.source
    for part in (digits.train, digits.validation, digits.test):
        assert part.images.dtype == np.float32
        assert part.images.shape == (len(part), 784)
        assert part.images.min() == 0
        assert part.images.max() == 1
        assert np.bincount(part.labels, minlength=10).min() >= 15  # each digit is there
    assert np.array_equal(load("digits").test.labels[:10], [8, 8, 2, 2, 2, 9, 8, 8, 3, 6])


def test_digits_are_scikit_learns(digits: Dataset, monkeypatch) -> None:
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    table = datasets._digits_table()
    assert np.array_equal(table, np.column_stack([pixels, labels]))
    monkeypatch.setattr(Path, "is_file", lambda self: False)  # a version that keeps it elsewhere
    assert np.array_equal(datasets._digits_table(), table)


def test_enlarging_leaves_an_even_image_even() -> None:
    enlarge = datasets._interpolation(8, 32)
    assert enlarge.shape == (32, 8)
    np.testing.assert_allclose(enlarge.sum(axis=1), 1)
    np.testing.assert_allclose(enlarge[2:-2] @ np.arange(8), np.arange(0.125, 7, 0.25))


def test_digits_look_like_mnist(digits: Dataset) -> None:
    images = digits.test.images.reshape(-1, 28, 28)
    positions = np.arange(28) + 0.5
    for axis in (1, 2):
        profile = images.sum(axis=3 - axis)
        middle = profile @ positions / profile.sum(axis=1)
        assert ((middle >= 13.99) & (middle <= 15.01)).all()
    is_ink = images > 0
    height, width = is_ink.any(axis=2).sum(axis=1), is_ink.any(axis=1).sum(axis=1)
    assert (np.maximum(height, width) == 20).mean() > 0.99


def test_float64_and_float16_are_the_same_data() -> None:
    single, double = load("digits"), load("digits", dtype="float64")
    assert double.train.images.dtype == np.float64
    np.testing.assert_array_equal(single.train.images, double.train.images.astype(np.float32))
    half = load("digits", dtype="float16")
    assert half.train.images.dtype == np.float16
    np.testing.assert_array_equal(single.train.images.astype(np.float16), half.train.images)


@pytest.mark.parametrize("train_size", [0, -1, 1_248, 60_000])
def test_a_training_size_that_does_not_fit(train_size: int) -> None:
    with pytest.raises(DataError, match=rf"train_size = {train_size:,} .* 1,247 training"):
        load("digits", train_size=train_size)


@pytest.mark.parametrize("split", [-0.1, 1.0, float("nan")])
def test_a_validation_split_that_does_not_fit(split: float) -> None:
    with pytest.raises(DataError, match="validation_split"):
        load("digits", validation_split=split)


def test_an_unknown_dataset() -> None:
    with pytest.raises(DataError, match="fashion is unknown; use mnist or digits"):
        load("fashion")


def test_one_hot() -> None:
    encoded = one_hot(np.array([3, 0], np.uint8), 4, "float64")
    assert encoded.tolist() == [[0, 0, 0, 1], [1, 0, 0, 0]]
    assert encoded.dtype == np.float64
    assert one_hot(np.array([9])).shape == (1, 10)


@pytest.mark.mnist
def test_the_real_mnist(mnist: Dataset) -> None:
    assert [len(part) for part in (mnist.train, mnist.validation, mnist.test)] == [
        50_000,
        10_000,
        10_000,
    ]
    assert mnist.train.labels[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    assert np.bincount(mnist.test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    # The training set's mean pixel, known to everyone who ever standardised MNIST.
    whole = mnist.train.images.base
    assert float(whole.mean(dtype=np.float64)) == pytest.approx(0.1307, abs=5e-5)


# --- more training images -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_train", "n_extra", "times"),
    [(50_000, 0, 0), (50_000, 1, 50), (50_000, 12, 50), (50_000, 200, 28), (1_000, 2_000, 1)],
)
def test_extra_images_are_repeated_to_a_tenth_of_an_epoch(n_train: int, n_extra: int, times: int):
    assert datasets.repeats(n_train, n_extra) == times
    if 1 < times < 50:
        assert n_extra * times / (n_train + n_extra * times) == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_extra_images_join_the_training_images_alone(dtype: datasets.DTypeName):
    data = load("digits", dtype=dtype)
    extra = np.arange(20 * 784, dtype=np.uint32).reshape(20, 784).astype(np.uint8)
    labels = (np.arange(20) % 10).astype(np.uint8)
    more = datasets.with_extra(data, extra, labels)
    n, times = len(data.train), datasets.repeats(len(data.train), 20)
    assert times == 7
    assert len(more.train) == n + 20 * times
    assert more.train.images.dtype == data.train.images.dtype
    assert (more.train.images[:n] == data.train.images).all()
    for shown in np.split(more.train.images[n:], times):
        assert np.allclose(shown * 255, extra)
    assert (more.train.labels[n:] == np.tile(labels, times)).all()
    assert more.validation is data.validation
    assert more.test is data.test
    assert len(load("digits", dtype=dtype).train) == n  # what others share is untouched


def test_no_extra_images_change_nothing():
    data = load("digits")
    assert datasets.with_extra(data, np.empty((0, 784), np.uint8), np.empty(0, np.uint8)) is data


@pytest.mark.parametrize(
    ("changes", "examples"),
    [
        ({}, 50_000),
        ({"validation_split": 0}, 60_000),
        ({"train_size": 1_000}, 1_000),
        ({"dataset": "digits", "validation_split": 0}, 1_497),
    ],
)
def test_the_examples_of_an_epoch(changes: dict[str, object], examples: int):
    assert datasets.training_examples(TrainingConfig(**changes)) == examples
