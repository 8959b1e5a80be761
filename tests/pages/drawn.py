"""What the tests of Home and Draw share: the app on an empty store, a network, a drawing."""

import base64
import io
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard.ink import samples
from dashboard.runs.run import Run, RunStatus
from dashboard.runs.store import RunStore
from nncore.activations import Array
from nncore.checkpoints import to_bytes
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
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)


def draw(at: AppTest, image: np.ndarray) -> AppTest:
    """As if `image` (h, w) had been drawn on the pad."""
    data = "data:image/png;base64," + base64.b64encode(png(image)).decode()
    at.session_state["pad"] = {"drawing": {"raw": {"objects": []}, "data": data}}
    return at


def draw_page(at: AppTest | None = None) -> AppTest:
    """Draw, in a new session or in this one."""
    at = at or app().run()
    return at.switch_page("pages/draw.py").run()


def add_run(
    store: RunStore,
    name: str,
    engines: tuple[str, ...] = ("numpy", "torch"),
    config: TrainingConfig = CONFIG,
    *,
    with_handwriting: bool = False,
    status: RunStatus | None = None,
) -> Run:
    """A run with one checkpoint an engine, `network`; it trains on unless it is given up in a
    status."""
    run = store.create_run("local", config, name, with_handwriting=with_handwriting)
    claim = store.claim(run.id, "test")
    assert claim is not None
    for engine in engines:
        claim.save_checkpoint(engine, 1, 0, to_bytes(config, engine, state_at(1, 0)))  # pyright: ignore
    if status is not None:
        claim.release(status)
    return run


def state_at(epoch: int, batch: int) -> dict[str, Array]:
    """What `network` has to keep at this place of its training."""
    at = network()
    at.epoch, at.batch = epoch, batch
    return at.state()


def upload(at: AppTest, content: bytes, name: str = "digit.png") -> AppTest:
    """Bring a file as a picture."""
    at.segmented_control(key="ink-source").set_value("Upload").run()
    at.file_uploader(key="ink-file").upload(name, content)
    return at.run()


def png(image: np.ndarray) -> bytes:
    """An array as the bytes of a PNG."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, format="PNG")
    return file.getvalue()


def predicted(at: AppTest, key: str) -> str:
    """The digit that a model names."""
    return at.container(key=f"prediction-{key}").metric[0].value
