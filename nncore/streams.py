"""The streams of random numbers that belong to a run's seed.

`np.random.default_rng((seed, stream, ...))` has nothing in common with another stream's generator,
so a feature that draws changes no number of the others.
"""

from enum import IntEnum


class Stream(IntEnum):
    """What is drawn; the numbers never change, or a seed would no longer give its run."""

    WEIGHTS = 0
    ORDER = 1
    """Of the training examples, anew in every epoch."""
    DEFORMATION = 2
    DROPOUT = 3
    WORLD = 4
    """Of the digits in taught forms among the training examples."""
