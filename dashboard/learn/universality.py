"""The chapter `universality`: bumps of hidden neurons make any curve."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import streamlit as st

from dashboard.learn import charts
from dashboard.learn.charts import MAIN, axis, only
from dashboard.learn.onward import BOOK, Onward
from dashboard.learn.panel import Panel
from dashboard.ui import vega
from dashboard.ui.arithmetic import said, to_places
from dashboard.ui.palette import GREY
from nncore.lessons.universality import TARGETS, bump_network, fit_with_bumps, mean_deviation

_X = np.linspace(0, 1, 501)
_TARGETS = {"wiggle": "Nielsen's curve", "hill": "A hill", "stairs": "Stairs"}
_FORMULAS = {
    "wiggle": r"0.2 + 0.4\,x^2 + 0.3\,x \sin 15x + 0.05 \cos 50x",
    "hill": r"0.15 + 0.7\,e^{-((x - 0.5)/0.18)^2}",
    "stairs": r"0.2 \text{ up to } x = \tfrac13, \; 0.8 \text{ up to } \tfrac23, \; 0.45 "
    r"\text{ from there on}",
}


def universality(panel: Panel) -> Onward:
    """Build one bump from two steps, or a whole curve from many bumps."""
    modes = {"fit": "Fit a curve", "bump": "Build one bump"}
    if panel.choice("show", "Show", modes, "fit") == "bump":
        _bump(panel)
        n_hidden = 2
    else:
        n_hidden = _fit(panel)
    return Onward(
        BOOK.replace(hidden=(n_hidden,)), f"Train on MNIST with {n_hidden} hidden neurons"
    )


def _fit(panel: Panel) -> int:
    left, right = charts.places()
    with left:
        target = panel.choice("curve", "The curve to make", _TARGETS, "wiggle")
        n_bumps = panel.whole("n", "Bumps (two hidden neurons each)", 1, 50, 5)
        weight = panel.scale(
            "w", "Steepness of the steps (input weight)", (10, 30, 100, 300, 1000, 3000), 1000
        )
    wanted = TARGETS[target]
    network = fit_with_bumps(wanted, n_bumps, weight)
    deviation = mean_deviation(network, wanted)
    kept = panel.keeps(target == "wiggle" and n_bumps > 10)
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            panel.number("Average distance to the curve", f"{deviation:.4f}", kept=kept)
            panel.number("Hidden neurons", str(2 * n_bumps))
        _plot(
            {"wanted": wanted(_X), "made": network.forward(_X[:, None])[:, 0]},
            "output a",
            (0, 1),
            "figure-fit",
            "A curve made of bumps\nGrey: wanted; coloured: the network's output",
            f"A curve and the output of a network of {2 * n_bumps} hidden neurons"
            + ("." if kept else f", {deviation:.4f} away from it on average."),
        )
    with left:
        st.markdown(f"Wanted: ${_FORMULAS[target]}.$")
    return 2 * n_bumps


def _bump(panel: Panel) -> None:
    left, right = charts.places()
    with left:
        s1, s2 = panel.span("s", "Where the two steps are, s₁ and s₂", 0, 1, (0.3, 0.7), 0.01)
        height = panel.slider("h", "Height h", -2, 2, 1, 0.1)
        weight = panel.scale(
            "w", "Steepness of the steps (input weight)", (10, 30, 100, 300, 1000, 3000), 100
        )
    network = bump_network([(s1, s2)], np.array([height]), weight)
    hidden, output = network.forward_pass(_X[:, None])
    at_middle = float(network.forward_pass(np.array([[(s1 + s2) / 2]]))[1].z[0, 0])
    told = bump(s1, s2, at_middle)
    with right:
        with st.container(key="lesson-number"):
            panel.number("Sum of both, midway between them", said(to_places(at_middle, 3)))
        _plot(
            {
                "wanted": height * hidden.a[:, 0],
                "second": -height * hidden.a[:, 1],
                "made": output.z[:, 0],
            },
            "what is sent on",
            (-2.1, 2.1),
            "figure-bump",
            "Two steps and their sum\nGrey: the two steps; coloured: their sum",
            f"Two hidden neurons with steps at {s1:g} and {s2:g}. {told}",
            marks=_marks(s1, s2, height),
        )
    with left:
        st.markdown(
            f"{told} $b = -w s$: biases ${0 - weight * s1:g}$ and ${0 - weight * s2:g}$ put the "
            f"two steps at ${s1:g}$ and ${s2:g}$."
        )


def bump(s1: float, s2: float, middle: float) -> str:
    """What two steps of opposite height make together, in words; `middle` is their sum midway."""
    if s1 == s2:
        return "Two opposite steps at one place cancel: there is no bump."
    if middle == 0:
        return "Steps of no height make no bump."
    what = f"bump {said(to_places(middle, 3))} high" if middle > 0 else "dent"
    deep = "" if middle > 0 else f" {said(to_places(-middle, 3))} deep"
    return f"The two steps make a {what}{deep} between {s1:g} and {s2:g}."


def _marks(s1: float, s2: float, height: float) -> dict[str, float]:
    """Which way a bump's steps go, and where."""
    ways = ("up", "down") if height > 0 else ("down", "up")
    return dict(zip(ways, (s1, s2), strict=True)) if height else {}


def _plot(
    lines: dict[str, np.ndarray],
    y_title: str,
    ends: tuple[float, float],
    key: str,
    title: str,
    alt: str,
    marks: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Lines over x; `marks` names places on the x-axis."""
    rows: list[dict[str, object]] = [
        {"kind": kind, "x": float(x), "y": float(y)}
        for kind, values in lines.items()
        for x, y in zip(_X, values, strict=True)
    ]
    rows += [{"kind": "mark", "x": x, "name": name} for name, x in marks.items()]
    at = {"x": axis("x", "input x", 0, 1)}
    place = {
        **at,
        "y": axis("y", y_title, *ends),
        "tooltip": [{"field": "x", "format": ".3f"}, {"field": "y", "format": ".3f"}],
    }
    styles = {
        "wanted": {"color": GREY, "strokeWidth": 4},
        "second": {"color": GREY, "strokeWidth": 2, "strokeDash": [6, 4]},
        "made": {"color": MAIN, "strokeWidth": 2.5},
    }
    charts.chart(
        rows,
        [
            {
                "transform": only(kind),
                "mark": {"type": "line", "clip": True, **style},
                "encoding": place,
            }
            for kind, style in styles.items()
        ]
        + [
            {
                "transform": only("mark"),
                "mark": {"type": "rule", "color": GREY, "strokeDash": [2, 3]},
                "encoding": at,
            },
            {
                "transform": only("mark"),
                "mark": {
                    "type": "text",
                    "color": vega.axis_text() or GREY,
                    "fontSize": 14,
                    "y": 10,
                    "dx": 5,
                    "align": "left",
                },
                "encoding": {**at, "text": {"field": "name"}},
            },
        ],
        key=key,
        title=title,
        alt=alt,
    )
