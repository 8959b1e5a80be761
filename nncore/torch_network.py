"""`TorchNetwork`: the twin of `Network`, written as PyTorch means it: modules, autograd, optim.

Only this file and the bench import torch. Initial weights come from NumPy, so both start from the
same numbers; `nn.Linear` keeps its weight as (n_out, n_in), hence the transpositions at the edge.
"""

# torch leaves some of its own signatures partly untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from nncore.activations import LEAK, Array
from nncore.blocks import slices
from nncore.config import EngineName, TrainingConfig, architecture
from nncore.datasets import one_hot
from nncore.expressions import FUNCTIONS, Expression, Table
from nncore.optimizers import OPTIMIZER_STATE
from nncore.schedules import Course

EVALUATION_ROWS = 10_000

_ACTIVATIONS = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky-relu": lambda: nn.LeakyReLU(LEAK),
    "linear": nn.Identity,
}


def _where(condition: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return torch.where(condition != 0, a, b)


def _constant(value: float, z: Tensor) -> Tensor:
    return z.new_full((), value)


TYPED_FUNCTIONS: Table = {
    **{name: getattr(torch, name) for name in FUNCTIONS},
    "where": _where,
    "constant": _constant,
}


class _Typed(nn.Module):
    """An activation given as an expression; autograd follows what the expression computes."""

    def __init__(self, expression: Expression) -> None:
        super().__init__()
        self.expression = expression

    def forward(self, z: Tensor) -> Tensor:
        return self.expression.evaluate(z, TYPED_FUNCTIONS)


def best_device(dtype: str) -> torch.device:
    """CUDA or MPS when there is one, else the CPU (MPS has no float64)."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available() and dtype == "float32":
        return torch.device("mps")
    return torch.device("cpu")


class TorchNetwork:
    """Fully connected layers trained by autograd; satisfies `nncore.engine.Engine`.

    Args as for `nncore.network.Network`, and:
        device: the best one there is unless named.
        fused: the optimizer's step as one kernel (else `foreach`: one call for all parameters).
        activation: of the hidden layers, in place of the configuration's; autograd finds its
            derivative.
    """

    name: EngineName = "torch"

    def __init__(
        self,
        config: TrainingConfig,
        parameters: list[tuple[Array, Array]],
        *,
        n_train: int = 1,
        device: str | torch.device | None = None,
        fused: bool = True,
        activation: Expression | None = None,
    ) -> None:
        self.config = config
        self.n_train = n_train
        self.epoch = 0
        self.batch = 0
        self.course = Course.beginning(config.learning_rate)
        self.device = torch.device(device) if device else best_device(config.dtype)
        self._dtype: torch.dtype = getattr(torch, config.dtype)
        self.layer_sizes = (len(parameters[0][0]), *(len(b) for _, b in parameters))
        self.module = self._build_module(parameters, activation)
        self._weights = [layer.weight for layer in self._linear_layers()]
        self._biases = [layer.bias for layer in self._linear_layers()]
        self._optimizer = self._build_optimizer(fused and self.device.type in ("cpu", "cuda"))

    def __repr__(self) -> str:
        return f"TorchNetwork({architecture(self.layer_sizes)}, {self.config.activation})"

    def _build_module(
        self, parameters: list[tuple[Array, Array]], activation: Expression | None
    ) -> nn.Sequential:
        modules: list[nn.Module] = []
        for W, b in parameters:
            linear = nn.Linear(*W.shape)
            linear.weight.data = torch.from_numpy(W.T.astype(self.config.dtype).copy())
            linear.bias.data = torch.from_numpy(b.astype(self.config.dtype))
            modules += [
                linear,
                _Typed(activation) if activation else _ACTIVATIONS[self.config.activation](),
            ]
        return nn.Sequential(*modules[:-1]).to(self.device)  # the cost holds the last activation

    def _linear_layers(self) -> list[nn.Linear]:
        return [module for module in self.module if isinstance(module, nn.Linear)]

    def _build_optimizer(self, fused: bool) -> torch.optim.Optimizer:
        # torch.optim's weight_decay adds itself to the gradient: the book's L2 with lambda/n.
        groups = [
            {"params": self._weights, "weight_decay": self.config.l2 / self.n_train},
            {"params": self._biases, "weight_decay": 0.0},
        ]
        eta, mu = self.config.learning_rate, self.config.momentum
        way: dict[str, Any] = {"fused": True} if fused else {"foreach": True}
        match self.config.optimizer:
            case "sgd":
                return torch.optim.SGD(groups, lr=eta, **way)
            case "momentum":
                return torch.optim.SGD(groups, lr=eta, momentum=mu, **way)
            case "nesterov":
                return torch.optim.SGD(groups, lr=eta, momentum=mu, nesterov=mu > 0, **way)
            case "adam":
                return torch.optim.Adam(groups, lr=eta, **way)

    # --- the mathematics -------------------------------------------------------------------

    def _loss(self, z: Tensor, Y: Tensor) -> Tensor:
        """Mean cost over the examples, from the last pre-activation; Y as `stage` makes it."""
        match self.config.cost:
            case "quadratic":
                return 0.5 * (torch.sigmoid(z) - Y).square().sum() / len(z)
            case "cross-entropy":
                return functional.binary_cross_entropy_with_logits(z, Y, reduction="sum") / len(z)
            case "log-likelihood":
                return functional.cross_entropy(z, Y)

    def _penalty(self) -> Tensor:
        l2 = sum((w.square().sum() for w in self._weights), torch.zeros((), device=self.device))
        l1 = sum((w.abs().sum() for w in self._weights), torch.zeros((), device=self.device))
        return (0.5 * self.config.l2 * l2 + self.config.l1 * l1) / self.n_train

    def cost(self, X: Array, Y: Array) -> float:
        """Mean cost over the examples plus the penalties, as `Network.cost`."""
        return self.evaluate(self._tensor(X), self._tensor(Y))[0]

    def evaluate(self, X: Tensor, Y: Tensor) -> tuple[float, float]:
        """(`cost`, share of the examples whose largest output is the right one)."""
        with torch.inference_mode():
            total, n_right = 0.0, 0
            for rows in slices(len(X), EVALUATION_ROWS):
                z = self.module(X[rows])
                labels = Y[rows] if Y.dim() == 1 else Y[rows].argmax(dim=1)
                total += self._loss(z, Y[rows]).item() * len(z)
                n_right += int((z.argmax(dim=1) == labels).sum().item())
            return total / len(X) + self._penalty().item(), n_right / len(X)

    def gradients(
        self, X: Array, Y: Array, masks: Sequence[Array] = ()
    ) -> list[tuple[Array, Array]]:
        """(dC/dW, dC/db) of `cost` by autograd, a pair a layer, in `Network`'s shapes."""
        z = self._masked(self._tensor(X), self.stage_masks(masks))
        loss = self._loss(z, self._tensor(Y)) + self._penalty()
        grads = torch.autograd.grad(loss, [*self._weights, *self._biases])
        n = len(self._weights)
        return [(_numpy(dW.T), _numpy(db)) for dW, db in zip(grads[:n], grads[n:], strict=True)]

    # --- using the network -----------------------------------------------------------------

    def forward(self, X: Array) -> Array:
        """Output activations, (n_samples, n_out)."""
        z = self._last_z(X)
        return _numpy(torch.softmax(z, dim=1) if self._has_softmax else torch.sigmoid(z))

    def predict_proba(self, X: Array) -> Array:
        """The output activations scaled to rows that sum to 1, as `Network.predict_proba`."""
        z = self._last_z(X)
        return _numpy(torch.softmax(z if self._has_softmax else functional.logsigmoid(z), dim=1))

    def _last_z(self, X: Array) -> Tensor:
        blocks = [X[rows] for rows in slices(len(X), EVALUATION_ROWS)]
        with torch.inference_mode():
            return torch.cat([self.module(self._tensor(block)) for block in blocks])

    @property
    def _has_softmax(self) -> bool:
        return self.config.cost == "log-likelihood"

    def _tensor(self, array: Array) -> Tensor:
        return torch.as_tensor(array, dtype=self._dtype, device=self.device)

    # --- training --------------------------------------------------------------------------

    @property
    def learning_rate(self) -> float:
        """The optimizer's eta; `train` sets it for every mini-batch."""
        return float(self._optimizer.param_groups[0]["lr"])

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = value

    def train_batch(self, X: Tensor, Y: Tensor, masks: Sequence[Tensor] = ()) -> None:
        """One step on a mini-batch of staged tensors."""
        self._optimizer.zero_grad()
        self._loss(self._masked(X, masks), Y).backward()
        if self.config.l1:  # not an option of torch.optim, so its gradient is added by hand
            for w in self._weights:
                assert w.grad is not None
                w.grad.add_(w.detach().sign(), alpha=self.config.l1 / self.n_train)
        self._optimizer.step()

    def _masked(self, X: Tensor, masks: Sequence[Tensor]) -> Tensor:
        """The last pre-activation; with dropout, hidden activations times their masks go on."""
        if not masks:
            return self.module(X)
        a, left = X, iter(masks)
        for module in self.module:
            a = module(a)
            if not isinstance(module, nn.Linear):
                a = a * next(left)
        return a

    def stage_masks(self, masks: Sequence[Array]) -> list[Tensor]:
        """Tensors on the device; on the CPU they share NumPy's memory."""
        return [self._tensor(mask) for mask in masks]

    def stage(self, X: Array, labels: Array) -> tuple[Tensor, Tensor]:
        """The set as tensors on the device; class numbers where the loss takes them."""
        if self.config.cost == "log-likelihood":
            targets = torch.from_numpy(labels.astype(np.int64)).to(self.device)
        else:
            targets = self._tensor(one_hot(labels, self.layer_sizes[-1], self.config.dtype))
        return self._tensor(X), targets

    def gather(self, X: Tensor, Y: Tensor, rows: Array) -> tuple[Tensor, Tensor]:
        """Rows of the staged tensors."""
        index = torch.from_numpy(rows).to(self.device)
        return X.index_select(0, index), Y.index_select(0, index)

    def synchronize(self) -> None:
        """Wait for the device's queue."""
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        elif self.device.type == "mps":
            torch.mps.synchronize()

    # --- parameters and state --------------------------------------------------------------

    def parameters(self) -> list[tuple[Array, Array]]:
        """Copies of (W, b), a pair a layer, W as (n_in, n_out)."""
        return [
            (_numpy(w.detach().T), _numpy(b.detach()))
            for w, b in zip(self._weights, self._biases, strict=True)
        ]

    def state(self) -> dict[str, Array]:
        """Everything that `Network.state` holds, laid out as there."""
        state = {
            "parameters": self._flat([w.detach() for w in self._weights], self._biases),
            "position": np.array([self.epoch, self.batch], np.int64),
            "learning_rate": np.array(self.learning_rate, np.float64),
            **self.course.arrays(),
        }
        for name in OPTIMIZER_STATE[self.config.optimizer]:
            key = _TORCH_NAMES[name]
            state[f"optimizer.{name}"] = self._flat(
                [self._optimizer_entry(w, key) for w in self._weights],
                [self._optimizer_entry(b, key) for b in self._biases],
            )
        if self.config.optimizer == "adam":
            steps = self._optimizer.state[self._weights[0]].get("step", torch.zeros(()))
            state["optimizer.step"] = np.array(int(steps), np.int64)
        return state

    def load_state(self, state: dict[str, Array]) -> None:
        """Go on from what `state` gave, of either engine."""
        weights, biases = self._unflat(state["parameters"])
        for target, source in zip(
            [*self._weights, *self._biases], [*weights, *biases], strict=True
        ):
            target.data.copy_(source)
        self.epoch, self.batch = (int(x) for x in state["position"])
        self.learning_rate = float(state["learning_rate"])
        self.course = Course.from_state(state)
        self._optimizer.state.clear()
        for name, key in _TORCH_NAMES.items():
            if f"optimizer.{name}" in state:
                weights, biases = self._unflat(state[f"optimizer.{name}"])
                for parameter, tensor in zip(
                    [*self._weights, *self._biases], [*weights, *biases], strict=True
                ):
                    self._optimizer.state[parameter][key] = tensor
        if "optimizer.step" in state:
            # The fused kernel counts steps on the device, the other ways on the CPU.
            device = self.device if self._optimizer.defaults["fused"] else torch.device("cpu")
            for parameter in [*self._weights, *self._biases]:
                self._optimizer.state[parameter]["step"] = torch.tensor(
                    float(state["optimizer.step"]), dtype=torch.float32, device=device
                )

    def _optimizer_entry(self, parameter: Tensor, key: str) -> Tensor:
        entry = self._optimizer.state[parameter].get(key)
        return torch.zeros_like(parameter) if entry is None else entry

    def _flat(self, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> Array:
        """One vector in `Network`'s layout: every W (n_in, n_out) row by row, then every b."""
        parts = [_numpy(w.detach().T).ravel() for w in weights]
        return np.concatenate(parts + [_numpy(b.detach()) for b in biases])

    def _unflat(self, flat: Array) -> tuple[list[Tensor], list[Tensor]]:
        tensor = self._tensor(flat)
        sizes = [w.numel() for w in self._weights] + [b.numel() for b in self._biases]
        parts = tensor.split(sizes)
        n = len(self._weights)
        weights = [
            part.reshape(w.shape[1], w.shape[0]).T.contiguous()
            for part, w in zip(parts[:n], self._weights, strict=True)
        ]
        return weights, [part.clone() for part in parts[n:]]


_TORCH_NAMES = {
    "velocity": "momentum_buffer",
    "first_moment": "exp_avg",
    "second_moment": "exp_avg_sq",
}
"""torch.optim's names of what `nncore.optimizers` calls by the field's."""


def _numpy(tensor: Tensor) -> Array:
    return np.array(tensor.cpu().numpy())
