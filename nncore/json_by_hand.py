"""JSON as people write and save it: any Unicode, each name once, and faults in one sentence."""

import json
from typing import Any, cast

_MARK = "\ufeff"
"""What Windows' editors put before the first character: no part of the text."""
_QUOTES = "'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"
"""What word processors and programming languages have for the double quotes of JSON."""


class JsonError(ValueError):
    """Text that is no JSON, or says something twice; the message is the end of a sentence."""


def read(text: str | bytes) -> Any:
    """What the text says.

    Args:
        text: or a file's bytes, in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises:
        JsonError: it is no JSON, or an object of it has a name twice.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode(json.detect_encoding(text))
        except UnicodeDecodeError:
            raise JsonError("is no text in UTF-8 or UTF-16; save it as UTF-8") from None
    text = text.removeprefix(_MARK)
    if not text.strip():
        raise JsonError("is empty")
    try:
        return json.loads(text, object_pairs_hook=_with_each_name_once)
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
        raise JsonError(
            f"is no valid JSON: in line {line}, column {column}, {_fault(text, error)}"
        ) from None
    except JsonError:
        raise
    except ValueError:  # Python reads no whole number of more than some thousand digits
        raise JsonError("has a number of thousands of digits; write a smaller one") from None
    except RecursionError:
        raise JsonError("has thousands of brackets in one another; write an object") from None


def _with_each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            shown = name if len(name) <= 60 else name[:57] + "..."
            raise JsonError(f"says {' '.join(shown.split())} twice; keep one of the two")
        values[name] = value
    return values


def _fault(text: str, error: json.JSONDecodeError) -> str:
    """What is wrong at that place, and what to do about it."""
    here, before = text[error.pos : error.pos + 5], text[: error.pos].rstrip()[-1:]
    first = here[:1]
    if not here.strip():
        return "it ends too early; close every quote and bracket"
    if here.startswith("//") or here.startswith("/*") or first == "#":
        return "a comment begins; JSON has none, so take it out"
    if first in _QUOTES:
        return f'there is {first}; put names and words in straight double quotes (")'
    if "trailing comma" in error.msg or (before == "," and first in "}]"):
        return "a comma stands before the closing bracket; take it out"
    if here.startswith(("True", "False", "None")):
        return "a Python word begins; JSON writes true, false and null"
    if error.msg.startswith("Unterminated string"):
        return "a text begins that does not end; close its quotes"
    if not first.isprintable() or (first.isspace() and first not in " \t\r\n"):
        return f"there is the character U+{ord(first):04X}; take it out"
    for message, belongs in _WHERE.items():
        if error.msg.startswith(message):
            return f"there is {_word(text, error.pos)} where {belongs}"
    return f"{error.msg[:1].lower()}{error.msg[1:]}; check its quotes and commas"


def _word(text: str, start: int) -> str:
    """What stands there, as far as it is one word."""
    end = start + 1
    while end < min(len(text), start + 20) and text[start].isalnum() and text[end].isalnum():
        end += 1
    return text[start:end]


_WHERE = {
    "Expecting value": "a value belongs; write a number, a text in double quotes, true or null",
    "Expecting property name": 'a name belongs; write it in double quotes (")',
    "Expecting ',' delimiter": "a comma or a closing bracket belongs; put it there",
    "Expecting ':' delimiter": "a colon belongs; put it there",
    "Extra data": "the end belongs; keep one object in a file",
}
"""By the beginning of Python's own message: what it expected, and the way out."""


def written(value: Any) -> str:
    """A value as JSON writes it: true, null, ["a"]; text as it is, without quotes.

    Raises:
        ValueError: it holds a number of thousands of digits, or goes too deep.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict | bool | None):
        try:
            return json.dumps(cast(Any, value), ensure_ascii=False)
        except (TypeError, RecursionError) as error:
            raise ValueError(str(error)) from None
    return repr(value)
