"""Shares of one, as the chapter shows them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.learn.softmax import shares
from nncore.activations import softmax


@given(st.lists(st.floats(-8, 8), min_size=2, max_size=10))
def test_what_is_shown_adds_up_to_one(z: list[float]) -> None:
    a = softmax(np.array(z))
    shown = [round(1000 * float(words)) for words in shares(a)]
    assert sum(shown) == 1000
    assert np.abs(np.array(shown) / 1000 - a).max() <= 0.001 + 1e-9


def test_thirds_give_one_thousandth_away() -> None:
    assert sorted(shares(np.full(3, 1 / 3))) == ["0.333", "0.333", "0.334"]
