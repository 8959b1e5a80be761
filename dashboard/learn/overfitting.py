"""The chapter `overfitting`: a thousand images learned by heart, and four remedies."""

import streamlit as st

from dashboard.learn import charts, state
from dashboard.learn.charts import MAIN, axis, only
from dashboard.learn.onward import Onward
from dashboard.learn.panel import UNTOLD, Panel
from dashboard.ui.palette import ENGINE_NAMES, GREY, POSITIVE
from dashboard.ui.text import percent
from nncore.lessons.overfitting import SIZES, Remedy, StoredRun, stored_runs

_SIZES = {str(n): f"{n:,}" for n in SIZES}
_REMEDIES: dict[Remedy, str] = {
    "none": "None", "l2": "L2", "dropout": "Dropout", "deform": "Deformed digits",
}  # fmt: skip
_WITH: dict[Remedy, str] = {
    "none": "", "l2": " with L2", "dropout": " with dropout", "deform": ", deformed",
}  # fmt: skip
_PATIENCE = (0.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_STEPS_K = 40
"""Thousands of mini-batches that every run takes."""


def overfitting(panel: Panel) -> Onward:
    """Stored runs by number of images, remedy and patience: two accuracies and their gap."""
    left, right = charts.places()
    with left:
        n_train = int(panel.choice("images", "Training images", _SIZES, str(SIZES[0])))
        remedy: Remedy = "none"
        if not panel.keeps(state.is_revealed() or not state.is_called_for("remedy")):
            remedy = panel.choice("remedy", "Remedy", _REMEDIES, "none")
        else:
            st.markdown(f"Remedy  \n**{UNTOLD}**")
        patience = int(
            panel.scale("stop", "Early stopping: patience, in epochs (0: none)", _PATIENCE, 0.0)
        )
    run = stored_runs()[remedy, n_train]
    n_epochs = run.ends_after(patience)
    train, test = (
        100 * accuracy[n_epochs - 1] for accuracy in (run.train_accuracy, run.test_accuracy)
    )
    rows = _rows(run, n_epochs)
    if remedy != "none":
        rows += [row | {"kind": "plain"} for row in _curve(stored_runs()["none", n_train], "test")]
    with right:
        with st.container(key="lesson-number", horizontal=True, gap="medium"):
            st.metric("Training images", f"{train:.2f}%", width="content")
            st.metric("Test images", f"{test:.2f}%", width="content")
            st.metric("The gap, in points", f"{train - test:.2f}", width="content")
        _chart(
            rows,
            f"Accuracy over {_STEPS_K},000 steps. After {n_epochs} epochs the network reads "
            f"{train:.2f} % of its training images and {test:.2f} % of the test images.",
        )
    with left:
        st.markdown(_said(run, n_epochs))
        st.caption(
            f"Run once with the {ENGINE_NAMES['numpy']} engine, 784-30-10, cross-entropy, η = 0.5, "
            f"mini-batches of 10, seed 0: `{run.command}`. More images, fewer epochs: all runs "
            f"take {_STEPS_K},000 steps."
        )
    config = run.config.replace(engines="numpy,torch", patience=patience)
    return Onward(config, f"Train on {n_train:,} images{_WITH[remedy]}")


def _said(run: StoredRun, n_epochs: int) -> str:
    """One sentence on the end of the run, and one on its weights."""
    all_epochs = len(run.test_accuracy)
    best = max(run.validation_accuracy[:n_epochs])
    at = run.validation_accuracy.index(best) + 1
    ended = (
        f"The run was stopped after epoch {n_epochs} of {all_epochs}: its validation accuracy, "
        f"{percent(best)} in epoch {at}, was not bettered after that."
        if n_epochs < all_epochs
        else f"All {all_epochs} epochs were run."
    )
    return f"{ended} Size of a typical weight: {run.weight[n_epochs - 1]:.2f} (root mean square)."


def _curve(run: StoredRun, split: str) -> list[dict[str, object]]:
    """Accuracy on the training or the test images by step, from the end of the first epoch."""
    accuracy = run.train_accuracy if split == "train" else run.test_accuracy
    a_epoch = _STEPS_K / len(accuracy)
    return [
        {"kind": split, "epoch": epoch, "step": epoch * a_epoch, "accuracy": 100 * value}
        for epoch, value in enumerate(accuracy, 1)
    ]


def _rows(run: StoredRun, n_epochs: int) -> list[dict[str, object]]:
    """Both curves up to the end, pale beyond it, and the gap between them at the end."""
    rows: list[dict[str, object]] = []
    ends: list[dict[str, object]] = []
    for split in ("train", "test"):
        points = _curve(run, split)
        rows += points[:n_epochs]
        rows += [point | {"kind": f"{split} after"} for point in points[n_epochs - 1 :]]
        ends.append(points[n_epochs - 1])
    return [*rows, {**ends[1], "kind": "gap", "top": ends[0]["accuracy"]}]


def _chart(rows: list[dict[str, object]], alt: str) -> None:
    plain = "; grey: test, no remedy" if any(row["kind"] == "plain" for row in rows) else ""
    place = {
        "x": axis("step", "steps (thousands of mini-batches)", 0, _STEPS_K + 1),
        "y": axis("accuracy", "accuracy (%)", 60, 100.5, axis={"values": [60, 70, 80, 90, 100]}),
    }
    tooltip = [
        {"field": "kind", "title": "images"},
        {"field": "epoch"},
        {"field": "accuracy", "format": ".2f"},
    ]
    styles = {
        "plain": {"color": GREY, "strokeWidth": 2},
        "train after": {"color": MAIN, "strokeWidth": 2, "opacity": 0.3},
        "test after": {"color": POSITIVE, "strokeWidth": 2, "opacity": 0.3},
        "train": {"color": MAIN, "strokeWidth": 3},
        "test": {"color": POSITIVE, "strokeWidth": 3, "strokeDash": [7, 4]},
    }
    charts.chart(
        rows,
        [
            {
                "transform": only(kind),
                "mark": {"type": "line", "clip": True, **style},
                "encoding": {**place, "tooltip": tooltip},
            }
            for kind, style in styles.items()
        ]
        + [
            {
                "transform": only("gap"),
                "mark": {"type": "rule", "color": GREY, "strokeWidth": 3, "clip": True},
                "encoding": {**place, "y2": {"field": "top"}},
            }
        ],
        key="figure-overfitting",
        title="What it learned by heart it cannot read elsewhere\n"
        f"Solid: training images; dashed: test images{plain}; upright: the gap",
        alt=alt,
    )
