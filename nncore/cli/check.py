"""gradcheck, gradients and recipes: what can be looked up or checked in a moment."""

import json
from pathlib import Path
from typing import Annotated, Any, get_args

import numpy as np
import typer
from safetensors import SafetensorError
from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]
from safetensors.numpy import save as to_safetensors

from nncore import recipes
from nncore.cli.common import AsJson, app, check_writable, errors_in_a_sentence, fail, load_network
from nncore.config import (
    N_INPUTS,
    N_OUTPUTS,
    ActivationName,
    CostName,
    TrainingConfig,
    architecture,
)
from nncore.explain.microscope import in_float64
from nncore.files import write_whole
from nncore.gradient_check import TOLERANCE, check_gradients
from nncore.initializers import initial_parameters
from nncore.network import Network


@app.command()
def gradcheck(as_json: AsJson = False) -> None:
    """Check backpropagation against central differences, for every activation and cost."""
    rng = np.random.default_rng(0)
    X, Y = rng.random((8, 784)), np.eye(10)[rng.integers(0, 10, 8)]
    rows: list[dict[str, Any]] = []
    for activation in get_args(ActivationName):
        for cost in get_args(CostName):
            for hidden in ((), (12,), (12, 8), (12, 10, 8)):
                config = TrainingConfig(
                    hidden=hidden,
                    activation=activation,
                    cost=cost,
                    initializer="glorot",
                    l1=0.1,
                    l2=0.1,
                    dtype="float64",
                )
                network = Network(config, initial_parameters(config, rng=rng), n_train=len(X))
                check = check_gradients(network, X, Y, rng=rng)
                rows.append(
                    {
                        "activation": activation,
                        "cost": cost,
                        "hidden": list(hidden),
                        "max_relative_error": check.max_relative_error,
                        "passed": check.passed,
                    }
                )
                if not as_json:
                    verdict = "passed" if check.passed else f"FAILED at {check.parameter}"
                    shape = architecture(config.layer_sizes)
                    typer.echo(
                        f"{activation:10}  {cost:14}  {shape:16}  "
                        f"{check.max_relative_error:.1e}  {verdict}"
                    )
    if as_json:
        typer.echo(json.dumps({"tolerance": TOLERANCE, "checks": rows}))
    if not all(row["passed"] for row in rows):
        raise typer.Exit(1)


@app.command()
def gradients(
    model: Annotated[Path, typer.Argument(help="A model file.")],
    example: Annotated[
        Path, typer.Argument(help="A safetensors file with x (784,) and y (10,), one-hot.")
    ],
    save: Annotated[Path, typer.Option(help="The safetensors file to write.")],
    engine: Annotated[str, typer.Option(help="numpy or torch.")] = "torch",
) -> None:
    """Write dC/dW and dC/db of one example, in float64 and without penalties."""
    with errors_in_a_sentence():
        check_writable("--save", save)
        network = in_float64(load_network(model))
    try:
        arrays = load_file(example)
        X, Y = arrays["x"].reshape(1, N_INPUTS), arrays["y"].reshape(1, N_OUTPUTS)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        fail(f"{example} is no example ({error}); give a file with x (784,) and y (10,).")
    if engine == "torch":
        from nncore.torch_network import TorchNetwork  # seconds to import: only when asked for

        pairs = TorchNetwork(network.config, network.parameters(), device="cpu").gradients(X, Y)
    elif engine == "numpy":
        pairs = network.gradients(X, Y)
    else:
        fail(f"--engine {engine} is unknown; use numpy or torch.")
    named = zip(pairs, range(len(pairs)), strict=True)
    found = {f"{name}{k}": g for pair, k in named for name, g in zip("Wb", pair, strict=True)}
    blob = to_safetensors({name: np.array(g, order="C") for name, g in found.items()})
    try:
        write_whole(save, blob)
    except OSError as error:
        fail(
            f"--save {save} cannot be written ({error.strerror}); name a file in a folder of yours."
        )


@app.command("recipes")
def list_recipes(as_json: AsJson = False) -> None:
    """List the named configurations with their sources and published results."""
    for recipe in recipes.RECIPES.values():
        if as_json:
            typer.echo(
                json.dumps(
                    {
                        "name": recipe.name,
                        "source": recipe.source,
                        "published": recipe.published,
                        "config": recipe.config.model_dump(mode="json"),
                    }
                )
            )
        else:
            typer.echo(f"{recipe.name:30}  {recipe.summary}")
            typer.echo(f"{'':30}  {recipe.source}: {recipe.published or 'no published figure'}")
