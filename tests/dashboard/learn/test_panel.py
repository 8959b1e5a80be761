import pytest

from dashboard.learn.panel import on_step


@pytest.mark.parametrize(
    ("value", "stands"),
    [(0.123, 0.1), (0.16, 0.2), (-7.0, -3.0), (99.0, 3.0), (0.30000000000000004, 0.3), (3.0, 3.0)],
)
def test_a_slider_stands_at_its_steps(value: float, stands: float) -> None:
    assert on_step(value, -3, 3, 0.1) == stands


@pytest.mark.parametrize("step", [0.01, 0.05, 0.1, 0.5])
def test_a_number_on_a_step_stays(step: float) -> None:
    for place in range(200):
        value = float(f"{-1 + place * step:.10g}")
        assert on_step(value, -1, -1 + 200 * step, step) == value
