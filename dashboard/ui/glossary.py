"""The glossary: forty words at most, what each of them means, and links to them in a text.

`assets/glossary.md` holds a word a heading, with a list of what belongs to it (`symbol`, and where
there are such, parted by semicolons: `also`, other words for it that a text may use; `label`,
settings that it explains; and `chapter`, which explains it at length), and then its meaning. Its
picture is `assets/glossary/<slug>.svg`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dashboard import navigation

FILE = Path(__file__).parents[2] / "assets" / "glossary.md"
_PICTURES = FILE.with_suffix("")
_ITEM = re.compile(r"^- (symbol|also|label|chapter): (.+)$", re.MULTILINE)
_UNTOUCHED = re.compile(r"(\$\$.+?\$\$|\$[^$]+\$|`[^`]+`|\[[^\]]*\]\([^)]*\)|“[^”]*”)", re.DOTALL)
"""What no link may be put into: formulas, code, links, quoted titles."""


@dataclass(frozen=True, slots=True)
class Word:
    """One entry."""

    name: str
    symbol: str
    also: tuple[str, ...]
    """Other words for it, and its kinds."""
    labels: tuple[str, ...]
    """Settings that are explained here, as the pages call them."""
    chapter: str
    """The chapter of Learn that explains it; empty where none does."""
    meaning: str

    @property
    def slug(self) -> str:
        """Its name in an address, for example `learning-rate`."""
        return self.name.lower().replace(" ", "-")

    @property
    def picture(self) -> str:
        """Its drawing, an SVG of ours whose colours are the glossary's."""
        return (_PICTURES / f"{self.slug}.svg").read_text(encoding="utf-8").strip()


@cache
def words() -> tuple[Word, ...]:
    """Every word, in the order of the file, which is the alphabet's."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Word, ...]:
    """Read a glossary's markdown.

    Raises:
        ValueError: a word lacks its symbol or its meaning.
    """
    found: list[Word] = []
    for block in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        name, _, rest = block.partition("\n")
        items: dict[str, str] = dict(_ITEM.findall(rest))
        meaning = _ITEM.sub("", rest).strip()
        if "symbol" not in items or not meaning:
            raise ValueError(f"{name} lacks a part; write `- symbol: ...` and then what it means")
        found.append(
            Word(
                name.strip(),
                items["symbol"],
                _listed(items.get("also", "")),
                _listed(items.get("label", "")),
                items.get("chapter", ""),
                meaning,
            )
        )
    return tuple(found)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def explaining(label: str) -> Word | None:
    """The word that explains a setting or a title: the one whose own words are the most of it."""
    own = [(term, word) for word in words() for term in (word.name, *word.also, *word.labels)]
    fitting = [(len(term), word) for term, word in own if _whole([term]).search(label)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def linked(text: str, known: set[str]) -> str:
    """Markdown in which each word of the glossary is a link to it, where it stands first.

    Formulas, code, quoted titles and links are left as they are.

    Args:
        text: markdown of ours.
        known: names of words that need no link (any more); those linked are added.
    """
    parts = _UNTOUCHED.split(text)
    parts[::2] = [_linked(part, known) for part in parts[::2]]
    return "".join(parts)


def _linked(part: str, known: set[str]) -> str:
    terms, pattern = _terms()

    def link(found: re.Match[str]) -> str:
        word = terms[found["term"].lower()]
        if word.name in known:
            return found[0]
        known.add(word.name)
        return f"[{found[0]}]({address(word)})"

    return pattern.sub(link, part)


def address(word: Word) -> str:
    """Where a word is explained; on a page of the app it opens on the spot."""
    chapter = {"chapter": word.chapter} if word.chapter else {}
    return navigation.address("learn", {"word": word.slug} | chapter)


@cache
def _terms() -> tuple[dict[str, Word], re.Pattern[str]]:
    """What a text may call each word, in small letters, and where that stands in a text."""
    terms = {term.lower(): word for word in words() for term in (word.name, *word.also)}
    return terms, _whole(sorted(terms, key=len, reverse=True))


def _whole(terms: Sequence[str]) -> re.Pattern[str]:
    """Any of the terms as whole words, one or several of the thing."""
    either = "|".join(map(re.escape, terms))
    return re.compile(rf"(?<![\w-])(?P<term>{either})(?:e?s)?(?![\w-])", re.IGNORECASE)
