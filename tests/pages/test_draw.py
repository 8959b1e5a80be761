import io
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard import predictions, samples
from dashboard.settings import settings
from dashboard.store import RunStore, StoreError, run_store
from nncore.checkpoints import to_bytes
from nncore.config import TrainingConfig
from tests.pages.drawn import CONFIG, app, draw, network, predicted


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunStore]:
    monkeypatch.setenv("NN_HOME", str(tmp_path))
    monkeypatch.setattr(predictions, "shipped_network", lambda _name: network())
    settings.cache_clear()
    run_store.cache_clear()
    predictions.trained_models.clear()
    yield run_store()
    run_store().close()
    settings.cache_clear()
    run_store.cache_clear()


def page(at: AppTest | None = None) -> AppTest:
    at = at or app().run()
    return at.switch_page("pages/draw.py").run()


def add_run(
    store: RunStore,
    name: str,
    engines: tuple[str, ...] = ("numpy", "torch"),
    config: TrainingConfig = CONFIG,
) -> None:
    run = store.create_run("local", config, name)
    claim = store.claim(run.id, "test")
    assert claim is not None
    for engine in engines:
        claim.save_checkpoint(engine, 1, 0, to_bytes(config, engine, network().state()))  # pyright: ignore


def upload(at: AppTest, content: bytes, name: str = "digit.png") -> AppTest:
    at.segmented_control(key="ink-source").set_value("Upload").run()
    at.file_uploader(key="ink-file").upload(name, content)
    return at.run()


def png(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, format="PNG")
    return file.getvalue()


def test_an_example_is_shown_before_anything_is_drawn():
    at = page()
    assert not at.exception
    assert predicted(at, "shipped") == str(samples.EXAMPLE)
    assert any("Your own networks answer here" in markdown.value for markdown in at.markdown)


def test_every_engine_of_the_newest_run_answers(store: RunStore):
    add_run(store, "old", ("numpy",))
    add_run(store, "new")
    at = page()
    at.session_state["all"] = True  # the table is open
    draw(at, samples.sample(6)).run()
    assert not at.exception
    assert [predicted(at, key) for key in ("numpy", "torch", "shipped")] == ["6", "6", "6"]
    assert list(at.dataframe[0].value["Run"])[-3:] == ["new", "new", "old"]
    assert set(at.dataframe[0].value["Digit"]) == {"6"}


def test_another_run_can_be_chosen(store: RunStore):
    add_run(store, "only numpy", ("numpy",))
    time.sleep(0.01)
    add_run(store, "both")
    at = page()
    at.selectbox(key="draw-run").select_index(1).run()
    assert predicted(at, "numpy") == "3"
    with pytest.raises(KeyError):
        predicted(at, "torch")


def test_a_run_without_checkpoint_is_not_offered(store: RunStore):
    store.create_run("local", CONFIG, "just begun")
    at = page()
    assert not at.exception
    assert not at.selectbox


def test_a_damaged_checkpoint_is_left_out(store: RunStore):
    run = store.create_run("local", CONFIG, "damaged")
    claim = store.claim(run.id, "test")
    assert claim is not None
    claim.save_checkpoint("numpy", 1, 0, b"no safetensors")
    at = page()
    assert not at.exception
    assert predicted(at, "shipped") == "3"


def test_a_diverged_network_says_so():
    broken = network()
    broken.weights[0][:] = np.nan
    answer = predictions.ask(broken, samples.sample(1)[:28, :28])
    assert not answer.is_number


@pytest.mark.parametrize("digit", [0, 4, 9])
def test_samples_can_be_picked(digit: int):
    at = page()
    at.segmented_control(key="ink-source").set_value("Samples").run()
    at.pills(key="ink-sample").set_value(digit).run()
    assert not at.exception
    assert predicted(at, "shipped") == str(digit)


def test_a_picture_of_dark_ink_is_read():
    at = upload(page(), png(255 - samples.sample(5)))
    assert not at.exception
    assert predicted(at, "shipped") == "5"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no picture at all", "digit.png is not a picture that can be read; use a PNG"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 64, "broken"),
        (png(np.full((50, 50), 255, np.uint8)), "no ink"),
        (png(np.zeros((9000, 9000), np.uint8)), "9,000 x 9,000"),
    ],
    ids=["text", "broken", "blank", "bomb"],
)
def test_a_file_that_cannot_be_used_is_one_sentence(content: bytes, words: str):
    at = upload(page(), content)
    assert not at.exception
    assert len(at.error) == 1
    assert words in at.error[0].value.replace("\\", "")
    assert predicted(at, "shipped") == str(samples.EXAMPLE)
    assert any("cannot be used, so this is an example" in caption.value for caption in at.caption)


def test_the_error_of_a_blank_picture_stands_right_under_the_uploader():
    at = upload(page(), png(np.full((50, 50), 255, np.uint8)))
    parts = list(at.columns[0].children.values())
    uploader = next(i for i, part in enumerate(parts) if part.type == "file_uploader")
    assert parts[uploader + 1].type == "error"
    assert len(parts) == uploader + 2


def test_networks_of_the_small_digits_say_so(store: RunStore):
    add_run(store, "on MNIST")
    assert not any("8x8" in caption.value for caption in page().caption)
    time.sleep(0.01)
    add_run(store, "on small digits", config=CONFIG.replace(dataset="digits"))
    predictions.trained_models.clear()
    assert sum("8x8" in caption.value for caption in page().caption) == 2


def test_every_stage_between_ink_and_network_is_shown():
    at = page()
    assert any("From ink to 28x28" in header.value for header in at.header)


def test_an_unreadable_store_leaves_the_shipped_model(monkeypatch: pytest.MonkeyPatch):
    def locked(_workspace: str):
        raise StoreError("The run store is locked.")

    monkeypatch.setattr(predictions, "trained_models", locked)
    at = page()
    assert not at.exception
    assert at.warning[0].value == "The run store is locked\\."
    assert predicted(at, "shipped") == "3"


def test_what_the_entry_has_said_is_not_said_again(monkeypatch: pytest.MonkeyPatch):
    def locked(_workspace: str):
        raise StoreError("The run store is locked.")

    monkeypatch.setattr(predictions, "trained_models", locked)
    at = page()
    at.session_state["app-error"] = "The run store is locked."
    assert not at.run().warning


def test_a_prediction_takes_a_fraction_of_a_second(store: RunStore):
    for number in range(5):
        add_run(store, f"run {number}")
    models = predictions.trained_models("local")
    predictions.answers(models, np.zeros((28, 28), np.float32))  # read once
    began = time.perf_counter()
    assert len(predictions.answers(models, np.ones((28, 28), np.float32))) == 10
    assert time.perf_counter() - began < 0.25
