"""The source of `nncore`, read as text: nothing is imported, so torch need not be installed.

Whoever holds both engines side by side shows and counts the very code so: of NumPy that which is
read, `nncore.network`.
"""

import ast
import io
import textwrap
import tokenize
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def source_of(module: str, name: str) -> str:
    """The source of a function, a class or a method, without its indentation.

    Args:
        module: a file of `nncore`, for example `network`.
        name: as in the file, for example `sigmoid` or `Network.forward_pass`.

    Raises:
        LookupError: it is not there (any more).
    """
    text, tree = _parsed(module)
    inside: list[ast.stmt] = tree.body
    node: ast.stmt | None = None
    for part in name.split("."):
        node = next((n for n in inside if _is_definition(n) and n.name == part), None)  # pyright: ignore
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            raise LookupError(f"{module}.py has no {name}; was it renamed?")
        inside = node.body
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    assert node.end_lineno is not None
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return textwrap.dedent("\n".join(text.splitlines()[first - 1 : node.end_lineno]))


def entry_of(module: str, table: str, key: str) -> str:
    """The line of a table (a module's dictionary) that names this key.

    Raises:
        LookupError: no such table, or no such line.
    """
    text, tree = _parsed(module)
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == table for target in targets):
            for line in text.splitlines()[node.lineno - 1 : node.end_lineno]:
                if f'"{key}"' in line:
                    return line.strip()
    raise LookupError(f"{module}.py has no line {key} in {table}; was it renamed?")


def without_words(source: str) -> str:
    """Only the lines that hold code: no docstrings, no lines of comment, no blank lines.

    Args:
        source: whole statements, as `source_of` gives them.
    """
    told: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            assert node.end_lineno is not None
            told |= set(range(node.lineno, node.end_lineno + 1))  # a docstring, or ...
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            code |= set(range(token.start[0], token.end[0] + 1))
    return "\n".join(
        line for number, line in enumerate(source.splitlines(), 1) if number in code - told
    )


def _is_definition(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef)


@cache
def _parsed(module: str) -> tuple[str, ast.Module]:
    text = (_PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    return text, ast.parse(text)
