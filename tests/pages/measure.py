"""Measure how quickly Draw and Inside answer: `python -m tests.pages.measure`, on a quiet machine.

Prints one JSON object: milliseconds of server time of each interaction, median and worst, on Draw
for every new drawing, on Inside for the shipped model and for a 784-1024-1024-10 network. That is
the time of the page's script from the changed control to its last element; AppTest, which runs
it, adds a little for reading the page.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ink import samples
from dashboard.inside.choice import SECTIONS
from nncore.config import TrainingConfig
from tests.pages.drawn import draw
from tests.pages.training import own_store, page, trained

LARGE = TrainingConfig(
    hidden=(1024, 1024), epochs=1, train_size=2_000, batch_size=100, engines=("numpy",)
)
TIMES = 7


def milliseconds(act: Callable[[int], object]) -> dict[str, int]:
    """Median and worst of `act`, called with 0, 1, 2…"""
    taken: list[float] = []
    for i in range(TIMES):
        began = time.perf_counter()
        act(i)
        taken.append(1000 * (time.perf_counter() - began))
    return {"median": round(statistics.median(taken)), "worst": round(max(taken))}


def interactions(at: AppTest) -> dict[str, dict[str, int]]:
    """Each interaction in each section, every time with another neuron, image or number."""

    def set_number(key: str, value: int) -> AppTest:
        return at.number_input(key=f"inside-{key}").set_value(value).run()

    def press(label: str) -> AppTest:
        return next(button for button in at.button if button.label == label).click().run()

    found: dict[str, dict[str, int]] = {}
    layers = range(len(at.segmented_control(key="inside-layer").options))
    for section in SECTIONS:
        at.segmented_control(key="inside-section").set_value(section).run()
        found[f"{section}: another image"] = milliseconds(lambda i: set_number("example", 20 + i))
        for layer in layers:
            at.segmented_control(key="inside-layer").set_value(layer).run()
            found[f"{section}: another neuron of layer {layer + 1}"] = milliseconds(
                lambda i: set_number("index", 2 + i)
            )
    found["a mistake"] = milliseconds(lambda _: press("A mistake"))
    at.segmented_control(key="inside-section").set_value("backward").run()
    found["backward: a random weight"] = milliseconds(lambda _: press("A random weight"))
    at.segmented_control(key="inside-section").set_value("touch").run()
    at.segmented_control(key="inside-layer").set_value(0).run()
    # With these the accuracy on all test images is computed anew.
    values = np.linspace(-1, 1, TIMES)
    found["touch: a bias, and accuracy"] = milliseconds(
        lambda i: at.slider(key="inside-bias").set_value(float(values[i])).run()
    )
    found["touch: noise, and accuracy"] = milliseconds(lambda _: press("Add noise"))
    found["touch: undo"] = milliseconds(lambda _: press("Undo"))
    assert not at.exception
    return found


def drawings() -> dict[str, dict[str, int]]:
    """A new drawing on Home and on Draw, every time another digit."""
    found: dict[str, dict[str, int]] = {}
    for name in ("home", "draw"):
        at = page(name)
        found[f"{name}: a new drawing"] = milliseconds(
            lambda i, at=at: draw(at, samples.sample(i)).run()
        )
        assert not at.exception
    return found


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as home,
        pytest.MonkeyPatch.context() as patch,
        own_store(patch, Path(home)),
    ):
        report = {"draw": drawings(), "shipped": interactions(page("inside"))}
        run = trained(config=LARGE)
        report["784-1024-1024-10"] = interactions(page("inside", run=run.id))
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
