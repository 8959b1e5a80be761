"""Browser components: each a Python wrapper beside its JavaScript and, if it draws, its styles."""

from pathlib import Path

from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

NUMBERS = (Path(__file__).parent / "numbers.js").read_text(encoding="utf-8")
"""The functions with which components write numbers."""


def from_folder(
    folder: Path, html: str | None = None, *, writes_numbers: bool = False
) -> ComponentRenderer:
    """Register the component of a folder, whose name its script and its styles bear too.

    Args:
        folder: where it is.
        html: what it draws in.
        writes_numbers: its script uses `NUMBERS`, which then goes above it.

    Raises:
        FileNotFoundError: it has no script.
    """
    script = (folder / f"{folder.name}.js").read_text(encoding="utf-8")
    styles = folder / f"{folder.name}.css"
    return component(
        folder.name,
        html=html,
        css=styles.read_text(encoding="utf-8") if styles.exists() else None,
        js=NUMBERS + script if writes_numbers else script,
    )
