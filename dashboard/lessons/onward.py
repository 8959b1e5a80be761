"""Where a lesson leads: a training run with the setting of the moment."""

from dataclasses import dataclass

from nncore import recipes
from nncore.config import TrainingConfig

BOOK = recipes.RECIPES["nielsen-ch1"].config
"""The book's first network, which most lessons lead to."""


@dataclass(frozen=True, slots=True)
class Onward:
    """What Train would be opened with, and what the button says."""

    config: TrainingConfig
    label: str
    inside: bool = False
    """Whether the page Inside goes on from here as well."""
