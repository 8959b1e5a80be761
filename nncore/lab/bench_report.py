"""What `nncore.lab.bench` measures, as records and as a file; loads no PyTorch.

`COMMITTED` holds the last accepted figures. Seconds are of one machine; the ratios are what may be
compared: `falls` names every ratio of speeds that has dropped below `STILL_ACCEPTED` of the
accepted one.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from nncore.config import DeformName
from nncore.lab import result_files
from nncore.lab.machine import Machine

COMMITTED = Path(__file__).parents[2] / "assets" / "results" / "bench.json"
"""The committed figures."""

STILL_ACCEPTED = 0.8
"""Of an accepted ratio: machines are noisy, and a regression of code is larger."""

N_TRAIN = 60_000
"""Examples of an epoch."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
BatchSize = Count | Literal["full"]


@dataclass(frozen=True, slots=True)
class BenchRow:
    """A row of the report: a network on a device of PyTorch's, medians over paired epochs."""

    network: str
    """Layer sizes, such as 784-30-10."""
    batch_size: BatchSize
    threads: Count
    """Of both engines on the CPU (see `nncore.quick.threads`)."""
    device: str
    """PyTorch's: `cpu`, or `cuda` with the GPU's name. NumPy is on the CPU always."""
    numpy_seconds: Positive
    torch_seconds: Positive
    torch_way: str
    """The faster of PyTorch's ways: `fused`, `foreach` or `compiled`."""
    ratio: Positive
    """PyTorch's seconds by NumPy's: above 1, NumPy is faster."""
    numpy_gflops: Positive
    """10^9 floating-point operations a second of the NumPy engine, matrix products only."""
    share_of_matmul: Positive
    """Of what a bare float32 matrix product reaches on this machine with all its threads."""


@dataclass(frozen=True, slots=True)
class NielsenRow:
    """The book's loop, an example at a time, against the NumPy engine: 784-30-10 by 10."""

    numpy_seconds: Positive
    """An epoch of 60,000 examples."""
    nielsen_seconds: Positive
    """The same, from an epoch of fewer examples."""
    ratio: Positive
    """The book's seconds by NumPy's."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """A row of the report: what an extra costs the NumPy engine, against plain SGD."""

    network: str
    batch_size: BatchSize
    extra: str
    """`momentum`, `adam`, `l2`, `dropout`, or `elastic` for bent digits."""
    share_of_speed: Positive
    """Plain SGD's seconds by those with the extra."""


@dataclass(frozen=True, slots=True)
class DeformRow:
    """A row of the report: how fast one thread deforms images."""

    deform: DeformName
    images_per_second: Positive


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """The most memory that an epoch of the NumPy engine holds, its training set included."""

    network: str
    batch_size: BatchSize
    peak_bytes: Count
    training_set_bytes: Count
    parameter_bytes: Count

    @property
    def share_of_allowance(self) -> float:
        """The peak by 1.2 times the training set plus 4 times the parameters."""
        return self.peak_bytes / (1.2 * self.training_set_bytes + 4 * self.parameter_bytes)


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One point of a chart: PyTorch's seconds by NumPy's, on the CPU."""

    network: str
    width: Count
    """Units of the hidden layer."""
    batch_size: BatchSize
    threads: Count
    numpy_microseconds: Positive
    """An example."""
    torch_microseconds: Positive
    ratio: Positive


@dataclass(frozen=True, slots=True)
class StepRow:
    """A row of the report: where a step of plain SGD spends its time, in microseconds."""

    network: str
    batch_size: BatchSize
    step: Positive
    products: Positive
    """Of its matrix products, run by themselves on memory of the same shapes."""
    ideal: Positive
    """Of as many operations at the rate of a bare product of two square matrices."""
    gathering: float
    """Of copying its examples in their shuffled order; 0 for the full batch."""

    @property
    def rest(self) -> float:
        """Activations, cost, biases, and Python."""
        return self.step - self.products - self.gathering


def examples_of_a_point(batch_size: BatchSize) -> int:
    """Of a point of the report's sweep: enough for 200 steps, or all of a full batch."""
    return N_TRAIN if batch_size == "full" else min(N_TRAIN, max(200 * batch_size, 3_000))


Record = BenchRow | NielsenRow | CostRow | DeformRow | MemoryRow | SweepRow | StepRow
"""What is measured piece by piece."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What one run of `bench` has measured, and on what."""

    date: str
    command: str
    machine: Machine
    matmul_gflops: Positive
    """A bare float32 matrix product's, with all threads."""
    rows: tuple[BenchRow, ...]
    nielsen: NielsenRow
    costs: tuple[CostRow, ...]
    memory: tuple[MemoryRow, ...]
    deformations: tuple[DeformRow, ...] = ()
    """Older files have none."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The report of one run of `bench --sweep`: what it has measured, and on what."""

    date: str
    command: str
    machine: Machine
    by_batch_size: tuple[SweepRow, ...]
    by_width: tuple[SweepRow, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The content of a file."""

    format: Literal["nn-magic-bench-1"] = "nn-magic-bench-1"
    speed: Speed | None = None
    sweep: Sweep | None = None

    def to_json(self) -> str:
        """JSON that `load` reads back."""
        return _REPORT.dump_json(self, indent=1).decode() + "\n"


_REPORT = TypeAdapter(Report)


HEAD = "network          batch  PyTorch on    NumPy s  PyTorch s  PyTorch/NumPy  GFLOP/s  of matmul"
"""Above the lines that `line` makes of `BenchRow`s."""


def line(record: Record) -> str:
    """A record as a line of text."""
    match record:
        case BenchRow():
            return (
                f"{record.network:15}  {record.batch_size!s:>5}  {record.device[:12]:12}  "
                f"{record.numpy_seconds:7.3f}  {record.torch_seconds:9.3f}  {record.ratio:13.2f}  "
                f"{record.numpy_gflops:7.1f}  {record.share_of_matmul:9.0%}"
            )
        case NielsenRow():
            return (
                f"784-30-10 by 10, Nielsen's loop: {record.nielsen_seconds:.2f} s against "
                f"{record.numpy_seconds:.2f} s, {record.ratio:.1f} times as long"
            )
        case CostRow():
            return (
                f"{record.network} by {record.batch_size}, {record.extra}: "
                f"{record.share_of_speed:.0%} of plain SGD's speed"
            )
        case DeformRow():
            return f"{record.deform} deformation: {record.images_per_second:,.0f} images a second"
        case MemoryRow():
            return (
                f"{record.network} by {record.batch_size}: peak {record.peak_bytes / 2**20:.0f} "
                f"MiB, {record.share_of_allowance:.0%} of the allowance"
            )
        case StepRow():
            return (
                f"{record.network} by {record.batch_size}: {record.step:,.0f} µs a step: products "
                f"{record.products:,.0f} ({record.ideal:,.0f} at the rate of a bare product), "
                f"gathering {record.gathering:,.0f}, the rest {record.rest:,.0f}"
            )
        case SweepRow():
            return (
                f"{record.network:15}  {record.batch_size!s:>5}  "
                f"{record.numpy_microseconds:8.2f}  {record.torch_microseconds:8.2f} µs an "
                f"example  {record.ratio:6.2f}"
            )


def load(path: Path = COMMITTED) -> Report:
    """Read the bench report that `save` wrote.

    Raises:
        ResultFileError: no such file, or not of this form.
    """
    return result_files.read(
        path, _REPORT, "bench figures", f"python -m nncore bench --save {path}"
    )


def save(path: Path, part: Speed | Sweep) -> None:
    """Put one part into a file, which is made if need be; the other part stays as it is.

    Raises:
        ResultFileError: the file holds something else, or cannot be written.
    """
    result_files.write(path, report_of(part, load(path) if path.exists() else None).to_json())


def report_of(part: Speed | Sweep, others: Report | None = None) -> Report:
    """A report with this part, and the other one of `others`."""
    others = others or Report()
    return replace(others, speed=part) if isinstance(part, Speed) else replace(others, sweep=part)


def falls(measured: Speed, accepted: Speed) -> list[str]:
    """A sentence for each ratio that is below `STILL_ACCEPTED` of the accepted one.

    What only one of the two has (a GPU's rows, say) is not compared.
    """
    before = _ratios(accepted)
    return [
        f"{name} is {ratio:.2f}, below {STILL_ACCEPTED:.0%} of the accepted {before[name]:.2f}."
        for name, ratio in _ratios(measured).items()
        if name in before and ratio < STILL_ACCEPTED * before[name]
    ]


def _ratios(speed: Speed) -> dict[str, float]:
    ratios: dict[str, float] = {}
    for row in speed.rows:
        where = f"{row.network} by {row.batch_size}"
        ratios[f"{where}, PyTorch on {row.device}: PyTorch/NumPy"] = row.ratio
        if row.device == "cpu":
            ratios[f"{where}: the share of a matrix product's speed"] = row.share_of_matmul
    ratios["784-30-10 by 10: Nielsen's loop/NumPy"] = speed.nielsen.ratio
    for cost in speed.costs:
        where = f"{cost.network} by {cost.batch_size}"
        ratios[f"{where}: the speed with {cost.extra} by plain SGD's"] = cost.share_of_speed
    return ratios
