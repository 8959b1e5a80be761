"""What the two networks have in common: the Protocol that pages, training and tests rely on.

Shapes everywhere: X (n_samples, n_in) in [0, 1], Y (n_samples, n_out) one-hot, W (n_in, n_out),
b (n_out,). An engine's own arrays (`Native`) are NumPy's for `Network` and tensors on the device
for `TorchNetwork`; what `stage` returns is only ever handed back to the same engine.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from nncore.activations import Array
from nncore.config import EngineName
from nncore.schedules import Course

Native = Any
"""An engine's own kind of array; it can be sliced by rows."""


class Engine(Protocol):
    """A multilayer perceptron that can be trained one mini-batch at a time."""

    name: EngineName
    epoch: int
    """Epochs completed; with `batch`, the place at which training goes on."""
    batch: int
    """Mini-batches done in the present epoch."""
    course: Course
    """What its learning rate depends on; `train` lets the engines of a run share one."""

    @property
    def learning_rate(self) -> float:
        """The optimizer's eta; `train` sets it for every mini-batch (see `nncore.schedules`)."""
        ...

    @learning_rate.setter
    def learning_rate(self, value: float) -> None: ...

    def forward(self, X: Array) -> Array:
        """Output activations (n_samples, n_out), in the network's own precision."""
        ...

    def predict_proba(self, X: Array) -> Array:
        """What `forward` gives, as rows that sum to 1, for those who want probabilities."""
        ...

    def cost(self, X: Array, Y: Array) -> float:
        """Mean cost over the examples plus the penalties: what gradient descent lowers."""
        ...

    def evaluate(self, X: Native, Y: Native) -> tuple[float, float]:
        """(cost, accuracy) on staged arrays; accuracy as a fraction of the examples."""
        ...

    def gradients(
        self, X: Array, Y: Array, masks: Sequence[Array] = ()
    ) -> list[tuple[Array, Array]]:
        """(dC/dW, dC/db) of `cost`, a pair a layer; with masks, of the cost under dropout."""
        ...

    def train_batch(self, X: Native, Y: Native, masks: Sequence[Native] = ()) -> None:
        """One step of the optimizer on one mini-batch, given as `stage` has made it.

        Masks, with dropout, are one (n_samples, n_units) for each hidden layer, as `stage_masks`
        has made them.
        """
        ...

    def parameters(self) -> list[tuple[Array, Array]]:
        """Copies of (W, b), a pair a layer."""
        ...

    def stage(self, X: Array, labels: Array) -> tuple[Native, Native]:
        """Bring a training set where the engine wants it: once a run, not once an epoch."""
        ...

    def stage_masks(self, masks: list[Array]) -> list[Native]:
        """Bring dropout masks, as `dropout.masks` has drawn them, where the engine wants them."""
        ...

    def gather(self, X: Native, Y: Native, rows: Array) -> tuple[Native, Native]:
        """Some rows of staged arrays, in the order given; overwritten by the next call."""
        ...

    def synchronize(self) -> None:
        """Wait until the device has done what was asked of it, so that a clock can be read."""
        ...

    def state(self) -> dict[str, Array]:
        """Everything a resumed run needs, as named arrays; both engines use the same names."""
        ...

    def load_state(self, state: dict[str, Array]) -> None:
        """Go on from what `state` gave, of either engine."""
        ...
