"""What keeps the pages quick: how products are threaded, and a pass over many images in parts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import numpy as np

from dashboard.once import once
from nncore.blocks import slices
from nncore.quick.network import EVALUATION_ROWS
from nncore.quick.threads import limited_to, n_cpus


@once
def one_thread_a_product() -> ExitStack:
    """From now on a matrix product of this process keeps to its own thread.

    The pages compute for one image, and many visitors may do so at once: threads that share such
    a small product wait for each other longer than they compute (`nncore.quick.threads`), on a busy
    machine ten times as long. Nothing trains in this process.
    """
    held = ExitStack()  # never closed, and kept by `once`
    held.enter_context(limited_to(1))
    return held


def by_rows(function: Callable[[np.ndarray], np.ndarray], X: np.ndarray) -> np.ndarray:
    """`function` of X (n_samples, n_in), a part of the rows a thread; its results in order."""
    parts = [X[rows] for rows in slices(len(X), EVALUATION_ROWS)]

    def quietly(part: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):  # a diverged network answers too
            return function(part)

    with ThreadPoolExecutor(max_workers=n_cpus()) as threads:
        return np.concatenate(list(threads.map(quietly, parts)))
