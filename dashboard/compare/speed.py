"""Speed, here and now: PyTorch's time by NumPy's, where they are even, and why."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import streamlit as st
from pydantic import TypeAdapter

from dashboard.compare import common, speed_charts, speed_table
from dashboard.compare.measurement_queue import Measurement, seconds_left
from dashboard.ui.palette import ENGINE_MARKDOWN
from dashboard.ui.text import duration
from nncore.config import architecture
from nncore.lab import bench_report
from nncore.lab.bench_report import (
    N_TRAIN,
    BatchSize,
    BenchRow,
    NielsenRow,
    SweepRow,
    examples_of_a_point,
)
from nncore.lab.comparison import crossover
from nncore.lab.machine import Machine
from nncore.lab.result_files import ResultFileError
from nncore.quick.threads import flops_per_example

_ROW, _POINT, _NIELSEN = TypeAdapter(BenchRow), TypeAdapter(SweepRow), TypeAdapter(NielsenRow)


@dataclass(frozen=True, slots=True)
class Origin:
    """What was measured on, when, and by which command."""

    machine: Machine
    date: str
    command: str


@dataclass(frozen=True, slots=True)
class Speeds:
    """What was measured, and its origins; stored, or here."""

    of_epochs: Origin | None = None
    """Of the rows, the matrix product and the book's loop."""
    of_sweeps: Origin | None = None
    """Of the lines by batch size and by width: a command of their own."""
    by_batch: tuple[SweepRow, ...] = ()
    by_width: tuple[SweepRow, ...] = ()
    gflops: float | None = None
    """Of a bare matrix product, in 10^9 operations a second."""
    rows: tuple[BenchRow, ...] = ()
    nielsen: NielsenRow | None = None

    @property
    def ratios(self) -> list[float]:
        """PyTorch's time by NumPy's, both on the CPU, of all that was measured."""
        rows = [row for row in self.rows if row.device == "cpu"]
        return [row.ratio for row in (*rows, *self.by_batch, *self.by_width)]


@dataclass(frozen=True, slots=True)
class Step:
    """A row of Speed's table: one training step on the CPU, on both engines."""

    name: str
    """The network, and its mini-batch."""
    flops: int
    """Of the step's matrix products."""
    numpy_seconds: float
    torch_seconds: float


@cache
def stored() -> Speeds | None:
    """The stored figures of the section Speed; None where there are none."""
    try:
        report = bench_report.load()
    except ResultFileError:
        return None
    speed, sweep = report.speed, report.sweep
    if speed is None and sweep is None:
        return None
    return Speeds(
        Origin(speed.machine, speed.date, speed.command) if speed else None,
        Origin(sweep.machine, sweep.date, sweep.command) if sweep else None,
        sweep.by_batch_size if sweep else (),
        sweep.by_width if sweep else (),
        speed.matmul_gflops if speed else None,
        speed.rows if speed else (),
        speed.nielsen if speed else None,
    )


def read(results: Iterable[dict[str, Any]]) -> Speeds:
    """What a measurement of speed has given so far; each result says its kind."""
    of_kind: dict[str, list[Any]] = {}
    for result in results:
        of_kind.setdefault(result["kind"], []).append(result["value"])
    about = of_kind["about"][0]
    machine = Machine.model_validate(about["machine"])
    return Speeds(
        Origin(machine, about["date"], about["command"]),
        Origin(machine, about["date"], about["sweep_command"]),
        tuple(map(_POINT.validate_python, of_kind.get("batch", ()))),
        tuple(map(_POINT.validate_python, of_kind.get("width", ()))),
        next(iter(of_kind.get("gflops", ())), None),
        tuple(map(_ROW.validate_python, of_kind.get("row", ()))),
        next(map(_NIELSEN.validate_python, of_kind.get("nielsen", ())), None),
    )


def steps(found: Speeds) -> list[Step]:
    """Every step that was measured on the CPU, by its operations; smallest first."""
    made = [
        _step(
            row.network,
            row.batch_size,
            1e-6 * row.numpy_microseconds,
            1e-6 * row.torch_microseconds,
        )
        for row in (*found.by_batch, *found.by_width)
    ]
    made += [
        _step(
            row.network,
            row.batch_size,
            row.numpy_seconds / N_TRAIN,
            row.torch_seconds / N_TRAIN,
        )
        for row in found.rows
        if row.device == "cpu"
    ]
    return sorted(made, key=lambda step: step.flops)


def _step(network: str, batch: BatchSize, numpy_example: float, torch_example: float) -> Step:
    """From the seconds of each engine an example."""
    n = _examples(batch)
    sizes = tuple(int(size) for size in network.split("-"))
    return Step(
        f"{architecture(sizes)} {_by(batch)}",
        flops_per_example(sizes) * n,
        numpy_example * n,
        torch_example * n,
    )


def _by(batch: BatchSize) -> str:
    return "with the full batch" if batch == "full" else f"by {batch}"


def _examples(batch: BatchSize) -> int:
    return N_TRAIN if batch == "full" else batch


def story(ratios: Sequence[float]) -> str:
    """The finding, for the heading: a lead that rounds to 1.0 is none."""
    numpy, torch = max(ratios), 1 / min(ratios)
    mine, other = f"{numpy:.1f}", f"{torch:.1f}"
    if numpy < 1.05 and torch < 1.05:
        return "both engines are level"
    if torch < 1.05:
        return _lead("NumPy", mine, f"{1 / torch:.1f}")
    if numpy < 1.05:
        return _lead("PyTorch", other, f"{1 / numpy:.1f}")
    return f"NumPy is up to {mine} times as fast, PyTorch up to {other} times"


def _lead(name: str, best: str, worst: str) -> str:
    if float(worst) <= 1:
        return f"{name} is no slower anywhere and up to {best} times as fast"
    return f"{name} is {worst} to {best} times as fast"


def work() -> common.Work:
    """What the section Speed has measured."""
    return replace(common.measuring("speed", "Speed", lambda: ("bench",)), so_far=_so_far)


def heading() -> str:
    """What was found, in a line."""
    found = _newest(common.measured("bench"))
    return f"Speed: {story(found.ratios)}" if found and found.ratios else "Speed, here and now"


def show() -> None:
    """The section Speed: both engines by network, by mini-batch and by width."""
    common.polled(_draw, work())


def _newest(here: Measurement | None) -> Speeds | None:
    """What was measured on this server, else what is stored."""
    return read(here.results) if here else stored()


def _draw() -> None:
    here = common.measured("bench")
    kept, found = stored(), _newest(here)
    st.header(heading(), anchor="speed")
    if found is None or not found.ratios:
        st.caption("No figures are stored yet: measure them here.")
    else:
        _figures(found)
    _button(outcome(found, kept) if here and found else None)
    if found is not None:
        _origins(found, here)


def _origins(found: Speeds, here: Measurement | None) -> None:
    """Where the figures come from: stored ones from two commands, those made here from one run."""
    origins = [
        (of, origin)
        for of, origin in (("Lines: ", found.of_sweeps), ("Table: ", found.of_epochs))
        if origin
    ]
    if here and origins:
        first = origins[0][1]
        common.provenance(first.machine, first.date, *(o.command for _, o in origins), here=here)
        return
    for of, origin in origins:
        common.provenance(origin.machine, origin.date, origin.command, of=of)


def outcome(found: Speeds, kept: Speeds | None) -> str:
    """The speeds measured here, against those that are stored."""
    told = f"PyTorch's time / NumPy's: here {_range(found)}"
    return f"{told}, stored {_range(kept)}." if kept and kept.ratios else f"{told}."


def _range(found: Speeds) -> str:
    return f"{min(found.ratios):.1f} to {max(found.ratios):.1f}" if found.ratios else "nothing"


def _figures(found: Speeds) -> None:
    made = steps(found)
    st.markdown(
        "Both engines train the same epochs in turn. Every operation costs PyTorch some overhead "
        f"before it computes{_how_much(made, found.gflops)}.{_where_even(found)}"
    )
    with st.grid(2, min_column_width=300):
        if found.by_batch:
            points = _by_batch(found)
            speed_charts.ratios(found.by_batch[0].network, points, "batch", _even(points))
        if found.by_width:
            name = f"Mini-batches of {found.by_width[0].batch_size}"
            points = _by_width(found)
            speed_charts.ratios(name, points, "width", _even(points))
        speed_charts.step_times(
            [(s.name, s.flops, s.numpy_seconds, s.torch_seconds) for s in made], found.gflops
        )
        with st.container(gap="small"):
            _limits(found, made)
    if found.rows:
        numbers = st.expander("Every network in numbers", key="bench-numbers", on_change="rerun")
        if numbers.open:
            with numbers:
                speed_table.show(found.rows)


def _by_batch(found: Speeds) -> list[tuple[int, float]]:
    return [(_examples(row.batch_size), row.ratio) for row in found.by_batch]


def _by_width(found: Speeds) -> list[tuple[int, float]]:
    return [(row.width, row.ratio) for row in found.by_width]


def _how_much(made: Sequence[Step], gflops: float | None) -> str:
    """How much of PyTorch's time is no matrix product, in the smallest step and in the largest."""
    if not gflops or not made:
        return ""
    spent = [
        1 - min(1.0, step.flops / gflops / 1e9 / step.torch_seconds) for step in (made[0], made[-1])
    ]
    smallest, largest = ("over 99%" if share > 0.99 else f"{share:.0%}" for share in spent)
    return (
        f": of the smallest step here, {smallest} of its time goes into everything but the matrix "
        f"products, of the largest {largest}"
    )


def _where_even(found: Speeds) -> str:
    lines = [points for points in (_by_batch(found), _by_width(found)) if points]
    if not lines:
        return ""
    if any(_even(points) for points in lines):
        return " A ring marks where both are even."
    return " Neither line reaches the ratio 1, where both are even."


def _even(points: list[tuple[int, float]]) -> float | None:
    return crossover([x for x, _ in points], [ratio for _, ratio in points])


def _limits(found: Speeds, made: list[Step]) -> None:
    """Overhead at one end, the machine's limit at the other, and the book's own loop."""
    least = min(made, key=lambda step: step.torch_seconds)
    with st.container(horizontal=True, gap="large"):
        st.metric(
            f"Least time of a step: {ENGINE_MARKDOWN['torch']}",
            f"{1e6 * least.torch_seconds:,.0f} µs",
            width="content",
        )
        st.metric(
            f"the same step: {ENGINE_MARKDOWN['numpy']}",
            f"{1e6 * least.numpy_seconds:,.0f} µs",
            width="content",
        )
    told = f"That is {least.name}"
    if found.gflops:
        products = least.flops / found.gflops / 1e3
        told += (
            f", whose products alone would take {products:.1g} µs: the rest is everything but the "
            "products"
        )
    st.markdown(f"{told}.")
    if found.rows and found.gflops:
        best = max(found.rows, key=lambda row: row.share_of_matmul)
        st.markdown(
            f"At the other end, on {best.network} {_by(best.batch_size)}, NumPy computes at "
            f"{best.share_of_matmul:.0%} of the machine's limit: {found.gflops:,.0f} GFLOP/s, the "
            "rate of a bare matrix product."
        )
    if found.nielsen:
        st.markdown(
            f"The book's own loop, one example at a time, takes {found.nielsen.ratio:.1f} times as "
            "long as this NumPy engine."
        )


def shares(kept: Speeds) -> list[float]:
    """About how long each result of the speed's measurement takes by the others, in their order.

    From stored seconds; one result may take fifty times as long as another.
    """
    if kept.nielsen is None:
        return []
    points = [_POINT_SECONDS + _epoch_seconds(row) for row in (*kept.by_batch, *kept.by_width)]
    rows = [
        # Both of PyTorch's ways are tried, each in turn with NumPy.
        2 * (row.numpy_seconds + row.torch_seconds)
        for row in kept.rows
        if row.device == "cpu"
    ]
    book = (kept.nielsen.numpy_seconds + kept.nielsen.nielsen_seconds) / 6  # of 10,000 examples
    return [*points, _POINT_SECONDS, *rows, book]


_POINT_SECONDS = 0.1
"""Beside the epochs of a point."""


def _epoch_seconds(row: SweepRow) -> float:
    """Of both engines."""
    n = examples_of_a_point(row.batch_size)
    return 1e-6 * n * (row.numpy_microseconds + row.torch_microseconds)


def progress_text(measurement: Measurement, now: float) -> str:
    """How much of the speed's measurement is done, and how long it will go on."""
    n, done = measurement.results[0]["value"]["n"], len(measurement.results) - 1
    kept = stored()
    weights = shares(kept) if kept else []
    if len(weights) != n:  # another machine has other devices, an older file other rows
        weights = [1.0] * n
    told = f"{done} of {n} measured"
    left = seconds_left(measurement, weights, now)
    return f"{told}, about {duration(left)} left" if left else told  # or longer than was thought


def _button(told: str | None) -> None:
    common.button(
        "Measure it here",
        "bench",
        takes="a few minutes, and slows this server for everybody meanwhile",
        key="run-bench",
        outcome=told,
        of_times=True,
    )
    if found := _counted():
        n, done = found.results[0]["value"]["n"], len(found.results) - 1
        st.progress(min(done / n, 1.0), text=progress_text(found, time.time()))
        st.caption("While this is measured, the server is slower for everybody.")


def _counted() -> Measurement | None:
    """The measurement that goes on, once it has said how many results there will be."""
    found = common.find("bench")
    counted = found is not None and found.active and found.results and not found.stopped
    return found if counted else None


def _so_far() -> str:
    found = _counted()
    return f"{progress_text(found, time.time())}." if found else common.so_far("bench")
