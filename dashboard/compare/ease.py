"""Ease: the same parts of a training step in both engines, from this repository's own source."""

from dataclasses import dataclass
from functools import cache

import streamlit as st

from dashboard.compare import charts, common
from dashboard.ui import text
from dashboard.ui.palette import ENGINE_MARKDOWN
from nncore.config import EngineName
from nncore.lab.comparison import Piece
from nncore.lab.source_code import entry_of, source_of, without_words

Definition = tuple[str, str]
"""(module, name) of a function or class of nncore."""
Entry = tuple[str, str, str]
"""(module, table, key): a line of a table."""


@dataclass(frozen=True, slots=True)
class Part:
    """A row of Ease: a part of a training step, and what of each engine's source does it."""

    name: str
    numpy: tuple[Definition | Entry, ...]
    torch: tuple[Definition | Entry, ...]
    said: str
    """What to see in it, one sentence."""


PARTS = (
    Part(
        "Layer",
        (("network", "Network.__init__"),),
        (("torch_network", "TorchNetwork._build_module"),),
        "NumPy keeps each layer's weights, biases and function by hand; PyTorch stacks ready-made "
        "layers.",
    ),
    Part(
        "Forward",
        (("network", "Layer"), ("network", "Network.forward_pass")),
        (("torch_network", "TorchNetwork._masked"),),
        "NumPy writes z = aW + b; in PyTorch, calling the module is the forward pass. Both have "
        "dropout in it.",
    ),
    Part(
        "Backward",
        (
            ("network", "Network.deltas"),
            ("network", "Network.activation_derivative"),
            ("network", "Network.gradients"),
            ("costs", "quadratic_delta"),
            ("costs", "difference"),
            ("costs", "COSTS", "quadratic"),
            ("costs", "COSTS", "cross-entropy"),
            ("costs", "COSTS", "log-likelihood"),
        ),
        (
            ("torch_network", "TorchNetwork.gradients"),
            ("torch_network", "TorchNetwork._loss"),
            ("torch_network", "TorchNetwork._penalty"),
        ),
        "NumPy needs the book's four equations and each cost's derivative; PyTorch needs the "
        "costs, and differentiates them. Both have three costs and two penalties.",
    ),
    Part(
        "Update",
        (
            ("network", "Network.train_batch"),
            ("optimizers", "SGD"),
            ("optimizers", "Momentum"),
            ("optimizers", "Nesterov"),
            ("optimizers", "Adam"),
            ("optimizers", "build_optimizer"),
        ),
        (
            ("torch_network", "TorchNetwork.train_batch"),
            ("torch_network", "TorchNetwork._build_optimizer"),
        ),
        "NumPy spells four optimizers out; PyTorch has them, and one chooses.",
    ),
    Part(
        "New activation",
        (
            ("activations", "sigmoid"),
            ("activations", "sigmoid_derivative"),
            ("activations", "ACTIVATIONS", "sigmoid"),
        ),
        (("torch_network", "_ACTIVATIONS", "sigmoid"),),
        "NumPy needs the function and its derivative; PyTorch needs the function's name.",
    ),
)


QUICK = (
    ("quick/network", "QuickNetwork.train_batch"),
    ("quick/network", "QuickNetwork._backpropagate"),
    ("quick/network", "QuickNetwork._add_gradient"),
    ("quick/network", "QuickNetwork._add_penalties"),
    ("quick/products", "add_product"),
)
"""The same step in reused memory: shown, and not counted."""
_CODE_HEIGHT = 420
"""Pixels; more code scrolls inside."""


def source(part: Part, engine: EngineName, *, words: bool = False) -> str:
    """The part as this engine has it, each piece below the name of its file.

    Args:
        part: one of PARTS.
        engine: whose.
        words: with docstrings, comments and blank lines, which are not counted.

    Raises:
        LookupError: the source has changed; the table above must follow.
    """
    pieces = part.numpy if engine == "numpy" else part.torch
    return "\n\n".join(f"# nncore/{piece[0]}.py\n{_text(piece, words)}" for piece in pieces)


def lines(part: Part, engine: EngineName) -> int:
    """Its lines of code, without docstrings, comments and blank lines."""
    pieces = part.numpy if engine == "numpy" else part.torch
    return sum(len(_text(piece, False).splitlines()) for piece in pieces)


def totals() -> tuple[int, int]:
    """Ease in one pair of numbers: lines of all parts, NumPy's and PyTorch's."""
    return sum(lines(p, "numpy") for p in PARTS), sum(lines(p, "torch") for p in PARTS)


@cache
def _text(piece: Definition | Entry, words: bool) -> str:
    if len(piece) == 3:
        return entry_of(*piece)
    return source_of(*piece) if words else without_words(source_of(*piece))


def work() -> common.Work:
    """What the section Ease has measured."""
    return common.measuring("ease", "Parts of a step", lambda: ("pieces",))


def heading() -> str:
    """What was found, in a line."""
    mine, other = totals()
    return f"Ease: {other} lines in PyTorch, {mine} in NumPy"


def show() -> None:
    """The section Ease: the same parts of a step in both engines, and their lines counted."""
    common.polled(_draw, work())


def _draw() -> None:
    st.header(heading(), anchor="ease")
    st.markdown(
        "The same training step, from this app's own source. Counted is the network to read, with "
        "the same costs, penalties, dropout and optimizers on both sides. The NumPy network that "
        "trains here computes the same in reused memory."
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        charts.line_counts([(p.name, lines(p, "numpy"), lines(p, "torch")) for p in PARTS])
    with right:
        names = [part.name for part in PARTS]
        chosen = st.pills(
            "Part of the step",
            names,
            default="Backward",
            required=True,
            key="ease-part",
            persist_state="session",
            wrap=True,
        )
        part = next(part for part in PARTS if part.name == chosen)
        st.markdown(part.said)
        common.button(
            "Run the parts here", "pieces", takes="a few seconds", key="run-pieces", of_times=True
        )
        if done := common.measured("pieces"):
            _results([Piece.model_validate(result) for result in done.results])
    # Code is sent only where it is opened: to colour it, a browser loads half a megabyte.
    both = st.expander("The code of this part, side by side", key="ease-code", on_change="rerun")
    if both.open:
        with both:
            _side_by_side(part)
    quick = st.expander("NumPy's step, in reused memory", key="ease-quick", on_change="rerun")
    if quick.open:
        with quick:
            text_of_all = "\n\n".join(_text(piece, True) for piece in QUICK)
            st.code(text_of_all, language="python", height=_CODE_HEIGHT)


def _side_by_side(part: Part) -> None:
    words = st.toggle(
        "With docstrings and comments, which are not counted",
        key="ease-words",
        persist_state="session",
    )
    with st.grid(2, min_column_width=340):
        for engine in ENGINE_MARKDOWN:
            with st.container(gap="xsmall", key=f"source-{engine}"):
                n = lines(part, engine)
                st.markdown(f"{ENGINE_MARKDOWN[engine]}: {n} line{'' if n == 1 else 's'}")
                st.code(source(part, engine, words=words), language="python", height=_CODE_HEIGHT)


def _results(pieces: list[Piece]) -> None:
    rows = [
        f"| {piece.name} | {1e6 * piece.numpy_seconds:,.0f} µs | "
        f"{1e6 * piece.torch_seconds:,.0f} µs | {text.power(piece.difference)} |"
        for piece in pieces
    ]
    head = (
        f"| 100 images | {ENGINE_MARKDOWN['numpy']} | {ENGINE_MARKDOWN['torch']} "
        "| largest difference |\n|---|--:|--:|--:|"
    )
    st.markdown("\n".join([head, *rows]))
