from collections.abc import Callable

import pytest

from dashboard.compare import common, state
from dashboard.compare.common import Work
from dashboard.ui import text


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (4.44e-15, "4.4·10⁻¹⁵"), (3.26e-06, "3.3·10⁻⁶")]
)
def test_small_numbers_are_written_as_powers(value: float, written: str):
    assert text.power(value) == written


def test_numbers_of_other_modules_are_written_as_here():
    assert common.tight("11.39 → 21.42 % (1 %)") == "11.39 → 21.42% (1%)"
    assert common.tight("error is 4.31e-09.") == "error is 4.3·10⁻⁹."


def test_an_end_asks_for_the_whole_page_once_no_button_is_pressed(monkeypatch: pytest.MonkeyPatch):
    """Of timers and presses that come together, the presses would be forgotten."""
    drawn: list[str] = []
    asked: list[str] = []
    bodies: list[Callable[[], None]] = []
    monkeypatch.setattr(common.st, "fragment", lambda body, **_: bodies.append(body) or body)
    monkeypatch.setattr(common.st, "rerun", lambda: asked.append("the whole page"))
    monkeypatch.setattr(state, "has_ended", lambda _name, *, active: False)
    goes_on = [True, True, False, False, False]  # polled, and each look
    work = Work("a", active=lambda: goes_on.pop(0), so_far=str, outcome=lambda: None)
    common.polled(lambda: drawn.append("a section"), work)
    (look,) = bodies
    look()
    monkeypatch.setattr(state, "is_pressed", lambda: True)
    look()
    assert asked == []
    monkeypatch.setattr(state, "is_pressed", lambda: False)
    look()
    assert asked == ["the whole page"]
    assert len(drawn) == 4
    assert goes_on == []
