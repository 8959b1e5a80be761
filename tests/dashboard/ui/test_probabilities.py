import numpy as np

from dashboard.ui import probabilities
from dashboard.ui.palette import NUMPY, TORCH


def test_probability_bars_show_all_ten_and_tell_the_highest():
    row = np.full(10, 0.02)
    row[6] = 0.82
    text = probabilities.probability_html(row, NUMPY, who='A "model" <b>')
    assert text.count('title="digit ') == 10
    assert "digit 6: 82.00%" in text
    assert "Highest: 6 with 82.0%" in text
    assert "<b>" not in text
    almost = probabilities.probability_html(np.array([0.99996, *[0.0] * 9]), NUMPY)
    assert almost.count("over 99.9%") == 2  # for the pointer and for a screen reader
    assert "nan" not in probabilities.probability_html(np.full(10, np.nan), TORCH)
