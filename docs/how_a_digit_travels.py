"""Writes the page "How a digit travels" and its picture: `python docs/how_a_digit_travels.py`.

The table STOPS is all that is written by hand. The rest is read from the files that it names: the
first sentence of each docstring, and whether each stop is still there and still used by the file
that is said to use it. Where one is not, the command says so and writes
nothing.
"""

import ast
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).parent.parent
HERE = "docs/how_a_digit_travels.py"
PAGE, PICTURE = "how-a-digit-travels.md", "how-a-digit-travels.svg"


@dataclass(frozen=True, slots=True)
class Stop:
    """A function that a digit comes through."""

    file: str
    name: str
    """`function`, or `Class.method`."""
    used_by: str
    """The file that calls it."""
    hands_on: str
    """What goes from it to the next stop, in a few words, with its shape."""
    note: str = ""
    """What else there is to know, in one sentence of Markdown."""


STOPS = (
    Stop("dashboard/ink/pad.py", "pad", "dashboard/draw/sources.py", "the canvas as a PNG"),
    Stop("nncore/ink/picture_files.py", "read_image", "dashboard/ink/pad.py",
         "grey ink, (280, 280)"),
    Stop("dashboard/draw/subject.py", "look_at", "dashboard/draw/pad_and_answers.py",
         "the ink, wherever it is from"),
    Stop("dashboard/ink/drawing.py", "prepared", "dashboard/draw/subject.py", "the sheet of ink"),
    Stop("nncore/preprocessing.py", "find_strokes", "dashboard/ink/drawing.py",
         "bright strokes on 0"),
    Stop("nncore/preprocessing.py", "prepare_found", "dashboard/ink/drawing.py",
         "pixels in [0, 1], (28, 28)"),
    Stop("dashboard/models/predictions.py", "answer_of", "dashboard/ui/answers.py",
         "one row of X, (1, 784)"),
    Stop("nncore/network.py", "Network.predict_proba", "dashboard/models/predictions.py",
         "ten probabilities, (1, 10)",
         "What is loaded is a `QuickNetwork` (`nncore/quick/network.py`): it computes the same."),
    Stop("dashboard/ui/probabilities.py", "show_probabilities", "dashboard/ui/answers.py",
         "ten bars"),
    Stop("dashboard/draw/pad_and_answers.py", "show", "pages/draw.py", "what you see"),
)  # fmt: skip
"""In the order in which the digit comes through them."""

FLOORS = {
    "pages": "only place things",
    "dashboard": "what a person sees",
    "nncore": "the subject, without a screen",
}
"""The three packages, and what a line must be to belong there. Imports run from left to right."""


class LostError(Exception):
    """The digit cannot come through: a sentence that says where, and what to do."""


# Reading the code -------------------------------------------------------------------------------
def tree_of(root: Path, file: str) -> ast.Module:
    """The file's syntax tree.

    Raises:
        LostError: there is no such file.
    """
    path = root / file
    if not path.is_file():
        raise LostError(f"There is no {file}: mend STOPS in {HERE}.")
    return ast.parse(path.read_text(encoding="utf-8"))


def definition(root: Path, stop: Stop) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """The stop's function in its file.

    Raises:
        LostError: it is not there.
    """
    found: ast.AST | None = tree_of(root, stop.file)
    for name in stop.name.split("."):
        body: list[ast.stmt] = getattr(found, "body", [])
        found = next((node for node in body if getattr(node, "name", None) == name), None)
    if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
        raise LostError(f"{stop.file} has no {stop.name}: mend STOPS in {HERE}.")
    return found


def first_sentence(root: Path, stop: Stop) -> str:
    """Of its docstring, on one line.

    Raises:
        LostError: it has no docstring.
    """
    words = ast.get_docstring(definition(root, stop))
    if not words:
        raise LostError(f"{stop.name} in {stop.file} has no docstring to tell what it does.")
    paragraph = " ".join(words.split("\n\n")[0].split())
    return paragraph.partition(". ")[0].rstrip(".") + "."


def is_used(root: Path, stop: Stop) -> bool:
    """Whether the file that is said to use the stop names it, by whatever name it imports it."""
    tree = tree_of(root, stop.used_by)
    module = stop.file.removesuffix(".py").replace("/", ".")
    first, _, method = stop.name.partition(".")
    whole: dict[str, str] = {}  # what a name of that file stands for
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            whole |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    if stop.used_by == stop.file:
        whole[first] = f"{module}.{first}"
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    is_imported = any(whole.get(name) == f"{module}.{first}" for name in names) or any(
        isinstance(node.value, ast.Name) and whole.get(node.value.id) == module
        and node.attr == first
        for node in attributes
    )  # fmt: skip
    return is_imported and (not method or any(node.attr == method for node in attributes))


def check(root: Path, stops: tuple[Stop, ...] = STOPS) -> None:
    """That every stop is there, says what it does, and is used where it is said to be.

    Raises:
        LostError: one of them is not.
    """
    for stop in stops:
        first_sentence(root, stop)
        if not is_used(root, stop):
            raise LostError(
                f"{stop.used_by} does not use {stop.name} of {stop.file}: mend STOPS in {HERE}."
            )


# Writing ----------------------------------------------------------------------------------------
def page(root: Path, stops: tuple[Stop, ...] = STOPS) -> str:
    """The page: a line a stop, and the picture."""
    lines = [
        f"{number}. [`{stop.name}`](../{stop.file}) in "
        f"`{stop.file}`: {first_sentence(root, stop)} → *{stop.hands_on}*"
        + (f". {stop.note}" if stop.note else "")
        for number, stop in enumerate(stops, 1)
    ]
    return "\n".join([
        "# How a digit travels",
        "",
        "From your stroke on the page Draw to the ten bars beside it: every function's name is a "
        "link, then what it does in its own words, and after the arrow what goes on to the next.",
        "",
        *lines,
        "",
        f"![The ten stops of a digit, on the three floors of the code]({PICTURE})",
        "",
        f"This page is made from the code by `python {HERE}`.",
        "",
    ])  # fmt: skip


WIDTH, TOP, ROW, CARD = 860, 92, 66, 42
LEFT, LANE = 20, 273.3
TINTS = {"pages": "#efe7fb", "dashboard": "#e3edfb", "nncore": "#e2f3ea"}
INKS = {"pages": "#6b3fa0", "dashboard": "#1f5fa8", "nncore": "#1d7248"}
WORDS, FAINT, LINE, PAPER = "#22252e", "#5a6070", "#8a90a0", "#ffffff"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def picture(stops: tuple[Stop, ...] = STOPS) -> str:
    """The way as an SVG: a lane a package, a card a stop, and on the arrows what is handed on.

    It brings its own light paper, so it reads the same on a dark page.
    """
    height = TOP + ROW * len(stops) + 6
    said = "; ".join(f"{n}. {stop.name} in {stop.file}" for n, stop in enumerate(stops, 1))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" font-family="{FONT}">',
        "<title>How a digit travels through the code</title>",
        f"<desc>{escape(said)}</desc>",
        f'<rect width="{WIDTH}" height="{height}" rx="12" fill="{PAPER}"/>',
    ]
    for lane, (floor, what) in enumerate(FLOORS.items()):
        x = LEFT + lane * LANE
        parts += [
            f'<rect x="{x:.0f}" y="14" width="{LANE - 10:.0f}" height="{height - 28}" rx="10" '
            f'fill="{TINTS[floor]}"/>',
            _words(x + 14, 41, f"{floor}/", 18, INKS[floor], "700"),
            _words(x + 14, 62, what, 14, WORDS),
        ]
    for number, stop in enumerate(stops[:-1]):
        parts.append(_arrow(number, _lane(stop), _lane(stops[number + 1])))
    for number, stop in enumerate(stops):
        parts += _card(number, stop)
    for number, stop in enumerate(stops[:-1]):
        parts += _handed_on(number, stop, _lane(stops[number + 1]))
    return "\n".join([*parts, "</svg>", ""])


def _lane(stop: Stop) -> int:
    return list(FLOORS).index(stop.file.partition("/")[0])


def _column(lane: int) -> float:
    """Where the numbers of a lane stand, one below the other, and the arrows between them."""
    return LEFT + lane * LANE + 31


def _card(number: int, stop: Stop) -> list[str]:
    floor, _, file = stop.file.partition("/")
    x, y = LEFT + _lane(stop) * LANE + 10, TOP + ROW * number
    return [
        f'<rect x="{x:.0f}" y="{y}" width="{LANE - 30:.0f}" height="{CARD}" rx="8" '
        f'fill="{PAPER}" stroke="{INKS[floor]}" stroke-width="1.5"/>',
        f'<circle cx="{x + 21:.0f}" cy="{y + CARD / 2:.0f}" r="13" fill="{INKS[floor]}"/>',
        _words(x + 21, y + CARD / 2 + 5, str(number + 1), 14, PAPER, "700", "middle"),
        _words(x + 43, y + 18, stop.name, 14, WORDS, "700"),
        _words(x + 43, y + 35, file, 13, FAINT),
    ]


def _arrow(number: int, lane: int, next_lane: int) -> str:
    x0, x1 = _column(lane), _column(next_lane)
    y0, y1 = TOP + ROW * number + CARD, TOP + ROW * (number + 1)
    bend = (y0 + y1) / 2
    tip = f"M{x1 - 5:.0f} {y1 - 8} L{x1:.0f} {y1 - 1} L{x1 + 5:.0f} {y1 - 8}"
    return (
        f'<path d="M{x0:.0f} {y0} V{bend:.0f} H{x1:.0f} V{y1 - 2} {tip}" fill="none" '
        f'stroke="{LINE}" stroke-width="2" stroke-linejoin="round"/>'
    )


def _handed_on(number: int, stop: Stop, next_lane: int) -> list[str]:
    """The words beside the arrow that leaves a stop, on a piece of paper of their own."""
    lane = _lane(stop)
    y = TOP + ROW * number + (CARD + ROW) / 2
    if lane == next_lane:
        return [_words(_column(lane) + 10, y + 5, stop.hands_on, 13, FAINT)]
    x = (_column(lane) + _column(next_lane)) / 2
    width = 7.2 * len(stop.hands_on) + 14
    return [
        f'<rect x="{x - width / 2:.0f}" y="{y - 10:.0f}" width="{width:.0f}" height="20" rx="10" '
        f'fill="{PAPER}" stroke="{LINE}"/>',
        _words(x, y + 4.5, stop.hands_on, 13, WORDS, anchor="middle"),
    ]


def _words(
    x: float, y: float, text: str, size: int, color: str, weight: str = "400", anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{color}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def main() -> None:
    """Check the way, then write both files beside this one."""
    try:
        check(ROOT)
    except LostError as lost:
        sys.exit(str(lost))
    here = Path(__file__).parent
    (here / PAGE).write_text(page(ROOT), encoding="utf-8")
    (here / PICTURE).write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
