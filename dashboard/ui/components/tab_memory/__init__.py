"""What a browser's tab remembers over a refresh, and no address tells.

    answered = tab_memory("answered", ["cost"])

A refresh begins a new session, which knows nothing of the last one; what has to survive it and is
nobody else's business is kept in the tab. The tab forgets it when it is closed.
"""

from collections.abc import Iterable
from pathlib import Path

from streamlit.components.v2 import component

_HERE = Path(__file__).parent
_COMPONENT = component("tab_memory", js=(_HERE / "tab_memory.js").read_text(encoding="utf-8"))


def tab_memory(name: str, words: Iterable[str]) -> frozenset[str]:
    """Let the tab remember words; draws nothing.

    Args:
        name: what it is that is remembered.
        words: those of this session, which are added to the tab's.

    Returns:
        What the tab said that it remembers, to be checked; nothing in a session's first run.
    """
    result = _COMPONENT(
        key=f"tab-memory-{name}",
        data={"name": name, "words": sorted(words)},
        on_recalled_change=lambda: None,
    )
    return recalled(result.recalled)


def recalled(said: object) -> frozenset[str]:
    """The words in what a browser says."""
    match said:
        case [*parts]:
            return frozenset(part for part in parts if isinstance(part, str))
        case _:
            return frozenset()
