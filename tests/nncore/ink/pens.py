"""Digits drawn with straight pen strokes, for tests that need them with any pen."""

import numpy as np
from PIL import Image, ImageDraw

LINES: dict[int, list[list[tuple[int, int]]]] = {
    0: [[(140, 65), (185, 100), (185, 180), (140, 215), (95, 180), (95, 100), (140, 65)]],
    1: [[(140, 65), (140, 215)]],
    2: [[(95, 95), (115, 70), (150, 65), (180, 85), (175, 125), (95, 210), (190, 210)]],
    3: [[(95, 75), (150, 65), (180, 90), (165, 125), (125, 135), (170, 145), (185, 180),
         (150, 212), (95, 200)]],
    4: [[(120, 70), (90, 150), (190, 150)], [(165, 90), (165, 215)]],
    5: [[(110, 70), (100, 130), (150, 120), (185, 150), (175, 195), (130, 210), (95, 195)],
        [(110, 70), (185, 70)]],
    7: [[(90, 70), (190, 70), (130, 210)]],
}  # fmt: skip
"""The middle lines of some digits on a canvas of 280 pixels: (x, y)."""


def drawn(digit: int, pen: int = 24) -> np.ndarray:
    """Ink of 255 on 0, (280, 280), by a round pen of so many pixels."""
    image = Image.new("L", (280, 280))
    draw = ImageDraw.Draw(image)
    for line in LINES[digit]:
        draw.line(line, fill=255, width=pen, joint="curve")
        for x, y in (line[0], line[-1]):
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return np.asarray(image)
