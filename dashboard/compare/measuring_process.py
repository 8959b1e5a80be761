"""One measurement in a process of its own, for `dashboard.compare.measurement_queue`.

`python -m dashboard.compare.measuring_process OWNER KIND ARGUMENTS` prints JSON, a line a result.
The server so never loads PyTorch, and a measurement never shares its interpreter with the pages.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from dashboard.runs import lifeline
from nncore.lab import comparison
from nncore.lab.machine import this_machine
from nncore.lab.result_files import today


def measure_twins() -> Iterator[dict[str, Any]]:
    """Both engines in step."""
    yield comparison.run_twins(comparison.here()).model_dump(mode="json")


def measure_pieces() -> Iterator[dict[str, Any]]:
    """In the measuring process: each part of a step in both engines."""
    for piece in comparison.run_pieces(comparison.here()):
        yield piece.model_dump(mode="json")


def measure_activation(f: str, df: str) -> Iterator[dict[str, Any]]:
    """In the measuring process: a typed activation, trained."""
    yield comparison.run_typed(comparison.here(), f, df).model_dump(mode="json")


def measure_speed() -> Iterator[dict[str, Any]]:
    """In the measuring process: what it runs on, how many results will come, then each of them.

    The sweeps come first: they take seconds a point, and tell the most.
    """
    from nncore.lab import bench as benchmark  # it loads PyTorch

    n_rows = len(benchmark.CASES) * len(benchmark.devices())
    n = len(benchmark.BATCH_SIZES) + len(benchmark.WIDTHS) + 1 + n_rows + 1
    command = f"python -m nncore bench --pairs {_PAIRS}"
    commands = {"command": command, "sweep_command": f"{command} --sweep"}
    about = {"machine": this_machine().model_dump(), "date": today(), "n": n}
    yield {"kind": "about", "value": about | commands}
    data = benchmark.random_images()
    for point in benchmark.sweep_batch_sizes(_PAIRS, data=data):
        yield {"kind": "batch", "value": asdict(point)}
    for point in benchmark.sweep_widths(_PAIRS, data=data):
        yield {"kind": "width", "value": asdict(point)}
    limit = benchmark.matmul_gflops()
    yield {"kind": "gflops", "value": limit}
    for row in benchmark.measure_cases(data, _PAIRS, limit):
        yield {"kind": "row", "value": asdict(row)}
    yield {"kind": "nielsen", "value": asdict(benchmark.against_nielsen(_PAIRS))}


_PAIRS = 2
"""Epochs of each engine that count: a visitor waits for them."""

KINDS: dict[str, Callable[..., Iterator[dict[str, Any]]]] = {
    "activation": measure_activation,
    "bench": measure_speed,
    "pieces": measure_pieces,
    "twins": measure_twins,
}


def main(owner: int, kind: str, *arguments: str) -> None:
    """Measure and print."""
    lifeline.follow(owner)
    for result in KINDS[kind](*arguments):
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
