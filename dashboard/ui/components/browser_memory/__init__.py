"""What a browser remembers over a refresh, and no address tells.

    answered = browser_memory("answered", ["cost"], lasts=True)

A refresh begins a new session, which knows nothing of the last one; what has to survive it and is
nobody else's business is kept in the browser: in the tab, which forgets it when it is closed, or
for good, in all of its tabs.
"""

from collections.abc import Iterable
from pathlib import Path

from dashboard.ui.components import from_folder

_COMPONENT = from_folder(Path(__file__).parent)


def browser_memory(
    name: str, words: Iterable[str], *, gone: Iterable[str] = (), lasts: bool = False
) -> frozenset[str]:
    """Let the browser remember words; draws nothing.

    Args:
        name: what it is that is remembered.
        words: those of this session, which are added to the browser's.
        gone: those that it is to forget.
        lasts: whether they outlive the tab, until the visitor asks to be forgotten.

    Returns:
        What the browser said last that it remembers, to be checked: nothing in a session's first
        run, and later perhaps words that are gone by now.
    """
    result = _COMPONENT(
        key=f"browser-memory-{name}",
        data={"name": name, "words": sorted(words), "gone": sorted(gone), "lasts": lasts},
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
