"""A finger that scrolls the page moves no slider on its way.

    finger()

Streamlit's slider takes a new value where it is first touched, and does not let the page scroll.
With this it waits for the first movement: to a side it follows, else the page scrolls. A tap sets
it as before.
"""

from pathlib import Path

from dashboard.ui.components import from_folder

_COMPONENT = from_folder(Path(__file__).parent)


def finger() -> None:
    """Watch over fingers on the screen; draws nothing, and goes above all pages."""
    _COMPONENT(key="finger")
