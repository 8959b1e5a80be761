"""How fast the NumPy engine is: against its twin, and against what the machine can do at all.

For each network, NumPy and PyTorch train the same epochs in turn, in one process. Seconds depend
on the machine and on what else it does; the figures to keep are the ratios, medians over pairs
of epochs. PyTorch gets its best way here: the data as tensors on the device, mini-batches as
slices of a shuffled block, the faster of the fused and the foreach optimizer, and `torch.compile`
where it is asked for and a C++ compiler is there.

Tried, and not taken up:

- `torch.compile` by default: on two cores, compiled training takes longer on small networks. There
  is little to fuse between two matrix products. `--compile` tries it.
- Two threads for 784-128-10 by 64: slower with NumPy's products, a little quicker with SciPy's on
  a quiet machine, and many times slower on a busy one.
- Gathering the next block of examples in a thread: no gain, the copy is a small part of a step.
- SciPy's product for the forward pass of small networks: slower than NumPy's there.
- Fewer seconds for Adam, which goes over every parameter thirteen times: BLAS's `axpy` in place of
  two passes each (slower with two threads, which wait for each other in every block), two Python
  threads with half of the blocks each (no gain, they wait for the interpreter), and numexpr, which
  makes one pass of all but computes roots one at a time (slower).

What stands against the wide networks: most of a step of 784-800-10 by 128 are its two large
products, and BLAS, which first copies each matrix into its own order, multiplies 128 rows more
slowly than the square matrices that it is compared with. The rest is shared by the small products,
by gathering, and by ReLU and biases, which one thread does.
"""

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from statistics import median
from time import perf_counter
from typing import Literal, cast

import numpy as np
import torch
from torch import nn

from nncore import augmentation
from nncore.batches import BLOCK_ROWS
from nncore.blocks import slices
from nncore.config import DeformName, EngineName, TrainingConfig, architecture
from nncore.datasets import Dataset, Split
from nncore.engine import Engine
from nncore.initializers import draw_parameters
from nncore.lab import result_files
from nncore.lab.bench_report import (
    N_TRAIN,
    BatchSize,
    BenchRow,
    CostRow,
    DeformRow,
    MemoryRow,
    NielsenRow,
    Speed,
    StepRow,
    Sweep,
    SweepRow,
    examples_of_a_point,
)
from nncore.lab.machine import this_machine
from nncore.lab.nielsen_loop import NielsenNetwork
from nncore.quick import threads
from nncore.quick.network import PART_ROWS, QuickNetwork
from nncore.quick.products import add_product, multiply, multiply_transposed
from nncore.quick.threads import flops_per_example
from nncore.torch_network import TorchNetwork
from nncore.training import EpochRecord, ReportInterval, build, train

CASES: list[tuple[tuple[int, ...], BatchSize]] = [
    ((30,), 10),
    ((16, 16), 32),
    ((100,), 10),
    ((128,), 64),
    ((800,), 128),
    ((512, 512), 128),
    ((128,), "full"),
]
"""Hidden layers and mini-batch sizes that are measured."""

COST_CASES: list[tuple[tuple[int, ...], int]] = [((800,), 128), ((128,), 64)]
EXTRAS: dict[str, dict[str, object]] = {
    "momentum": {"optimizer": "momentum"},
    "adam": {"optimizer": "adam", "learning_rate": 0.001},
    "l2": {"l2": 5.0},
    "dropout": {"dropout": 0.5},
    "elastic": {"deform": "elastic"},
}
"""What is measured against plain SGD."""

MEMORY_CASES: list[tuple[tuple[int, ...], BatchSize]] = [
    ((128,), 64),
    ((800,), 128),
    ((128,), "full"),
]

DEFORMED: tuple[DeformName, ...] = ("affine", "elastic")
"""Deformations whose images a second are measured."""

SWEEP_WIDTH, SWEEP_BATCH_SIZE = 128, 32
BATCH_SIZES: list[BatchSize] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, "full"]
WIDTHS = [16, 32, 64, 128, 256, 512, 1024]

Way = Literal["fused", "foreach", "compiled"]

_EPOCHS_ONLY = ReportInterval(float("inf"))
"""No report within an epoch."""


def random_images(n: int = N_TRAIN) -> Dataset:
    """Random images: speed does not depend on what they show, so no files are needed."""
    rng = np.random.default_rng(0)
    images = rng.random((n, 784), dtype=np.float32)
    labels = rng.integers(0, 10, n).astype(np.uint8)
    few = Split(images[:100], labels[:100])
    return Dataset("mnist", Split(images, labels), Split(images[:0], labels[:0]), few, "random")


def first_images(data: Dataset, n: int) -> Dataset:
    """The bench's data: the same with only `n` images to train on."""
    few = Split(data.train.images[:n], data.train.labels[:n])
    return Dataset(data.name, few, data.validation, data.test, data.source)


def matmul_gflops(n: int = 2048, repetitions: int = 9) -> float:
    """GFLOP/s of a bare float32 product of two n x n matrices: the machine's limit here."""
    A = np.random.default_rng(0).random((n, n), dtype=np.float32)
    out = np.empty_like(A)
    seconds: list[float] = []
    for _ in range(repetitions):
        began = perf_counter()
        np.dot(A, A, out=out)
        seconds.append(perf_counter() - began)
    return 2 * n**3 / median(seconds) / 1e9


def devices() -> list[torch.device]:
    """The devices that the bench measures PyTorch on: the CPU, and a GPU if there is one."""
    found = [torch.device("cpu")]
    if torch.cuda.is_available():
        found.append(torch.device("cuda"))
    if torch.backends.mps.is_available():
        found.append(torch.device("mps"))
    return found


def n_records() -> int:
    """Records that `bench` gives on this machine, the closing one included."""
    n_costs = len(EXTRAS) * len(COST_CASES)
    return len(CASES) * len(devices()) + 1 + n_costs + len(DEFORMED) + len(MEMORY_CASES) + 1


def bench(
    pairs: int = 5, *, compiled: bool = False, command: str = ""
) -> Iterator[BenchRow | NielsenRow | CostRow | DeformRow | MemoryRow | Speed]:
    """Measure everything: a record after the other, and all of them together as the last.

    Args:
        pairs: epochs of each engine that count; one more of each is for warming up.
        compiled: try `torch.compile` as well, which takes a minute a row.
        command: what was asked for, to be kept with the figures.
    """
    rows: list[BenchRow] = []
    costs_: list[CostRow] = []
    deformed_: list[DeformRow] = []
    memory_: list[MemoryRow] = []
    limit = matmul_gflops()
    for row in measure_cases(random_images(), pairs, limit, compiled=compiled):
        rows.append(row)
        yield row
    nielsen = against_nielsen(pairs)
    yield nielsen
    for cost in costs(pairs):
        costs_.append(cost)
        yield cost
    for deformed in deformations(pairs):
        deformed_.append(deformed)
        yield deformed
    for peak in memory():
        memory_.append(peak)
        yield peak
    parts = tuple(rows), nielsen, tuple(costs_), tuple(memory_), tuple(deformed_)
    yield Speed(result_files.today(), command, this_machine(), limit, *parts)


def measure_cases(
    data: Dataset, pairs: int, limit: float, *, compiled: bool = False
) -> Iterator[BenchRow]:
    """Every case of CASES on every device; `limit` is `matmul_gflops`."""
    ways: tuple[Way, ...] = ("fused", "foreach", "compiled") if compiled else ("fused", "foreach")
    for hidden, batch_size in CASES:
        config = _plain(hidden, batch_size)
        for device in devices():
            yield _measure(config, data, pairs, limit, device, ways)


def _plain(hidden: tuple[int, ...], batch_size: BatchSize) -> TrainingConfig:
    return TrainingConfig(hidden=hidden, batch_size=batch_size, learning_rate=0.01)


def _measure(
    config: TrainingConfig,
    data: Dataset,
    pairs: int,
    limit: float,
    device: torch.device,
    ways: tuple[Way, ...],
) -> BenchRow:
    of_way = {way: _paired_seconds(config, data, pairs, device, way) for way in ways}
    way = min(of_way, key=lambda way: median(of_way[way]["torch"]))
    best = of_way[way]
    numpy_seconds = median(best["numpy"])
    gflops = flops_per_example(config.layer_sizes) * len(data.train) / numpy_seconds / 1e9
    return BenchRow(
        network=architecture(config.layer_sizes),
        batch_size=config.batch_size,
        threads=threads.n_threads(config, len(data.train)),
        device=_device_name(device),
        numpy_seconds=numpy_seconds,
        torch_seconds=median(best["torch"]),
        torch_way=way,
        ratio=_ratio(best),
        numpy_gflops=gflops,
        share_of_matmul=gflops / limit,
    )


def _device_name(device: torch.device) -> str:
    return f"cuda, {torch.cuda.get_device_name()}" if device.type == "cuda" else device.type


def _ratio(seconds: Mapping[EngineName, list[float]]) -> float:
    return median(t / n for n, t in zip(seconds["numpy"], seconds["torch"], strict=True))


def _paired_seconds(
    config: TrainingConfig, data: Dataset, pairs: int, device: torch.device, way: Way
) -> dict[EngineName, list[float]]:
    """Seconds of each engine's epochs, which it trains in turn with the other."""
    n = len(data.train)
    twin = TorchNetwork(
        config, draw_parameters(config), n_train=n, device=device, fused=way != "foreach"
    )
    if way == "compiled":
        # Not `module.compile()`: of an nn.Sequential it compiles nothing (PyTorch 2.13).
        compile_ = cast(Callable[[nn.Sequential], nn.Sequential], torch.compile)  # pyright: ignore
        twin.module = compile_(twin.module)
    engines: dict[EngineName, Engine] = build(config.replace(engines="numpy"), n)
    engines["torch"] = twin
    seconds: dict[EngineName, list[float]] = {"numpy": [], "torch": []}
    config = config.replace(epochs=pairs + 1)
    for record in train(config, data, engines, interval=_EPOCHS_ONLY):
        if isinstance(record, EpochRecord):
            seconds[record.engine].append(record.seconds)
    return {name: values[1:] for name, values in seconds.items()}


# --- the NumPy engine against itself -------------------------------------------------------


def costs(pairs: int = 5, *, data: Dataset | None = None) -> Iterator[CostRow]:
    """What each of EXTRAS costs at each of COST_CASES, in epochs of 20,000 examples."""
    data = data or first_images(random_images(), 20_000)
    for hidden, batch_size in COST_CASES:
        plain = _plain(hidden, batch_size)
        variants = {"": plain, **{name: plain.replace(**what) for name, what in EXTRAS.items()}}
        seconds = _seconds_in_turn(variants, data, pairs)
        for extra in EXTRAS:
            pair = zip(seconds[""], seconds[extra], strict=True)
            share = median(without / with_it for without, with_it in pair)
            yield CostRow(architecture(plain.layer_sizes), batch_size, extra, share)


def _seconds_in_turn(
    variants: Mapping[str, TrainingConfig], data: Dataset, pairs: int
) -> dict[str, list[float]]:
    """Seconds of the NumPy engine's epochs, an epoch of each variant in turn.

    Every round begins with another one, so that none is always measured after the same.
    """
    n = len(data.train)
    engines = {name: build(c.replace(engines="numpy"), n) for name, c in variants.items()}
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for epoch in range(pairs + 1):
        names = list(variants)
        first = epoch % len(names)
        for name in names[first:] + names[:first]:
            one_more = variants[name].replace(epochs=epoch + 1)
            for record in train(one_more, data, engines[name], interval=_EPOCHS_ONLY):
                if isinstance(record, EpochRecord):
                    seconds[name].append(record.seconds)
    return {name: values[1:] for name, values in seconds.items()}


def deformations(repetitions: int = 5, *, n_images: int = 20_480) -> Iterator[DeformRow]:
    """How fast images are deformed, in the one thread that does it beside training."""
    images = random_images(n_images).train.images
    for name in DEFORMED:
        rng = np.random.default_rng(0)
        seconds: list[float] = []
        for _ in range(repetitions):
            began = perf_counter()
            augmentation.deform(images, augmentation.DEFORMATIONS[name], rng=rng)
            seconds.append(perf_counter() - began)
        yield DeformRow(name, n_images / median(seconds))


def against_nielsen(pairs: int = 5, *, n_examples: int = 10_000) -> NielsenRow:
    """The book's loop and the NumPy engine on the same examples: 784-30-10, mini-batches of 10."""
    config = _plain((30,), 10).replace(
        activation="sigmoid", cost="quadratic", initializer="normal", lr=3.0, engines="numpy"
    )
    data = random_images(n_examples)
    ours = build(config, n_examples)
    theirs = NielsenNetwork(draw_parameters(config))
    columns = [x[:, None] for x in data.train.images]
    examples = list(zip(columns, np.eye(10)[data.train.labels][:, :, None], strict=True))
    numpy_seconds: list[float] = []
    nielsen_seconds: list[float] = []
    for epoch in range(pairs + 1):
        for record in train(config.replace(epochs=epoch + 1), data, ours, interval=_EPOCHS_ONLY):
            if isinstance(record, EpochRecord):
                numpy_seconds.append(record.seconds)
        order = np.random.default_rng(epoch).permutation(n_examples)
        with threads.limited_to(1):
            began = perf_counter()
            theirs.train_epoch([examples[i] for i in order], 10, 3.0)
            nielsen_seconds.append(perf_counter() - began)
    pair = zip(nielsen_seconds[1:], numpy_seconds[1:], strict=True)
    to_epoch = N_TRAIN / n_examples
    return NielsenRow(
        numpy_seconds=to_epoch * median(numpy_seconds[1:]),
        nielsen_seconds=to_epoch * median(nielsen_seconds[1:]),
        ratio=median(book / ours for book, ours in pair),
    )


def memory(n_examples: int = N_TRAIN) -> Iterator[MemoryRow]:
    """The peak of what NumPy and Python allocate in an epoch, the training set included."""
    for hidden, batch_size in MEMORY_CASES:
        config = _plain(hidden, batch_size).replace(engines="numpy", epochs=1)
        tracemalloc.start()
        try:
            data = random_images(n_examples)
            for _ in train(config, data, build(config, n_examples), interval=_EPOCHS_ONLY):
                pass
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        size = np.dtype(config.dtype).itemsize
        yield MemoryRow(
            network=architecture(config.layer_sizes),
            batch_size=batch_size,
            peak_bytes=peak,
            training_set_bytes=data.train.images.nbytes + data.train.labels.nbytes,
            parameter_bytes=size * config.n_parameters,
        )


def steps(pairs: int = 5, *, data: Dataset | None = None) -> Iterator[StepRow]:
    """Where the time of a step goes, for each of CASES."""
    data = data or random_images()
    n, limit = len(data.train), matmul_gflops()
    for hidden, batch_size in CASES:
        config = _plain(hidden, batch_size).replace(engines="numpy", epochs=pairs + 1)
        n_rows = config.batch_of(n)
        records = train(config, data, build(config, n), interval=_EPOCHS_ONLY)
        seconds = [r.seconds for r in records if isinstance(r, EpochRecord)][1:]
        network = QuickNetwork(config, draw_parameters(config), n_train=n)
        with threads.limited_to(threads.n_threads(config, n)):
            # A large batch goes through the network in parts.
            part = min(n_rows, PART_ROWS)
            products = _seconds_of(_products_of_a_step(network, part)) * n_rows / part
            gathering = _seconds_of_gathering(network, data.train) * n_rows if n_rows < n else 0.0
        flops = flops_per_example(config.layer_sizes) * n_rows
        yield StepRow(
            network=architecture(config.layer_sizes),
            batch_size=batch_size,
            step=1e6 * median(seconds) / config.n_batches(n),
            products=1e6 * products,
            ideal=flops / limit / 1e3,
            gathering=1e6 * gathering,
        )


def _products_of_a_step(network: QuickNetwork, n_rows: int) -> Callable[[], object]:
    """The matrix products of one step on so many rows, and nothing else."""
    rng = np.random.default_rng(0)
    weights = [W.copy() for W in network.weights]
    a = [rng.random((n_rows, size), dtype=np.float32) for size in network.layer_sizes]
    # So small that what the products add changes no weight.
    deltas = [np.full_like(x, 1e-20) for x in a]

    def run() -> None:
        for layer, W in enumerate(weights):
            multiply(a[layer], W, a[layer + 1])
        for layer in reversed(range(len(weights))):
            if layer:
                multiply_transposed(deltas[layer + 1], weights[layer], deltas[layer])
            add_product(weights[layer], a[layer], deltas[layer + 1], 1.0)

    return run


def _seconds_of_gathering(network: QuickNetwork, examples: Split) -> float:
    """Seconds of copying one example, from all over the training set as training does it."""
    staged = network.stage(examples.images, examples.labels)
    order = np.random.default_rng(0).permutation(len(examples))
    # No block twice in a row: its examples would lie in the cache.
    blocks = cycle([order[rows] for rows in slices(len(order), BLOCK_ROWS)])
    size = min(BLOCK_ROWS, len(order))
    return _seconds_of(lambda: network.gather(*staged, next(blocks))) / size


def _seconds_of(run: Callable[[], object]) -> float:
    """The median of a call's seconds, over as many calls as fill 0.3 seconds."""
    run()
    taken: list[float] = []
    end = perf_counter() + 0.3
    while (began := perf_counter()) < end or len(taken) < 3:
        run()
        taken.append(perf_counter() - began)
    return median(taken)


# --- for charts ----------------------------------------------------------------------------


N_SWEEP_RECORDS = len(BATCH_SIZES) + len(WIDTHS) + 1
"""Records that `sweep` gives, the closing one included."""


def sweep(pairs: int = 3, *, command: str = "") -> Iterator[SweepRow | Sweep]:
    """Both sweeps, a point after the other, and all points together as the last."""
    data = random_images()
    by_batch_size: list[SweepRow] = []
    by_width: list[SweepRow] = []
    for point in sweep_batch_sizes(pairs, data=data):
        by_batch_size.append(point)
        yield point
    for point in sweep_widths(pairs, data=data):
        by_width.append(point)
        yield point
    yield Sweep(
        result_files.today(), command, this_machine(), tuple(by_batch_size), tuple(by_width)
    )


def sweep_batch_sizes(pairs: int = 3, *, data: Dataset | None = None) -> Iterator[SweepRow]:
    """The ratio at each of BATCH_SIZES for 784-128-10: a point after the other, seconds each."""
    data = data or random_images()
    for batch_size in BATCH_SIZES:
        yield _point(SWEEP_WIDTH, batch_size, data, pairs)


def sweep_widths(pairs: int = 3, *, data: Dataset | None = None) -> Iterator[SweepRow]:
    """The ratio for 784-width-10 at each of WIDTHS, with mini-batches of 32."""
    data = data or random_images()
    for width in WIDTHS:
        yield _point(width, SWEEP_BATCH_SIZE, data, pairs)


def _point(width: int, batch_size: BatchSize, data: Dataset, pairs: int) -> SweepRow:
    n = min(len(data.train), examples_of_a_point(batch_size))
    data = first_images(data, n)
    config = _plain((width,), batch_size)
    seconds = _paired_seconds(config, data, pairs, torch.device("cpu"), "fused")
    return SweepRow(
        network=architecture(config.layer_sizes),
        width=width,
        batch_size=batch_size,
        threads=threads.n_threads(config, n),
        numpy_microseconds=1e6 * median(seconds["numpy"]) / n,
        torch_microseconds=1e6 * median(seconds["torch"]) / n,
        ratio=_ratio(seconds),
    )
