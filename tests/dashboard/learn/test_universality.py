from itertools import product

import numpy as np
import pytest

from dashboard.learn import universality
from dashboard.learn.universality import bump
from nncore.lessons.universality import TARGETS, bump_network


def test_a_bump_is_called_what_it_is() -> None:
    """Over the ranges of the controls: where the steps are, how high, how steep."""
    said = set[str]()
    places = ((0.0, 0.0), (0.5, 0.5), (0.3, 0.31), (0.3, 0.7), (0.0, 1.0))
    for (s1, s2), height, weight in product(places, (-2.0, -0.1, 0.0, 0.1, 2.0), (10, 3000)):
        network = bump_network([(s1, s2)], np.array([height]), weight)
        middle = float(network.forward_pass(np.array([[(s1 + s2) / 2]]))[1].z[0, 0])
        told = bump(s1, s2, middle)
        assert ("no bump" in told) == (s1 == s2 or height == 0)
        if "no bump" not in told:
            assert ("dent" in told) == (height < 0)
            assert f"{abs(middle):.3f} " in told
        ways = universality._marks(s1, s2, height)
        assert list(ways) == {1: ["up", "down"], -1: ["down", "up"], 0: []}[int(np.sign(height))]
        said |= {word for word in ("bump ", "dent ", "cancel", "no height") if word in told}
    assert len(said) == 4


def test_every_curve_has_its_formula() -> None:
    assert {*universality._FORMULAS} == {*TARGETS} == {*universality._TARGETS}
    assert "0.05 \\cos 50x" in universality._FORMULAS["wiggle"]
    stairs = TARGETS["stairs"](np.array([0.1, 0.5, 0.9]))
    assert stairs == pytest.approx([0.2, 0.8, 0.45])
    hill = TARGETS["hill"](np.array([0.5]))
    assert hill == pytest.approx([0.15 + 0.7])
