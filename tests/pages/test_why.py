"""Why this digit: the sums on the page are the network's, the neighbours are training images."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.draw import why
from dashboard.ink import samples
from dashboard.runs.claim import Claim
from dashboard.runs.run import RunStatus
from dashboard.runs.store import RunStore
from nncore import datasets
from nncore.checkpoints import to_bytes
from nncore.config import TrainingConfig
from nncore.explain.explanation import contributions
from nncore.initializers import initial_parameters
from nncore.network import Network
from nncore.preprocessing import prepare
from tests.dashboard.worked import number, work_out
from tests.pages.drawn import CONFIG, add_run, draw, draw_page, network

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(autouse=True)
def without_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NN_DATA_DIR", str(tmp_path))
    why._index.clear()
    why._pixel_index.clear()
    why._examples.clear()


HIDDEN = TrainingConfig(hidden=(8,), dataset="digits", train_size=600)


def add_hidden_run(store: RunStore) -> Claim:
    """A run in training, of a network with a hidden layer, that has kept one checkpoint."""
    run = store.create_run("local", HIDDEN, "hidden")
    claim = store.claim(run.id, "test")
    assert claim is not None
    weights = initial_parameters(HIDDEN, rng=np.random.default_rng(0))
    network = Network(HIDDEN, weights)
    network.epoch = 1
    claim.save_checkpoint("numpy", 1, 0, to_bytes(HIDDEN, "numpy", network.state()))
    return claim


def opened(digit: int) -> AppTest:
    """The section, with one of the samples drawn."""
    at = draw(draw_page(), samples.sample(digit)).run()
    at.segmented_control(key="draw-control-section").set_value("why").run()
    assert not at.exception
    return at


def question(at: AppTest) -> Any:
    """`Why 7 and not`, with the other digits to pick."""
    (pills,) = (pills for pills in at.pills if pills.key and "rival" in pills.key)
    return pills


def told(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.markdown, *at.caption, *at.subheader])


def test_the_shares_of_the_ink_sum_to_the_lead() -> None:
    at = opened(7)
    found = contributions(network(), prepare(samples.sample(7)).pixels.ravel())
    assert question(at).label == "Why 7 and not"
    assert question(at).value == found.rival
    (formula,) = (latex.value for latex in at.latex if "underset" in latex.value)
    ((sums, lead),) = re.findall(r"&= (.*) \\\\ &= (.*) \\end", formula)
    plain = re.sub(r"\\underset\{\\text\{\w+\}\}\{([^}]*)\}", r"\1", sums)
    assert work_out(plain) == number(lead)
    assert float(work_out(plain)) == pytest.approx(found.lead, abs=0.005)
    assert f"z_{{7}} - z_{{{found.rival}}}" in formula


def test_another_digit_can_be_asked_about_until_the_drawing_changes() -> None:
    at = opened(7)
    question(at).set_value(4).run()
    assert "What would turn it into a 4" in told(at)
    assert question(at).value == 4
    draw(at, samples.sample(2)).run()
    assert question(at).label == "Why 2 and not"
    assert (
        question(at).value
        == contributions(network(), prepare(samples.sample(2)).pixels.ravel()).rival
    )


def test_without_mnist_the_neighbours_are_the_embedded_digits_and_that_is_said() -> None:
    at = opened(1)
    assert "is not on this server: these are of the 1,497 small digits" in told(at)
    assert re.search(r"nearest training images[^.]*show a 1", told(at))


def test_a_run_is_shown_the_images_that_it_learned_from(store: RunStore) -> None:
    add_run(store, "small", config=CONFIG.replace(dataset="digits", train_size=600))
    at = opened(0)
    assert "It learned from 600." in told(at)
    learned = datasets.load("digits", train_size=600).train
    away = np.linalg.norm(learned.images - prepare(samples.sample(0)).pixels.ravel(), axis=1)
    labels = learned.labels[np.argsort(away)[:10]]
    most = int(np.bincount(labels).argmax())
    assert f"**{np.sum(labels == most)} show a {most}" in told(at)
    # Without a hidden layer there is nothing but pixels to compare.
    assert all(control.key != "draw-control-near" for control in at.segmented_control)


def test_kept_digits_that_a_run_learned_from_are_named_and_not_searched(store: RunStore) -> None:
    config = CONFIG.replace(dataset="digits", train_size=600)
    for shift in range(20):
        image = np.roll((255 * prepare(samples.sample(0)).pixels).astype(np.uint8).ravel(), shift)
        store.handwriting.keep("local", image, 0)
    add_run(store, "ours", config=config, with_handwriting=True)
    (run,) = store.list_runs("local")
    learned = store.handwriting.learned(run.id)
    assert learned is not None
    at = opened(0)
    said = f"It learned from 600. It also learned from {learned.n_digits} kept digits, which are"
    assert said in told(at)


def test_of_a_wide_layer_fewer_images_are_searched_and_that_is_said(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(why, "MOST_NUMBERS", 100 * HIDDEN.hidden[0])
    claim = add_hidden_run(store)
    claim.release(RunStatus.FINISHED)
    at = opened(0)
    assert "It learned from 600. The first 100 of them are searched." in told(at)
    at.segmented_control(key="draw-control-near").set_value(why.PIXELS).run()
    assert "It learned from 600." in told(at)
    assert "are searched" not in told(at)


def test_a_network_that_still_trains_is_not_searched_anew_at_every_checkpoint(
    store: RunStore,
) -> None:
    claim = add_hidden_run(store)
    at = opened(0)
    assert "While it trains, images are compared pixel by pixel" in told(at)
    assert "It learned from 600." in told(at)
    assert all(control.key != "draw-control-near" for control in at.segmented_control)
    claim.release(RunStatus.FINISHED)
    at.run()
    assert at.segmented_control(key="draw-control-near").value == why.HIDDEN


def test_a_small_change_is_shown_with_its_length() -> None:
    at = opened(3)
    assert re.search(r"A change of length \*\*\d\.\d\d\*\*, \d+% of the drawing's own", told(at))
    captions = [image.caption for part in at.get("image") for image in part.proto.imgs]
    assert "Ink added in green, taken in magenta" in captions


def test_at_a_near_tie_no_change_is_drawn_large(monkeypatch: pytest.MonkeyPatch) -> None:
    x = prepare(samples.sample(3)).pixels.ravel()
    found = contributions(network(), x)
    tied = network()
    tied.biases[0][found.rival] += found.lead - 1e-4
    monkeypatch.setattr("dashboard.models.load.shipped_network", lambda _name: tied)
    at = opened(3)
    assert f"undecided between 3 and {found.rival}" in told(at)
    assert "A change of length" not in told(at)
    captions = [image.caption for part in at.get("image") for image in part.proto.imgs]
    assert not any("Ink added in green" in caption for caption in captions)


def test_a_diverged_network_has_no_reasons(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = network()
    broken.weights[0][:] = float("nan")
    monkeypatch.setattr("dashboard.models.load.shipped_network", lambda _name: broken)
    at = opened(3)
    assert "its weights are no numbers any more" in told(at)
    assert not [latex for latex in at.latex if "underset" in latex.value]
