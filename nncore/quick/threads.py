"""How many threads a matrix product gets: one while products are small, all of them otherwise.

Threads that share a small product wait for each other longer than they compute. On a machine
that has something else to do (a browser, a second run) it gets far worse: each product waits for
a thread that the system has put aside, and an epoch takes 20 times as long or more. That holds
for both engines, so both get the same number.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import threadpoolctl  # pyright: ignore[reportMissingTypeStubs]

from nncore.config import TrainingConfig

MIN_FLOPS = 200_000_000
"""Of one training step from which on threads pay: about 784-500-10 with mini-batches of 128."""


def flops_per_example(layer_sizes: tuple[int, ...]) -> int:
    """Multiplications and additions of the matrix products of one training step, an example.

    Two for each weight forward, two for dC/dW, and two for the error handed back, which the
    first layer does not need.
    """
    products = [n_in * n_out for n_in, n_out in pairwise(layer_sizes)]
    return 6 * sum(products) - 2 * products[0]


def n_threads(config: TrainingConfig, n_train: int) -> int:
    """Threads for a step of this configuration on `n_train` examples."""
    small = flops_per_example(config.layer_sizes) * config.batch_of(n_train) < MIN_FLOPS
    return 1 if small else n_cpus()


def n_cpus() -> int:
    """Processors that this process may use, which a container or `taskset` can make fewer."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_shared = [False]


def are_shared() -> bool:
    """Whether products are spread over several threads now: SciPy's, while NumPy's keep to one."""
    return _shared[0]


@contextmanager
def limited_to(n: int) -> Generator[None]:
    """While it is open, the matrix products of this process use at most `n` threads.

    Where NumPy and SciPy each brought a BLAS of their own, only SciPy's uses more than one. A
    library's threads go on waiting for work when a product is done, and two sets that wait on the
    same processors make a step several times as long.
    """
    # A new controller each time: it knows the libraries that are loaded by now, torch's included.
    controller: Any = threadpoolctl.ThreadpoolController()
    packages = Path(np.__file__).resolve().parents[1]  # as the system names its libraries
    homes = (packages / "numpy", packages / "numpy.libs")
    paths: list[str] = [pool.filepath for pool in controller.lib_controllers]
    own = [path for path in paths if any(Path(path).is_relative_to(home) for home in homes)]
    before, _shared[0] = _shared[0], n > 1
    try:
        with controller.limit(limits=n), controller.select(filepath=own).limit(limits=1):
            yield
    finally:
        _shared[0] = before
