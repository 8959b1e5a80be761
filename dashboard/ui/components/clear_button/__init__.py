"""A button that empties the drawing pad in the browser, without asking the server.

    clear_button(key="pad-clear", pad="pad")

A Streamlit button would be heard by the server first, and what was drawn until its answer came
would be wiped with the rest. This one presses the pad's own reset.
"""

from pathlib import Path

from streamlit.components.v2 import component

_HERE = Path(__file__).parent
_COMPONENT = component(
    "clear_button",
    html='<button type="button" class="clear" title="Empty the pad and draw another digit">'
    "Clear</button>",
    css=(_HERE / "clear_button.css").read_text(encoding="utf-8"),
    js=(_HERE / "clear_button.js").read_text(encoding="utf-8"),
)


def clear_button(*, key: str, pad: str) -> None:
    """Place the button.

    Args:
        key: the element's key.
        pad: the key of the drawing pad on the same page.
    """
    _COMPONENT(key=key, data={"pad": pad})
