"""The chapter `softmax`: outputs that share one, and a cost that pulls at all of them."""

import math

import numpy as np
import streamlit as st

from dashboard.learn import charts
from dashboard.learn.charts import MAIN, axis, only
from dashboard.learn.onward import CROSS_ENTROPY, Onward
from dashboard.learn.panel import Panel
from dashboard.ui.names import COSTS
from dashboard.ui.palette import GREY, POSITIVE
from nncore.activations import sigmoid
from nncore.activations import softmax as softmax_of
from nncore.lessons.softmax import CostOfSoftmax, cost, slope, unlearn

_FIRST = (2.5, -1.0, 3.2, 0.5)
"""The four z that the book's sliders begin with."""
_LOWERED = "₀₁₂₃₄"
_KINDS = ["softmax", "sigmoid"]
_STEPS = 300
_COSTS: dict[CostOfSoftmax, str] = {
    "quadratic": COSTS["quadratic"],
    "log-likelihood": COSTS["log-likelihood"],
}
_RIGHT, _WRONG = 0, 1
"""Of the four outputs that unlearn a mistake."""


def softmax(panel: Panel) -> Onward:
    """Four outputs to be pushed, or a sure mistake that two costs unlearn."""
    modes = {"share": "Outputs that share one", "pull": "A mistake is unlearned"}
    if panel.choice("show", "Show", modes, "share") == "pull":
        _pull(panel)
    else:
        _share(panel)
    config = CROSS_ENTROPY.replace(cost="log-likelihood")
    return Onward(config, "Train with softmax and log-likelihood")


# Outputs that share one -------------------------------------------------------------------------
def _share(panel: Panel) -> None:
    left, right = charts.places()
    with left:
        z = np.array(
            [
                panel.slider(f"z{j}", f"Weighted input z{_LOWERED[j]}", -5, 5, first, 0.1)
                for j, first in enumerate(_FIRST, 1)
            ]
        )
        names = {str(j): str(j) for j in range(1, 5)}
        label = int(panel.choice("right", "The right output", names, "1"))
    a, apart = softmax_of(z), sigmoid(z)
    shown = shares(a)
    value = cost(z, label - 1, "log-likelihood")
    rows = [
        {"kind": kind, "unit": str(j), "a": float(v), "words": words}
        for kind, values in (("softmax", a), ("sigmoid", apart))
        for j, (v, words) in enumerate(zip(values, shown, strict=True), 1)
    ]
    place = {
        "x": {"field": "unit", "type": "ordinal", "title": "output", "axis": {"labelAngle": 0}},
        "y": axis("a", "activation a", 0, 1.1, axis={"values": [0, 0.2, 0.4, 0.6, 0.8, 1]}),
        "xOffset": {"field": "kind", "type": "nominal", "scale": {"domain": _KINDS}},
    }
    tooltip = [
        {"field": "kind", "title": "function"},
        {"field": "unit", "title": "output"},
        {"field": "a", "format": ".4f"},
    ]
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            st.metric("Softmax outputs together", f"{a.sum():.2f}", width="content")
            st.metric("Sigmoids together", f"{apart.sum():.2f}", width="content")
            st.metric(f"Cost $-\\ln a_{label}$", f"{value:.3f}", width="content")
        charts.chart(
            rows,
            [
                {
                    "transform": only(kind),
                    "mark": {"type": "bar", "color": color},
                    "encoding": {**place, "tooltip": tooltip},
                }
                for kind, color in zip(_KINDS, (MAIN, GREY), strict=True)
            ]
            + [
                {
                    "transform": only("softmax"),
                    "mark": {"type": "text", "dy": -9, "fontSize": 15, "fontWeight": "bold"},
                    "encoding": {**place, "text": {"field": "words"}},
                }
            ],
            key="figure-softmax",
            title="Raise one z, and the others give way\nColoured: softmax; grey: sigmoids",
            alt=f"Four softmax outputs: {', '.join(shown)}. Sigmoids of the same z: "
            f"{', '.join(f'{v:.2f}' for v in apart)}.",
        )


def shares(a: np.ndarray) -> list[str]:
    """Shares of one (n,) with three decimals that add up to 1.000.

    What is missing after rounding down goes where most was cut off.
    """
    parts = np.floor(1000 * a + 1e-9).astype(int)
    for j in np.argsort(parts - 1000 * a)[: 1000 - int(parts.sum())]:
        parts[j] += 1
    return [f"{part / 1000:.3f}" for part in parts]


# A mistake is unlearned -------------------------------------------------------------------------
def _pull(panel: Panel) -> None:
    kept = panel.keeps(True)
    left, right = charts.places()
    with left:
        lead = panel.slider("lead", "How far the wrong z is ahead", 0, 9, 4, 0.5)
        eta = panel.scale("eta", "Learning rate η", (0.05, 0.15, 0.5, 1.0), 0.15)
        step = panel.whole("steps", "Look after this many steps", 0, _STEPS, 50)
        st.caption(
            "Four outputs. The first is the right one, but the second has the largest $z$; the "
            "other three are 0."
        )
    z = np.zeros(4)
    z[_WRONG] = lead
    names: list[CostOfSoftmax] = ["quadratic", *([] if kept else ["log-likelihood"])]
    rows: list[dict[str, object]] = []
    after: dict[CostOfSoftmax, float] = {}
    for name in names:
        outputs = unlearn(z, _RIGHT, name, eta, _STEPS)[:, _RIGHT]
        rows += [
            {"kind": name, "cost": _COSTS[name], "step": number, "a": float(a)}
            for number, a in enumerate(outputs)
        ]
        after[name] = float(outputs[step])
        rows.append({"kind": "now", "cost": _COSTS[name], "step": step, "a": after[name]})
    place = {
        "x": axis("step", "step", 0, _STEPS),
        "y": axis("a", "the right output (wanted: 1)", 0, 1),
        "tooltip": [
            {"field": "cost"},
            {"field": "step"},
            {"field": "a", "title": "output", "format": ".4f"},
        ],
    }
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            first = float(softmax_of(z)[_RIGHT])
            st.metric("Right output at first", f"{first:.4f}", width="content")
            for name, title in _COSTS.items():
                is_kept = name not in after
                value = "" if is_kept else f"{after[name]:.3f}"
                panel.number(f"{title}: now", value, kept=is_kept)
        lines = {
            "quadratic": {"color": MAIN, "strokeWidth": 3},
            "log-likelihood": {"color": POSITIVE, "strokeWidth": 3, "strokeDash": [7, 4]},
        }
        charts.chart(
            rows,
            [
                *(
                    {
                        "transform": only(kind),
                        "mark": {"type": "line", **style},
                        "encoding": place,
                    }
                    for kind, style in lines.items()
                ),
                {
                    "transform": only("now"),
                    "mark": {"type": "circle", "color": GREY, "size": 130, "opacity": 1},
                    "encoding": place,
                },
            ],
            key="figure-pull",
            title="How soon a sure mistake is mended\n"
            "Solid: quadratic; dashed: log-likelihood; both on softmax",
            alt=f"The right output by step, from {first:.4f}. After {step} steps: "
            + ", ".join(f"{_COSTS[name]} {a:.3f}" for name, a in after.items()),
        )
    with left:
        if not kept:
            pulls = {name: -float(slope(z, _RIGHT, name)[_RIGHT]) for name in _COSTS}
            shown = f"{first:.4f}"
            st.markdown(
                f"At first, log-likelihood pulls at the right $z$ with $1 - a = 1 - {shown} = "
                f"{1 - float(shown):.4f}$, the quadratic cost with ${_small(pulls['quadratic'])}$."
            )


def _small(value: float) -> str:
    """Four decimals, and more where those would be zeros."""
    return f"{value:.{max(4, 1 - math.floor(math.log10(value)))}f}"
