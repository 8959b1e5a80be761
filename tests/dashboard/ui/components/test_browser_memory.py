import pytest

from dashboard.ui.components.browser_memory import recalled


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (None, set()),
        ("cost", set()),
        (["cost", 1, None, "layers"], {"cost", "layers"}),
        ([], set()),
    ],
)
def test_a_browser_recalls_words_and_nothing_else(said: object, words: set[str]) -> None:
    assert recalled(said) == words
