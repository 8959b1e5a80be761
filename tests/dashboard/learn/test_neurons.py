"""What the chapters of one neuron say, at every place of their controls' ranges."""

import re
from decimal import Decimal
from itertools import product

import numpy as np
import pytest

from dashboard.learn.neurons import fires, moved, movements
from nncore.lessons import neurons

W, B, X = (
    (-3.0, -0.1, 0.0, 0.1, 1.0, 3.0),
    (-20.0, -10.0, 0.0, 0.5, 20.0),
    (0.0, 0.1, 9.0, 10.0, 20.0),
)
DW = (-0.3, -0.01, 0.0, 0.01, 0.1, 0.3)
NUDGES = [neurons.nudge(x, w, b, dw) for w, b, x, dw in product(W, B, X, DW)]


def test_the_words_of_a_nudge_are_its_numbers() -> None:
    said = set[str]()
    for nudge in NUDGES:
        told = moved(nudge)
        shown = movements(nudge)
        smooth, hard = re.fullmatch(
            r"With the change, the sigmoid's output (.*), and the step's (.*)\.", told
        ).groups()  # pyright: ignore
        change = shown["Sigmoid's output moves"]
        if found := re.fullmatch(r"(rises|falls) from (\S+) to (\S+)", smooth):
            before, after = Decimal(found[2]), Decimal(found[3])
            assert after - before == change
            assert (found[1] == "rises") == (nudge.a_after > nudge.a)
        else:
            assert change == 0
            assert ("stays at" in smooth) == (nudge.a == nudge.a_after)
        jumps = nudge.step_before != nudge.step_after
        assert ("jumps" in hard) == jumps == bool(shown["The step's output moves"])
        assert hard.endswith(f"{nudge.step_after:g}")
        said |= {smooth.split()[0], hard.split()[0]}
    assert said == {"rises", "falls", "stays", "jumps"}


@pytest.mark.parametrize("w", np.arange(-30, 31) / 10)
def test_where_the_step_fires_is_where_it_does(w: float) -> None:
    for b in np.arange(-40, 41) / 2:
        told = fires(float(w), float(b))
        x = np.linspace(0, 20, 401)
        fired = neurons.perceptron(x[:, None], np.array([w]), float(b)) == 1
        if w == 0:
            assert fired.all() == told.endswith("fires everywhere")
            assert fired.any() != told.endswith("silent everywhere")
            continue
        side, border = re.findall(r"(above|below)(?: about)? (\S+)$", told)[0]
        far = np.abs(x - float(border)) > 0.006 * abs(float(border))
        expected = x > float(border) if side == "above" else x < float(border)
        np.testing.assert_array_equal(fired[far], expected[far])
        assert ("about" in told) == (abs(w * float(border) + b) > 1e-9)
