"""The glossary as every page has it: its button, a word that an address asks for, its chapters."""

from dashboard import navigation, session
from dashboard.ui.components.glossary_view import glossary_view
from dashboard.ui.glossary import words


def show_words() -> None:
    """Place the glossary; a chapter that is chosen in it is opened."""
    if chapter := glossary_view(words(), asked=session.take_word()):
        navigation.switch("learn", {"chapter": chapter})
