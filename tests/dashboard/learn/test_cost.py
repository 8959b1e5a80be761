import re
from itertools import product

import numpy as np

from dashboard.learn.cost import learned
from nncore.config import CostName
from nncore.lessons import learning

COSTS: tuple[CostName, ...] = ("quadratic", "cross-entropy")


def test_who_is_said_to_be_ahead_is_ahead() -> None:
    """At the ends and in the middle of every control of the chapter on the cost."""
    for (w, b), eta in product(((-3, -3), (0.6, 0.9), (3, 3)), (0.05, 1.0)):
        outputs = {n: learning.learn_to_say_zero(w, b, n, eta, 300)[0] for n in COSTS}
        for epoch in (0, 1, 50, 300):
            after = {name: float(values[epoch]) for name, values in outputs.items()}
            told = learned(epoch, float(outputs["quadratic"][0]), after)
            quadratic, entropy = (f"{after[name]:.3f}" for name in COSTS)
            assert f"rom {outputs['quadratic'][0]:.3f}" in told
            if "both" in told:
                assert quadratic == entropy
                continue
            assert re.findall(r"output to (\S+) and cross-entropy's to (\S+):", told) == [
                (quadratic, entropy)
            ]
            ahead = "cross-entropy" if float(entropy) < float(quadratic) else "quadratic"
            assert ahead in told.split(": ")[1]


def test_the_numbers_of_the_text_are_those_of_the_figure() -> None:
    for (w, b), expected in {(0.6, 0.9): (0.82, 0.39), (2, 2): (0.98, 0.976)}.items():
        outputs, _ = learning.learn_to_say_zero(w, b, "quadratic", 0.15, 50)
        np.testing.assert_allclose(outputs[[0, -1]], expected, atol=0.005)
    outputs, _ = learning.learn_to_say_zero(2, 2, "cross-entropy", 0.15, 50)
    assert f"{outputs[-1]:.2f}" == "0.10"
