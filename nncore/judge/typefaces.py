"""Digits of typefaces made after handwriting: what a model is judged by if they are at hand.

They come from nobody here, so they favour no way of drawing digits. Those under the Open Font
License are to be had as packages, for example `npm pack @fontsource/caveat`; none comes along.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from nncore.activations import Array
from nncore.preprocessing import prepare

SUFFIXES = (".woff2", ".woff", ".ttf", ".otf")
CANVAS = 280
SIZE = 180
"""Of the letters, in pixels."""


class TypefaceError(ValueError):
    """No typeface to judge by; the message is one sentence for its reader."""


def drawn(folder: Path) -> dict[str, Array]:
    """The ten digits of each typeface below a folder, prepared: (10, 784) by the typeface's name.

    A file without digits of its own is passed over, as is one whose digits came before.

    Raises:
        TypefaceError: there is no folder, or no typeface with digits in it.
    """
    found: dict[str, Array] = {}
    seen: set[bytes] = set()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES):
        try:
            font = ImageFont.truetype(path, SIZE)
        except OSError:  # no font that can be read, whatever its name says
            continue
        name = " ".join(filter(None, font.getname()))
        pictures = [_picture(str(digit), font) for digit in range(10)]
        look = np.stack(pictures).tobytes()
        are_all_there = len({picture.tobytes() for picture in pictures}) == 10  # no empty boxes
        if are_all_there and all(map(np.any, pictures)) and look not in seen:
            seen.add(look)
            found[name] = np.stack([prepare(picture).pixels.ravel() for picture in pictures])
    if not found:
        raise TypefaceError(
            f"{folder} holds no typeface with digits; give a folder with {', '.join(SUFFIXES)} "
            "files, such as a package of @fontsource unpacked."
        )
    return found


def _picture(digit: str, font: ImageFont.FreeTypeFont) -> npt.NDArray[np.uint8]:
    """A digit on a canvas of 280 pixels, ink of 0 to 255."""
    picture = Pictures.new("L", (CANVAS, CANVAS))
    ImageDraw.Draw(picture).text((CANVAS / 2, CANVAS / 2), digit, 255, font, anchor="mm")
    return np.asarray(picture)
