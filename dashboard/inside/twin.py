"""What PyTorch says of the same example, without loading it into the server.

Importing PyTorch takes seconds and hundreds of megabytes, so a short-lived process does it:
`python -m nncore gradients`, one at a time. Its answer holds every derivative of the example.
"""

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from nncore import checkpoints
from nncore.explain.microscope import Examined

_ROOT = Path(__file__).parent.parent.parent
_PATIENCE = 90.0
"""Seconds: far more than importing PyTorch takes on a busy machine."""
_one_at_a_time = threading.Lock()

Gradients = list[tuple[np.ndarray, np.ndarray]]


class TwinError(RuntimeError):
    """PyTorch did not answer; one sentence for the reader."""


def gradients(examined: Examined) -> Gradients:
    """(dC/dW, dC/db) of each layer by PyTorch's autograd, in float64.

    Raises:
        TwinError: PyTorch is not installed, or did not answer in time.
    """
    network = examined.network
    with tempfile.TemporaryDirectory() as folder, _one_at_a_time:
        model, example, found = (Path(folder) / f"{n}.safetensors" for n in ("m", "x", "g"))
        checkpoints.save(model, network.config, "numpy", network.state())
        save_file({"x": examined.x, "y": examined.y}, example)
        command = [sys.executable, "-m", "nncore", "gradients"]
        command += [str(model), str(example), "--save", str(found), "--engine", "torch"]
        try:
            subprocess.run(
                command, cwd=_ROOT, check=True, capture_output=True, timeout=_PATIENCE, text=True
            )
            arrays = load_file(found)
        except subprocess.TimeoutExpired:
            raise TwinError(
                f"PyTorch did not answer within {_PATIENCE:.0f} seconds; try again."
            ) from None
        except (subprocess.CalledProcessError, OSError) as error:
            said = str(getattr(error, "stderr", "") or error).strip().splitlines()
            raise TwinError(
                f"PyTorch could not compute it ({said[-1][:120] if said else 'no reason given'}); "
                "is it installed?"
            ) from None
    return [(arrays[f"W{k}"], arrays[f"b{k}"]) for k in range(len(network.weights))]
