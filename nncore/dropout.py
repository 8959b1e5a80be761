"""Dropout: in each training step, hidden neurons chosen at random take no part.

Srivastava et al. 2014; Nielsen, ch. 3. It is inverted dropout: what stays is scaled up while the
network trains, so that nothing has to be scaled when it is used. The masks are drawn here, in
NumPy, for both engines. An example's mask depends on the seed, the epoch and the example's place
in the epoch's order alone: so the twins leave out the same neurons, and so does a run that goes
on from a checkpoint.
"""

import numpy as np

from nncore.activations import Array
from nncore.config import TrainingConfig
from nncore.streams import Stream

LEVELS = 2**16
"""A share is realised to 1/65,536: 16 random bits decide about a neuron."""

_PER_WORD = 4
"""Decisions that one 64-bit word of the generator makes: a float for each would cost four times
the time, and the masks of a large layer a good part of the training step."""


def masks(config: TrainingConfig, epoch: int, first: int, n: int) -> list[Array]:
    """What the hidden activations of some examples are multiplied with.

    Args:
        config: `seed`, `hidden`, `dtype`, and `dropout`, the share p that is left out.
        epoch: from 0.
        first: place of the first of the examples in the epoch's order.
        n: number of examples.

    Returns:
        (n, units) for each hidden layer: 0 with probability p, else 1/(1 - p).
    """
    left_out = round(config.dropout * LEVELS)
    scale = np.dtype(config.dtype).type(LEVELS / (LEVELS - left_out))
    drawn: list[Array] = []
    for layer, units in enumerate(config.hidden):
        words = -(-units // _PER_WORD)  # an example begins with a word of its own
        generator = np.random.PCG64((config.seed, Stream.DROPOUT, epoch, layer))
        generator.advance(first * words)
        decisions = generator.random_raw(n * words).view(np.uint16).reshape(n, -1)[:, :units]
        drawn.append(np.multiply(decisions >= left_out, scale, dtype=config.dtype))
    return drawn
