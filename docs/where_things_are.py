"""Writes the page "Where things are": `python docs/where_things_are.py`.

Every file of the code with its first sentence, folder by folder, read from the files themselves.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HERE = "docs/where_things_are.py"
PAGE = "where-things-are.md"
PACKAGES = ("nncore", "dashboard", "pages")
"""From the subject to the screen: the opposite of the way of imports."""


class SilentError(Exception):
    """A file that does not say what it is: a sentence that names it."""


def first_sentence(root: Path, file: Path) -> str:
    """Of the file's docstring, on one line.

    Raises:
        SilentError: it has no docstring.
    """
    words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    if not words:
        raise SilentError(f"{file.relative_to(root)} has no docstring to say what it is.")
    return " ".join(words.split("\n\n")[0].split())


def folders(root: Path) -> list[Path]:
    """Every folder that holds code, each package's own first."""
    return [
        folder
        for package in PACKAGES
        for folder in sorted({file.parent for file in (root / package).rglob("*.py")})
    ]


def page(root: Path) -> str:
    """The page: a heading a folder, a line a file.

    Raises:
        SilentError: a file has no docstring.
    """
    lines = [
        "# Where things are",
        "",
        "Every file with its first sentence. Imports run `pages → dashboard → nncore`; "
        "[How a digit travels](how-a-digit-travels.md) goes through all three, and "
        "[CONTRIBUTING](../CONTRIBUTING.md) says where a new line belongs.",
    ]
    for folder in folders(root):
        path = folder.relative_to(root).as_posix()
        lines += ["", f"## {path}/", ""]
        own = folder / "__init__.py"
        if own.is_file():
            lines += [first_sentence(root, own), ""]
        lines += [
            f"- [`{file.name}`](../{path}/{file.name}): {first_sentence(root, file)}"
            for file in sorted(folder.glob("*.py"))
            if file != own
        ]
        if lines[-1] == "":
            lines.pop()
    return "\n".join([*lines, "", f"This page is made from the code by `python {HERE}`.", ""])


def main() -> None:
    """Write the page beside this file."""
    try:
        text = page(ROOT)
    except SilentError as silent:
        sys.exit(str(silent))
    (Path(__file__).parent / PAGE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
