"""Browser components: each a Python wrapper beside its JavaScript and, if it draws, its styles."""

from pathlib import Path

NUMBERS = (Path(__file__).parent / "numbers.js").read_text(encoding="utf-8")
"""What goes above a component's own script where it writes numbers."""
