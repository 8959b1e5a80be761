"""Made-up results, with figures that can be checked in one's head."""

from dashboard.compare import speed
from nncore import recipes
from nncore.lab.bench_report import BenchRow, NielsenRow, SweepRow
from nncore.lab.machine import this_machine
from nncore.lab.reproduction import Row, SeedRun


def row(name: str, engine: str, *finals: float) -> Row:
    recipe = recipes.get(name)
    runs = [
        SeedRun(seed=i, accuracy=(0.1, final), diverged=False) for i, final in enumerate(finals)
    ]
    return Row(
        recipe=name,
        engine=engine,
        published=recipe.published,
        published_accuracy=recipe.published_accuracy,
        on="test",
        at="final",
        config=recipe.config.replace(engines=engine, epochs=2),
        command="python -m nncore reproduce",
        date="2026-11-21",
        machine=this_machine(),
        runs=tuple(runs),
    )


ROWS = (
    row("nielsen-ch1-wide", "numpy", 0.86, 0.966),
    row("nielsen-ch3-l2", "numpy", 0.93, 0.94),
    row("nielsen-no-hidden", "numpy", 0.91),
    row("full-batch", "numpy", 0.88, 0.9),
    row("full-batch", "torch", 0.882, 0.902),
    row("mini-batch", "numpy", 0.96, 0.97),
    row("mini-batch", "torch", 0.96, 0.97),
)


def point(width: int, batch: int | str, ratio: float) -> SweepRow:
    """A step takes NumPy 50 µs."""
    each = 50 / (60_000 if batch == "full" else int(batch))
    return SweepRow(f"784-{width}-10", width, batch, 1, each, each * ratio, ratio)


BY_BATCH = (
    point(128, 1, 4.0),
    point(128, 8, 2.0),
    point(128, 64, 0.8),
    point(128, "full", 1.2),
)
BY_WIDTH = (point(16, 32, 3.0), point(128, 32, 1.5), point(512, 32, 0.6))
ROW = BenchRow("784-30-10", 10, 1, "cpu", 0.3, 2.4, "fused", 8.0, 28.0, 0.14)
ON_A_GPU = BenchRow("784-30-10", 10, 1, "cuda, H100", 0.3, 6.0, "fused", 20.0, 28.0, 0.14)
SPEEDS = speed.Speeds(
    of_epochs=speed.Origin(this_machine(), "2026-11-21", "python -m nncore bench"),
    of_sweeps=speed.Origin(this_machine(), "2026-11-20", "python -m nncore bench --sweep"),
    by_batch=BY_BATCH,
    by_width=BY_WIDTH,
    gflops=200.0,
    rows=(ROW, ON_A_GPU),
    nielsen=NielsenRow(0.25, 3.0, 12.0),
)
