"""The charts of Speed: where the engines are even, and what a step costs."""

from collections.abc import Sequence
from typing import Any, Literal

from dashboard.compare.charts import ENGINE_COLOR, GREY
from dashboard.ui.palette import ENGINE_NAMES, NUMPY, SHIPPED, TORCH
from dashboard.ui.vega import number, place


def ratios(
    name: str,
    points: Sequence[tuple[int, float]],
    by: Literal["batch", "width"],
    even: float | None,
) -> None:
    """PyTorch's time by NumPy's along the mini-batch or the width; a ring where they are even.

    Args:
        name: what stays the same along the line.
        points: (examples in a mini-batch or neurons in the hidden layer, ratio), ascending.
        by: which of the two.
        even: where the ratio passes 1, if it does.
    """
    across = {"batch": "examples in a mini-batch", "width": "neurons in the hidden layer"}[by]
    encoding = {
        "x": number("x", across, log=True),
        "y": number("ratio", "PyTorch's time / NumPy's", log=True),
        "tooltip": [
            {"field": "x", "title": across, "format": ",.0f"},
            {"field": "ratio", "format": ".2f"},
        ],
    }
    winner = {"condition": {"test": "datum.ratio >= 1", "value": NUMPY}, "value": TORCH}
    title = f"{name}: above the line, NumPy is faster"
    place(
        [{"x": x, "ratio": ratio} for x, ratio in points],
        [
            {
                "mark": {"type": "rule", "color": GREY, "strokeDash": [5, 4]},
                "encoding": {"y": {"datum": 1}},
            },
            {"mark": {"type": "line", "strokeWidth": 2, "color": GREY}, "encoding": encoding},
            {
                "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
                "encoding": {**encoding, "color": winner},
            },
            {
                "data": {"values": [] if even is None else [{"x": even, "ratio": 1.0}]},
                "mark": {"type": "point", "size": 260, "strokeWidth": 2.5, "color": SHIPPED},
                "encoding": encoding,
            },
        ],
        key=f"ratios-by-{by}",
        title=title,
        alt=f"PyTorch's time by NumPy's by {across}, {name}: "
        + (f"even at about {even:,.0f}." if even else "one is faster everywhere."),
    )


def step_times(steps: Sequence[tuple[str, int, float, float]], gflops: float | None) -> None:
    """Time of a step by its floating-point operations: a floor of overhead, then the products.

    Args:
        steps: (name, operations, NumPy's seconds, PyTorch's seconds), ascending.
        gflops: the rate of a bare matrix product, in 10^9 operations a second, if it is known.
    """
    rows: list[dict[str, Any]] = [
        {"name": name, "flops": flops, "engine": engine, "time": 1e6 * seconds}
        for name, flops, *both in steps
        for engine, seconds in zip(ENGINE_NAMES.values(), both, strict=True)
    ]
    ends = [min(s[1] for s in steps), max(s[1] for s in steps)]
    limit = [{"flops": flops, "time": flops / gflops / 1e3} for flops in ends] if gflops else []
    encoding = {
        "x": number("flops", "floating-point operations of a step", log=True),
        "y": number("time", "time of a step (µs)", log=True),
        "tooltip": [
            {"field": "name", "title": "network, mini-batch"},
            {"field": "engine"},
            {"field": "time", "title": "µs a step", "format": ",.0f"},
        ],
    }
    title = "What a step costs, by its size"
    place(
        rows,
        [
            {
                "data": {"values": limit},
                "mark": {"type": "line", "color": GREY, "strokeDash": [5, 4]},
                "encoding": {"x": encoding["x"], "y": encoding["y"]},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 0.9},
                "encoding": {**encoding, "color": ENGINE_COLOR},
            },
        ],
        key="step-times",
        title=f"{title}. Dashed: a bare matrix product" if gflops else title,
        alt=f"{title}. The shortest step takes NumPy "
        f"{min(1e6 * s[2] for s in steps):.0f} µs and PyTorch "
        f"{min(1e6 * s[3] for s in steps):.0f} µs.",
    )
