"""Lesson texts: one markdown file a chapter, in parts that the page places.

A file has a title (`# ...`) and the parts `## Idea`, `## Look`, `## Predict` (a sentence, then a
list of answers, the right one ticked as `- [x]`), `## Answer`, `## Sources`.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from dashboard.ui.glossary import linked, words

FOLDER = Path(__file__).parents[2] / "assets" / "lessons"
_PARTS = ("Idea", "Look", "Predict", "Answer", "Sources")
_OPTION = re.compile(r"^- \[([ x])\] (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prose:
    """What a chapter says; every text is markdown of ours."""

    title: str
    idea: str
    look: str
    """What to try with the figure."""
    question: str
    options: tuple[str, ...]
    right: int
    """Index of the right option."""
    answer: str
    sources: str


@cache
def read(name: str) -> Prose:
    """The text of a chapter, with links to the words of the glossary that others explain."""
    text = parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    known = {word.name for word in words() if word.chapter == name}
    return replace(
        text,
        idea=linked(text.idea, known),
        look=linked(text.look, known),
        answer=linked(text.answer, known),
    )


def parse(text: str) -> Prose:
    """Read a lesson's markdown.

    Raises:
        ValueError: a part is missing, or not exactly one option is ticked.
    """
    head, *blocks = re.split(r"^## ", text, flags=re.MULTILINE)
    parts = {block.partition("\n")[0].strip(): block.partition("\n")[2].strip() for block in blocks}
    if missing := [part for part in _PARTS if not parts.get(part)]:
        raise ValueError(f"this lesson lacks a part; write `## {missing[0]}` and its text")
    options = _OPTION.findall(parts["Predict"])
    if [tick for tick, _ in options].count("x") != 1:
        raise ValueError("tick exactly one option of Predict with `- [x]`")
    return Prose(
        title=head.strip().removeprefix("# "),
        idea=parts["Idea"],
        look=parts["Look"],
        question=_OPTION.sub("", parts["Predict"]).strip(),
        options=tuple(option for _, option in options),
        right=[tick for tick, _ in options].index("x"),
        answer=parts["Answer"],
        sources=parts["Sources"],
    )
