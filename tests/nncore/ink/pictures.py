"""A drawing, and the same in every kind of file that people bring."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw


def seven(side: int = 400, mode: str = "L", paper: object = 255, ink: object = 0) -> Image.Image:
    """A pen-drawn 7 that fills about half of the picture's height."""
    image = Image.new(mode, (side, side), paper)
    points = [(x * side, y * side) for x, y in [(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]]
    ImageDraw.Draw(image).line(points, fill=ink, width=round(side * 0.075), joint="curve")
    return image


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Mean absolute difference of two images."""
    return float(np.abs(one.astype(np.float64) - other).mean())


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a file of this kind."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def turned(image: Image.Image, orientation: int, kind: str = "JPEG") -> bytes:
    """A photograph that a camera took so, with the EXIF note that says how to turn it back."""
    method = _TURNED[orientation - 1]
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image if method is None else image.transpose(method), kind, exif=exif)


_TURNED = [
    None,
    Image.Transpose.FLIP_LEFT_RIGHT,
    Image.Transpose.ROTATE_180,
    Image.Transpose.FLIP_TOP_BOTTOM,
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_90,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_270,
]


def _sixteen_bit(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image).astype(np.uint16) * 257)


def _transparent(image: Image.Image) -> Image.Image:
    """Black ink; the paper is not there."""
    black = Image.new("L", image.size)
    return Image.merge("RGBA", [black, black, black, Image.eval(image, lambda v: 255 - v)])


def _transparent_white(image: Image.Image) -> Image.Image:
    """White ink, in two channels."""
    white = Image.new("L", image.size, 255)
    return Image.merge("LA", [white, Image.eval(image, lambda v: 255 - v)])


def _transparent_palette(image: Image.Image) -> bytes:
    indices = (np.asarray(image) < 128).astype(np.uint8)
    in_palette = Image.frombytes("P", image.size, indices.tobytes())
    in_palette.putpalette([0, 0, 0, 0, 0, 0])  # the same black twice, only one of them seen
    return encoded(in_palette, transparency=0)


def _animation(image: Image.Image) -> bytes:
    frames = [image.convert("P"), Image.new("P", image.size)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def _cmyk(image: Image.Image) -> Image.Image:
    return image.convert("RGB").convert("CMYK")


FILES: dict[str, Callable[[Image.Image], bytes]] = {
    "png": encoded,
    "png, bright on dark": lambda image: encoded(Image.eval(image, lambda v: 255 - v)),
    "png, 1 bit": lambda image: encoded(image.convert("1", dither=Image.Dither.NONE)),
    "png, 16 bit": lambda image: encoded(_sixteen_bit(image)),
    "png, palette": lambda image: encoded(image.convert("RGB").quantize(8)),
    "png, palette with transparency": _transparent_palette,
    "png, grey with transparency": lambda image: encoded(image, transparency=255),
    "png, transparent": lambda image: encoded(_transparent(image)),
    "png, grey and alpha": lambda image: encoded(_transparent_white(image)),
    "gif": lambda image: encoded(image, "GIF"),
    "gif, animated": _animation,
    "bmp": lambda image: encoded(image, "BMP"),
    "webp": lambda image: encoded(image.convert("RGB"), "WEBP", lossless=True),
    "ppm": lambda image: encoded(image.convert("RGB"), "PPM"),
    "pgm": lambda image: encoded(image, "PPM"),
    "pbm": lambda image: encoded(image.convert("1", dither=Image.Dither.NONE), "PPM"),
    "avif": lambda image: encoded(image.convert("RGB"), "AVIF", quality=100, speed=9),
    "tiff": lambda image: encoded(image, "TIFF"),
    "tiff, 1 bit": lambda image: encoded(
        image.convert("1", dither=Image.Dither.NONE), "TIFF", compression="group4"
    ),
    "tiff, CMYK": lambda image: encoded(_cmyk(image), "TIFF"),
    "tiff, 32 bit": lambda image: encoded(_sixteen_bit(image).convert("I"), "TIFF"),
    "tiff, real numbers": lambda image: encoded(image.convert("F"), "TIFF"),
    "jpeg": lambda image: encoded(image, "JPEG", quality=60),
    "jpeg, CMYK": lambda image: encoded(_cmyk(image), "JPEG"),
    "jpeg, turned": lambda image: turned(image, 6, "JPEG"),
}
"""Each takes a drawing in grey, dark on bright."""

_BLANK = Image.new("L", (300, 300))

BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "text": (b"just some text", "is not a picture that can be read"),
    "cut off": (encoded(Image.effect_noise((90, 90), 99))[:2_000], "is broken"),
    "black": (encoded(_BLANK), "has no ink on it"),
    "white": (encoded(Image.eval(_BLANK, lambda _: 255)), "has no ink on it"),
}
"""Files named .png, and what the one sentence about each says."""
