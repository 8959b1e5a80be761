"""The drawing pad's buttons, Undo and Clear, which work in the browser without asking the server.

    pad_buttons(key="pad-buttons", pad="pad", label="Drawing pad", strokes=[], again=True)

A Streamlit button would be heard by the server first, and what was drawn until its answer came
would be wiped with the rest. These press the pad's own undo and reset, and hide its toolbar, which
lies unseen over a corner of the pad and takes the strokes that begin there. Ctrl+Z undoes too.

Since they reach into the pad, they also give it the name that a screen reader needs, and to a pad
that is made anew the strokes of the last one: drawn by the pad's own pen, each can be undone, and
Clear leaves none. Given to the pad as a drawing to begin with, they would come back at Clear.
"""

from collections.abc import Sequence
from pathlib import Path

from dashboard.ui.components import from_folder

_HTML = """
<button type="button" class="undo" title="Undo the last stroke (Ctrl+Z)"
  aria-label="Undo the last stroke" disabled>Undo</button>
<button type="button" class="clear" title="Empty the pad and draw another digit">Clear</button>
"""
_COMPONENT = from_folder(Path(__file__).parent, html=_HTML)


def pad_buttons(
    *, key: str, pad: str, label: str, strokes: Sequence[Sequence[float]], again: bool
) -> None:
    """Place the buttons.

    Args:
        key: the element's key.
        pad: the key of the drawing pad on the same page.
        label: what a screen reader calls the pad.
        strokes: what is on the pad, or is to be: each as x0, y0, x1, y1, ... in its pixels.
        again: the pad is a new one, on which the strokes are to be drawn once more. Without any,
            after a refresh, the browser takes those that it was last told.
    """
    data = {"pad": pad, "label": label, "strokes": strokes, "again": again}
    _COMPONENT(key=key, data=data)
