"""What the tests of Home and Draw share: the app on an empty store, a network, a drawing."""

import base64
import io
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard import samples
from nncore.config import TrainingConfig
from nncore.network import Network
from nncore.preprocessing import prepare

ROOT = Path(__file__).parent.parent.parent
CONFIG = TrainingConfig(hidden=())


def network() -> Network:
    """A network without a hidden layer that knows the ten samples by heart."""
    templates = np.stack([prepare(samples.sample(d)).pixels.ravel() for d in range(10)], axis=1)
    centred = templates - templates.mean(axis=1, keepdims=True)
    W = centred / np.linalg.norm(centred, axis=0) * 5
    assert [W.shape] == list(pairwise(CONFIG.layer_sizes))
    return Network(CONFIG, [(W, -(W * templates.mean(axis=1, keepdims=True)).sum(axis=0))])


def app() -> AppTest:
    """The app, not yet run, from its entry script."""
    return AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)


def draw(at: AppTest, image: np.ndarray) -> AppTest:
    """As if `image` (h, w) had been drawn on the pad."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, format="PNG")
    data = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    at.session_state["pad"] = {"drawing": {"raw": {"objects": []}, "data": data}}
    return at


def predicted(at: AppTest, key: str) -> str:
    """The digit that a model names."""
    return at.container(key=f"prediction-{key}").metric[0].value
