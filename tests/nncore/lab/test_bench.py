"""The bench measures what it says and keeps it; how fast a machine is, no test asks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nncore.cli import app
from nncore.config import architecture
from nncore.lab import bench, bench_report
from nncore.lab.bench_report import (
    BenchRow,
    CostRow,
    DeformRow,
    MemoryRow,
    NielsenRow,
    Record,
    Report,
    Speed,
    Sweep,
    SweepRow,
)
from nncore.lab.machine import this_machine
from nncore.lab.result_files import ResultFileError

ROW = BenchRow("784-30-10", 10, 1, "cpu", 0.25, 2.0, "fused", 8.0, 25.0, 0.125)
GPU = replace(ROW, device="cuda, Some GPU", ratio=4.0)
NIELSEN = NielsenRow(0.25, 3.0, 12.0)
COST = CostRow("784-800-10", 128, "adam", 0.8)
DEFORMED = DeformRow("elastic", 90_000.0)
MEMORY = MemoryRow("784-128-10", "full", 220_000_000, 188_160_000, 407_080)
_PARTS = (ROW, GPU), NIELSEN, (COST,), (MEMORY,), (DEFORMED,)
SPEED = Speed("2026-11-21", "bench", this_machine(), 200.0, *_PARTS)
POINT = SweepRow("784-128-10", 128, "full", 2, 5.0, 7.5, 1.5)
SWEEP = Sweep("2026-11-21", "bench --sweep", this_machine(), (POINT,), (POINT,))


def test_a_file_has_two_parts_that_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    bench_report.save(path, SPEED)
    bench_report.save(path, SWEEP)
    assert bench_report.load(path) == Report(speed=SPEED, sweep=SWEEP)
    faster = replace(SPEED, nielsen=replace(NIELSEN, ratio=14.0))
    bench_report.save(path, faster)
    assert bench_report.load(path) == Report(speed=faster, sweep=SWEEP)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"ratio": 8.0', '"ratio": -8.0', "speed.rows.0.ratio: Input should be greater than 0"),
        ('"batch_size": 10', '"batch_size": "most"', "speed.rows.0.batch_size"),
        ('"nn-magic-bench-1"', '"nn-magic-1"', "format"),
        ("{", "", "Invalid JSON"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "bench.json"
    text = bench_report.report_of(SPEED).to_json()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ResultFileError) as caught:
        bench_report.load(path)
    assert said in str(caught.value)
    assert "bench --save" in str(caught.value)


def test_what_falls_below_four_fifths_is_named_once() -> None:
    assert bench_report.falls(SPEED, SPEED) == []
    slower = replace(
        SPEED,
        rows=(replace(ROW, ratio=6.3, numpy_seconds=99.0), replace(GPU, ratio=3.3)),
        nielsen=replace(NIELSEN, ratio=9.7),
        costs=(replace(COST, share_of_speed=0.63),),
    )
    assert bench_report.falls(slower, SPEED) == [
        "784-30-10 by 10, PyTorch on cpu: PyTorch/NumPy is 6.30, below 80% of the accepted 8.00.",
        "784-800-10 by 128: the speed with adam by plain SGD's is 0.63, "
        "below 80% of the accepted 0.80.",
    ]


def test_a_gpu_that_is_not_there_is_not_missed() -> None:
    without = replace(SPEED, rows=(ROW,))
    assert bench_report.falls(without, SPEED) == []
    assert bench_report.falls(SPEED, without) == []


def test_the_allowance_by_hand() -> None:
    # 1.2 * 188,160,000 + 4 * 407,080 = 227,420,320
    assert MEMORY.share_of_allowance == pytest.approx(220_000_000 / 227_420_320)


@pytest.fixture(scope="module")
def few_images() -> bench.Dataset:
    return bench.random_images(400)


def test_each_case_is_measured_on_each_device(
    few_images: bench.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "CASES", [((16, 16), 100), ((16,), "full")])
    rows = list(bench.measure_cases(few_images, 2, 200.0))
    assert len(rows) == 2 * len(bench.devices())
    first = rows[0]
    assert (first.network, first.batch_size, first.device) == ("784-16-16-10", 100, "cpu")
    assert first.torch_way in ("fused", "foreach")
    # 400 examples of 6 * (784*16 + 16*16 + 16*10) - 2 * 784*16 operations.
    assert first.numpy_gflops * first.numpy_seconds == pytest.approx(400 * 52_672 / 1e9)
    assert first.share_of_matmul == pytest.approx(first.numpy_gflops / 200)
    assert rows[-1].batch_size == "full"


def test_every_extra_is_measured_against_plain_sgd(
    few_images: bench.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "COST_CASES", [((16,), 100)])
    rows = list(bench.costs(1, data=few_images))
    assert [row.extra for row in rows] == list(bench.EXTRAS)
    assert {row.network for row in rows} == {"784-16-10"}


def test_each_deformation_is_measured_once() -> None:
    rows = list(bench.deformations(1, n_images=100))
    assert [row.deform for row in rows] == ["affine", "elastic"]
    assert all(row.images_per_second > 0 for row in rows)


def test_a_steps_time_is_shared_out(
    few_images: bench.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "CASES", [((16, 16), 100), ((16,), "full")])
    small, full = bench.steps(1, data=few_images)
    assert (small.network, full.batch_size, full.gathering) == ("784-16-16-10", "full", 0)
    assert small.gathering > 0
    # 100 examples of 6 * (784*16 + 16*16 + 16*10) - 2 * 784*16 operations, and 400 of 784-16-10.
    assert small.ideal / full.ideal == pytest.approx(100 * 52_672 / (400 * 51_136))
    assert bench_report.line(small).startswith("784-16-16-10 by 100: ")


def test_the_books_loop_is_slower() -> None:
    row = bench.against_nielsen(1, n_examples=300)
    assert row.ratio > 1
    assert row.nielsen_seconds > row.numpy_seconds


def test_memory_counts_the_training_set() -> None:
    rows = list(bench.memory(1_000))
    assert [row.batch_size for row in rows] == [64, 128, "full"]
    for row in rows:
        assert row.training_set_bytes == 1_000 * (784 * 4 + 1)
        assert row.peak_bytes > row.training_set_bytes + row.parameter_bytes
    assert rows[1].parameter_bytes == 4 * (784 * 800 + 800 + 800 * 10 + 10)


def test_sweeps_go_through_all_values(
    few_images: bench.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "BATCH_SIZES", [50, "full"])
    monkeypatch.setattr(bench, "WIDTHS", [16])
    monkeypatch.setattr(bench, "random_images", lambda: few_images)
    *points, whole = bench.sweep(1, command="bench --sweep")
    assert [(p.width, p.batch_size) for p in points if isinstance(p, SweepRow)] == [
        (128, 50),
        (128, "full"),
        (16, 32),
    ]
    assert isinstance(whole, Sweep)
    assert (*whole.by_batch_size, *whole.by_width) == tuple(points)
    assert whole.command == "bench --sweep"


@pytest.fixture
def canned(monkeypatch: pytest.MonkeyPatch) -> None:
    def measured(*_: object, **__: object) -> Iterator[Record | Speed]:
        yield from (ROW, GPU, NIELSEN, COST, DEFORMED, MEMORY)
        yield SPEED

    monkeypatch.setattr(bench, "bench", measured)


def test_the_command_shows_saves_and_compares(tmp_path: Path, canned: None) -> None:
    path = tmp_path / "bench.json"
    done = CliRunner().invoke(app, ["bench", "--save", str(path)])
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[0] == bench_report.HEAD
    assert [line[:9] for line in done.stdout.splitlines()[1:]] == [
        *("784-30-10", "784-30-10", "784-30-10", "784-800-1", "elastic d", "784-128-1")
    ]
    assert bench_report.load(path).speed == SPEED
    again = CliRunner().invoke(app, ["bench", "--against", str(path), "--json"])
    assert again.exit_code == 0
    assert again.stdout == path.read_text()


def test_a_fall_is_a_sentence_and_status_1(tmp_path: Path, canned: None) -> None:
    path = tmp_path / "bench.json"
    bench_report.save(path, replace(SPEED, rows=(replace(ROW, ratio=11.0),)))
    done = CliRunner().invoke(app, ["bench", "--against", str(path)])
    assert done.exit_code == 1
    assert done.stderr.strip().splitlines() == [
        "784-30-10 by 10, PyTorch on cpu: PyTorch/NumPy is 8.00, below 80% of the accepted 11.00."
    ]


def test_nothing_is_measured_for_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    only_sweep = tmp_path / "sweep.json"
    bench_report.save(only_sweep, SWEEP)
    for arguments, said in [
        (["--against", "/no/such.json"], "cannot be read"),
        (["--against", str(only_sweep)], "--against compares"),
        (["--save", __file__], "does not hold bench figures"),
        (["--steps", "--sweep"], "--steps only prints"),
    ]:
        done = CliRunner().invoke(app, ["bench", *arguments])
        assert done.exit_code == 2
        assert said in done.stderr


def test_the_stored_figures_are_of_the_present_cases() -> None:
    speed = bench_report.load().speed
    assert speed is not None
    measured = {(r.network, r.batch_size) for r in speed.rows}
    sizes = {(architecture((784, *hidden, 10)), batch) for hidden, batch in bench.CASES}
    assert measured == sizes
    assert {row.extra for row in speed.costs} == set(bench.EXTRAS)
    # More work cannot be quicker: figures that say so were taken on a busy machine.
    assert max(row.share_of_speed for row in speed.costs) < 1.05
    assert [row.deform for row in speed.deformations] == list(bench.DEFORMED)
