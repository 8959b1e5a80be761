"""Deformed training images: affine maps and elastic fields, a block of images at a time.

The same digit turned, stretched and bent a little is still that digit, and a network that has
seen it so errs less (Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural
Networks Applied to Visual Document Analysis", 2003; Ciresan et al., "Deep, Big, Simple Neural Nets
for Handwritten Digit Recognition", 2010). A deformation says for every pixel of the new image from
which place of the old one it takes its grey value, by bilinear interpolation.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from nncore.blocks import slices
from nncore.config import DeformName

Floats = npt.NDArray[np.float32]

SIDE = 28
BLOCK = 2_048
"""Images deformed at once."""
PER_MAP = 16
"""Images of a block that share one map, in different mini-batches: see `deform`."""

_FRAMED = SIDE + 3
"""An empty pixel before each row and column and two after it: a place beyond the border is moved
to the frame, and its right and lower neighbours must be empty too."""

_CONTROL_GAP = 2
"""Pixels from one control point of an elastic field to the next, well below its smoothness."""


@dataclass(frozen=True, slots=True)
class Deformation:
    """How far images are deformed; each map draws its own values within these bounds.

    All zero is the identity.
    """

    rotation: float = 0.0
    """Largest turn to either side, in degrees."""
    scale: float = 0.0
    """Largest change of width and of height, each its own, as a share: 0.15 is 15 %."""
    shear: float = 0.0
    """Largest slant to either side: columns moved for each row."""
    shift: float = 0.0
    """Largest move along each axis, in pixels."""
    elastic: float = 0.0
    """Largest standard deviation of a pixel's displacement along each axis, in pixels."""
    smoothness: float = 4.0
    """Width (sigma) in pixels of the Gaussian that smooths the elastic displacements; the paper's
    best is 4 with a scale of 34, which makes displacements of about 1.4 pixels."""
    ink: float = 0.0
    """Largest change of the grey level at which ink begins: pens from thin to thick."""

    def times(self, strength: float) -> Self:
        """Every bound multiplied, the smoothness kept."""
        names = ("rotation", "scale", "shear", "shift", "elastic", "ink")
        return replace(self, **{name: strength * getattr(self, name) for name in names})


DEFORMATIONS: dict[DeformName, Deformation] = {
    "none": Deformation(),
    "affine": Deformation(rotation=15, scale=0.15, shear=0.2, shift=1),
    "elastic": Deformation(rotation=12, scale=0.12, shear=0.2, shift=1, elastic=1.6, ink=0.25),
}
"""What a configuration's `deform` means, at strength 1."""


def deform(
    images: npt.NDArray[np.floating],
    deformation: Deformation,
    *,
    rng: np.random.Generator,
    per_map: int = PER_MAP,
) -> Floats:
    """Deform every image; the images given are left as they are.

    A map is drawn for every `per_map` images and shared by images that lie far apart, so that in
    a mini-batch of up to 1/`per_map` of a block no two have the same. Finding 784 places and
    weights takes longer than reading one image at them; shared by 16, it hardly counts. Who shares
    a map with whom changes with the order of the images, hence with every epoch.

    Args:
        images: (n_samples, 784) from 0 to 1.
        deformation: the bounds within which each map is drawn.
        rng: a generator in the same state gives the same maps.
        per_map: images that share a map; 1 for a map each.

    Returns:
        (n_samples, 784) float32 from 0 to 1.

    Raises:
        ValueError: the images are not 28x28.
    """
    deformed = np.empty(images.shape, np.float32)
    for rows in slices(len(images), BLOCK):  # places and weights need as much memory as images
        block = images[rows]
        n_maps = -(-len(block) // per_map)
        places = source_places(n_maps, deformation, rng=rng)
        levels = deformation.ink * rng.uniform(-1, 1, n_maps) if deformation.ink else None
        warp(block, places, levels, out=deformed[rows])
    return deformed


def warp(
    images: npt.NDArray[np.floating],
    places: Floats,
    levels: npt.NDArray[np.floating] | None = None,
    *,
    out: Floats | None = None,
) -> Floats:
    """Each new pixel is the old image at its place, interpolated; beyond the border is paper.

    Args:
        images: (n_samples, 784) from 0 to 1.
        places: (n_maps, 2, 28, 28), rows and columns as `source_places` gives them; image i is
            read at the places i modulo n_maps.
        levels: (n_maps,), for `change_ink` of the images that share a map; None changes no ink.
        out: (n_samples, 784), to be written to.

    Returns:
        (n_samples, 784) float32.

    Raises:
        ValueError: the images are not 28x28.
    """
    if images.ndim != 2 or images.shape[1] != SIDE * SIDE:
        raise ValueError(f"images have shape {images.shape}; give (n_samples, {SIDE * SIDE}).")
    n_maps = len(places)
    first, fractions = _upper_left(places)
    warped = np.empty(images.shape, np.float32) if out is None else out
    most = -(-len(images) // max(n_maps, 1))
    framed: Floats = np.zeros((most, _FRAMED, _FRAMED), np.float32)
    memory: Floats = np.empty((2, most, SIDE * SIDE), np.float32)
    for index in range(n_maps):
        sources = images[index::n_maps]
        n = len(sources)
        framed[:n, 1 : SIDE + 1, 1 : SIDE + 1] = sources.reshape(n, SIDE, SIDE)
        pixels, (total, part) = framed[:n].reshape(n, -1), memory[:, :n]
        down, right = fractions[index]
        up, left = 1 - down, 1 - right
        # mode="clip" lets NumPy write straight into the memory; every place is in the frame.
        pixels.take(first[index], axis=1, out=total, mode="clip")
        total *= up * left
        for step, weight in (
            (1, up * right),
            (_FRAMED, down * left),
            (_FRAMED + 1, down * right),
        ):
            pixels.take(first[index] + step, axis=1, out=part, mode="clip")
            part *= weight
            total += part
        np.minimum(total, 1, out=total)  # four rounded weights may exceed 1
        if levels is not None:
            change_ink(total, float(levels[index]))
        warped[index::n_maps] = total
    return warped


def source_places(n: int, deformation: Deformation, *, rng: np.random.Generator) -> Floats:
    """For each pixel of `n` new images, the row and column of the old one: (n, 2, 28, 28)."""
    centre = (SIDE - 1) / 2
    matrices = _affine_matrices(n, deformation, rng=rng)
    shifts = deformation.shift * rng.uniform(-1, 1, (n, 2, 1)) + centre
    grid = (np.indices((SIDE, SIDE)).reshape(2, -1) - centre).astype(np.float32)  # (2, 784)
    places = (matrices.astype(np.float32) @ grid).reshape(n, 2, SIDE, SIDE)
    places += shifts.astype(np.float32).reshape(n, 2, 1, 1)
    if deformation.elastic:
        widths = deformation.elastic * rng.uniform(0, 1, (n, 1, 1, 1)).astype(np.float32)
        places += widths * elastic_fields(n, deformation.smoothness, rng=rng)
    return places


def _affine_matrices(
    n: int, deformation: Deformation, *, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Turn, slant and stretch: (n, 2, 2), for rows and columns counted from the centre."""
    turn, slant, taller, wider = rng.uniform(-1, 1, (4, n))
    turn *= np.deg2rad(deformation.rotation)
    zero, one = np.zeros(n), np.ones(n)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shear = np.array([[one, zero], [deformation.shear * slant, one]])
    # Equal chances to be larger and to be smaller: 1.15 times as wide as often as 1/1.15.
    log_scale = np.log1p(deformation.scale)
    scale = np.array([[np.exp(log_scale * taller), zero], [zero, np.exp(log_scale * wider)]])
    return np.einsum("ijn,jkn,kln->nil", rotation, shear, scale)


def elastic_fields(n: int, smoothness: float = 4.0, *, rng: np.random.Generator) -> Floats:
    """Smooth random displacements of rows and columns, (n, 2, 28, 28), standard deviation 1.

    White noise smoothed by a Gaussian, as in Simard 2003. The noise lies on control points two
    pixels apart, which a Gaussian of three pixels or more cannot tell from one at every pixel, and
    goes on beyond the border, so that displacements are as large there as in the middle.
    """
    margin = 2 * smoothness
    controls = np.arange(-margin, SIDE - 1 + margin + _CONTROL_GAP, _CONTROL_GAP)
    distances = np.arange(SIDE)[:, None] - controls
    smooth = np.exp(-0.5 * (distances / smoothness) ** 2)  # (28, n_controls)
    smooth /= np.linalg.norm(smooth, axis=1, keepdims=True)
    smooth = smooth.astype(np.float32)
    noise = rng.standard_normal((n, 2, len(controls), len(controls)), dtype=np.float32)
    return smooth @ noise @ smooth.T


def _upper_left(places: Floats) -> tuple[npt.NDArray[np.intp], Floats]:
    """The pixel up and left of each place, (n, 784), and how far down and right of it, (n, 2, 784).

    Pixels are counted in the image with its frame, flattened.
    """
    framed = np.clip(places + 1, 0, SIDE + 1).reshape(len(places), 2, SIDE * SIDE)
    whole = framed.astype(np.int32)
    framed -= whole
    return (whole[:, 0] * _FRAMED + whole[:, 1]).astype(np.intp), framed


def change_ink(images: Floats, level: float) -> Floats:
    """Thicker strokes for a level above 0, thinner ones below; in place.

    The grey edge of a stroke is what moves: above, it is brightened until it counts as ink, below,
    what is darker than the level becomes paper. Black stays black and white stays white.
    """
    if level < 0:
        images += level
    images /= 1 - abs(level)
    return np.clip(images, 0, 1, out=images)
