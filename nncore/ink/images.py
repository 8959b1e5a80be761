"""Grey images as arrays: resizing, blurring, distances, pieces. With SciPy's `ndimage`.

It comes without types; here its functions get them.
"""

from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from scipy import ndimage  # pyright: ignore[reportMissingTypeStubs]

Image = npt.NDArray[np.float32]
"""A grey image (height, width): 0 black to 1 white; as ink, 0 the background to 1 the ink."""

AnyValue = TypeVar("AnyValue", bound=np.generic)

Mask = npt.NDArray[np.bool_]

_ndimage = cast(Any, ndimage)


def average_areas(image: Image, height: int, width: int | None = None) -> Image:
    """Resize to (height, width), or to a square; each new pixel is the mean of what it covers."""
    columns = height if width is None else width
    return _averaged_rows(_averaged_rows(image, height).T, columns).T.astype(np.float32)


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


def enlarged(image: Image, factor: float, *, order: int = 1) -> Image:
    """Interpolate between the pixels: linearly, or by cubic splines (order 3); cut to 0 to 1."""
    large = _ndimage.zoom(image, factor, order=order, grid_mode=True, mode="grid-constant")
    return np.clip(large, 0, 1)


def interpolated(image: Image, shape: tuple[int, ...], factor: int) -> Image:
    """The (height, width) image of which every `factor`-th pixel, from the middle, is given."""
    lines = [(np.arange(n) - factor // 2) / factor for n in shape]
    at = np.meshgrid(*lines, indexing="ij")
    return _ndimage.map_coordinates(image, at, order=1, mode="nearest")


def blurred(image: npt.NDArray[np.floating], sigma: float) -> Image:
    """Each pixel averaged with its neighbourhood, weighted by a Gaussian of `sigma` pixels."""
    return _ndimage.gaussian_filter(image, sigma, mode="nearest").astype(np.float32)


def steepness_of(image: Image) -> Image:
    """How much the brightness changes from each pixel to the next, in the steepest direction."""
    return _ndimage.gaussian_gradient_magnitude(image, 1, mode="nearest")


def local_mean(image: Image, side: int) -> Image:
    """The mean of the square of `side` pixels around each pixel."""
    return _ndimage.uniform_filter(image, side, mode="nearest")


def local_median(image: Image, side: int) -> Image:
    """The median of the square of `side` pixels around each pixel."""
    return _ndimage.median_filter(image, side, mode="nearest")


def local_rank(image: Image, sides: tuple[int, int], percentile: float) -> Image:
    """The value below which so many per cent of the rectangle around each pixel lie."""
    if percentile == 100:
        return _ndimage.maximum_filter(image, sides, mode="nearest")
    return _ndimage.percentile_filter(image, percentile, sides, mode="nearest")


def opened_down(image: Image, height: int) -> Image:
    """Everything bright and lower than `height` pixels taken away."""
    return _ndimage.grey_opening(image, (height, 1), mode="nearest")


def shifted_columns(
    image: npt.NDArray[AnyValue], shifts: npt.NDArray[np.intp]
) -> npt.NDArray[AnyValue]:
    """Each column moved up by so many pixels; what leaves at one end is lost, the other repeats."""
    rows = np.arange(len(image))[:, None] + shifts
    return np.take_along_axis(image, np.clip(rows, 0, len(image) - 1), axis=0)


def closed(image: Image, side: int) -> Image:
    """Everything dark and narrower than `side` pixels filled up (a grey closing, Serra 1982)."""
    return _ndimage.grey_closing(image, (side, side), mode="nearest")


def distance_to(mask: Mask) -> npt.NDArray[np.float64]:
    """Pixels from each pixel's middle to the middle of the nearest that is in the mask."""
    return _ndimage.distance_transform_edt(~mask)


def pieces(mask: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int32], int]:
    """An image's connected pieces (corners connect) numbered from 1, the rest 0; and how many."""
    labels, n = _ndimage.label(mask, np.ones((3, 3)))
    return labels, int(n)


def box_sides(
    labels: npt.NDArray[np.int32], n: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Height and width of each label's box, from 0 (the background; none) to n: (n + 1,) each."""
    boxes = [(np.s_[0:0], np.s_[0:0]), *_ndimage.find_objects(labels, n)]
    sides = np.array([[part.stop - part.start for part in box] for box in boxes], np.intp)
    return sides[:, 0], sides[:, 1]


def highest(image: Image, labels: npt.NDArray[np.int32], n: int) -> Image:
    """The highest value under each label from 0 to n: (n + 1,)."""
    peaks = np.zeros(n + 1, np.float32)
    np.maximum.at(peaks, labels.ravel(), image.ravel())
    return peaks


def filled(mask: Mask) -> Mask:
    """The mask with its holes: what no way leads to from the border."""
    labels, n = _ndimage.label(~mask)
    is_outside = np.zeros(n + 1, np.bool_)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        is_outside[side] = True
    is_outside[0] = False
    return ~is_outside[labels]


def values_at(image: Image, points: npt.NDArray[np.float64]) -> Image:
    """The image's values between its pixels, linearly, at (n, 2) points x, y: (n,)."""
    return _ndimage.map_coordinates(image, points.T[::-1], order=1, mode="nearest")


def reduced(image: Image, side: int, sigma: float) -> tuple[Image, int]:
    """Smoothed, and then every so many pixels, so that none of its sides is longer than `side`.

    Args:
        sigma: of the Gaussian, in pixels of the result.

    Returns:
        (height, width), and every how many pixels.
    """
    factor = max(1, -(-max(image.shape) // side))
    smooth = blurred(image, sigma * factor)
    return smooth[factor // 2 :: factor, factor // 2 :: factor], factor


def grown(labels: npt.NDArray[np.int32], reach: float) -> npt.NDArray[np.int32]:
    """Each unlabelled pixel within `reach` pixels of a labelled one gets the nearest's label."""
    distance, at = _ndimage.distance_transform_edt(labels == 0, return_indices=True)
    return np.where(distance <= reach, labels[tuple(at)], 0)


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
