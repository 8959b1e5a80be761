"""How fast the NumPy engine is: against its twin, and against what the machine can do at all.

For each network, NumPy and PyTorch train the same epochs in turn, in one process. Seconds depend
on the machine and on what else it does; the figures to keep are the ratios, medians over pairs
of epochs. PyTorch gets its best way here: the data as tensors on the device, mini-batches as
slices of a shuffled block, the faster of the fused and the foreach optimizer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any, Literal, cast

import numpy as np

from nncore.config import EngineName, TrainingConfig
from nncore.datasets import Dataset, Split
from nncore.engine import Engine
from nncore.threads import flops_per_example
from nncore.torch_network import TorchNetwork
from nncore.training import EpochRecord, Pace, build, train

N_TRAIN = 60_000
CASES: list[tuple[tuple[int, ...], int | Literal["full"]]] = [
    ((30,), 10),
    ((16, 16), 32),
    ((100,), 10),
    ((128,), 64),
    ((800,), 128),
    ((512, 512), 128),
    ((128,), "full"),
]
"""Hidden layers and mini-batch sizes that are measured."""


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One network's figures: medians over paired epochs of 60,000 examples."""

    network: str
    batch_size: int | Literal["full"]
    numpy_seconds: float
    torch_seconds: float
    torch_optimizer: str
    ratio: float
    """PyTorch's seconds by NumPy's: above 1, NumPy is faster."""
    numpy_gflops: float
    """10^9 floating-point operations a second of the NumPy engine, matrix products only."""
    share_of_matmul: float
    """Of what a bare float32 matrix product reaches on this machine."""


def random_images() -> Dataset:
    """60,000 random images: speed does not depend on what they show, so no files are needed."""
    rng = np.random.default_rng(0)
    images = rng.random((N_TRAIN, 784), dtype=np.float32)
    labels = rng.integers(0, 10, N_TRAIN).astype(np.uint8)
    few = Split(images[:100], labels[:100])
    return Dataset("mnist", Split(images, labels), Split(images[:0], labels[:0]), few, "random")


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


def bench(pairs: int = 5) -> Iterator[BenchRow]:
    """Measure every case of CASES, one row after the other.

    Args:
        pairs: epochs of each engine; the first of each is warming up and not counted.
    """
    data = random_images()
    limit = matmul_gflops()
    for hidden, batch_size in CASES:
        config = TrainingConfig(
            hidden=hidden, batch_size=batch_size, epochs=pairs + 1, learning_rate=0.01
        )
        yield _measure(config, data, limit)


def _measure(config: TrainingConfig, data: Dataset, limit: float) -> BenchRow:
    fused = _paired_seconds(config, data, fused=True)
    foreach = _paired_seconds(config, data, fused=False)
    best = min((fused, foreach), key=lambda seconds: median(seconds["torch"]))
    numpy_seconds = median(best["numpy"])
    gflops = flops_per_example(config.layer_sizes) * N_TRAIN / numpy_seconds / 1e9
    return BenchRow(
        network="-".join(map(str, config.layer_sizes)),
        batch_size=config.batch_size,
        numpy_seconds=numpy_seconds,
        torch_seconds=median(best["torch"]),
        torch_optimizer="fused" if best is fused else "foreach",
        ratio=median(t / n for n, t in zip(best["numpy"], best["torch"], strict=True)),
        numpy_gflops=gflops,
        share_of_matmul=gflops / limit,
    )


def _paired_seconds(
    config: TrainingConfig, data: Dataset, *, fused: bool
) -> dict[EngineName, list[float]]:
    engines: dict[EngineName, Engine] = build(config.replace(engines="numpy"), len(data.train))
    initial = engines["numpy"].parameters()
    engines["torch"] = TorchNetwork(config, initial, n_train=len(data.train), fused=fused)
    seconds: dict[EngineName, list[float]] = {"numpy": [], "torch": []}
    for record in train(config, data, engines, pace=Pace(float("inf"))):
        if isinstance(record, EpochRecord):
            seconds[record.engine].append(record.seconds)
    return {name: values[1:] for name, values in seconds.items()}


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    import platform

    import threadpoolctl  # pyright: ignore[reportMissingTypeStubs]
    import torch

    pools = cast(list[dict[str, Any]], threadpoolctl.threadpool_info())  # pyright: ignore
    blas = [pool for pool in pools if pool["user_api"] == "blas"]
    return {
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": ", ".join(f"{p['internal_api']} {p['version']}" for p in blas),
        "blas_threads": max((p["num_threads"] for p in blas), default=1),
        "torch": torch.__version__,
        "torch_threads": torch.get_num_threads(),
    }
