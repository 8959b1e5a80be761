"""The glossary on the pages: a word asked for in the address, and none where nothing else is."""

import json

from streamlit.testing.v1 import AppTest

from tests.pages.drawn import app


def asked(at: AppTest) -> str | None:
    """The word that the glossary is to open at."""
    found = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "glossary_view"]
    return json.loads(found[0].json)["asked"] if found else "no glossary"


def test_an_address_asks_for_a_word_once() -> None:
    at = app()
    at.query_params["word"] = "dropout"
    at.run()
    assert not at.exception
    assert asked(at) == "dropout"
    assert "word" not in at.query_params
    at.switch_page("pages/train.py").run()
    assert asked(at) is None


def test_an_address_opens_the_words_chapter_behind_it() -> None:
    at = app()
    at.query_params["word"], at.query_params["chapter"] = "dropout", "overfitting"
    at.switch_page("pages/learn.py").run()
    assert not at.exception
    assert asked(at) == "dropout"
    assert at.title[0].value == "Overfitting"


def test_a_figure_alone_has_none() -> None:
    at = app()
    at.query_params["chapter"], at.query_params["focus"] = "softmax", "1"
    at.switch_page("pages/learn.py").run()
    assert not at.exception
    assert asked(at) == "no glossary"
