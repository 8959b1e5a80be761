"""A button that empties the drawing pad in the browser, without asking the server.

    clear_button(key="pad-clear", pad="pad", label="Drawing pad", strokes=[], again=True)

A Streamlit button would be heard by the server first, and what was drawn until its answer came
would be wiped with the rest. This one presses the pad's own reset. Since it reaches into the pad,
it also gives the pad the name that a screen reader needs, its tools names that say what of, and to
a pad that is made anew the strokes of the last one: drawn by the pad's own pen, each can be undone,
and Clear leaves none. Given to the pad as a drawing to begin with, they would come back at Clear.
"""

from collections.abc import Sequence
from pathlib import Path

from dashboard.ui.components import from_folder

_HTML = """
<button type="button" class="clear" title="Empty the pad and draw another digit">Clear</button>
"""
_COMPONENT = from_folder(Path(__file__).parent, html=_HTML)
_TOOLS = {
    "toolbar": "Tools of the drawing pad",
    "Update the app with this drawing": "Send the drawing to the network again",
    "Undo": "Undo the last stroke",
    "Redo": "Redo the stroke that was undone",
    "Edit": "Move, turn or stretch strokes",
    "Bring forward": "Bring the chosen stroke forward",
    "Send backward": "Send the chosen stroke backward",
    "Delete selected": "Delete the chosen stroke",
    "Reset canvas & history": "Empty the pad",
}
"""Names of the pad's tools, by what streamlit-drawable-canvas 0.13 calls them."""


def clear_button(
    *, key: str, pad: str, label: str, strokes: Sequence[Sequence[float]], again: bool
) -> None:
    """Place the button.

    Args:
        key: the element's key.
        pad: the key of the drawing pad on the same page.
        label: what a screen reader calls the pad.
        strokes: what is on the pad, or is to be: each as x0, y0, x1, y1, ... in its pixels.
        again: the pad is a new one, on which the strokes are to be drawn once more. Without any,
            after a refresh, the browser takes those that it was last told.
    """
    data = {"pad": pad, "label": label, "tools": _TOOLS, "strokes": strokes, "again": again}
    _COMPONENT(key=key, data=data)
