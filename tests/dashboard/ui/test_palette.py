import ast
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from dashboard.ui.palette import ENGINE_COLORS, MISTAKE, NEGATIVE, POSITIVE, SHIPPED

ROOT = Path(__file__).parents[3]
COLOR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b|\b(?:rgb|hsl)a?\(\s*\d")


@pytest.mark.parametrize("color", [*ENGINE_COLORS.values(), SHIPPED, POSITIVE, NEGATIVE, MISTAKE])
@pytest.mark.parametrize("background", ["#ffffff", "#14161c"])
def test_colours_stand_out_on_light_and_dark(color: str, background: str):
    def luminance(hexadecimal: str) -> float:
        parts = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    low, high = sorted((luminance(color), luminance(background)))
    assert (high + 0.05) / (low + 0.05) >= 3  # WCAG 2.2, non-text contrast


def test_no_colour_is_typed_outside_the_palette():
    typed: set[str] = set()
    for folder in ("dashboard", "pages"):
        for file in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            words = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            if any(isinstance(word, str) and COLOR.search(word) for word in words):
                typed.add(file.name)
        for kind in ("*.js", "*.css"):  # theirs are handed over, or the theme's
            for file in (ROOT / folder).rglob(kind):
                if COLOR.search(file.read_text(encoding="utf-8")):
                    typed.add(file.name)
    assert typed == {"palette.py"}


@pytest.mark.parametrize(("engine", "color"), [("numpy", "blue"), ("torch", "orange")])
def test_an_engines_name_above_its_answer_has_the_themes_colour(engine: str, color: str):
    sheet = (ROOT / "assets" / "style.css").read_text(encoding="utf-8")
    config = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    theme = tomllib.loads(config)["theme"]
    (rule,) = re.findall(rf"st-key-prediction-{engine}\b[^{{]*{{([^}}]*)}}", sheet)
    light, dark = (theme[mode][f"{color}TextColor"] for mode in ("light", "dark"))
    assert f"light-dark({light}, {dark})" in rule
