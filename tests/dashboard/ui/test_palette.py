import numpy as np
import pytest

from dashboard.ui.palette import ENGINE_COLORS, MISTAKE, NEGATIVE, POSITIVE, SHIPPED


@pytest.mark.parametrize("color", [*ENGINE_COLORS.values(), SHIPPED, POSITIVE, NEGATIVE, MISTAKE])
@pytest.mark.parametrize("background", ["#ffffff", "#14161c"])
def test_colours_stand_out_on_light_and_dark(color: str, background: str):
    def luminance(hexadecimal: str) -> float:
        parts = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    low, high = sorted((luminance(color), luminance(background)))
    assert (high + 0.05) / (low + 0.05) >= 3  # WCAG 2.2, non-text contrast
