"""A cookie with the key to a visitor's workspace, kept by their browser and seen on no page.

    heard = workspace_cookie("nn-magic-workspace", key)

The server reads the cookie when a browser connects, but cannot set it: the page was sent before any
of our code ran. So the page sets it.
"""

from dataclasses import dataclass
from pathlib import Path

from dashboard.ui.components import from_folder

_COMPONENT = from_folder(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the browser had to say since the page was drawn last."""

    other: object
    """The key that it remembers in place of ours, from another tab: to be checked."""
    refused: bool
    """It keeps no cookie."""


def workspace_cookie(name: str, key: str, *, insists: bool = False, leaves: bool = False) -> Heard:
    """Let the browser remember a key for 400 days from now, the most that browsers grant.

    Args:
        name: of the cookie.
        key: to remember: letters, digits, dashes and underscores.
        insists: whether it takes the place of another key; else that one stands, and is told.
        leaves: whether the page is then opened anew, without what its address says and the tab
            holds; where it insists, all that the browser remembers for this app goes too.
    """
    result = _COMPONENT(
        key="workspace-cookie",
        data={"name": name, "key": key, "insists": insists, "leaves": leaves},
        on_other_change=lambda: None,
        on_refused_change=lambda: None,
    )
    return Heard(result.other, bool(result.refused))
