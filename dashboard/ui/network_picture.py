"""The picture of a network's shape: pixels, hidden neurons, ten digits; an SVG for both themes."""

from collections.abc import Sequence

import numpy as np

from dashboard.ui.palette import GREY, INK, NUMPY, PAPER

_MOST = 8
"""Neurons drawn in one layer; a longer layer shows a gap with three dots."""
_WIDTH, _HEIGHT = 640, 250
_TOP, _BOTTOM = 14, 206
_PIXELS = 140


def network_svg(
    sizes: Sequence[int],
    digit: np.ndarray | None = None,
    *,
    words: str = GREY,
) -> str:
    """A drawing of a fully connected network, with what it is in words for screen readers.

    It is shown as an image, which knows no theme: its lines read on the light and the dark page.

    Args:
        sizes: units of every layer, the inputs and outputs included.
        digit: (28, 28) in [0, 1], drawn as the input.
        words: the colour of the words.
    """
    columns = np.linspace(_PIXELS + 56, _WIDTH - 46, len(sizes) - 1)
    layers = [_rows(size) for size in sizes[1:]]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif" font-size="13" '
        f'text-anchor="middle" fill="{words}">',
        *_edges(columns, layers),
        *_input(sizes[0], digit),
    ]
    for number, (x, ys, size) in enumerate(zip(columns, layers, sizes[1:], strict=True)):
        is_output = number == len(layers) - 1
        parts += [_circle(x, y, NUMPY if is_output else GREY) for y in ys]
        if size > len(ys):
            middle = (_TOP + _BOTTOM) / 2
            parts += [f'<circle cx="{x:.0f}" cy="{middle + d}" r="1.8"/>' for d in (-7, 0, 7)]
        if is_output:
            parts += [
                f'<text x="{x + 20:.0f}" y="{y + 4.5:.1f}">{name}</text>'
                for name, y in enumerate(ys)
            ]
        what = "digits" if is_output else "neurons" if size != 1 else "neuron"
        parts.append(f'<text x="{x:.0f}" y="{_HEIGHT - 14}">{size:,} {what}</text>')
    return "".join([*parts, "</svg>"])


def in_words(sizes: Sequence[int]) -> str:
    """What the picture shows, for those who do not see it."""
    hidden = ", ".join(f"{size:,} hidden neurons" for size in sizes[1:-1]) or "no hidden layer"
    return f"A network: {sizes[0]} pixels, {hidden}, {sizes[-1]} outputs, one a digit"


def _rows(size: int) -> list[float]:
    """Heights at which a layer's neurons are drawn."""
    if size <= 10:
        step = min(26.0, (_BOTTOM - _TOP) / max(size - 1, 1))
        middle = (_TOP + _BOTTOM) / 2
        return [middle + (i - (size - 1) / 2) * step for i in range(size)]
    half = _MOST // 2
    return [_TOP + i * 21.0 for i in range(half)] + [
        _BOTTOM - (half - 1 - i) * 21.0 for i in range(half)
    ]


def _circle(x: float, y: float, color: str) -> str:
    return f'<circle cx="{x:.0f}" cy="{y:.1f}" r="7" fill="{color}"/>'


def _edges(columns: np.ndarray, layers: list[list[float]]) -> list[str]:
    middle = (_TOP + _BOTTOM) / 2
    fans = [(y, _PIXELS + 4.0, middle + (y - middle) * 0.6, columns[0]) for y in layers[0]]
    lines = [(x1, y1, x2, y2) for y2, x1, y1, x2 in fans]
    for left, right, x1, x2 in zip(layers[:-1], layers[1:], columns[:-1], columns[1:], strict=True):
        lines += [(x1, a, x2, b) for a in left for b in right]
    path = "".join(f"M{x1:.0f} {y1:.1f}L{x2:.0f} {y2:.1f}" for x1, y1, x2, y2 in lines)
    return [f'<path d="{path}" stroke="{GREY}" stroke-width="0.7" opacity="0.35"/>']


def _input(size: int, digit: np.ndarray | None) -> list[str]:
    """The pixels as a dark square; bright ones as small squares of the digit."""
    top = (_TOP + _BOTTOM - _PIXELS) / 2
    parts = [f'<rect x="0" y="{top:.0f}" width="{_PIXELS}" height="{_PIXELS}" fill="{PAPER}"/>']
    if digit is not None:
        side = _PIXELS / 28
        parts += [
            f'<rect x="{column * side:.1f}" y="{top + row * side:.1f}" width="{side:.1f}" '
            f'height="{side:.1f}" fill="{INK}" opacity="{digit[row, column]:.2f}"/>'
            for row, column in np.argwhere(digit > 0.05)
        ]
    return [*parts, f'<text x="{_PIXELS / 2:.0f}" y="{_HEIGHT - 14}">{size} pixels</text>']
