"""Optimizers: the direction that a parameter is stepped against, made of its gradient g.

Each step is w -= eta * direction(g), see `Network.train_batch`; the rules differ in the direction.
They are those of `torch.optim`, in which the learning rate stays outside the velocity; with a
constant rate they are the book's. `nncore.quick.optimizers` has them in reused memory.
"""

from dataclasses import dataclass

import numpy as np

from nncore.activations import Array
from nncore.config import OptimizerName, TrainingConfig

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
"""Adam's, as its paper recommends them."""

OPTIMIZER_STATE: dict[OptimizerName, tuple[str, ...]] = {
    "sgd": (),
    "momentum": ("velocity",),
    "nesterov": ("velocity",),
    "adam": ("first_moment", "second_moment"),
}
"""What an optimizer remembers of each parameter; Adam has `step` besides."""


class SGD:
    """w -= eta g: stochastic gradient descent (Nielsen, eq. 20)."""

    def direction(self, g: Array) -> Array:
        """The gradient g itself: the step against it goes straight downhill."""
        return g


@dataclass(eq=False)
class Momentum:
    """v = mu v + g; w -= eta v (Nielsen, eqs. 107 and 108, with v's sign turned)."""

    momentum: float
    velocity: Array | float = 0.0

    def direction(self, g: Array) -> Array:
        """The velocity."""
        self.velocity = self.momentum * self.velocity + g
        return self.velocity


class Nesterov(Momentum):
    """v = mu v + g; w -= eta (g + mu v): the gradient as if one step ahead (Sutskever 2013)."""

    def direction(self, g: Array) -> Array:
        """The gradient and the velocity to come."""
        return g + self.momentum * super().direction(g)


@dataclass(eq=False)
class Adam:
    """m and v follow g and g²; w -= eta m_hat / (sqrt(v_hat) + epsilon) (Kingma and Ba 2015)."""

    first_moment: Array | float = 0.0
    second_moment: Array | float = 0.0
    step: int = 0

    def direction(self, g: Array) -> Array:
        """The mean gradient over its usual size; the hats undo that m and v began at 0."""
        self.step += 1
        self.first_moment = BETA_1 * self.first_moment + (1 - BETA_1) * g
        self.second_moment = BETA_2 * self.second_moment + (1 - BETA_2) * g**2
        m_hat = self.first_moment / (1 - BETA_1**self.step)
        v_hat = self.second_moment / (1 - BETA_2**self.step)
        return m_hat / (np.sqrt(v_hat) + EPSILON)


Optimizer = SGD | Momentum | Adam
"""Gives the direction for one array of parameters, of which it remembers what its rule needs."""


def build_optimizer(config: TrainingConfig) -> Optimizer:
    """The configuration's optimizer for one array of parameters."""
    match config.optimizer:
        case "sgd":
            return SGD()
        case "momentum":
            return Momentum(config.momentum)
        case "nesterov":
            return Nesterov(config.momentum)
        case "adam":
            return Adam()
