"""The chapter `cost`: quadratic against cross-entropy, on one neuron and on one digit."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.learn import charts
from dashboard.learn.charts import MAIN, axis, only
from dashboard.learn.images import image_of
from dashboard.learn.onward import BOOK, Onward
from dashboard.learn.panel import Panel
from dashboard.models.load import lesson_network
from dashboard.ui import digits
from dashboard.ui.names import COSTS
from dashboard.ui.palette import GREY, POSITIVE
from dashboard.ui.text import counted
from nncore.config import CostName
from nncore.lessons import learning

_EPOCHS = 300
_COSTS: dict[CostName, str] = {name: COSTS[name] for name in ("quadratic", "cross-entropy")}
_RATES: dict[CostName, float] = {"quadratic": 3.0, "cross-entropy": 0.5}
"""The book's learning rates for its network of thirty hidden neurons."""


def cost(panel: Panel) -> Onward:
    """Quadratic against cross-entropy: one neuron that learns, one digit that is judged."""
    modes = {"neuron": "One neuron learns", "digit": "One digit is judged"}
    mode = panel.choice("show", "Show", modes, "neuron")
    left, right = charts.places()
    if mode == "digit":
        _judge(panel, left, right)
    else:
        _learn(panel, left, right)
    with left:
        chosen: CostName = panel.choice("cost", "Cost to train with", _COSTS, "cross-entropy")
    return Onward(
        BOOK.replace(cost=chosen, learning_rate=_RATES[chosen]),
        f"Train with the {_COSTS[chosen].lower()} cost",
    )


def _learn(panel: Panel, left: DeltaGenerator, right: DeltaGenerator) -> None:
    with left:
        w = panel.slider("w", "Starting weight w", -3, 3, 2, 0.1)
        b = panel.slider("b", "Starting bias b", -3, 3, 2, 0.1)
        eta = panel.scale("eta", "Learning rate η", (0.05, 0.15, 0.5, 1.0), 0.15)
        epoch = panel.whole("epoch", "Look after this many epochs", 0, _EPOCHS, 50)
        st.caption("The neuron's input is 1, and it is to learn to say 0.")
    rows: list[dict[str, object]] = []
    before, after = 0.0, dict[CostName, float]()
    for name in _COSTS:
        outputs, costs = learning.learn_to_say_zero(w, b, name, eta, _EPOCHS)
        rows += [
            {"kind": name, "epoch": number, "a": float(a), "C": float(c)}
            for number, (a, c) in enumerate(zip(outputs, costs, strict=True))
        ]
        rows.append({"kind": "now", "cost": name, "epoch": epoch, "a": float(outputs[epoch])})
        before, after[name] = float(outputs[0]), float(outputs[epoch])
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
    kept = panel.keeps(before > 0.9)
    if kept:
        rows = [row for row in rows if "quadratic" not in (row["kind"], row.get("cost"))]
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            for name, title in _COSTS.items():
                untold = kept and name == "quadratic"
                panel.number(f"{title}: output", f"{after[name]:.3f}", kept=untold)
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
            title="The output on its way to 0\nSolid: quadratic; dashed: cross-entropy",
            alt="Output by epoch of a neuron that should say 0."
            + ("" if kept else f" {learned(epoch, before, after)}"),
        )
    if not kept:
        left.markdown(learned(epoch, before, after))


def learned(epoch: int, before: float, after: Mapping[CostName, float]) -> str:
    """How far one neuron came with each cost, in words, from one and the same output."""
    quadratic, entropy = (f"{after[name]:.3f}" for name in ("quadratic", "cross-entropy"))
    if quadratic == entropy:
        return f"After {counted(epoch, 'epoch')} both outputs are at {entropy}, from {before:.3f}."
    ahead = "cross-entropy" if after["cross-entropy"] < after["quadratic"] else "the quadratic cost"
    return (
        f"From {before:.3f}, {counted(epoch, 'epoch')} lead the quadratic cost's output to "
        f"{quadratic} and cross-entropy's to {entropy}: {ahead} is ahead."
    )


def _judge(panel: Panel, left: DeltaGenerator, right: DeltaGenerator) -> None:
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
    with left:
        st.caption(
            "The same outputs, judged by both costs. The quadratic cost of one example can grow no "
            "larger than 5; cross-entropy grows without end as the network gets surer of a mistake."
        )
