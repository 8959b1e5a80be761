"""The chapters of learning: `cost` and `gradient-descent`."""

import numpy as np
import streamlit as st

from dashboard.learn import charts
from dashboard.learn.charts import MAIN, axis, only
from dashboard.learn.images import image_of
from dashboard.learn.onward import BOOK, Onward
from dashboard.learn.panel import Panel
from dashboard.models.load import lesson_network
from dashboard.ui import digits, palette
from dashboard.ui.names import COSTS
from dashboard.ui.palette import BLACK, GREY, INK, POSITIVE
from dashboard.ui.text import percent
from nncore import recipes
from nncore.config import CostName
from nncore.datasets import one_hot
from nncore.lessons import learning, surface
from nncore.lessons.images import few_digits

_EPOCHS = 300
_COSTS: dict[CostName, str] = {name: COSTS[name] for name in ("quadratic", "cross-entropy")}
_RATES: dict[CostName, float] = {"quadratic": 3.0, "cross-entropy": 0.5}
"""The book's learning rates for its network of thirty hidden neurons."""


# cost -------------------------------------------------------------------------------------------
def cost(panel: Panel) -> Onward:
    """Quadratic against cross-entropy: one neuron that learns, one digit that is judged."""
    modes = {"neuron": "One neuron learns", "digit": "One digit is judged"}
    if panel.choice("show", "Show", modes, "neuron") == "digit":
        _judge(panel)
    else:
        _learn(panel)
    chosen: CostName = panel.choice("cost", "Cost to train with", _COSTS, "cross-entropy")
    return Onward(
        BOOK.replace(cost=chosen, learning_rate=_RATES[chosen]),
        f"Train with the {_COSTS[chosen].lower()} cost",
    )


def _learn(panel: Panel) -> None:
    left, right = charts.places()
    with left:
        w = panel.slider("w", "Starting weight $w$", -3, 3, 2, 0.1)
        b = panel.slider("b", "Starting bias $b$", -3, 3, 2, 0.1)
        eta = panel.scale("eta", "Learning rate η", (0.05, 0.15, 0.5, 1.0), 0.15)
        epoch = panel.whole("epoch", "Look after this many epochs", 0, _EPOCHS, 50)
        st.caption("The neuron's input is 1, and it is to learn to say 0.")
    rows: list[dict[str, object]] = []
    after: dict[CostName, float] = {}
    for name in _COSTS:
        outputs, costs = learning.learn_to_say_zero(w, b, name, eta, _EPOCHS)
        rows += [
            {"kind": name, "epoch": number, "a": float(a), "C": float(c)}
            for number, (a, c) in enumerate(zip(outputs, costs, strict=True))
        ]
        rows.append({"kind": "now", "epoch": epoch, "a": float(outputs[epoch])})
        after[name] = float(outputs[epoch])
    place = {
        "x": axis("epoch", "epoch", 0, _EPOCHS),
        "y": axis("a", "output (wanted: 0)", 0, 1),
    }
    tooltip = [
        {"field": "kind", "title": "cost function"},
        {"field": "epoch"},
        {"field": "a", "title": "output", "format": ".3f"},
        {"field": "C", "title": "cost", "format": ".3f"},
    ]
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            for name, title in _COSTS.items():
                st.metric(f"{title}: output", f"{after[name]:.3f}", width="content")
        charts.chart(
            rows,
            [
                {
                    "transform": only("quadratic"),
                    "mark": {"type": "line", "color": MAIN, "strokeWidth": 3},
                    "encoding": {**place, "tooltip": tooltip},
                },
                {
                    "transform": only("cross-entropy"),
                    "mark": {
                        "type": "line",
                        "color": POSITIVE,
                        "strokeWidth": 3,
                        "strokeDash": [7, 4],
                    },
                    "encoding": {**place, "tooltip": tooltip},
                },
                {
                    "transform": only("now"),
                    "mark": {"type": "circle", "color": GREY, "size": 130, "opacity": 1},
                    "encoding": place,
                },
            ],
            key="figure-cost",
            title="The wrong neuron waits on a plateau, or not\n"
            "Solid: quadratic; dashed: cross-entropy",
            alt=f"Output by epoch of a neuron that should say 0. After {epoch} epochs: quadratic "
            f"{after['quadratic']:.3f}, cross-entropy {after['cross-entropy']:.3f}.",
        )


def _judge(panel: Panel) -> None:
    left, right = charts.places()
    with left:
        digit = panel.digit(4)
        names = {str(label): str(label) for label in range(10)}
        label = int(panel.choice("label", "Say that the truth is", names, "9"))
        digits.show_digit(image_of(digit))
    X = image_of(digit)[None]
    last = lesson_network().forward_pass(X)[-1]
    z = last.z[0].astype(np.float64)
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            for name, title in _COSTS.items():
                value = learning.cost_of_outputs(z, label, name)
                st.metric(f"{title} cost", f"{value:.3f}", width="content")
        charts.bars(
            last.a[0],
            x="output neuron",
            y="activation",
            ends=(0.0, 1.0),
            key="figure-judge",
            title="The ten outputs for this image",
            alt="Outputs for this image: "
            + ", ".join(f"{d}: {a:.3f}" for d, a in enumerate(last.a[0])),
        )
        st.caption(
            "The same outputs, judged by both costs. The quadratic cost of one example can grow no "
            "larger than 5; cross-entropy grows without end as the network gets surer of a mistake."
        )


# gradient-descent -------------------------------------------------------------------------------
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
    rows.append({"kind": "ball", "v": float(path[-1]), "C": float(costs[-1]), "step": steps})
    lost = abs(path[-1]) >= learning.FAR
    place = {
        "x": axis("v", "parameter v", -3.4, 3.4),
        "y": axis("C", "cost C(v)", 0, float(learning.valley(np.array(3.4)))),
        "tooltip": [
            {"field": "step"},
            {"field": "v", "format": ".3f"},
            {"field": "C", "format": ".3f"},
        ],
    }
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            st.metric("Cost now", "gone" if lost else f"{costs[-1]:.3f}", width="content")
            st.metric("Slope here", f"{learning.valley_slope(path[-1]):.3f}", width="content")
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
            title="Every step goes downhill by η times the slope",
            alt=f"A ball on a curve with two valleys. After {steps} steps with learning rate "
            f"{eta:g} it is at {path[-1]:.2f}, cost {costs[-1]:.3f}.",
        )
        if lost:
            st.markdown("The ball has left the valley for good: this learning rate is too large.")
        else:
            slope = float(learning.valley_slope(path[-1]))
            st.markdown(
                f"The next step: $v' = v - \\eta\\, C'(v) = {path[-1]:.3f} "
                f"- {eta:g} \\cdot ({slope:.3f}) = {learning.descend(path[-1], eta, 1)[1]:.3f}$"
            )
    rate = 0.001 if eta <= 0.03 else 100.0 if eta >= 2 else 3.0
    words = {0.001: "far too small", 3.0: "about right", 100.0: "far too large"}[rate]
    return Onward(BOOK.replace(learning_rate=rate), f"Train with η = {rate:g}, {words}")


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
        st.caption(
            "The true cost of the videos' network on 200 of MNIST's test images. One axis leads "
            "from its first weights to its trained ones; the ball moves in this plane by the "
            "gradient from backpropagation."
        )
    return Onward(recipes.RECIPES["3blue1brown"].config, "Train this network in all directions")


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
    place = {
        "x": {
            "field": "at",
            "type": "quantitative",
            "title": "epochs or steps so far",
            "scale": {"type": "log", "domain": [1, 100 if by == "epochs" else 1500]},
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
            title="The same network, the same learning rate\n"
            "Solid: full batch; dashed: mini-batches of 4,000",
            alt="Test accuracy of a full-batch and a mini-batch run. "
            + " ".join(f"{n}: {percent(r.test_accuracy[-1])}." for n, r in stored.items()),
        )
        ran = "; ".join(f"`{run.command}`" for run in stored.values())
        st.caption(
            f"Run once with the {palette.ENGINE_NAMES['numpy']} engine, seed 0, 784-128-64-32-10, "
            f"ReLU and softmax, η = 0.1, 60,000 training images: {ran}. A student's report had "
            "90.64 % and 96.69 %; it does not name its layers and mini-batches."
        )
    return Onward(recipes.RECIPES[which].config, f"Train: {recipes.RECIPES[which].title.lower()}")
