from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.draw import charts, doubts
from nncore.judge.doubt import TradeOff

CURVE = TradeOff(np.array([3.0, 1.0, -1.0]), np.array([0.0, 0.1, 0.2]), np.array([0.5, 0.9, 1.0]))


@pytest.mark.parametrize(
    ("score", "told"),
    [
        (9.0, "not one real digit that was measured looks less"),
        (1.0, "10.0% of the real digits look less"),
        (-5.0, "more than 20% of the real digits look less"),
    ],
)
def test_where_a_drawing_stands_is_what_was_measured(score: float, told: str):
    assert doubts._rank(SimpleNamespace(trade_off=CURVE), score).startswith(told)


@pytest.mark.parametrize(("moved", "told"), [(None, False), (1.0, True)])
def test_the_ring_is_the_shipped_threshold_wherever_it_was_moved(
    moved: float | None, told: bool, monkeypatch: pytest.MonkeyPatch
):
    titles = list[str]()
    monkeypatch.setattr(charts, "place", lambda *_, title, **__: titles.append(title))
    charts.trade_off(CURVE, 2.0, moved, "trade-off")
    assert "Ring: as shipped" in titles[0]
    assert ("where you moved it" in titles[0]) == told
