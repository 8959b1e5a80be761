"""The chapter `gradient-descent`: a ball on a curve, on a network's cost, and two kinds of step."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import streamlit as st

from dashboard.learn import charts
from dashboard.learn.charts import MAIN, axis, only
from dashboard.learn.onward import BOOK, Onward
from dashboard.learn.panel import Panel
from dashboard.models.load import lesson_network
from dashboard.ui import palette, vega
from dashboard.ui.arithmetic import change, latex, said, work_out
from dashboard.ui.palette import BLACK, GREY, INK, POSITIVE
from dashboard.ui.text import counted, percent
from nncore import recipes
from nncore.datasets import one_hot
from nncore.lessons import learning, surface
from nncore.lessons.images import few_digits

_REST = 1e-6
"""A change of the cost that is none."""


def gradient_descent(panel: Panel) -> Onward:
    """A ball on a curve, on a network's cost, and two ways of taking a step."""
    modes = {
        "curve": "On a curve",
        "network": "On a network's cost",
        "batches": "Full batch or mini-batches",
    }
    mode = panel.choice("show", "Show", modes, "curve")
    if mode == "curve":
        return _on_a_curve(panel)
    if mode == "network":
        return _on_a_network(panel)
    return _batches(panel)


def _on_a_curve(panel: Panel) -> Onward:
    left, right = charts.places()
    with left:
        eta = panel.scale("eta", "Learning rate η", (0.01, 0.03, 0.1, 0.3, 1.0, 1.5, 2.0, 3.0), 0.1)
        start = panel.slider("start", "Where the ball starts", -3, 3, 2.7, 0.1)
        steps = panel.whole("steps", "Steps", 0, 40, 5)
    path = learning.descend(start, eta, steps)
    costs = learning.valley(path)
    vs = np.linspace(-3.4, 3.4, 200)
    rows = [
        {"kind": "curve", "v": float(v), "C": float(c), "step": 0}
        for v, c in zip(vs, learning.valley(vs), strict=True)
    ]
    rows += [
        {"kind": "path", "v": float(v), "C": float(c), "step": number}
        for number, (v, c) in enumerate(zip(path, costs, strict=True))
    ]
    lost = abs(path[-1]) >= learning.FAR
    kept = panel.keeps(start >= 2 and eta <= 0.3 and steps > 0)
    if kept:
        rows = [row for row in rows if row["kind"] == "curve" or row["step"] == 0]
        rows.append({"kind": "ball", "v": start, "C": float(costs[0]), "step": 0})
    else:
        rows.append({"kind": "ball", "v": float(path[-1]), "C": float(costs[-1]), "step": steps})
    place = {
        "x": axis("v", "parameter v", -3.4, 3.4, axis={"values": [-3, -2, -1, 0, 1, 2, 3]}),
        "y": axis("C", "cost C(v)", 0, float(learning.valley(np.array(3.4)))),
        "tooltip": [
            {"field": "step"},
            {"field": "v", "format": ".3f"},
            {"field": "C", "format": ".3f"},
        ],
    }
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            slope = float(learning.valley_slope(path[-1]))
            panel.number("Cost now", "gone" if lost else f"{costs[-1]:.3f}", kept=kept)
            panel.number("Slope here", "–" if lost else f"{slope:.3f}", kept=kept)
        charts.chart(
            rows,
            [
                {
                    "transform": only("curve"),
                    "mark": {"type": "line", "color": GREY, "strokeWidth": 3},
                    "encoding": place,
                },
                {
                    "transform": only("path"),
                    "mark": {
                        "type": "line",
                        "color": MAIN,
                        "point": {"color": MAIN, "size": 40},
                        "clip": True,
                    },
                    "encoding": {**place, "order": {"field": "step"}},
                },
                {
                    "transform": only("ball"),
                    "mark": {
                        "type": "circle",
                        "color": MAIN,
                        "size": 320,
                        "opacity": 1,
                        "clip": True,
                    },
                    "encoding": place,
                },
            ],
            key="figure-curve",
            title="The ball's steps on the curve C(v)",
            alt="A ball on a curve with two valleys."
            + ("" if kept else f" Learning rate {eta:g}. {journey(path, costs)}"),
        )
    with left:
        st.markdown(f"The curve: ${_polynomial('C(v)', learning.VALLEY)}.$")
        if not kept:
            st.markdown(journey(path, costs) + ("" if lost else f" {_next(path[-1], eta)}"))
    rate = 0.001 if eta <= 0.03 else 100.0 if eta >= 2 else 3.0
    words = {0.001: "far too small", 3.0: "about right", 100.0: "far too large"}[rate]
    return Onward(BOOK.replace(learning_rate=rate), f"Train with η = {rate:g}, {words}")


def journey(path: np.ndarray, costs: np.ndarray) -> str:
    """What became of the ball on the curve, in words; both (steps + 1,)."""
    if abs(path[-1]) >= learning.FAR:
        left = int(np.argmax(np.abs(path) >= learning.FAR))
        return (
            f"After {counted(left, 'step')} the ball has left the valleys for good: this learning "
            "rate is too large."
        )
    n = len(path) - 1
    if n == 0:
        return "The ball has not moved yet."
    moves = np.diff(costs)
    up = int((moves > _REST).sum())
    if up == 0:
        rests = bool(abs(moves[-1]) <= _REST)
        return f"{'The step' if n == 1 else f'All {n} steps'} went downhill" + (
            f", and the ball rests at {path[-1]:.2f}." if rests else "."
        )
    return (
        f"Of {counted(n, 'step')}, {up} went uphill: a step that is too long lands on the other "
        "side, and higher."
    )


def _next(v: float, eta: float) -> str:
    """The rule of the curve with its numbers."""
    rate = Decimal(f"{eta:g}")
    slope = float(learning.valley_slope(np.array(v)))
    step = work_out(lambda v, slope: v - rate * slope, v, slope, places=3)
    place, steepness = step.operands
    return (
        rf"The next step: $v' = v - \eta\, C'(v) = {latex(place, bare=True)} "
        rf"- {rate} \cdot {latex(steepness)} = {latex(step.result, bare=True)}$."
    )


def _polynomial(name: str, coefficients: Sequence[float]) -> str:
    """A curve's formula, its coefficients from the highest power of v down to the constant."""
    degree = len(coefficients) - 1
    terms = ""
    for power, factor in zip(range(degree, -1, -1), coefficients, strict=True):
        if factor:
            sign = ("-" if factor < 0 else "+") if terms or factor < 0 else ""
            letter = {0: "", 1: r"\,v"}.get(power, rf"\,v^{power}")
            terms += f" {sign} {abs(factor):g}{letter}"
    return f"{name} = {terms.strip()}"


@st.cache_resource(show_spinner=False)
def _plane() -> tuple[surface.Plane, np.ndarray, np.ndarray]:
    """The plane through the lesson's network, and the images with their wanted outputs."""
    images, labels = few_digits()
    return surface.lesson_plane(lesson_network()), images, one_hot(labels, 10, "float64")


def _on_a_network(panel: Panel) -> Onward:
    left, right = charts.places()
    with left:
        eta = panel.scale("rate", "Learning rate η", (0.001, 0.003, 0.01, 0.03, 0.1, 0.3), 0.01)
        v0 = panel.slider("side", "Start this far aside", -0.9, 0.9, 0.6, 0.1)
        steps = panel.whole("steps2", "Steps", 0, 40, 10)
    plane, images, Y = _plane()
    grid, us, vs = surface.stored_surface(), surface.SURFACE_U, surface.SURFACE_V
    path = plane.descend(0.0, v0, eta, steps, images, Y)
    du, dv = us[1] - us[0], vs[1] - vs[0]
    rows = [
        {
            "kind": "cost",
            "u": float(u - 0.53 * du),  # a little overlap, or seams show
            "U": float(u + 0.53 * du),
            "v": float(v - 0.53 * dv),
            "V": float(v + 0.53 * dv),
            "C": float(grid[i, j]),
        }
        for i, v in enumerate(vs)
        for j, u in enumerate(us)
    ]
    rows += [
        {"kind": "path", "u": u, "v": v, "C": c, "step": number}
        for number, (u, v, c) in enumerate(path)
    ]
    rows += [{"kind": "ball", "u": path[-1][0], "v": path[-1][1], "C": path[-1][2]}]
    x = axis("u", "towards the trained network (reached at 1)", -0.5, 1.5)
    y = axis("v", "a random direction", -1, 1)
    tip = [{"field": "C", "title": "cost", "format": ".3f"}]
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            st.metric("Cost before", f"{path[0][2]:.3f}", width="content")
            st.metric("Cost now", f"{path[-1][2]:.3f}", width="content")
        charts.chart(
            rows,
            [
                {
                    "transform": only("cost"),
                    "mark": {"type": "rect", "clip": True},
                    "encoding": {
                        "x": x,
                        "x2": {"field": "U"},
                        "y": y,
                        "y2": {"field": "V"},
                        "color": {
                            "field": "C",
                            "type": "quantitative",
                            "title": "cost",
                            "scale": {"scheme": "viridis", "domain": [0, 3], "clamp": True},
                        },
                        "tooltip": tip,
                    },
                },
                {
                    "transform": only("path"),
                    "mark": {
                        "type": "line",
                        "color": INK,
                        "strokeWidth": 2.5,
                        "point": {"color": INK, "size": 40},
                        "clip": True,
                    },
                    "encoding": {"x": x, "y": y, "order": {"field": "step"}, "tooltip": tip},
                },
                {
                    "transform": only("ball"),
                    "mark": {
                        "type": "circle",
                        "color": INK,
                        "stroke": BLACK,
                        "size": 240,
                        "opacity": 1,
                        "clip": True,
                    },
                    "encoding": {"x": x, "y": y, "tooltip": tip},
                },
            ],
            key="figure-surface",
            title="13,002 parameters, two directions\nDark is low cost",
            alt="The cost of a 784-16-16-10 network on 200 digits over two directions. Gradient "
            f"descent goes from {path[0][2]:.3f} to {path[-1][2]:.3f} in {steps} steps.",
        )
    with left:
        st.markdown(descent(path))
        st.caption(
            "The true cost of the videos' network on 200 of MNIST's test images. One axis leads "
            "from its first weights to its trained ones; the ball moves in this plane by the "
            "gradient from backpropagation."
        )
    return Onward(recipes.RECIPES["3blue1brown"].config, "Train this network in all directions")


def descent(path: Sequence[tuple[float, float, float]]) -> str:
    """What became of a network's cost within the plane, in words: (u, v, cost) of each step."""
    u, v, after = path[-1]
    before, n = path[0][2], len(path) - 1
    if n == 0:
        return "The ball has not moved yet."
    shown = change(before, after, places=3)[0]
    way = "lowered" if shown.change < 0 else "raised" if shown.change > 0 else "left"
    told = f"{counted(n, 'step')} {way} the cost from {said(shown.before)} to {said(shown.after)}"
    if not shown.change:
        told = f"{counted(n, 'step')} left the cost at {said(shown.after)}"
    low, high = surface.SURFACE_U[[0, -1]]
    if low <= u <= high and abs(v) <= surface.SURFACE_V[-1]:
        return f"{told}."
    return f"{told}; the ball has left the picture, to ({u:.2f}, {v:.2f})."


def _batches(panel: Panel) -> Onward:
    left, right = charts.places()
    with left:
        by = panel.choice(
            "by", "Count", {"epochs": "Epochs (looks at the data)", "steps": "Steps"}, "epochs"
        )
        which = panel.choice(
            "batch", "Train with", {"mini-batch": "Mini-batches", "full-batch": "Full batch"},
            "mini-batch",
        )  # fmt: skip
    stored = learning.stored_curves()
    rows = [
        {
            "kind": name,
            "at": number * (run.steps_an_epoch if by == "steps" else 1),
            "accuracy": 100 * accuracy,
        }
        for name, run in stored.items()
        for number, accuracy in enumerate(run.test_accuracy, 1)
    ]
    ends = (1, 100 if by == "epochs" else 1500)
    place = {
        "x": {
            "field": "at",
            "type": "quantitative",
            "title": f"{by} so far",
            "scale": {"type": "log", "domain": ends},
            "axis": vega.log_axis(*ends),
        },
        "y": axis("accuracy", "accuracy on test images (%)", 0, 100),
        "tooltip": [
            {"field": "kind", "title": "run"},
            {"field": "at", "title": "after"},
            {"field": "accuracy", "format": ".2f"},
        ],
    }
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            for name, run in stored.items():
                n = len(run.test_accuracy)
                st.metric(
                    f"{recipes.RECIPES[name].title}",
                    percent(run.test_accuracy[-1]),
                    f"{n} epochs = {n * run.steps_an_epoch:,} steps",
                    delta_color="off",
                    delta_arrow="off",
                    width="content",
                )
        charts.chart(
            rows,
            [
                {
                    "transform": only("full-batch"),
                    "mark": {"type": "line", "color": MAIN, "strokeWidth": 4},
                    "encoding": place,
                },
                {
                    "transform": only("mini-batch"),
                    "mark": {
                        "type": "line",
                        "color": POSITIVE,
                        "strokeWidth": 2.5,
                        "strokeDash": [7, 4],
                    },
                    "encoding": place,
                },
            ],
            key="figure-batches",
            title="One network, one learning rate\n"
            "Solid: full batch\nDashed: mini-batches of 4,000",
            alt="Test accuracy of a full-batch and a mini-batch run. "
            + " ".join(f"{n}: {percent(r.test_accuracy[-1])}." for n, r in stored.items()),
        )
    with left:
        st.markdown(budget(stored))
        ran = "; ".join(f"`{run.command}`" for run in stored.values())
        st.caption(
            f"The {palette.ENGINE_NAMES['numpy']} engine, 784-128-64-32-10, ReLU and softmax, "
            "η = 0.1, 60,000 training images. The curves are the first runs, seed 0, of these "
            f"commands: {ran}. A student's report had "
            "90.64 % and 96.69 %; it does not name its layers and mini-batches."
        )
    return Onward(recipes.RECIPES[which].config, f"Train: {recipes.RECIPES[which].title.lower()}")


def budget(stored: Mapping[str, learning.StoredCurve]) -> str:
    """Why two batches of one network end apart: how many steps each took, and equal steps."""
    full, mini = stored["full-batch"], stored["mini-batch"]
    n = len(full.test_accuracy)
    # The last place where both were tested after equally many steps.
    epochs = n * full.steps_an_epoch // mini.steps_an_epoch
    steps = epochs * mini.steps_an_epoch
    at_full = full.test_accuracy[steps // full.steps_an_epoch - 1]
    return (
        f"With the full batch an epoch is {counted(full.steps_an_epoch, 'step')}, in mini-batches "
        f"{mini.steps_an_epoch:,}: {n:,} epochs are {n * full.steps_an_epoch:,} and "
        f"{n * mini.steps_an_epoch:,} steps. After {steps:,} steps each, the two stand at "
        f"{percent(at_full)} and {percent(mini.test_accuracy[epochs - 1])}."
    )
