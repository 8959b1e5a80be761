"""A network whose hidden layers have a typed activation, in both engines.

    f, df = parse("z * sigmoid(z)"), parse("sigmoid(z) * (1 + z * (1 - sigmoid(z)))")
    engines = build(config, len(data.train), f, df)     # for nncore.training.train
    check_gradients(engines["numpy"], X, Y, rng=rng)    # of a config in float64: is df right?

PyTorch needs f alone: autograd goes back through what f has computed. The NumPy engine needs f'
typed as well, as a function of z. (The activations of `nncore.activations` take a = f(z), because
for them a says all; for a formula that a learner types it need not.)
"""

from nncore.activations import Array
from nncore.config import EngineName, TrainingConfig
from nncore.engine import Engine
from nncore.expressions import Expression
from nncore.initializers import draw_parameters
from nncore.network import Layer, Network


class ExpressionNetwork(Network):
    """A `Network` with f and f' given as expressions of z.

    Args as for `Network`, and:
        activation: f of the hidden layers.
        derivative: f' as a function of z; if it is wrong, so are the gradients.
    """

    def __init__(
        self,
        config: TrainingConfig,
        parameters: list[tuple[Array, Array]],
        *,
        activation: Expression,
        derivative: Expression,
        n_train: int = 1,
    ) -> None:
        super().__init__(config, parameters, n_train=n_train)
        self.derivative = derivative
        self.functions[:-1] = [activation] * (len(parameters) - 1)

    def activation_derivative(self, layer: Layer) -> Array:
        """f'(z) as typed, (n_samples, n_out)."""
        return self.derivative(layer.z)


def build(
    config: TrainingConfig, n_train: int, activation: Expression, derivative: Expression | None
) -> dict[EngineName, Engine]:
    """The configuration's engines with this activation, twins with equal initial weights.

    Args:
        config: its own activation is not used.
        n_train: size of the training set, the n of the book's lambda/n.
        activation: f of the hidden layers.
        derivative: f' as a function of z; without it there is no NumPy engine.
    """
    parameters = draw_parameters(config)
    engines: dict[EngineName, Engine] = {}
    if "numpy" in config.engines and derivative:
        engines["numpy"] = ExpressionNetwork(
            config, parameters, activation=activation, derivative=derivative, n_train=n_train
        )
    if "torch" in config.engines:
        from nncore.torch_network import TorchNetwork  # seconds to import: only when asked for

        engines["torch"] = TorchNetwork(config, parameters, n_train=n_train, activation=activation)
    return engines
