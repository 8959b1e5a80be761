"""The copybook: every form, the same for a seed, and nothing of the digits one may learn from."""

import ast
from pathlib import Path

import numpy as np
import pytest

from nncore.ink import forms, world
from nncore.judge import copybook
from nncore.judge.copybook import PATHS, drawing, written

IS_LEARNED_FROM = {"nncore.ink.world", "nncore.ink.forms", "nncore.augmentation"}


def test_every_form_in_every_hand_is_the_same_for_a_seed() -> None:
    one, same, other = written(1), written(1), written(1, seed=2)
    assert one.forms == list(PATHS)
    assert one.digits.tolist() == [int(form[0]) for form in PATHS]
    assert one.images.shape == (len(PATHS), 784)
    np.testing.assert_array_equal(one.images, same.images)
    assert not np.array_equal(one.images, other.images)


def test_all_ten_digits_have_two_forms_or_more() -> None:
    assert all(sum(int(form[0]) == digit for form in PATHS) >= 2 for digit in range(10))


@pytest.mark.parametrize("form", PATHS)
def test_a_drawing_is_ink_that_lies_on_the_canvas(form: str) -> None:
    ink = drawing(form, rng=np.random.default_rng(0))
    assert ink.shape == (280, 280)
    assert ink.max() == 255
    border = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    assert not border.any()


def test_an_arc_by_hand() -> None:
    # From the right, clockwise, to the left of a circle of radius 0.5 around (0.5, 0.5): its
    # lowest point is (0.5, 1), and its length is half of pi.
    line = copybook._line("a .5 .5 .5 .5 0 180")
    np.testing.assert_allclose(line[[0, -1]], [[1, 0.5], [0, 0.5]], atol=1e-6)
    np.testing.assert_allclose(line[line[:, 1].argmax()], [0.5, 1], atol=0.02)
    steps = np.hypot(*np.diff(line, axis=0).T)
    assert steps.sum() == pytest.approx(np.pi / 2, rel=0.01)
    assert steps.max() <= 0.02


def test_a_flag_is_never_a_sevens_top() -> None:
    rng = np.random.default_rng(1)
    flags = [copybook._strokes("1 long flag", rng)[0] for _ in range(200)]
    steep = [copybook._is_steep(flag) for flag in flags]
    assert 0.5 < np.mean(steep) < 1  # so it does turn some away
    assert copybook._is_steep(np.array([[-0.3, 0.3], [0, 0], [0, 1]]))
    assert not copybook._is_steep(np.array([[-0.5, 0.1], [0, 0], [0, 1]]))


# --- apart from what is learned from --------------------------------------------------------------


def imported(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def test_neither_imports_the_other() -> None:
    assert not imported(Path(copybook.__file__)) & IS_LEARNED_FROM
    for module in (forms, world):
        assert not any("judge" in name for name in imported(Path(module.__file__)))


def test_no_line_is_the_same() -> None:
    """Of forms with one name, the middle lines lie apart, whatever hand writes them."""
    names = {f"{form.digit} {form.name}": form for form in forms.FORMS}
    both = [name for name in PATHS if name in names and name != "1 stick"]
    assert len(both) >= 15
    for name in both:
        curves = forms.compiled(names[name])
        theirs = curves.along @ curves.controls
        ours = np.concatenate([copybook._line(path) for path in PATHS[name].split("|")])
        theirs, ours = ((a - a.min(axis=0)) / np.ptp(a, axis=0) for a in (theirs, ours))
        apart = np.hypot(*(ours[:, None] - theirs).T).min(axis=0)
        assert apart.max() > 0.02, name
