"""Typefaces: those with digits of their own, once each, and a sentence where there is none."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont
from typer.testing import CliRunner

from nncore.checkpoints import SHIPPED, load
from nncore.cli import app
from nncore.judge import evaluation
from nncore.judge.typefaces import TypefaceError, drawn


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two copies of Pillow's own typeface, and what only has a typeface's name."""
    typeface = ImageFont.load_default(10.0).path.getvalue()
    for name in ("package/a.ttf", "b.otf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(typeface)
    (tmp_path / "broken.woff2").write_bytes(b"wOF2 and no more")
    (tmp_path / "readme.txt").write_text("no typeface")
    return tmp_path


def test_a_typeface_is_drawn_once_and_read_digit_by_digit(folder: Path) -> None:
    found = drawn(folder)
    assert list(found) == ["Aileron Regular"]
    (images,) = found.values()
    assert images.shape == (10, 784)
    assert len({image.tobytes() for image in images}) == 10
    read = evaluation.fonts_read(load(SHIPPED["robust"]).network(), found)
    assert read["Aileron Regular"] >= 0.9
    upside_down = {"Aileron Regular": images[::-1]}
    assert evaluation.fonts_read(load(SHIPPED["robust"]).network(), upside_down) == {
        "Aileron Regular": 0.0
    }


def test_one_that_lacks_digits_is_passed_over(folder: Path, monkeypatch) -> None:
    box = np.ones((280, 280), np.uint8)
    monkeypatch.setattr("nncore.judge.typefaces._picture", lambda digit, font: box)
    with pytest.raises(TypefaceError, match="holds no typeface with digits"):
        drawn(folder)


def test_no_typeface_is_one_sentence(tmp_path: Path) -> None:
    asked = ["evaluate", "--model", "classroom", "--hands", "0", "--fonts", str(tmp_path / "none")]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 2
    assert "holds no typeface with digits; give a folder" in done.stderr
    assert "Traceback" not in done.stderr
