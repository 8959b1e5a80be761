"""The glossary on every page: a button, and a window with all words, their symbols and pictures.

    chapter = glossary_view(words(), asked=None)

It opens and searches in the browser, so that it answers at once whatever the server does. A link in
a text that names a word (`learn?word=dropout`) opens it there instead of another page, and so does
the key `?`.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.ui import palette
from dashboard.ui.components import from_folder
from dashboard.ui.glossary import Word

_HTML = """
<div class="glossary" hidden>
  <button type="button" class="open" aria-haspopup="dialog" title="What is that word? (?)">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M5 4h9a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3z
      M5 17a3 3 0 0 1 3-3h9M9 8h4"/></svg>
    <span>Words</span>
  </button>
  <dialog aria-label="Words and what they mean">
    <header>
      <input type="search" placeholder="Which word?" aria-label="Find a word" autocomplete="off">
      <button type="button" class="close" aria-label="Close">×</button>
    </header>
    <p class="none" role="status"></p>
    <div class="words"></div>
  </dialog>
</div>
"""
_COMPONENT = from_folder(Path(__file__).parent, html=_HTML)


def glossary_view(
    words: Sequence[Word], *, asked: str | None = None, key: str = "glossary"
) -> str | None:
    """Place the button; the window is empty until it is opened.

    Args:
        words: the glossary.
        asked: the slug of a word to open at, where an address asked for one.
        key: the element's key.

    Returns:
        The chapter whose link was pressed just now, else None.
    """
    data = _payload(tuple(words)) | {"asked": asked}
    chapter = _COMPONENT(key=key, data=data, on_chapter_change=lambda: None).chapter
    return chapter if chapter in {word.chapter for word in words} else None


@cache
def _payload(words: tuple[Word, ...]) -> dict[str, Any]:
    return {
        "words": [
            {
                "slug": word.slug,
                "name": word.name,
                "symbol": word.symbol,
                "others": [*word.also, *word.labels],
                "chapter": word.chapter,
                "meaning": word.meaning,
                "picture": word.picture,
            }
            for word in words
        ],
        "colors": {
            "main": palette.SHIPPED,
            "up": palette.POSITIVE,
            "down": palette.NEGATIVE,
            "grey": palette.GREY,
            "numpy": palette.NUMPY,
            "torch": palette.TORCH,
            "digit-paper": palette.PAPER,
            "digit-ink": palette.INK,
        },
    }
