import math

import pytest

from dashboard.ui import text
from dashboard.ui.text import escape, formula_number, number, plain


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (0, 3, "0"),
        (-0.0123456, 3, "−0.0123"),
        (1234.5678, 3, "1235"),
        (0.99999, 3, "1.000"),
        (1.23e-7, 3, "1.23·10⁻⁷"),
        (2.5e8, 2, "2.5·10⁸"),
        (0.085817219, 8, "0.085817219"),
        (math.nan, 3, "not a number"),
    ],
)
def test_numbers_for_reading(value: float, digits: int, said: str):
    assert number(value, digits) == said


def test_numbers_in_formulas():
    assert formula_number(-0.5) == "(-0.500)"
    assert formula_number(-0.5, bare=True) == "-0.500"
    assert formula_number(1.2e-7, 2) == r"1.2 \cdot 10^{-7}"
    assert formula_number(-1.2e-7, 2) == r"(-1.2 \cdot 10^{-7})"
    assert "not a number" in formula_number(math.inf)


@pytest.mark.parametrize(
    "text",
    [
        "see http://x.io",
        "HTTPS://x.io",
        "www.x.io",
        "WWW.x.io",
        "me@x.io",
        ":material/home: :smile:",
    ],
)
def test_addresses_and_icons_are_broken_up(text: str):
    # The browser looks for them in the words after markdown has taken the backslashes away.
    words = escape(text).replace("\\", "")
    assert words.replace("\u2060", "") == text
    for part in ("://", "www.", "WWW.", "me@", ":material", ":smile"):
        assert part not in words


def test_nothing_turns_the_reading_direction_or_hides():
    hidden = "\u202e\u2066\u200b\u200f\ufeff\ud800\x85\x00"
    assert escape(f"a{hidden}b") == plain(f"a{hidden}b") == "a b"


def test_plain_words_stay():
    assert escape("  Größe 3\n# 30 % ") == r"Größe 3 \# 30 \%"
    assert escape("Note: so") == r"Note\: so"


@pytest.mark.parametrize(
    "evil", ["<b>x</b>", "**x**", "[a](javascript:x)", "$x$", "# x\n- y", ":red[x]", "`x`", "| a |"]
)
def test_escaped_text_has_no_bare_mark_of_markdown(evil: str):
    escaped = text.escape(evil)
    assert "\n" not in escaped
    bare = escaped.replace("\\\\", "")
    for position, mark in enumerate(bare):
        if mark in "<>*[]()$#`|:_-":
            assert bare[position - 1] == "\\", (escaped, mark)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.04, "0.0 s"), (8.24, "8.2 s"), (95, "95 s"), (204, "3.4 min")]
)
def test_durations(seconds: float, shown: str):
    assert text.duration(seconds) == shown


@pytest.mark.parametrize(
    ("words", "said"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_in_a_sentence(words: list[str], said: str):
    assert text.listed(words) == said
    assert text.listed(iter(words), "or") == said.replace("and", "or")
