from typing import Any

import pytest

from dashboard.ui.components.live_slider import Track, taken


@pytest.mark.parametrize(
    ("value", "stands"),
    [(0.123, 0.1), (0.16, 0.2), (-7.0, -3.0), (99.0, 3.0), (0.30000000000000004, 0.3), (3.0, 3.0)],
)
def test_a_slider_stands_at_its_steps(value: float, stands: float) -> None:
    assert Track(-3, 3, 0.1).nearest(value) == stands


@pytest.mark.parametrize("step", [0.01, 0.05, 0.1, 0.5])
def test_a_number_on_a_step_stays(step: float) -> None:
    track = Track(-1, -1 + 200 * step, step)
    for place in range(200):
        value = float(f"{-1 + place * step:.10g}")
        assert track.nearest(value) == value


@pytest.mark.parametrize(
    ("step", "decimals"), [(1, 0), (0.5, 1), (0.1, 1), (0.05, 2), (0.01, 2), (10, 0)]
)
def test_a_value_has_as_many_decimals_as_its_steps(step: float, decimals: int) -> None:
    assert Track(0, 10, step).decimals == decimals


def test_places_that_a_browser_says_are_brought_onto_the_track_and_in_order() -> None:
    track = Track(0, 1, 0.1)
    assert taken({"places": [0.31], "moving": True, "number": 1}, track, 1) == ((0.3,), True)
    assert taken({"places": [9, -4], "moving": False}, track, 2) == ((0, 1), False)


@pytest.mark.parametrize(
    "said",
    [
        None,
        "0.5",
        {"places": [0.5]},
        {"places": [0.5, 0.7], "moving": True},
        {"places": ["0.5"], "moving": True},
        {"places": [float("nan")], "moving": True},
        {"places": [None], "moving": False},
    ],
)
def test_what_is_no_place_is_passed_over(said: Any) -> None:
    assert taken(said, Track(0, 1, 0.1), 1) is None
