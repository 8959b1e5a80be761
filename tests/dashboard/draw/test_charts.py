import numpy as np
import pytest

from dashboard.draw.charts import shares_at
from nncore.judge.doubt import TradeOff

CURVE = TradeOff(np.array([3.0, 1.0, -1.0]), np.array([0.0, 0.1, 0.3]), np.array([0.5, 0.9, 1.0]))


@pytest.mark.parametrize(
    ("threshold", "digits", "others"),
    [(3, 0, 0.5), (1, 0.1, 0.9), (2, 0.05, 0.7), (9, 0, 0.5), (-9, 0.3, 1)],
    ids=["strict", "on a point", "between", "stricter than any", "more lenient than any"],
)
def test_the_shares_at_a_threshold(threshold: float, digits: float, others: float):
    assert shares_at(CURVE, threshold) == pytest.approx((digits, others))
