"""From ink to what the network sees: the procedure that made MNIST, stage by stage.

MNIST's digits were cut out by their bounding box, brought to 20x20 by averaging areas (which makes
their grey edges) and pasted into 28x28 with their centre of mass in the middle. A network that has
learned them reads a drawing only if it goes the same way (after the reconstruction of the
procedure by Yadav and Bottou, "Cold Case: The Lost MNIST Digits", 2019).
"""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import PIL
import PIL.Image

Image = npt.NDArray[np.float32]
"""A grey image (height, width): 0 black to 1 white; as ink, 0 the background to 1 the ink."""

BOX_SIDE = 20
"""Side of the square that MNIST fitted each digit into."""
IMAGE_SIDE = 28
MIN_CONTRAST = 0.08
"""Least difference between ink and background, of black to white, to be called ink."""
SPECK = 0.02
"""A piece with a smaller share of the largest piece's ink is dust, not part of the digit."""
SOLID = 0.75
"""A square filled to more than this holds a dot: no digit of MNIST fills more than 0.65."""
DOT_MARGIN = 4
"""How many times its own side the square of a dot has, so that a dot stays a dot."""

MAX_FILE_BYTES = 50_000_000
MAX_PIXELS = 40_000_000
"""Largest picture that is decoded whole; a JPEG is decoded at a smaller scale beyond it."""
WORKING_SIDE = 1024
"""Pictures are shrunk until no side is longer: ink needs no more."""

# Pillow warns of what `_check_size` refuses. Not `catch_warnings` there: it is no thread's own.
warnings.filterwarnings("ignore", category=PIL.Image.DecompressionBombWarning)

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")


class InkError(ValueError):
    """An image without ink; the message is one sentence for its reader."""


class ImageError(ValueError):
    """A picture file that cannot be used; the message is one sentence for its reader."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What the image was after one step."""

    name: str
    image: Image


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The 28x28 image for the network, and each stage on the way to it."""

    pixels: Image  # (28, 28)
    stages: list[Stage]


def prepare(image: npt.NDArray[np.generic]) -> Prepared:
    """Bring an image of one digit to what MNIST's images are.

    Args:
        image: (height, width), or with 3 (RGB) or 4 (RGBA) channels; whole numbers from 0 to 255,
            or floats from 0 to 1; bright on dark or dark on bright.

    Raises:
        InkError: there is no ink on it.
        ValueError: the array is no image.
    """
    grey = to_grey(image)
    ink = find_ink(grey)
    prepared = prepare_ink(drop_specks(ink))
    return Prepared(prepared.pixels, [Stage("grey", grey), Stage("ink", ink), *prepared.stages])


def prepare_ink(ink: Image) -> Prepared:
    """The stages after the ink has been found: for images that are nothing but ink on 0."""
    cropped = crop(ink)
    squared = pad_to_square(cropped)
    averaged = average_areas(squared, BOX_SIDE)
    brightened = brighten(averaged)
    centred = centre(brightened)
    stages = [
        Stage("cropped", cropped),
        Stage("squared", squared),
        Stage("averaged", averaged),
        Stage("brightened", brightened),
        Stage("centred", centred),
    ]
    return Prepared(centred, stages)


def to_grey(image: npt.NDArray[np.generic]) -> Image:
    """Luminance from 0 to 1; what is transparent shows black or white, whichever the ink is not.

    Raises:
        ValueError: the array is no image.
    """
    if image.ndim not in (2, 3) or not image.size or (image.ndim == 3 and image.shape[2] < 3):
        raise ValueError(
            f"An array of shape {image.shape} is no image; "
            "give (height, width), or (height, width, 3 or 4)."
        )
    scale = 1 / 255 if np.issubdtype(image.dtype, np.integer) else 1.0
    if image.ndim == 2:
        grey = image.astype(np.float32) * np.float32(scale)
    else:
        weights = np.array([0.299, 0.587, 0.114], np.float32) * np.float32(scale)  # ITU-R BT.601
        grey = np.asarray(image[..., :3].astype(np.float32) @ weights, np.float32)
    if not np.isfinite(grey).all():
        raise ValueError("The image has values that are no finite numbers; give 0 to 1.")
    if image.ndim == 3 and image.shape[2] == 4:
        alpha = image[..., 3].astype(np.float32) * np.float32(scale)
        opaque = float(alpha.sum())
        if opaque < alpha.size:
            ink_is_bright = float((grey * alpha).sum()) > opaque / 2
            grey = grey * alpha if ink_is_bright else grey * alpha + (1 - alpha)
    return grey


def find_ink(grey: Image) -> Image:
    """How far each pixel stands out from the background, towards the ink's side: 0 to 1.

    The background is what most of the border shows; where the light falls unevenly, it is a plane
    through the border, and what stands out no more than the border's noise is background too.

    Raises:
        InkError: nothing stands out.
    """
    border = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
    background, noise = np.float32(np.median(border)), np.float32(0)
    is_even = np.mean(np.abs(border - background) < 1 / 255) > 0.5
    if not is_even:
        background, noise = _uneven_background(grey.shape, border)
    above = np.clip(grey - background - noise, 0, None)
    below = np.clip(background - grey - noise, 0, None)
    if not is_even:  # a shadow takes the same share of the paper's light and of the ink's
        below *= np.max(background) / np.maximum(background, 0.05)
    # Squares, so that many pixels a little off weigh less than a few strokes that stand out.
    ink = above if float(np.vdot(above, above)) >= float(np.vdot(below, below)) else below
    contrast = ink.max()
    if contrast < MIN_CONTRAST:
        raise InkError("The image has no ink on it; draw or choose a digit.")
    return ink / contrast


def _uneven_background(shape: tuple[int, ...], border: Image) -> tuple[Image, np.float32]:
    """A plane through the border (top, bottom, left, right side), and three times its noise.

    It has the least absolute deviations (by reweighted least squares): ink may cross the border.
    """
    height, width = shape
    y, x = np.linspace(-1, 1, height), np.linspace(-1, 1, width)
    sides = [np.ones(width), np.ones(height - 2)]
    rows = np.concatenate([-sides[0], sides[0], y[1:-1], y[1:-1]])
    columns = np.concatenate([x, x, -sides[1], sides[1]])
    terms = np.stack([np.ones_like(rows), rows, columns], axis=1)
    plane, residual = np.zeros(3), np.ones_like(rows)
    for _ in range(10):
        weighted = terms / np.maximum(residual, 1e-3)[:, None]
        plane = np.linalg.lstsq(weighted.T @ terms, weighted.T @ border, rcond=None)[0]
        residual = np.abs(border - terms @ plane)
    deviation = 1.4826 * np.median(residual)  # the standard deviation, were the noise normal
    background = plane[0] + plane[1] * y[:, None] + plane[2] * x
    return background.astype(np.float32), np.float32(3 * deviation)


def drop_specks(ink: Image) -> Image:
    """Take away the pieces (8-connected) that hold too little of the ink to belong to the digit."""
    is_ink = np.zeros((ink.shape[0], ink.shape[1] + 2), np.int8)
    is_ink[:, 1:-1] = ink > 0
    changes = np.diff(is_ink, axis=1)
    rows, starts = np.nonzero(changes == 1)
    ends = np.nonzero(changes == -1)[1]  # one for each start, in the same order
    pieces = _pieces(rows.tolist(), starts.tolist(), ends.tolist())
    if not pieces.any():
        return ink
    sums = np.concatenate([[0.0], np.cumsum(ink, dtype=np.float64)])
    first = rows * ink.shape[1]
    weight = np.bincount(pieces, sums[first + ends] - sums[first + starts])
    dust = weight < SPECK * weight.max()
    if not dust.any():
        return ink
    cleaned = ink.copy()
    for run in np.flatnonzero(dust[pieces]):
        cleaned[rows[run], starts[run] : ends[run]] = 0
    return cleaned


def _pieces(rows: list[int], starts: list[int], ends: list[int]) -> npt.NDArray[np.intp]:
    """Number the connected pieces of runs that are sorted by row and start: (n_runs,)."""
    parents = list(range(len(rows)))

    def root(run: int) -> int:
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    upper = 0
    for run, row in enumerate(rows):
        while rows[upper] < row - 1 or (rows[upper] == row - 1 and ends[upper] < starts[run]):
            upper += 1
        other = upper
        while rows[other] == row - 1 and starts[other] <= ends[run]:
            parents[root(other)] = root(run)
            other += 1
    return np.unique([root(run) for run in range(len(rows))], return_inverse=True)[1]


def crop(ink: Image, threshold: float = 0.25) -> Image:
    """The tightest box around the ink that is clearly seen, and the faint edge next to it."""
    top, bottom = _extent(ink.max(axis=1), threshold)
    left, right = _extent(ink.max(axis=0), threshold)
    return ink[top:bottom, left:right]


def _extent(profile: Image, threshold: float) -> tuple[int, int]:
    seen = np.flatnonzero(profile > threshold * profile.max())
    first, last = int(seen[0]), int(seen[-1])
    # MNIST's own outermost row is often a faint edge; a blur or a JPEG's ripples reach further.
    if first > 0 and profile[first - 1] > 0:
        first -= 1
    if last + 1 < len(profile) and profile[last + 1] > 0:
        last += 1
    return first, last + 1


def pad_to_square(ink: Image) -> Image:
    """Background on both sides of the shorter side; around a dot, on all four."""
    height, width = ink.shape
    side = max(height, width)
    if float(ink.sum()) > SOLID * side**2:
        side *= DOT_MARGIN
    squared = np.zeros((side, side), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    squared[top : top + height, left : left + width] = ink
    return squared


def average_areas(image: Image, side: int) -> Image:
    """Resize to (side, side); each new pixel is the mean of the area that it covers."""
    return _averaged_rows(_averaged_rows(image, side).T, side).T.astype(np.float32)


def _averaged_rows(image: npt.NDArray[np.floating], n_rows: int) -> npt.NDArray[np.float64]:
    """Means over stretches of rows whose ends may lie inside a row: (n_rows, width)."""
    height = len(image)
    sums = np.zeros((height + 1, image.shape[1]))  # of all rows above each row's upper edge
    np.cumsum(image, axis=0, out=sums[1:])
    edges = np.linspace(0, height, n_rows + 1)
    whole = np.minimum(edges.astype(np.intp), height - 1)
    part = (edges - whole)[:, None]
    sums_at_edges = sums[whole] + part * image[whole]
    return np.diff(sums_at_edges, axis=0) * (n_rows / height)


def brighten(ink: Image) -> Image:
    """Scale so that the brightest pixel is 1."""
    return ink / ink.max()


def centre(ink: Image) -> Image:
    """Paste into 28x28 so that the centre of mass is in the middle, to a whole pixel.

    MNIST's centres lie between 14 and 15, pixel centres counted from 0.5: hence the 15.
    """
    height, width = ink.shape
    rows, columns = np.indices(ink.shape) + 0.5
    top = min(max(int(15 - np.average(rows, weights=ink)), 0), IMAGE_SIDE - height)
    left = min(max(int(15 - np.average(columns, weights=ink)), 0), IMAGE_SIDE - width)
    centred = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32)
    centred[top : top + height, left : left + width] = ink
    return centred


def read_image(data: bytes | Path, name: str | None = None) -> npt.NDArray[np.uint8]:
    """Read a picture file as grey values, upright, its longer side at most about 1,024 pixels.

    The size in the file's header is checked before anything is decoded; of an animation the first
    picture is taken. PNG, JPEG, GIF, BMP, WebP, TIFF and PPM are read, by their content.

    Args:
        data: the file's bytes, or where it is.
        name: what a message calls the picture; its path unless given.

    Raises:
        ImageError: no such file, no picture, a broken one, or too large a one.
    """
    if name is None:
        name = "The file" if isinstance(data, bytes) else str(data)
    try:
        n_bytes = len(data) if isinstance(data, bytes) else data.stat().st_size
        if n_bytes > MAX_FILE_BYTES:
            raise ImageError(
                f"{name} has {n_bytes / 1e6:,.0f} MB; use one of at most "
                f"{MAX_FILE_BYTES / 1e6:,.0f} MB."
            )
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        with PIL.Image.open(source, formats=_FORMATS) as picture:
            _check_size(picture, name)
            return np.rint(to_grey(_upright(picture, _shrunk(picture))) * 255).astype(np.uint8)
    except ImageError:
        raise
    except FileNotFoundError:
        raise ImageError(f"{name} does not exist; check its path.") from None
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
        raise ImageError(_too_large(name, "so many")) from None
    except PIL.UnidentifiedImageError:
        raise ImageError(
            f"{name} is not a picture that can be read; use a PNG, JPEG, GIF, BMP, WebP or TIFF."
        ) from None
    except Exception as error:  # Pillow's readers raise whatever a broken file makes of them
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ImageError(f"{name} is broken ({reason}); save it again or use another.") from None


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
            values = np.asarray(strip, np.float32)
            strip = PIL.Image.fromarray(np.clip((values - low) / (high - low), 0, 1))
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
