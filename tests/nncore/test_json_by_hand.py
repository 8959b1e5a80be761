"""JSON as editors save it and as people get it wrong: read, or one sentence about the place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncore.json_by_hand import JsonError, read, written

PLAIN = '{"epochs": 3, "hidden": [16, 16],\n "cost": "quadratic"}'
VALUES = {"epochs": 3, "hidden": [16, 16], "cost": "quadratic"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_however_an_editor_saved_it(encoding: str, end: str) -> None:
    text = PLAIN.replace("\n", end)
    assert read(text.encode(encoding)) == VALUES
    assert read("\ufeff" + text) == VALUES


FAULTS = {
    "": "is empty",
    "\ufeff \n": "is empty",
    '// my run\n{"a": 1}': "line 1, column 1, a comment begins; JSON has none",
    '{"a": 1, # one\n "b": 2}': "line 1, column 10, a comment begins",
    '{"a": 1,\n /* two */ "b": 2}': "line 2, column 2, a comment begins",
    "{'a': 1}": "there is '; put names and words in straight double quotes",
    "{“a”: 1}": "there is “; put names and words in straight double quotes",
    '{"a": [1, 2,]}': "line 1, column 13, a comma stands before the closing bracket; take it out",
    '{"a": 1,}': "a comma stands before the closing bracket",
    '{"a": True}': "a Python word begins; JSON writes true",
    "{a: 1}": "there is a where a name belongs; write it in double quotes",
    '{"a": 1 "b": 2}': 'there is " where a comma or a closing bracket belongs',
    '{"a" = 1}': "there is = where a colon belongs",
    '{"a": .5}': "there is . where a value belongs",
    "epochs: 3": "line 1, column 1, there is epochs where a value belongs",
    '{"a": 1} {"a": 2}': "there is { where the end belongs",
    '{"a":\u00a01}': "there is the character U+00A0; take it out",
    '{"a": 1}\0': "there is the character U+0000; take it out",
    '{"a": "b\nc"}': "there is the character U+000A",
    '{"a": "b': "a text begins that does not end",
    '{"a": [1': "it ends too early; close every quote and bracket",
    '{"a": 1, "b": 2, "a": 3}': "says a twice; keep one of the two",
    '[{"b": {"c": 1, "c": 1}}]': "says c twice",
    '{"a": ' + "1" * 5_000 + "}": "has a number of thousands of digits",
    "[" * 100_000: "has thousands of brackets in one another",
}


@pytest.mark.parametrize(("text", "said"), FAULTS.items(), ids=lambda text: text[:20])
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(JsonError) as caught:
        read(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ['{"é": 1}'.encode("latin-1"), b"\x89PNG\r\n\x1a\n", b"\0" * 9])
def test_bytes_that_are_no_text(content: bytes) -> None:
    with pytest.raises(JsonError, match=r"is no text in UTF-8 or UTF-16; save it as UTF-8"):
        read(content)


@given(st.text(st.sampled_from("{}[]:,\"'/*#aeT1.\\ \n\u00a0"), max_size=12))
def test_any_text_is_read_as_json_reads_it_or_refused(text: str) -> None:
    try:
        values = read(text)
    except JsonError as refused:
        assert "\n" not in str(refused)  # noqa: PT017
        assert not str(refused).endswith(".")  # noqa: PT017
    else:
        assert values == json.loads(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (None, "null"), ([None, "é"], '[null, "é"]'), ("all", "all"), (1.5, "1.5")],
)
def test_a_value_is_shown_as_json_has_it(value: Any, text: str) -> None:
    assert written(value) == text
