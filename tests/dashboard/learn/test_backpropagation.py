from itertools import product

import numpy as np

from dashboard.learn.backpropagation import stepped_to
from nncore.lessons.backpropagation import SMALL_PARAMETERS, small_network


def test_the_cost_is_said_to_fall_only_where_it_does() -> None:
    """At the ends of every control of the chapter on backpropagation."""
    said = set[str]()
    controls = product((-3.0, 3.0), (0.0, 1.0), (0.0, 1.0), (0.0, 0.5, 1.0), (0.1, 10.0))
    for value, x1, x2, y, eta in controls:
        for name in ("w11", "v1", "c"):
            network = small_network({**SMALL_PARAMETERS, name: value}, eta)
            X, Y = np.array([[x1, x2]]), np.array([[y]])
            before = network.cost(X, Y)
            network.train_batch(X, Y)
            after = network.cost(X, Y)
            told = stepped_to(before, after)
            word = told.split()[2]
            gap = round(after, 4) - round(before, 4)
            assert word == ("falls" if gap < 0 else "rises" if gap > 0 else "stays")
            said.add(word)
    assert {"falls", "stays"} <= said
    assert "too long" in stepped_to(0.1, 0.2)
