"""The symbols of the formulas: how the pages write whose number it is, all in the same way.

A layer is the superscript, as in the book, and counted from 1 at the first hidden layer; a neuron
is the subscript, counted from 0. A weight's subscripts are where it comes from and where it goes.
"""

ORDER = (
    r"$w^l_{i,j}$ leads from neuron $i$ of layer $l-1$ to neuron $j$ of layer $l$: row $i$ and "
    r"column $j$ of $W^l$ in this app's code, where an example is a row. The book writes the same "
    r"weight $w^l_{ji}$, the target first, since there an example is a column."
)
"""Which way the subscripts of a weight run, and why."""

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def of_neuron(symbol: str, layer: int, index: int | str) -> str:
    r"""A neuron's number in a formula, for example `z^{2}_{9}`; `symbol` may be `\delta`.

    Args:
        symbol: z, a, b or \delta.
        layer: from 0, counted from the input's side, as in `nncore`.
        index: the neuron in that layer.
    """
    return f"{symbol}^{{{layer + 1}}}_{{{index}}}"


def of_input(layer: int, index: int | str) -> str:
    """What comes into a layer from one place in a formula: `x_{i}`, or `a^{1}_{i}`."""
    return f"a^{{{layer}}}_{{{index}}}" if layer else f"x_{{{index}}}"


def of_weight(layer: int, source: int | str, index: int | str) -> str:
    """A weight in a formula, for example `w^{2}_{7,9}`: from 7 to 9."""
    return f"w^{{{layer + 1}}}_{{{source},{index}}}"


def in_text(symbol: str, layer: int) -> str:
    """The symbol of a layer's numbers in plain text, for example `δ²`."""
    return symbol + str(layer + 1).translate(_RAISED)
