"""Picture files as grey values: whatever people bring, decoded with a bound on time and memory."""

import io
import os
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import PIL
import PIL.Image

from nncore.ink.images import to_grey

MAX_FILE_BYTES = 50_000_000
MAX_PIXELS = 40_000_000
"""Largest picture that is decoded whole; a JPEG is decoded at a smaller scale beyond it."""
WORKING_SIDE = 1024
"""Pictures are shrunk until no side is longer: ink needs no more."""

# Pillow warns of what `_check_size` refuses. Not `catch_warnings` there: it is no thread's own.
warnings.filterwarnings("ignore", category=PIL.Image.DecompressionBombWarning)

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".webp", ".tif", ".tiff"),
    *(".avif", ".ppm", ".pgm", ".pbm", ".pnm"),
)
"""Of the files that are looked for in a folder; a file that is named is read whatever its suffix.
What Chrome on Windows saves is a `.jfif`."""

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "PPM")
_OTHERS = {
    b"\0\x05\x16\x07": "macOS's notes about a picture; use the file without ._ in its name",
    b"%PDF": "a PDF; save it as PNG or JPEG",
    b"<svg": "an SVG drawing; save it as PNG",
    b"<?xml": "an SVG drawing or other XML; save it as PNG",
    b"PK\x03\x04": "a ZIP archive; unpack it and use what is in it",
}
"""Files that are taken for pictures, by their first bytes; each with the way out."""
_HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")
_SYSTEM = ("thumbs.db", "desktop.ini", "__macosx")
"""What Windows and macOS leave in folders, in small letters; and whatever begins with a dot."""


class ImageError(ValueError):
    """A picture file that cannot be used; the message is one sentence for its reader."""


def read_image(data: bytes | Path, name: str | None = None) -> npt.NDArray[np.uint8]:
    """Read a picture file as grey values, upright, its longer side at most about 1,024 pixels.

    The size in the file's header is checked before anything is decoded; of an animation the first
    picture is taken. PNG, JPEG, GIF, BMP, WebP, TIFF, AVIF and PPM (with PGM and PBM) are read, by
    their content.

    Args:
        data: the file's bytes, or where it is.
        name: what a message calls the picture; its path unless given.

    Returns:
        (height, width), 0 black to 255 white.

    Raises:
        ImageError: no such file, no picture, a broken one, or too large a one.
    """
    if name is None:
        name = "The file" if isinstance(data, bytes) else str(data)
    try:
        with _opened(data) as file:
            n_bytes = file.seek(0, io.SEEK_END)
            file.seek(0)
            if n_bytes > MAX_FILE_BYTES:
                raise ImageError(
                    f"{name} has {n_bytes / 1e6:,.0f} MB; use one of at most "
                    f"{MAX_FILE_BYTES / 1e6:,.0f} MB."
                )
            if not n_bytes:
                raise ImageError(f"{name} is empty; copy it again or use another.")
            try:
                with PIL.Image.open(file, formats=_FORMATS) as picture:
                    _check_size(picture, name)
                    grey = to_grey(_upright(picture, _shrunk(picture)))
                    return np.rint(grey * 255).astype(np.uint8)
            except PIL.UnidentifiedImageError:
                file.seek(0)
                raise ImageError(f"{name} is {_what_else(file.read(16))}.") from None
    except ImageError:
        raise
    except FileNotFoundError:
        raise ImageError(f"{name} does not exist; check its path.") from None
    except IsADirectoryError:
        raise ImageError(f"{name} is a folder; use a picture in it.") from None
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
        raise ImageError(_too_large(name, "so many")) from None
    except Exception as error:  # Pillow's readers raise whatever a broken file makes of them
        if isinstance(error, OSError) and error.errno is not None:
            raise ImageError(
                f"{name} cannot be read ({error.strerror}); check its path and permissions."
            ) from None
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise ImageError(f"{name} is broken ({reason}); save it again or use another.") from None


def picture_size(path: Path) -> tuple[int, int] | None:
    """Width and height of a picture file, upright; None of what cannot be read twice, as a pipe."""
    if not path.is_file():
        return None
    with PIL.Image.open(path, formats=_FORMATS) as picture:
        is_turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        width, height = picture.size
        return (height, width) if is_turned else (width, height)


def pictures_in(folder: Path) -> tuple[list[Path], list[Path], list[OSError]]:
    """The picture files below a folder, by their suffixes; links to folders are not followed.

    Returns:
        The pictures, what was passed over (hidden, a system's own, or of another kind), both
        sorted, and what went wrong with folders that cannot be looked into.
    """
    pictures, others, faults = list[Path](), list[Path](), list[OSError]()
    for at, folders, files in os.walk(folder, onerror=faults.append):
        here = Path(at)
        passed_over = {name for name in folders if _is_systems(name) or (here / name).is_symlink()}
        folders[:] = [name for name in folders if name not in passed_over]
        others += (here / name for name in passed_over)
        for path in (here / name for name in files):
            is_picture = path.suffix.lower() in SUFFIXES and not _is_systems(path.name)
            # A pipe would be waited for; a link that leads nowhere is to be complained of.
            is_file = path.is_symlink() or path.is_file()
            (pictures if is_picture and is_file else others).append(path)
    return sorted(pictures), sorted(others), faults


def _is_systems(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SYSTEM


def _opened(data: bytes | Path) -> BinaryIO:
    """The file, to be read from any place in it; of a pipe or a device no more than is allowed."""
    if isinstance(data, bytes):
        return io.BytesIO(data)
    if data.is_dir():
        raise IsADirectoryError
    file = data.open("rb")
    if data.is_file():
        return file
    with file:
        return io.BytesIO(file.read(MAX_FILE_BYTES + 1))


def _what_else(start: bytes) -> str:
    """What a file is that is no picture, by its first 16 bytes, and what to do."""
    if start[4:8] == b"ftyp" and start[8:12] in _HEIC:
        return "a HEIC photograph, which is not read here; save it as JPEG"
    for first, what in _OTHERS.items():
        if start.startswith(first):
            return what
    return "not a picture that can be read; use a PNG, JPEG, GIF, BMP, WebP, TIFF or AVIF"


def _check_size(picture: PIL.Image.Image, name: str) -> None:
    n_pixels = picture.width * picture.height
    if n_pixels <= MAX_PIXELS:
        return
    # A plain JPEG is decoded at an eighth of its size; a progressive one needs all of it at once.
    if picture.format == "JPEG" and not picture.info.get("progressive"):
        picture.draft(None, (WORKING_SIDE, WORKING_SIDE))
    if picture.width * picture.height > MAX_PIXELS:
        raise ImageError(_too_large(name, f"{picture.width:,} x {picture.height:,}"))


def _too_large(name: str, size: str) -> str:
    return (
        f"{name} has {size} pixels, more than the {MAX_PIXELS:,} that are decoded here; "
        "scale it down, to 1,000 x 1,000 for example."
    )


def _shrunk(picture: PIL.Image.Image) -> npt.NDArray[np.generic]:
    """The picture as (height, width) or with channels, shrunk in strips that cost little memory."""
    factor = -(-max(picture.size) // WORKING_SIDE)
    picture.load()
    low, high = _range(picture)
    strips: list[npt.NDArray[np.generic]] = []
    strip_height = max(1, 256 // factor) * factor
    for top in range(0, picture.height, strip_height):
        bottom = min(top + strip_height, picture.height)
        strip = picture.crop((0, top, picture.width, bottom))
        if picture.mode in _DEEP:
            values = np.asarray(strip, np.float64)  # the range may be more than float32 holds
            unit = np.clip((values - low) / (high - low), 0, 1)
            strip = PIL.Image.fromarray(unit.astype(np.float32))
        elif "transparency" in picture.info or picture.mode in _TRANSPARENT:
            strip = strip.convert("RGBA")
        elif picture.mode != "L":
            strip = strip.convert("RGB")
        strips.append(np.asarray(strip.reduce(factor)))
    return np.concatenate(strips)


_DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
_TRANSPARENT = ("RGBA", "LA", "PA", "RGBa", "La")


def _range(picture: PIL.Image.Image) -> tuple[float, float]:
    """What is black and what is white, where a pixel has more than 8 bits."""
    if picture.mode not in _DEEP:
        return 0.0, 255.0
    if picture.mode.startswith("I;16"):
        return 0.0, 65_535.0
    values = np.asarray(picture)
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 65_535:
        low = 0.0
        high = next(white for white in (1.0, 255.0, 65_535.0) if high <= white)
    return low, max(high, low + 1e-9)


def _upright(picture: PIL.Image.Image, values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Turned as the camera's EXIF note says."""
    orientation = picture.getexif().get(0x0112, 1)
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return values
