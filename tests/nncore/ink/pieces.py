"""A picture cut into its digits, whatever the judge makes of them."""

import numpy as np
import numpy.typing as npt

from nncore.ink.segmentation import Piece, segment
from nncore.preprocessing import Prepared, find_strokes, prepare_ink


def prepare_each(image: npt.NDArray[np.generic]) -> list[tuple[Piece, Prepared]]:
    """Each piece of the picture's ink in reading order: where it is, and prepared alone."""
    return [(piece, prepare_ink(piece.ink)) for piece in segment(find_strokes(image)[-1].image)]
