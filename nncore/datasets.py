"""MNIST and the embedded digits: where they are found, how they are checked, how they are split.

MNIST is taken from, in this order: `data_dir` (or the environment's NN_DATA_DIR), this user's cache
folder, a download through torchvision into that cache. Whatever the way, a file is used only if
its decompressed bytes have the known SHA-256 sum, so a folder may hold the files under either of
their names, compressed or not, in itself or in folders below. The embedded digits need neither
network nor files: scikit-learn's 1,797 handwritten 8x8 digits, brought to 28x28 as drawn ink is.
"""

import contextlib
import functools
import gzip
import hashlib
import importlib.util
import os
import socket
import sys
import tempfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt
import platformdirs

from nncore.config import DatasetName, DTypeName, TrainingConfig

ImageDType = DTypeName | Literal["float16"]
"""Half precision is enough to look at images, in half the memory; nothing trains with it."""

N_PIXELS = 784
N_CLASSES = 10
N_TEST: dict[DatasetName, int] = {"mnist": 10_000, "digits": 300}
"""Test images of each dataset."""
N_TRAINING: dict[DatasetName, int] = {"mnist": 60_000, "digits": 1_797 - N_TEST["digits"]}
"""Training images of each dataset, those for validation included."""
DOWNLOAD_PATIENCE = 20.0
"""Seconds without an answer after which a download is given up."""
EXTRA_SHARE = 0.1
"""Of the training images, what `with_extra` lets a few examples of one's own become."""
EXTRA_REPEATS = 50
"""How often it repeats each of them at most: more would be learned by heart."""


class DataError(ValueError):
    """Data that is missing or not what it should be; the message is written for its reader."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Images and their labels, in the same order.

    The arrays are shared by everyone in the process who loads the same data: do not write to them.
    """

    images: npt.NDArray[np.floating]  # (n, 784), 0 the background, 1 the brightest ink
    labels: npt.NDArray[np.uint8]  # (n,), 0 to 9

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The three parts of a data set; `source` says in a phrase where it came from."""

    name: DatasetName
    train: Split
    validation: Split
    test: Split
    source: str


@dataclass(frozen=True, slots=True)
class _IdxFile:
    name: str
    sha256: str  # of the decompressed bytes
    n_bytes: int  # decompressed, the header included
    shape: tuple[int, ...]

    @property
    def header(self) -> int:
        return self.n_bytes - int(np.prod(self.shape))


_TRAIN_IMAGES = _IdxFile(
    "train-images-idx3-ubyte",
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    47_040_016,
    (N_TRAINING["mnist"], N_PIXELS),
)
_TRAIN_LABELS = _IdxFile(
    "train-labels-idx1-ubyte",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    60_008,
    (N_TRAINING["mnist"],),
)
_TEST_IMAGES = _IdxFile(
    "t10k-images-idx3-ubyte",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    7_840_016,
    (N_TEST["mnist"], N_PIXELS),
)
_TEST_LABELS = _IdxFile(
    "t10k-labels-idx1-ubyte",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    10_008,
    (N_TEST["mnist"],),
)
MNIST_FILES = tuple(
    file.name for file in (_TRAIN_IMAGES, _TRAIN_LABELS, _TEST_IMAGES, _TEST_LABELS)
)
"""Names of the four standard files; each may be `.idx` for `-idx`, and end in .gz."""
_DEPTH = 2
"""Levels of folders below the one that was given, where the files are looked for: torchvision has
them in MNIST/raw, others each in a folder of its own. A download in progress lies deeper."""
_MOST_FOLDERS = 200
"""That are looked into: somebody's home folder must not be searched at every page."""

_GZIP = b"\x1f\x8b"
"""The first bytes of a compressed file, whatever its name."""

_WAY_OUT = (
    "set NN_DATA_DIR to a folder with the four MNIST files (plain or .gz), "
    "or choose the dataset digits, which works offline"
)


def load(
    name: DatasetName,
    *,
    validation_split: float = 1 / 6,
    train_size: int | None = None,
    dtype: ImageDType = "float32",
    data_dir: Path | None = None,
    download: bool = True,
) -> Dataset:
    """Load a data set; its parts are views of arrays that are kept in memory for the next call.

    Args:
        name: `mnist` (60,000 and 10,000 images) or `digits` (1,497 and 300).
        validation_split: share of the training images, the last ones, kept for validation: 1/6 of
            MNIST is the book's 50,000/10,000/10,000, and 0 is 60,000/0/10,000.
        train_size: only so many of the remaining training images, the first ones; None for all.
        dtype: of the images.
        data_dir: folder with the four MNIST files; None for the environment's NN_DATA_DIR.
        download: whether MNIST may be downloaded where it is on no disk.

    Raises:
        DataError: a file is missing or damaged, the download failed, or a size does not fit.
    """
    if name == "mnist":
        folder, source = _find_mnist(data_dir, download)
        train, test = _load_mnist(folder, _fingerprint(folder), dtype)
    elif name == "digits":
        train, test = _load_digits(dtype)
        source = "the 1,797 digits that come with scikit-learn"
    else:
        raise DataError(f"dataset = {name} is unknown; use mnist or digits.")
    train, validation = _divide(name, train, validation_split, train_size)
    return Dataset(name, train, validation, test, source)


def load_for(
    config: TrainingConfig, *, data_dir: Path | None = None, download: bool = True
) -> Dataset:
    """`load` what a configuration asks for.

    Raises:
        DataError: as `load`, or no validation image is left where the configuration watches them.
    """
    data = load(
        config.dataset,
        validation_split=config.validation_split,
        train_size=config.train_size,
        dtype=config.dtype,
        data_dir=data_dir,
        download=download,
    )
    if config.watches_validation and not len(data.validation):
        raise DataError(
            f"validation_split = {config.validation_split:g} keeps not one of the "
            f"{N_TRAINING[config.dataset]:,} images, but the validation accuracy is asked for; "
            "use a larger share, such as 0.1."
        )
    return data


def as_unit(
    images: npt.NDArray[np.uint8], dtype: ImageDType | np.dtype[np.floating] = "float32"
) -> npt.NDArray[np.floating]:
    """A dataset's bytes, 0 to 255, as the networks take them: [0, 1], of the same shape."""
    scaled = images.astype(dtype)
    scaled /= 255
    return scaled


def as_bytes(pixels: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """A dataset's numbers in [0, 1] as bytes, of the same shape; what is beyond is cut."""
    return np.rint(255 * np.clip(pixels, 0, 1)).astype(np.uint8)


def with_extra(
    data: Dataset, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]
) -> Dataset:
    """The data set with more training images; validation and test images stay what they are.

    A dozen images among 50,000 would teach nothing, so each is repeated `repeats` times.

    Args:
        data: what to add to.
        images: (n, 784), 0 the background, 255 the brightest ink.
        labels: (n,), 0 to 9.
    """
    times = repeats(len(data.train), len(labels))
    if not times:
        return data
    extra = as_unit(np.tile(images, (times, 1)), data.train.images.dtype)
    train = Split(
        np.concatenate([data.train.images, extra]),
        np.concatenate([data.train.labels, np.tile(labels, times)]),
    )
    return replace(data, train=train, source=f"{data.source}, and {len(labels):,} more images")


def repeats(n_train: int, n_extra: int) -> int:
    """How often `with_extra` shows each of `n_extra` images in an epoch.

    So often that they are `EXTRA_SHARE` of all its images, but at most `EXTRA_REPEATS` times and,
    where there are any, at least once.
    """
    if not n_extra:
        return 0
    wanted = round(n_train * EXTRA_SHARE / (1 - EXTRA_SHARE) / n_extra)
    return min(max(wanted, 1), EXTRA_REPEATS)


def load_test(name: DatasetName, *, data_dir: Path | None = None) -> Split:
    """Only the test images of a data set, in float32; no training image is read or downloaded.

    Raises:
        DataError: a file of the test images is missing or damaged.
    """
    if name == "digits":
        return _load_digits("float32")[1]
    if name != "mnist":
        raise DataError(f"dataset = {name} is unknown; use mnist or digits.")
    folder = _asked_folder(data_dir)
    if folder is None:
        folder = cache_folder()
        if not all(_paths_of(folder, file.name) for file in (_TEST_IMAGES, _TEST_LABELS)):
            raise DataError(
                f"MNIST's test images are not in the cache {folder}; train on MNIST once, which "
                "downloads them, or set NN_DATA_DIR to a folder with the four MNIST files."
            )
    else:
        _require(folder, (_TEST_IMAGES, _TEST_LABELS))
    return Split(as_unit(_read(folder, _TEST_IMAGES)), _read(folder, _TEST_LABELS))


def available(name: DatasetName, data_dir: Path | None = None) -> bool:
    """Whether `load` will find the files on a disk; quick, and their content is not checked."""
    if name == "digits":
        return True
    folder = _asked_folder(data_dir) or cache_folder()
    return all(_paths_of(folder, file_name) for file_name in MNIST_FILES)


def cache_folder() -> Path:
    """Where a downloaded MNIST is kept for this user."""
    return platformdirs.user_cache_path("nn-magic") / "mnist"


def one_hot(
    labels: npt.NDArray[np.integer], n_classes: int = N_CLASSES, dtype: DTypeName = "float32"
) -> npt.NDArray[np.floating]:
    """A row of zeros for each label, with a one in the label's column: (n, n_classes)."""
    encoded = np.zeros((len(labels), n_classes), dtype)
    encoded[np.arange(len(labels)), labels] = 1
    return encoded


def _divide(
    name: str, train: Split, validation_split: float, train_size: int | None
) -> tuple[Split, Split]:
    if not 0 <= validation_split < 1:
        raise DataError(
            f"validation_split = {validation_split} does not fit; use a share from 0 to below 1."
        )
    n_train = len(train) - round(validation_split * len(train))
    n_used = n_train if train_size is None else train_size
    if not 1 <= n_used <= n_train:
        raise DataError(
            f"train_size = {n_used:,} does not fit: the dataset {name} has {n_train:,} training "
            "images beside its validation images; use 1 to that many, or all."
        )
    return (
        Split(train.images[:n_used], train.labels[:n_used]),
        Split(train.images[n_train:], train.labels[n_train:]),
    )


def _asked_folder(data_dir: Path | None) -> Path | None:
    if data_dir is not None:
        return Path(data_dir).expanduser()
    text = os.environ.get("NN_DATA_DIR", "").strip()
    return Path(text).expanduser() if text else None


def _find_mnist(data_dir: Path | None, download: bool) -> tuple[Path, str]:
    """The folder to read and a phrase about it; a folder that was asked for is the only choice."""
    asked = _asked_folder(data_dir)
    if asked is not None:
        _require(asked, (_TRAIN_IMAGES, _TRAIN_LABELS, _TEST_IMAGES, _TEST_LABELS))
        return asked, f"the MNIST files in {asked}"
    cache = cache_folder()
    if all(_paths_of(cache, file_name) for file_name in MNIST_FILES):
        return cache, f"the MNIST files in the cache {cache}"
    if not download:
        raise DataError(f"MNIST is not in the cache {cache}; {_WAY_OUT}.")
    _download_mnist(cache)
    return cache, f"MNIST, downloaded to the cache {cache}"


def _require(folder: Path, files: tuple[_IdxFile, ...]) -> None:
    for file in files:
        if not _paths_of(folder, file.name):
            raise DataError(
                f"The data folder {folder} has no {file.name} (or {file.name}.gz), nor has a "
                "folder in it; put the four MNIST files there, point NN_DATA_DIR to a folder that "
                "has them, or unset it."
            )


def _paths_of(folder: Path, file_name: str) -> list[Path]:
    """Where one of the four files may be: in the folder itself, or else in folders below it.

    Other data sets have files of these names too, often in a folder beside MNIST's: which is which,
    the sums tell.
    """
    names = [file_name, file_name.replace("-idx", ".idx")]
    names += [f"{name}.gz" for name in names]
    return _present([folder], names) or _present(_folders_below(folder), names)


def _present(folders: list[Path], names: list[str]) -> list[Path]:
    found: list[Path] = []
    for path in (folder / name for folder in folders for name in names):
        with contextlib.suppress(OSError):  # a folder that may not be looked into
            if path.is_file():
                found.append(path)
    return found


def _folders_below(folder: Path) -> list[Path]:
    """Breadth first, so that what is near is found in a folder with much below it."""
    found, level = list[Path](), [folder]
    for _ in range(_DEPTH):
        below: list[Path] = []
        for parent in level:
            with contextlib.suppress(OSError), os.scandir(parent) as entries:
                below += sorted(Path(entry) for entry in entries if entry.is_dir())
            if len(found) + len(below) >= _MOST_FOLDERS:
                return (found + below)[:_MOST_FOLDERS]
        found, level = found + below, below
    return found


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes when a file does, so that what is in memory is never older than the disk."""
    found: list[tuple[str, int, int]] = []
    for path in (path for name in MNIST_FILES for path in _paths_of(folder, name)):
        stat = path.stat()
        found.append((str(path), stat.st_size, stat.st_mtime_ns))
    return tuple(found)


@functools.lru_cache(maxsize=2)
def _load_mnist(
    folder: Path, fingerprint: tuple[tuple[str, int, int], ...], dtype: ImageDType
) -> tuple[Split, Split]:
    del fingerprint  # part of the cache's key only
    return (
        Split(as_unit(_read(folder, _TRAIN_IMAGES), dtype), _read(folder, _TRAIN_LABELS)),
        Split(as_unit(_read(folder, _TEST_IMAGES), dtype), _read(folder, _TEST_LABELS)),
    )


def _read(folder: Path, file: _IdxFile) -> npt.NDArray[np.uint8]:
    """Read one file, the first there is with the right sum.

    Raises:
        DataError: there is none; it says what is wrong with the first there is.
    """
    wrong: DataError | None = None
    for path in _paths_of(folder, file.name):
        try:
            return _verified(path, file)
        except DataError as error:
            wrong = wrong or error
    raise wrong or DataError(f"The data folder {folder} has no {file.name} any more; put it back.")


def _verified(path: Path, file: _IdxFile) -> npt.NDArray[np.uint8]:
    """The images or labels of one file; never more bytes than it should have are read of it."""
    way_out = "replace it with a fresh copy"
    if cache_folder() in path.parents:
        way_out = "delete it, and MNIST will be downloaded again"
    try:
        with path.open("rb") as plain:
            is_compressed = plain.read(len(_GZIP)) == _GZIP  # browsers unpack, and keep the name
            plain.seek(0)
            with gzip.GzipFile(fileobj=plain) if is_compressed else plain as stream:
                content = stream.read(file.n_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"The data file {path} cannot be read ({error}); {way_out}.") from None
    if len(content) != file.n_bytes:
        is_long = len(content) > file.n_bytes
        raise DataError(
            f"The data file {path} holds {'more than' if is_long else 'only'} "
            f"{file.n_bytes if is_long else len(content):,} bytes where {file.n_bytes:,} belong; "
            f"{way_out}."
        )
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise DataError(
            f"The data file {path} is damaged or another data set's (its SHA-256 sum is not "
            f"MNIST's); {way_out}."
        )
    return np.frombuffer(bytearray(content), np.uint8, offset=file.header).reshape(file.shape)


def _download_mnist(cache: Path) -> None:
    """Download into a folder of its own, verify, and only then move the files into the cache."""
    try:
        import torchvision.datasets  # pyright: ignore[reportMissingTypeStubs]
    except (ImportError, RuntimeError, OSError) as error:
        raise DataError(
            f"MNIST cannot be downloaded because torchvision does not load ({error}); install "
            "torch and torchvision together from one index (pip install torch torchvision, or both "
            f"from https://download.pytorch.org/whl/cpu), or {_WAY_OUT}."
        ) from None
    patience = socket.getdefaulttimeout()
    try:
        socket.setdefaulttimeout(DOWNLOAD_PATIENCE)  # torchvision itself would wait for minutes
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="download-", dir=cache) as scratch:
            # It prints its progress; standard output belongs to `--json`.
            with contextlib.redirect_stdout(sys.stderr):
                torchvision.datasets.MNIST(scratch, download=True)
            raw = Path(scratch) / "MNIST" / "raw"
            for file in (_TRAIN_IMAGES, _TRAIN_LABELS, _TEST_IMAGES, _TEST_LABELS):
                _read(raw, file)
            for file_name in MNIST_FILES:
                (raw / file_name).replace(cache / file_name)
    except DataError:
        raise
    except (OSError, RuntimeError, EOFError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"MNIST could not be downloaded ({reason}); {_WAY_OUT}.") from None
    finally:
        socket.setdefaulttimeout(patience)


@functools.lru_cache(maxsize=2)
def _load_digits(dtype: ImageDType) -> tuple[Split, Split]:
    from nncore.preprocessing import prepare_ink

    table = _digits_table()
    # Each 8x8 pixel counts the ink in a 4x4 block of a 32x32 bitmap: go back to that size first.
    enlarge = _interpolation(8, 32)
    bitmaps = enlarge @ (table[:, :64].reshape(-1, 8, 8) / 16) @ enlarge.T
    images = np.stack([prepare_ink(bitmap).pixels.ravel() for bitmap in bitmaps.astype(np.float32)])
    # RandomState, unlike default_rng, promises the same order in every NumPy to come.
    order = np.random.RandomState(0).permutation(len(table))
    images, labels = images[order].astype(dtype), table[order, 64].astype(np.uint8)
    n_train = N_TRAINING["digits"]
    return (
        Split(images[:n_train], labels[:n_train]),
        Split(images[n_train:], labels[n_train:]),
    )


def _digits_table() -> npt.NDArray[np.float64]:
    """A row for each digit: 64 pixels from 0 to 16, and the label: (1797, 65).

    Read from scikit-learn's file where that is in its usual place: importing the package for it
    takes a second and more. Its own function is for any version that keeps the file elsewhere.
    """
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise DataError("The digits come with scikit-learn; install it (pip install scikit-learn).")
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    if path.is_file():
        return np.loadtxt(path, delimiter=",")
    from sklearn.datasets import load_digits  # pyright: ignore

    pixels, labels = cast(Any, load_digits(return_X_y=True))
    return np.column_stack([pixels, labels])


def _interpolation(n_in: int, n_out: int) -> npt.NDArray[np.float64]:
    """Linear interpolation between pixel centres, as a matrix: (n_out, n_in)."""
    positions = (np.arange(n_out) + 0.5) * n_in / n_out - 0.5
    distance = np.abs(np.clip(positions, 0, n_in - 1)[:, None] - np.arange(n_in))
    return np.clip(1 - distance, 0, None)


def training_examples(config: TrainingConfig) -> int:
    """How many images of its dataset an epoch of this configuration shows the network."""
    n_all = N_TRAINING[config.dataset]
    available = n_all - round(config.validation_split * n_all)
    return min(config.train_size or available, available)


def steps_an_epoch(config: TrainingConfig) -> int:
    """Steps of gradient descent in one epoch of this configuration."""
    return config.n_batches(training_examples(config))
