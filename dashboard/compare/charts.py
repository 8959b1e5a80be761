"""The charts of Compare: rows in, a Vega-Lite chart placed; it updates where it stands.

An engine has its colour, NumPy's line is broad and PyTorch's lies thin on it, as in every chart
of the app. What belongs to neither has the app's own colours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

import numpy as np

from dashboard.ui.palette import ENGINE_NAMES, GREY, NEGATIVE, NUMPY, POSITIVE, SHIPPED, TORCH
from dashboard.ui.text import power
from dashboard.ui.vega import number, place
from nncore import recipes
from nncore.lab.comparison import TwinCurve, TwinRun
from nncore.lab.reproduction import TOLERANCE, Row

ENGINE_COLOR = {
    "field": "engine",
    "type": "nominal",
    "scale": {"domain": list(ENGINE_NAMES.values()), "range": [NUMPY, TORCH]},
    "legend": {"title": None, "orient": "top"},
}
_SEEN = 0.005
"""Of the cost: curves that are further apart can be told apart."""
_PRECISION_COLOR = {
    "field": "dtype",
    "type": "nominal",
    "scale": {"domain": ["float32", "float64"], "range": [SHIPPED, POSITIVE]},
    "legend": {"title": None, "orient": "top"},
}


def twin_lines(encoding: dict[str, Any]) -> list[dict[str, Any]]:
    """A broad line of NumPy, and on it a thin one of PyTorch; `engine` tells the rows apart."""
    return [
        {
            "transform": [{"filter": f"datum.engine === '{name}'"}],
            "mark": {"type": "line", "strokeWidth": width, "interpolate": "linear"},
            "encoding": {**encoding, "color": ENGINE_COLOR},
        }
        for name, width in zip(ENGINE_NAMES.values(), (5, 1.8), strict=True)
    ]


# Same network, same numbers ----------------------------------------------------------------------
def twin_costs(curve: TwinCurve) -> None:
    """Both engines' cost after each step: one line on the other."""
    rows = [
        {"engine": name, "step": step, "cost": cost}
        for name, costs in zip(
            ENGINE_NAMES.values(), (curve.numpy_cost, curve.torch_cost), strict=True
        )
        for step, cost in zip(curve.steps, costs, strict=True)
        if step > 0
    ]
    encoding = {
        "x": number("step", "steps trained", log=True),
        "y": number("cost", "cost on the same images"),
        "tooltip": [{"field": "engine"}, {"field": "step"}, {"field": "cost", "format": ".9f"}],
    }
    place(
        rows,
        twin_lines(encoding),
        key="twin-costs",
        title=_how_they_lie(curve),
        alt=f"Cost by step of both engines in {curve.dtype}. After {curve.steps[-1]} steps NumPy "
        f"has {curve.numpy_cost[-1]:.6f} and PyTorch {curve.torch_cost[-1]:.6f}.",
    )


def _how_they_lie(curve: TwinCurve) -> str:
    """Whether the twins' cost curves can be told apart, by the largest gap between them."""
    pairs = zip(curve.numpy_cost, curve.torch_cost, strict=True)
    gap = max(abs(mine - other) / max(abs(mine), abs(other), 1e-12) for mine, other in pairs)
    if gap < _SEEN:
        return "Two cost curves, one on the other"
    return f"Two cost curves, at most {gap:.0%} apart"


def twin_differences(run: TwinRun) -> None:
    """The largest weight difference by step, in both precisions, on a logarithmic axis."""
    rows = [
        {"dtype": curve.dtype, "step": step, "gap": gap}
        for curve in run.curves
        for step, gap in zip(curve.steps, curve.difference, strict=True)
        if step > 0 and gap > 0
    ]
    most = " and ".join(f"{power(max(c.difference))} in {c.dtype}" for c in run.curves)
    gap = number("gap", "largest difference of a weight", log=True)
    place(
        rows,
        [
            {
                "mark": {"type": "line", "strokeWidth": 3, "point": {"size": 16}},
                "encoding": {
                    "x": number("step", "steps trained", log=True),
                    "y": gap,
                    "color": _PRECISION_COLOR,
                    "tooltip": [
                        {"field": "dtype", "title": "precision"},
                        {"field": "step"},
                        {"field": "gap", "title": "difference", "format": ".2e"},
                    ],
                },
            }
        ],
        key="twin-differences",
        title="What is left between them, on a logarithmic axis",
        alt=f"Largest difference of a weight between the engines by step. At most {most}.",
    )


# Ease --------------------------------------------------------------------------------------------
def line_counts(counts: Sequence[tuple[str, int, int]]) -> None:
    """Bars of Ease: lines of code for each part of a step, (part, NumPy's, PyTorch's)."""
    rows = [
        {"part": part, "engine": name, "lines": lines}
        for part, *both in counts
        for name, lines in zip(ENGINE_NAMES.values(), both, strict=True)
    ]
    where: dict[str, Any] = {
        "y": {
            "field": "part",
            "type": "nominal",
            "title": None,
            "sort": None,
            "axis": {"ticks": False, "domain": False, "labelOverlap": False},
        },
        "yOffset": {"field": "engine", "sort": list(ENGINE_NAMES.values())},
        "x": {"field": "lines", "type": "quantitative", "title": "lines of code"},
    }
    where["x"]["scale"] = {"room": 0.15}  # for the number behind the longest bar
    told = "; ".join(f"{part}: {mine} against {other}" for part, mine, other in counts)
    place(
        rows,
        [
            {
                "mark": {"type": "bar"},
                "encoding": {
                    **where,
                    "color": ENGINE_COLOR,
                    "tooltip": [{"field": "part"}, {"field": "engine"}, {"field": "lines"}],
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 14},
                "encoding": {**where, "text": {"field": "lines"}},
            },
        ],
        key="line-counts",
        title="Code lines of each part of a step",
        alt=f"Lines of code, NumPy against PyTorch. {told}.",
        height=240,
    )


# The riddle --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Accuracy:
    """A point of the riddle's chart: test accuracy after so many steps."""

    engine: str
    recipe: str
    step: int
    accuracy: float
    """As a fraction."""
    here: bool = False
    """Of a run made on this server, not of the stored ones."""


def accuracy_by_steps(points: Sequence[Accuracy]) -> None:
    """The riddle's chart: accuracy by steps of gradient descent; the batch decides how many."""
    rows = [
        {
            "engine": p.engine,
            "recipe": p.recipe,
            "step": p.step,
            "accuracy": 100 * p.accuracy,
            "here": p.here,
        }
        for p in points
    ]
    encoding = {
        "x": number("step", "steps of gradient descent", log=True),
        "y": number("accuracy", "accuracy on test images (%)"),
        "tooltip": [
            {"field": "engine"},
            {"field": "recipe"},
            {"field": "step", "format": ","},
            {"field": "accuracy", "format": ".2f"},
        ],
    }
    dash = {
        "field": "recipe",
        "type": "nominal",
        "scale": {"domain": ["full-batch", "mini-batch"], "range": [[1, 0], [7, 4]]},
        "legend": None,
    }
    lines = twin_lines({**encoding, "strokeDash": dash})
    for line in lines:
        line["transform"].append({"filter": "!datum.here"})
    last = {(p.engine, p.recipe): p for p in points if not p.here}
    told = "; ".join(f"{e}, {r}: {100 * p.accuracy:.2f}%" for (e, r), p in last.items())
    place(
        rows,
        [
            *lines,
            {
                "transform": [{"filter": "datum.here"}],
                "mark": {"type": "point", "filled": True, "size": 50},
                "encoding": {**encoding, "color": ENGINE_COLOR},
            },
        ],
        key="riddle",
        title="Accuracy by the number of steps. Solid: full batch; dashed: mini-batches",
        alt=f"Test accuracy by number of steps. At the end: {told}.",
        height=280,
    )


# Published results -------------------------------------------------------------------------------
def published(rows: Sequence[Row]) -> None:
    """Each seed's distance from the published figure, in points, and the band that passes."""
    title = {row.recipe: fill(recipes.get(row.recipe).title, 20) for row in rows}
    points = [
        {
            "recipe": title[row.recipe],
            "seed": run.seed,
            "gap": 100 * (figure - (row.published_accuracy or 0)),
            "accuracy": figure,
            "best": figure == row.best,
        }
        for row in rows
        for run, figure in zip(row.runs, row.figures, strict=True)
    ]
    band = 100 * TOLERANCE
    lost = sum(point["gap"] < -4 for point in points)
    # Linear inside the band and logarithmic beyond: a seed that is far off squeezes no other.
    scale = {"type": "symlog", "constant": band, "zero": False, "nice": False}
    label = "(datum.value > 0 ? '+' : '') + format(datum.value, '~r')"
    axis = {"values": _GAPS, "labelExpr": label, "labelOverlap": "greedy"}
    place(
        points,
        [
            {
                "data": {"values": [{"low": -band, "high": band}]},
                "mark": {"type": "rect", "color": POSITIVE, "opacity": 0.18},
                "encoding": {
                    "x": {
                        **number("low", "points from the published figure", axis=axis),
                        "scale": scale,
                    },
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "color": NUMPY},
                "encoding": {
                    "x": {"field": "gap", "type": "quantitative", "axis": axis, "scale": scale},
                    "y": {
                        "field": "recipe",
                        "type": "nominal",
                        "title": None,
                        "sort": None,
                        "axis": {
                            "labelExpr": "split(datum.label, '\\n')",
                            "labelLimit": 190,
                            "labelOverlap": False,
                            "grid": True,
                        },
                    },
                    "size": {"condition": {"test": "datum.best", "value": 110}, "value": 40},
                    "opacity": {"condition": {"test": "datum.best", "value": 1}, "value": 0.5},
                    "tooltip": [
                        {"field": "recipe"},
                        {"field": "seed"},
                        {"field": "accuracy", "format": ".2%"},
                        {"field": "gap", "title": "points from published", "format": "+.2f"},
                    ],
                },
            },
        ],
        key="published-chart",
        title="Every seed against the published figure; large: the best seed; green: passes. Far "
        "distances are drawn closer together",
        alt=f"Distance of every seed from the published figure. {lost} of {len(points)} seeds are "
        "more than 4 points below it.",
        height=38 * len(rows),
    )


_GAPS = [-20, -10, -5, -2, -1, 0, 1, 2, 5, 10, 20]


# Flexibility -------------------------------------------------------------------------------------
def activation(
    z: np.ndarray,
    f: np.ndarray,
    numeric: np.ndarray,
    typed: np.ndarray | None,
    wrong_at: float | None,
) -> None:
    """An activation, its slope by central differences, and the typed derivative on that.

    Args:
        z: (n,) where they are drawn.
        f: (n,) the activation.
        numeric: (n,) its slope.
        typed: (n,) the typed derivative, if there is one.
        wrong_at: where a rejected derivative is most wrong.
    """
    lines = {"f": f, "slope": numeric} | ({} if typed is None else {"typed": typed})
    rows = [
        {"kind": kind, "line": _NAMES[kind], "z": float(x), "value": float(y)}
        for kind, values in lines.items()
        for x, y in zip(z, values, strict=True)
        if np.isfinite(y)
    ]
    encoding = {
        "x": number("z", "z", axis={"tickCount": 7}),
        "y": number("value", "f and its slope"),
        "color": {
            "field": "line",
            "type": "nominal",
            "scale": {"domain": list(_NAMES.values()), "range": [SHIPPED, GREY, POSITIVE]},
            "legend": {"title": None, "orient": "top", "columns": 2, "labelLimit": 220},
        },
        "tooltip": [
            {"field": "line", "title": "of"},
            {"field": "z", "format": ".3f"},
            {"field": "value", "format": ".6f"},
        ],
    }
    verdict = "no derivative typed" if typed is None else "the typed derivative lies on the slope"
    if wrong_at is not None:
        verdict = f"the typed derivative is rejected, most wrong at z = {wrong_at:.3g}"
    place(
        rows or [{"kind": "f", "line": _NAMES["f"], "z": 0.0, "value": None}],
        [
            *(
                {
                    "transform": [{"filter": f"datum.kind === '{kind}'"}],
                    "mark": {"type": "line", "strokeWidth": width},
                    "encoding": encoding,
                }
                for kind, width in (("f", 3), ("slope", 7), ("typed", 2.5))
            ),
            {
                "data": {"values": [] if wrong_at is None else [{"z": wrong_at}]},
                "mark": {"type": "rule", "color": NEGATIVE, "strokeWidth": 2},
                "encoding": {"x": number("z", "z", axis={"tickCount": 7})},
            },
        ],
        key="activation",
        title="f' must lie on the slope of f",
        alt=f"The activation, its slope by central differences, and: {verdict}.",
    )


_NAMES = {"f": "f(z)", "slope": "slope of f, measured", "typed": "f'(z) as typed"}
