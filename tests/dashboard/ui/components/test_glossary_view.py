import json

from streamlit.testing.v1 import AppTest


def script() -> None:
    from dashboard.ui.components.glossary_view import glossary_view
    from dashboard.ui.glossary import words

    glossary_view(words(), asked="dropout")


def test_the_browser_gets_every_word_with_its_picture():
    at = AppTest.from_function(script, default_timeout=30).run()
    assert not at.exception
    [element] = at.get("bidi_component")
    data = json.loads(element.proto.json)
    assert data["asked"] == "dropout"
    found = {word["slug"]: word for word in data["words"]}
    assert "Adam" in found["optimizer"]["others"]
    assert found["dropout"]["chapter"] == "overfitting"
    assert all(word["picture"].startswith("<svg ") for word in found.values())
    assert len(element.proto.json) < 80_000  # every page sends it
