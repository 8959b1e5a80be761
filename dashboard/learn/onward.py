"""Where a lesson leads: a training run with the setting of the moment."""

from dataclasses import dataclass

from nncore import recipes
from nncore.config import TrainingConfig

BOOK = recipes.RECIPES["nielsen-ch1"].config
"""The book's first network, which most lessons lead to."""
CROSS_ENTROPY = recipes.RECIPES["nielsen-ch3-cross-entropy"].config
"""The same network with the cost that keeps learning when neurons saturate: without a hidden layer,
the quadratic one gives up some digits for good."""


@dataclass(frozen=True, slots=True)
class Onward:
    """What Train would be opened with, and what the button says."""

    config: TrainingConfig
    label: str
    inside: str = ""
    """The section of Inside that goes on from here as well, if one does."""
