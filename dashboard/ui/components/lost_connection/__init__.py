"""Streamlit's window about a lost connection is closed before it is seen.

    lost_connection()

It covers the top of the page, keeps it from being scrolled, and asks visitors to restart the server
in a terminal of theirs. `assets/style.css` says it at the foot of the page, which can be read on.
"""

from pathlib import Path

from dashboard.ui.components import from_folder

_COMPONENT = from_folder(Path(__file__).parent)


def lost_connection() -> None:
    """Watch for the window; draws nothing, and goes above all pages."""
    _COMPONENT(key="lost-connection")
