import pytest

from dashboard.compare import speed
from dashboard.compare.measurement_queue import Measurement
from nncore.lab import bench_report
from tests.dashboard.compare.results import SPEEDS


def test_the_bench_says_what_a_step_costs():
    made = {step.name: step for step in speed.steps(SPEEDS)}
    assert len(made) == 8  # the GPU's row is not of the CPU
    step = made["784-128-10 by 64"]
    # 64 examples of 6 (784·128 + 128·10) - 2·784·128 = 409,088 operations.
    assert step.flops == 64 * 409_088
    assert step.numpy_seconds == pytest.approx(50e-6)
    assert step.torch_seconds == pytest.approx(40e-6)
    assert made["784-128-10 with the full batch"].numpy_seconds == pytest.approx(50e-6)
    assert made["784-30-10 by 10"].torch_seconds == pytest.approx(2.4 / 6_000)


@pytest.mark.parametrize(
    ("ratios", "told"),
    [
        ((8.0, 0.8), "NumPy is up to 8.0 times as fast, PyTorch up to 1.2 times"),
        ((8.0, 1.2), "NumPy is 1.2 to 8.0 times as fast"),
        ((8.1, 1.04), "NumPy is no slower anywhere and up to 8.1 times as fast"),
        ((8.1, 0.96), "NumPy is no slower anywhere and up to 8.1 times as fast"),
        ((0.8, 0.5), "PyTorch is 1.2 to 2.0 times as fast"),
        ((0.98, 0.5), "PyTorch is no slower anywhere and up to 2.0 times as fast"),
        ((1.04, 0.96), "both engines are level"),
    ],
)
def test_the_speed_heading_follows_the_figures(ratios: tuple[float, float], told: str):
    assert speed.story(ratios) == told


@pytest.mark.parametrize(
    ("gflops", "smallest", "largest"),
    [(None, "", ""), (1e4, "over 99%", "over 99%"), (100.0, "over 99%", "30%"), (1.0, "50%", "0%")],
)
def test_what_is_said_of_overhead_follows_the_figures(
    gflops: float | None, smallest: str, largest: str
):
    made = [speed.Step("small", 10**6, 1e-3, 2e-3), speed.Step("large", 7 * 10**9, 0.1, 0.1)]
    told = speed._how_much(made, gflops)
    assert (f"smallest step here, {smallest} " in told) == bool(gflops)
    assert told.endswith(f"of the largest {largest}") == bool(gflops)


def test_a_bench_says_how_long_it_goes_on_until_that_is_over():
    made = Measurement(("bench",), heard=[100.0, 110.0])
    made.results = [{"kind": "about", "value": {"n": 4}}, {"kind": "batch"}]
    # A share for each of the four, as the stored file has others: 10 s each.
    assert speed.progress_text(made, 112.0) == "1 of 4 measured, about 28 s left"
    assert speed.progress_text(made, 200.0) == "1 of 4 measured"


def test_a_bench_of_this_machine_has_a_share_for_each_result():
    stored = bench_report.load()
    weights = speed.shares(
        speed.Speeds(
            by_batch=stored.sweep.by_batch_size,
            by_width=stored.sweep.by_width,
            rows=stored.speed.rows,
            nielsen=stored.speed.nielsen,
        )
    )
    assert len(weights) == 27
    assert min(weights) > 0
