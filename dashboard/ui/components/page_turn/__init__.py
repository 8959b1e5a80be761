"""What the browser does when the page or the chapter changes.

    page_turn(["chapter", "focus"])

Whatever is opened starts at its top, or after Back where it was left; a phone's menu closes over
it; and it is one entry of the browser's history, so that one press of Back leaves it.
"""

from collections.abc import Sequence
from pathlib import Path

from dashboard.ui.components import from_folder

_COMPONENT = from_folder(Path(__file__).parent)


def page_turn(params: Sequence[str]) -> None:
    """Watch over the changes of place; draws nothing, and goes above all pages.

    Args:
        params: URL parameters that name a place of their own within a page. An address that does
            not name the first of them yet is completed, not left.
    """
    _COMPONENT(key="page-turn", data={"params": list(params)})
