"""Ten digits drawn beforehand, for those who cannot draw and for the time before the first stroke.

They are pen strokes, not pictures: rendered at the pad's size, they go the same way to the network
as a drawing.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from dashboard.ink.pad import PEN, SIDE

Point = tuple[float, float]

# Strokes of each digit on a square of 280; the pen is lifted between them.
_STROKES: dict[int, list[list[Point]]] = {
    0: [[(160, 50), (122, 54), (92, 92), (80, 146), (94, 206), (136, 235), (180, 210),
         (202, 148), (190, 86), (152, 48)]],
    1: [[(112, 95), (155, 50)], [(155, 50), (143, 235)]],
    2: [
        [(85, 95), (105, 55), (150, 45), (190, 72), (186, 118), (148, 168), (85, 230)],
        [(85, 230), (205, 224)],
    ],
    3: [
        [(90, 65), (135, 45), (185, 68), (178, 112), (128, 134)],
        [(128, 134), (182, 150), (198, 195), (160, 235), (105, 234), (80, 212)],
    ],
    4: [[(122, 50), (84, 152)], [(84, 152), (204, 150)], [(176, 62), (163, 236)]],
    5: [
        [(192, 48), (108, 54)],
        [(108, 54), (97, 130)],
        [(97, 130), (142, 112), (188, 138), (194, 190), (150, 233), (86, 222)],
    ],
    6: [[(176, 48), (122, 84), (90, 150), (94, 206), (134, 235), (180, 214), (184, 172),
         (146, 146), (98, 176)]],
    7: [[(80, 60), (202, 54)], [(202, 54), (160, 130), (126, 236)]],
    8: [[(180, 76), (142, 47), (102, 70), (114, 112), (166, 152), (190, 196), (150, 235),
         (102, 216), (98, 176), (142, 140), (186, 106), (180, 76)]],
    9: [
        [(186, 98), (164, 56), (116, 56), (95, 96), (116, 136), (160, 130), (186, 98)],
        [(186, 98), (180, 170), (156, 236)],
    ],
}  # fmt: skip

DIGITS = tuple(_STROKES)
EXAMPLE = 3
"""Shown before anybody has drawn."""


@cache
def sample(digit: int) -> npt.NDArray[np.uint8]:
    """The digit as drawn on the pad: (280, 280) uint8, bright ink on 0. Do not write to it."""
    fine = 4  # drawn larger and averaged, so that the edges are as smooth as the browser's
    picture = Image.new("L", (fine * SIDE, fine * SIDE))
    draw = ImageDraw.Draw(picture)
    for stroke in _STROKES[digit]:
        path = [(fine * x, fine * y) for x, y in _smooth(stroke)]
        draw.line(path, fill=255, width=fine * PEN, joint="curve")
        radius = fine * PEN / 2
        for x, y in path:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    image = np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))
    image.setflags(write=False)
    return image


@cache
def small(digit: int) -> npt.NDArray[np.uint8]:
    """The same digit, less than half as large, in the pad's upper left corner. Do not write to
    it."""
    size = round(0.45 * SIDE)
    shrunk = Image.fromarray(sample(digit)).resize((size, size), Image.Resampling.BOX)
    image = np.pad(np.asarray(shrunk), (0, SIDE - size))
    image.setflags(write=False)
    return image


def is_sample(image: npt.NDArray[np.generic]) -> bool:
    """Whether it is one of ours, and nobody's drawing."""
    return any(image is ours(digit) for ours in (sample, small) for digit in DIGITS)


def _smooth(points: list[Point], steps: int = 8) -> list[Point]:
    """A Catmull-Rom curve through the points; two points stay a straight line."""
    if len(points) < 3:
        return points
    knots = np.array([points[0], *points, points[-1]], dtype=float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    curve: list[Point] = []
    for a, b, c, d in zip(knots[:-3], knots[1:-2], knots[2:-1], knots[3:], strict=True):
        part = 0.5 * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        curve += [(float(x), float(y)) for x, y in part]
    return [*curve, points[-1]]


def example_digit() -> np.ndarray:
    """A digit to show as the input, (28, 28) in [0, 1]: the drawn sample at the network's size."""
    drawn = sample(EXAMPLE)  # (280, 280)
    return drawn.reshape(28, 10, 28, 10).mean(axis=(1, 3)) / 255


FIRST_EXAMPLE = 115
"""Of MNIST's test images: a 4 that the shipped model takes for a 9."""
