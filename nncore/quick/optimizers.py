"""The rules of `nncore.optimizers`, each in place on one flat vector.

It holds every weight and bias (see `QuickNetwork`), so that an update is a handful of calls
whatever the number of layers. Adam, which takes thirteen, goes through the vector in blocks: what
one call leaves in the cache, the next one finds there. And each says where backpropagation shall
add the gradient up, so that no number is written twice: for plain descent that is the weights
themselves, for momentum the velocity.
"""

import math
from abc import ABC, abstractmethod

import numpy as np

from nncore.activations import Array
from nncore.blocks import slices
from nncore.config import TrainingConfig
from nncore.optimizers import BETA_1, BETA_2, EPSILON
from nncore.quick.products import add_scaled

BLOCK = 32_768
"""Parameters worked on at once, by Adam and by penalties: Adam's four vectors of so many float32
fill half a megabyte."""

TINY = 1e-17
"""Added to every gradient that an optimizer remembers. Where a gradient stays 0 (a dark pixel, a
dead neuron), what is remembered is only ever multiplied by mu or beta: it shrinks to where float32
has no normal numbers, never gets to 0, and a processor takes a hundred times as long for it. So
small a gradient is nothing to a weight, and a thousandth of its square is still a normal number."""


class QuickOptimizer(ABC):
    """One step: backpropagation leaves keep * total + scale * gradient in `total`, then `update`.

    Backpropagation can put the scale into the output error, a few hundred numbers, where the
    gradient has as many as the network has parameters.
    """

    keep: float = 0.0

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate

    @property
    def scale(self) -> float:
        """Of the gradient in the total."""
        return 1.0

    def total(self, parameters: Array, gradient: Array) -> Array:
        """Where the gradient is added up, (n_parameters,): the same vector in every step."""
        return gradient

    @abstractmethod
    def update(self, parameters: Array, gradient: Array) -> None:
        """The rest of the step; both (n_parameters,).

        The gradient's memory is free to be used as scratch; where it is not the total, it holds
        nothing.
        """

    def state(self) -> dict[str, Array]:
        """What a resumed run needs beside the parameters, by name."""
        return {}

    def load_state(self, state: dict[str, Array]) -> None:
        """Take back what `state` gave."""
        assert not state, state


class QuickSGD(QuickOptimizer):
    """w -= eta g: stochastic gradient descent (Nielsen, eq. 20).

    Args:
        learning_rate: eta.
        in_place: add the steps to the weights as they are found, layer by layer. Not for a step
            that takes several passes over the network, which would see different weights.
    """

    def __init__(self, learning_rate: float, *, in_place: bool) -> None:
        super().__init__(learning_rate)
        self._in_place = in_place
        self.keep = float(in_place)

    @property
    def scale(self) -> float:
        """Down the gradient by eta: the total is the step."""
        return -self.learning_rate

    def total(self, parameters: Array, gradient: Array) -> Array:
        """The parameters, where the step is to be taken in place."""
        return parameters if self._in_place else gradient

    def update(self, parameters: Array, gradient: Array) -> None:
        """The step, where it has not been taken in place."""
        if not self._in_place:
            parameters += gradient


class QuickMomentum(QuickOptimizer):
    """v = mu v + g; w -= eta v (Nielsen, eqs. 107 and 108, with v's sign turned)."""

    def __init__(self, learning_rate: float, momentum: float, n_parameters: int, dtype: str):
        super().__init__(learning_rate)
        self.keep = momentum
        self.velocity: Array = np.zeros(n_parameters, dtype)

    def total(self, parameters: Array, gradient: Array) -> Array:
        """The velocity."""
        return self.velocity

    def update(self, parameters: Array, gradient: Array) -> None:
        """One step along the velocity."""
        self.velocity += TINY
        add_scaled(parameters, self.velocity, -self.learning_rate)

    def state(self) -> dict[str, Array]:
        """The velocity."""
        return {"velocity": self.velocity}

    def load_state(self, state: dict[str, Array]) -> None:
        """Take back the velocity."""
        np.copyto(self.velocity, state["velocity"])


class QuickNesterov(QuickMomentum):
    """v = mu v + g; w -= eta (g + mu v): the gradient as if one step ahead (Sutskever 2013)."""

    def __init__(self, learning_rate: float, momentum: float, n_parameters: int, dtype: str):
        super().__init__(learning_rate, momentum, n_parameters, dtype)
        self.keep = 0.0
        self.momentum = momentum

    def total(self, parameters: Array, gradient: Array) -> Array:
        """The gradient, which the step takes beside the velocity."""
        return gradient

    def update(self, parameters: Array, gradient: Array) -> None:
        """One step along the gradient and the velocity to come."""
        gradient += TINY
        self.velocity *= self.momentum
        self.velocity += gradient
        add_scaled(gradient, self.velocity, self.momentum)
        add_scaled(parameters, gradient, -self.learning_rate)


class QuickAdam(QuickOptimizer):
    """Steps scaled by running means of the gradient and of its square (Kingma and Ba 2015)."""

    def __init__(self, learning_rate: float, n_parameters: int, dtype: str):
        super().__init__(learning_rate)
        self.first_moment: Array = np.zeros(n_parameters, dtype)
        self.second_moment: Array = np.zeros(n_parameters, dtype)
        self.step = 0
        self._blocks = [
            (rows, self.first_moment[rows], self.second_moment[rows])
            for rows in slices(n_parameters, BLOCK)
        ]

    def update(self, parameters: Array, gradient: Array) -> None:
        """m and v follow g and g²; w -= eta m_hat / (sqrt(v_hat) + epsilon), hats unbiased."""
        self.step += 1
        # m_hat = m / (1 - beta_1^t) and the like for v_hat: both divisors are taken out of the
        # arrays, eta m_hat / (sqrt(v_hat) + epsilon) = rate m / (sqrt(v) + root epsilon).
        root = math.sqrt(1 - BETA_2**self.step)
        rate = self.learning_rate * root / (1 - BETA_1**self.step)
        for rows, m, v in self._blocks:
            w, g = parameters[rows], gradient[rows]
            g += TINY
            m *= BETA_1
            m += (1 - BETA_1) * g
            v *= BETA_2
            g *= g
            g *= 1 - BETA_2
            v += g
            # From here on the gradient's memory holds the step's denominator, then the step.
            np.sqrt(v, out=g)
            g += root * EPSILON
            np.divide(m, g, out=g)
            g *= rate
            w -= g

    def state(self) -> dict[str, Array]:
        """Both moments and the number of steps taken."""
        return {
            "first_moment": self.first_moment,
            "second_moment": self.second_moment,
            "step": np.array(self.step, np.int64),
        }

    def load_state(self, state: dict[str, Array]) -> None:
        """Take back both moments and the number of steps."""
        np.copyto(self.first_moment, state["first_moment"])
        np.copyto(self.second_moment, state["second_moment"])
        self.step = int(state["step"])


def build_quick_optimizer(
    config: TrainingConfig, n_parameters: int, *, in_place: bool = False
) -> QuickOptimizer:
    """The configuration's optimizer for a vector of `n_parameters`; `in_place`: see `QuickSGD`."""
    eta, dtype = config.learning_rate, config.dtype
    match config.optimizer:
        case "sgd":
            return QuickSGD(eta, in_place=in_place)
        case "momentum":
            return QuickMomentum(eta, config.momentum, n_parameters, dtype)
        case "nesterov":
            return QuickNesterov(eta, config.momentum, n_parameters, dtype)
        case "adam":
            return QuickAdam(eta, n_parameters, dtype)
