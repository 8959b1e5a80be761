"""The glossary: what it explains, its pictures, and links to it in a text."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.learn import chapters
from dashboard.ui import glossary, names
from dashboard.ui.glossary import explaining, linked, words

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {"svg", "g", "path", "line", "rect", "circle", "ellipse", "text"}
COLORS = re.compile(
    r"none|currentColor|var\(--(main|up|down|grey|numpy|torch|paper|digit-paper|digit-ink)\)"
)
"""The page's text colour, and what the glossary hands over from the palette."""
NAMES = [word.name for word in words()]


def test_forty_words_at_most_in_the_alphabets_order() -> None:
    assert 30 <= len(NAMES) <= 40
    assert sorted(NAMES, key=str.lower) == NAMES
    assert len({word.slug for word in words()}) == len(NAMES)


@pytest.mark.parametrize("word", words(), ids=NAMES)
def test_every_word_has_its_symbol_its_meaning_and_its_chapter(word: glossary.Word) -> None:
    assert word.symbol
    assert word.meaning.endswith(".")
    assert 60 <= len(word.meaning) <= 280
    assert not re.search(r"[*_`$\[]", word.meaning)  # shown as it is, not as markdown
    assert word.chapter in {"", *(chapter.name for chapter in chapters.CHAPTERS)}


@pytest.mark.parametrize("word", words(), ids=NAMES)
def test_every_picture_is_small_and_knows_both_themes(word: glossary.Word) -> None:
    assert len(word.picture) < 3_000
    root = ET.fromstring(word.picture)
    assert root.get("viewBox") == "0 0 120 72"
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in SHAPES
        for attribute, value in element.items():
            assert not attribute.startswith("on")
            if attribute in ("fill", "stroke"):
                assert COLORS.fullmatch(value), value
        if element.tag == f"{SVG}text":
            assert element.get("fill") == "currentColor"  # the palette's hues are for shapes


def test_every_picture_is_of_a_word() -> None:
    files = {file.stem for file in Path(glossary.FILE.with_suffix("")).iterdir()}
    assert files == {word.slug for word in words()}


# Everything is explained ------------------------------------------------------------------------
def form_script() -> None:
    from dashboard.train import form

    form.training_form()


@pytest.fixture(scope="module")
def settings() -> list[str]:
    """The labels of Train's form."""
    at = AppTest.from_function(form_script, default_timeout=30).run()
    kinds = (at.text_input, at.number_input, at.selectbox, at.toggle, at.button_group)
    found = [widget.label for kind in kinds for widget in kind]
    assert len(found) >= 24
    return found


def test_every_setting_of_train_is_explained(settings: list[str]) -> None:
    assert [label for label in settings if explaining(label) is None] == []


@pytest.mark.parametrize(
    "choices",
    [
        names.ACTIVATIONS, names.COSTS, names.OPTIMIZERS, names.SCHEDULES, names.INITIALIZERS,
        names.DTYPES, names.DATASETS, dict(list(names.DEFORMATIONS.items())[1:]),
    ],
)  # fmt: skip
def test_every_choice_of_a_setting_is_explained(choices: dict[str, str]) -> None:
    assert [choice for choice in choices.values() if explaining(choice) is None] == []


@pytest.mark.parametrize("chapter", chapters.CHAPTERS, ids=lambda chapter: chapter.name)
def test_every_chapters_title_is_explained(chapter: chapters.Chapter) -> None:
    assert explaining(chapter.title) is not None


@pytest.mark.parametrize(
    ("label", "word"),
    [
        ("Learning rate η", "learning rate"),
        ("L2 penalty λ", "penalty"),
        ("Full batch", "mini-batch"),
        ("Schedule epochs", "schedule"),
        ("Kept for validation", "training and test images"),
        ("He", "initial weights"),
        ("Nesterov momentum", "momentum"),
        ("Perceptrons", "perceptron"),
        ("The weather", None),
        ("Heat", None),  # no whole word
    ],
)
def test_a_setting_is_explained_by_its_own_word(label: str, word: str | None) -> None:
    found = explaining(label)
    assert (found and found.name) == word


# Links ------------------------------------------------------------------------------------------
def targets(text: str) -> list[str]:
    return re.findall(r"\]\(learn\?word=([\w-]+)", text)


def without_links(text: str) -> str:
    return re.sub(r"\[([^\]]*)\]\(learn\?word=[^)]*\)", r"\1", text)


def test_a_word_is_linked_once_and_as_it_stands() -> None:
    text = "Weights and biases: two weights, one mini-batch, two Mini-batches."
    known = {"bias"}
    found = linked(text, known)
    assert targets(found) == ["weight", "mini-batch"]
    assert found.startswith("[Weights](learn?word=weight&chapter=perceptron) and biases")
    assert known == {"bias", "weight", "mini-batch"}
    assert targets(linked("A weight.", known)) == []


@pytest.mark.parametrize(
    "text",
    [
        r"$\text{weight}$ and $$weight$$",
        "`weight`",
        "[weight](https://example.org)",
        "“Weight initialization”",
        "weightless, overweight, weight-free, un-weight",
    ],
)
def test_formulas_code_links_and_titles_are_left_alone(text: str) -> None:
    assert linked(text, set()) == text


@given(st.lists(st.sampled_from([*NAMES, "$w$", "`b`", "and", "**layers**", "\n\n"]), max_size=20))
def test_links_change_no_word(parts: list[str]) -> None:
    text = " ".join(parts)
    found = linked(text, set())
    assert without_links(found) == text
    assert len(targets(found)) == len(set(targets(found)))


def test_the_longest_term_is_taken() -> None:
    assert targets(linked("a quadratic cost, a weighted input", set())) == [
        "quadratic-cost",
        "weighted-input",
    ]


def test_chapters_link_what_others_explain() -> None:
    def of(chapters_: Iterable[chapters.Chapter]) -> dict[str, list[str]]:
        texts = {chapter.name: chapters.prose.read(chapter.name) for chapter in chapters_}
        return {name: targets(text.idea + text.look + text.answer) for name, text in texts.items()}

    found = of(chapters.CHAPTERS)
    assert all(len(linked_) == len(set(linked_)) >= 2 for linked_ in found.values())
    assert "network" in found["overfitting"]
    assert "dropout" not in found["overfitting"]  # that chapter explains it
    assert "perceptron" in found["sigmoid-neuron"]


# The file ---------------------------------------------------------------------------------------
def test_a_word_that_lacks_something_is_named() -> None:
    with pytest.raises(ValueError, match="loss lacks a part"):
        glossary.parse("# W\n\n## loss\n- also: cost\n\nHow wrong.\n")
    with pytest.raises(ValueError, match="loss lacks a part"):
        glossary.parse("## loss\n- symbol: L\n")
