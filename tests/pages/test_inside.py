import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.inside import choice, twin
from dashboard.models import evaluation, load
from dashboard.runs.run import CheckpointInfo
from dashboard.runs.store import RunStore, run_store
from dashboard.ui import text
from dashboard.ui.components.network_view.payload import MOST_SHOWN
from nncore import datasets
from nncore.checkpoints import from_bytes
from nncore.explain.microscope import in_float64
from nncore.explain.surgery import SetBias, SetWeight, Silence, operate
from nncore.gradient_check import relative_error
from nncore.network import Network
from tests.dashboard.worked import number
from tests.pages.training import SMALL, own_store, page, trained

real_test_images = evaluation.test_images


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    # The shipped model's own images need MNIST's files; here it looks at the built-in digits.
    monkeypatch.setattr(datasets, "available", lambda name: name == "digits")
    with own_store(monkeypatch, tmp_path) as fake:
        yield fake


def button(at: AppTest, label: str):
    return next(button for button in at.button if button.label == label)


def headings(at: AppTest) -> list[str]:
    return [header.value for header in at.header]


def said(at: AppTest) -> str:
    return at.container(key="answer").markdown[0].value


def view(at: AppTest):
    return at.session_state["inside"]


def derivative(at: AppTest, way: str) -> float:
    text = at.container(key=f"derivative-{way}").markdown[1].value
    return float(number(text.removeprefix("### ")))


def test_without_a_run_the_shipped_model_is_taken_apart():
    at = page("inside")
    assert not at.exception
    assert re.match(r"### It says \d, (and|but) it is an? \d", said(at))
    assert [header.value for header in at.header][1] == "Layer by layer"
    assert any(r"\sum_i" in latex.value for latex in at.latex)


def test_the_shipped_model_is_named_and_told_from_the_one_that_answers_on_home():
    at = page("inside")
    network = next(box for box in at.selectbox if box.label == "Network")
    assert network.options[0] == "Classroom, comes with the app"
    told = [caption.value for caption in at.caption]
    assert any("The small model that came along, 784-128-10. On Home another" in t for t in told)
    at = page("inside", run=trained().id)
    assert not any("small model that came along" in caption.value for caption in at.caption)


@pytest.mark.parametrize("section", choice.SECTIONS)
def test_every_section_of_a_run_and_its_link(section: str):
    run = trained(config=SMALL.replace(hidden=(10, 6), activation="sigmoid", cost="quadratic"))
    at = page("inside", run=run.id, show=section, example="7", neuron="2.4")
    assert not at.exception
    assert not at.error
    assert (view(at).run, view(at).example, view(at).neuron) == (run.id, 7, (1, 4))
    _, labels = real_test_images("digits")
    assert said(at).endswith(f"it is {text.a_digit(labels[7])}")
    assert at.query_params["run"] == run.id
    assert at.query_params["example"] == "7"
    assert at.query_params["neuron"] == "2.4"


SHAPES = pytest.mark.parametrize("hidden", [(), (3,), (25, 4, 30)], ids=["none", "one", "three"])


@pytest.fixture
def shaped(hidden: tuple[int, ...]) -> tuple[str, Network]:
    """A run of this shape, and its network after the last epoch."""
    run = trained(config=SMALL.replace(hidden=hidden, activation="tanh", epochs=1))
    blob = run_store().checkpoint_blob(run.id, "numpy", 1)
    assert blob is not None
    return run.id, from_bytes(blob).network()


def example_of(at: AppTest) -> tuple[np.ndarray, int]:
    images, labels = real_test_images("digits")
    return images[[view(at).example]], int(labels[view(at).example])


def drawn(at: AppTest, key: str) -> dict[str, Any]:
    """What the component of this key draws."""
    found = [e.proto for e in at.get("bidi_component") if e.proto.id.endswith(f"-{key}")]
    return json.loads(found[0].json)


def in_formula(text: str) -> float:
    """A number as `formula_number` writes it."""
    return float(text.strip("()").replace(r" \cdot 10^{", "e").rstrip("}"))


@SHAPES
@pytest.mark.parametrize("section", choice.SECTIONS)
def test_the_picture_and_the_answer_are_the_networks_in_every_shape(
    hidden: tuple[int, ...], section: str, shaped: tuple[str, Network]
):
    run, network = shaped
    at = page("inside", run=run, show=section)
    assert not at.exception
    x, label = example_of(at)
    layers = network.forward_pass(x)
    answer = int(layers[-1].a[0].argmax())
    joined = "and" if answer == label else "but"
    assert said(at) == f"### It says {answer}, {joined} it is {text.a_digit(label)}"
    shape = "-".join(map(str, (784, *hidden, 10)))
    sure = text.sureness(float(layers[-1].a[0].max()))
    told = at.container(key="answer").caption[0].value
    assert told == f"{sure} · {shape}{', Tanh' if hidden else ''}"
    picture = drawn(at, "network")
    assert [layer["size"] for layer in picture["layers"]] == [*hidden, 10]
    assert picture["answer"] == answer
    for seen, layer in zip(picture["layers"], layers, strict=True):
        assert len(seen["shown"]) == min(len(layer.z[0]), MOST_SHOWN)
        assert seen["z"] == pytest.approx(layer.z[0, seen["shown"]], rel=1e-3)
        assert seen["a"] == pytest.approx(layer.a[0, seen["shown"]], rel=1e-3)
    assert all(picture["edges"])  # between any two layers


@SHAPES
def test_forward_shows_every_layer_and_a_sum_that_adds_up(
    hidden: tuple[int, ...], shaped: tuple[str, Network]
):
    run, network = shaped
    for layer in range(len(hidden) + 1):
        at = page("inside", run=run, neuron=f"{layer + 1}.2")
        assert not at.exception
        x, label = example_of(at)
        layers = network.forward_pass(x)
        shapes = [c.value for c in at.caption if c.value.startswith("Shapes: ")]
        assert shapes == [
            f"Shapes: (1, {n_in}) times ({n_in}, {n_out}), plus ({n_out})"
            for n_in, n_out in pairwise((784, *hidden, 10))
        ]
        ranked = [int(digit) for digit in np.argsort(-layers[-1].z[0], kind="stable")]
        rival = ranked[1] if ranked[0] == label else label
        assert at.header[0].value == f"Why {ranked[0]} and not {rival}"
        own, other = (f"z^{{{len(hidden) + 1}}}_{{{digit}}}" for digit in (ranked[0], rival))
        gap = next(f.value for f in at.latex if f"{own} - {other}" in f.value)
        lead = float(layers[-1].z[0, ranked[0]] - layers[-1].z[0, rival])
        assert in_formula(re.findall(r"= (\S+) \\\\ &= \\sum", gap)[0]) == pytest.approx(
            lead, rel=1e-2
        )

        last = layer == len(hidden)
        name = "Output 2" if last else f"Hidden layer {layer + 1}, neuron 2"
        assert at.header[2].value == f"{name}: its sum"
        written = next(f.value for f in at.latex if "bias" in f.value)
        (z,) = re.findall(r"&= (\S+) \\\\\[4pt\]", written)
        (a,) = re.findall(r" = (\S+)\\end", written)
        assert in_formula(z) == pytest.approx(layers[layer].z[0, 2], rel=1e-3)
        assert in_formula(a) == pytest.approx(layers[layer].a[0, 2], rel=1e-3)
        assert drawn(at, "network")["selected"] == [layer, 2]
        before = layers[layer - 1].a[0] if layer else x[0]
        terms = before * network.weights[layer][:, 2]
        bars = drawn(at, "sum-terms")
        assert bars["values"] == pytest.approx(terms[bars["positions"]], rel=1e-3)
        assert max(map(abs, bars["values"])) == pytest.approx(np.abs(terms).max(), rel=1e-3)


@SHAPES
def test_backward_shows_the_cost_every_error_and_one_weights_slope(
    hidden: tuple[int, ...], shaped: tuple[str, Network]
):
    run, network = shaped
    for layer in range(len(hidden) + 1):
        at = page("inside", run=run, show="backward", neuron=f"{layer + 1}.2")
        assert not at.exception
        x, label = example_of(at)
        x, y, own = x.astype(np.float64), np.eye(10)[[label]], in_float64(network)
        gradients, cost = own.gradients(x, y), own.cost(x, y)
        shown = at.container(key="costs").metric
        assert float(shown[0].value) == pytest.approx(cost, rel=1e-4)
        for after in shown[1:]:
            assert number(shown[0].value) + number(after.delta) == number(after.value)
        for k in range(len(hidden) + 1):
            bars = drawn(at, f"errors-{k}")
            _, delta = gradients[k]  # of one example, dC/db is delta
            assert bars["values"] == pytest.approx(delta[bars["positions"]], rel=1e-3, abs=1e-9)
        assert ("The error of each hidden layer (BP2)" in headings(at)) == bool(hidden)
        dW, _ = gradients[layer]
        steepest = float(dW[np.abs(dW[:, 2]).argmax(), 2])
        assert derivative(at, "numpy") == pytest.approx(steepest, rel=1e-5)
        assert derivative(at, "difference") == pytest.approx(steepest, rel=1e-4)


@SHAPES
def test_touch_moves_the_numbers_of_the_chosen_neuron(
    hidden: tuple[int, ...], shaped: tuple[str, Network]
):
    run, network = shaped
    images, labels = real_test_images("digits")
    right = float(np.mean(network.forward(images).argmax(axis=1) == labels))
    for layer in range(len(hidden) + 1):
        at = page("inside", run=run, show="touch", neuron=f"{layer + 1}.2")
        assert not at.exception
        assert at.container(key="touched-accuracy").metric[0].value == text.percent(right)
        source = at.number_input(key="inside-touch-source").value
        weight = float(network.weights[layer][source, 2])
        assert at.slider(key="inside-weight").value == pytest.approx(weight, abs=0.02)
        bias = float(network.biases[layer][2])
        assert at.slider(key="inside-bias").value == pytest.approx(bias, abs=0.05)
        can_be_silenced = any(b.label == "Silence this neuron" for b in at.button)
        assert can_be_silenced == (layer < len(hidden))
        at.slider(key="inside-bias").set_value(4.0).run()
        assert not at.exception
        changed = operate(network, [SetBias(layer, 2, 4.0)])
        x, _ = example_of(at)
        answer = int(changed.forward(x).argmax())
        assert said(at).startswith(f"### It says {answer},")
        shown = drawn(at, "network")["layers"][layer]
        assert shown["b"][shown["shown"].index(2)] == 4.0


def test_a_mistake_is_held_against_the_true_digit_and_a_right_answer_against_the_second():
    network = load.shipped_network()
    images, labels = real_test_images("digits")
    z = network.forward_pass(images)[-1].z
    ranked = np.argsort(-z, axis=1)
    wrong = np.flatnonzero((ranked[:, 0] != labels) & (ranked[:, 1] != labels))[0]
    right = np.flatnonzero(ranked[:, 0] == labels)[0]
    for row, rival in ((wrong, labels[wrong]), (right, ranked[right, 1])):
        at = page("inside", example=str(row))
        assert at.header[0].value == f"Why {ranked[row, 0]} and not {rival}"


def test_the_sum_written_out_is_the_networks_own():
    at = page("inside", example="3", neuron="1.5")
    written = next(latex.value for latex in at.latex if "bias" in latex.value)
    network = load.shipped_network()
    images, _ = real_test_images("digits")
    z = float(network.forward_pass(images[3:4])[0].z[0, 5])
    found = re.findall(r"&= (-?[0-9.]+) \\\\\[4pt\]", written)
    assert float(found[0]) == pytest.approx(z, rel=1e-3)


def test_backpropagation_and_finite_difference_agree_on_random_weights():
    at = page("inside", show="backward", example="4")
    places = set()
    for _ in range(5):
        at.button(key="random-weight").click().run()
        assert not at.exception
        analytic, numeric = derivative(at, "numpy"), derivative(at, "difference")
        assert relative_error(analytic, numeric) < 1e-4
        places.add((view(at).neuron, view(at).source))
    assert len(places) > 1


def test_pytorch_agrees_and_is_asked_once(monkeypatch: pytest.MonkeyPatch):
    asked = []
    real = twin.gradients

    def counted(seen):
        asked.append(seen)
        return real(seen)

    monkeypatch.setattr(twin, "gradients", counted)
    at = page("inside", show="backward", example="4")
    at.button(key="ask-torch").click().run(timeout=120)
    assert derivative(at, "torch") == pytest.approx(derivative(at, "numpy"), rel=1e-7)
    at.button(key="random-weight").click().run()
    assert derivative(at, "torch") == pytest.approx(derivative(at, "numpy"), rel=1e-7)
    assert len(asked) == 1


def test_pytorch_that_is_missing_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(twin.sys, "executable", "/nowhere/python")
    at = page("inside", show="backward")
    at.button(key="ask-torch").click().run()
    assert not at.exception
    assert "PyTorch could not compute it" in at.error[0].value


def test_following_the_blame_leads_to_one_weight_by_numbers():
    at = page("inside", show="backward", example="4")
    at.segmented_control(key="inside-blame-layer").set_value(0).run()
    fired = load.shipped_network().forward_pass(real_test_images("digits")[0][4:5])
    index = int(fired[0].a[0].argmax())  # one that did not fire has no slopes
    at.number_input(key="inside-blame-index").set_value(index).run()
    assert view(at).neuron == (0, index)
    assert at.header[2].value.startswith(f"Hidden layer 1, neuron {index}")
    at.number_input(key="inside-source-row").set_value(11).run()
    at.number_input(key="inside-source-column").set_value(13).run()
    assert view(at).source == 28 * 11 + 13
    assert any("pixel 11, 13" in markdown.value for markdown in at.markdown)
    button(at, "The steepest").click().run()
    image = real_test_images("digits")[0][4]
    assert image[view(at).source] == image.max()


def test_a_silenced_layer_is_guessing_and_undo_brings_it_back():
    at = page("inside", show="touch", neuron="1.3")
    before = at.container(key="touched-accuracy").metric[0].value
    button(at, "Silence hidden layer 1").click().run()
    assert view(at).edits == (Silence(0),)
    assert float(at.container(key="touched-accuracy").metric[0].value.rstrip("%")) < 20
    button(at, "Undo").click().run()
    assert at.container(key="touched-accuracy").metric[0].value == before
    assert view(at).edits == ()


def test_a_silenced_neuron_is_told_in_the_forward_view_until_it_speaks_again():
    at = page("inside", show="touch", neuron="1.3")
    before = said(at)
    button(at, "Silence this neuron").click().run()
    at.segmented_control(key="inside-section").set_value("forward").run()
    told = [markdown.value for markdown in at.markdown]
    assert any("1 neuron of 128 silenced" in words for words in told)
    assert any("Silenced by hand" in words for words in told)
    at.segmented_control(key="inside-section").set_value("touch").run()
    button(at, "Let this neuron speak again").click().run()
    assert view(at).edits == ()
    assert said(at) == before
    button(at, "Silence this neuron").click().run()
    at.segmented_control(key="inside-section").set_value("checks").run()
    button(at, "Undo all changes").click().run()
    assert view(at).edits == ()


def test_a_moved_bias_changes_the_answer_at_once():
    at = page("inside", show="touch")
    output = int(said(at)[len("### It says ")])
    other = (output + 1) % 10
    at.number_input(key="inside-index").set_value(other).run()
    at.slider(key="inside-bias").set_value(5.0).run()
    at.slider(key="inside-bias").set_value(4.5).run()
    assert len(view(at).edits) == 1  # the same number set again
    at.slider(key="inside-noise").set_value(0.0).run()
    button(at, "Add noise").click().run()
    assert len(view(at).edits) == 2
    button(at, "Undo all").click().run()
    assert int(said(at)[len("### It says ")]) == output


def test_what_is_touched_stays_until_another_is_chosen():
    at = page("inside", show="touch", example="4")
    output, weight = int(said(at)[len("### It says ")]), at.slider(key="inside-weight")
    source = at.number_input(key="inside-touch-source").value
    for value in (-weight.max, -weight.max / 2):  # another output answers, another weight says most
        at.slider(key="inside-weight").set_value(value).run()
        at.slider(key="inside-bias").set_value(-5.0).run()
        assert int(said(at)[len("### It says ")]) != output
        assert at.subheader[0].value == f"Output {output}"
        assert at.number_input(key="inside-touch-source").value == source
        assert at.slider(key="inside-weight").value == pytest.approx(value, abs=1e-5)
        edits = {(type(edit), edit.index) for edit in view(at).edits}
        assert edits == {(SetWeight, output), (SetBias, output)}
    at.number_input(key="inside-example").set_value(9).run()
    assert at.subheader[0].value == f"Output {output}"
    assert at.number_input(key="inside-touch-source").value == source
    at.number_input(key="inside-index").set_value((output + 1) % 10).run()
    assert at.subheader[0].value == f"Output {(output + 1) % 10}"


def test_noise_leaves_the_neuron_that_is_looked_at():
    at = page("inside", show="touch", example="4")
    name = at.subheader[0].value
    at.slider(key="inside-noise").set_value(2.0).run()
    for _ in range(4):
        button(at, "Add noise").click().run()
        assert at.subheader[0].value == name


def test_a_mistake_is_one_and_a_digit_is_that_digit():
    run = trained(config=SMALL.replace(epochs=1, train_size=60))
    at = page("inside", run=run.id)
    button(at, "A mistake").click().run()
    assert ", but it is a" in said(at)
    at.pills(key="inside-digit").set_value(8).run()
    assert said(at).endswith("it is an 8")


def test_the_epoch_slider_looks_at_the_same_neuron_earlier():
    run = trained()
    at = page("inside", run=run.id, neuron="1.3", example="2")
    last = [latex.value for latex in at.latex][-1]
    at.select_slider(key="inside-epoch").set_value(0).run()
    assert view(at).neuron == (0, 3)
    assert at.query_params["epoch"] == "0"
    assert [latex.value for latex in at.latex][-1] != last


def test_a_drawing_is_followed_and_has_no_label():
    at = page("inside")
    ink = np.zeros((280, 280), np.uint8)
    ink[40:240, 130:150] = 255
    at.session_state["last-drawing"] = ink
    button(at, "My drawing").click().run()
    assert not at.exception
    assert re.fullmatch(r"### It says \d", said(at))


def follow(at: AppTest, **query: str) -> AppTest:
    """To another page, and from there by a link."""
    at.query_params.clear()  # as the browser does
    at.switch_page("pages/draw.py").run()
    for key, value in query.items():
        at.query_params[key] = value
    return at.switch_page("pages/inside.py").run()


def test_a_link_from_another_page_sets_run_engine_epoch_and_example_and_nothing_else_stays():
    run = trained(config=SMALL.replace(engines=("numpy", "torch")))
    at = page("inside", run=run.id, neuron="1.3", show="touch", example="2")
    button(at, "Silence this neuron").click().run()
    follow(at, run=run.id, engine="torch", epoch="1", example="7")
    assert not at.exception
    found = view(at)
    assert (found.run, found.engine, found.epoch, found.example) == (run.id, "torch", 1, 7)
    assert (found.neuron, found.section, found.edits) == (None, "forward", ())
    assert at.select_slider(key="inside-epoch").value == 1
    assert at.segmented_control(key="inside-engine").value == "torch"


def test_the_menu_leads_back_to_what_was_left():
    at = page("inside", show="touch", neuron="1.3")
    button(at, "Silence this neuron").click().run()
    follow(at)
    assert (view(at).edits, view(at).section) == ((Silence(0, 3),), "touch")


def test_a_run_deleted_while_it_is_looked_at_leaves_the_shipped_model_without_its_changes():
    run = trained(config=SMALL.replace(hidden=(200,), epochs=1))
    at = page("inside", run=run.id, show="touch", neuron="1.150")
    button(at, "Silence this neuron").click().run()
    run_store().delete_run(run.id, workspace="local")
    at.run()
    assert not at.exception
    assert "There is no run" in at.error[0].value
    assert (view(at).run, view(at).edits) == (None, ())
    assert said(at).startswith("### It says")


def test_a_newest_checkpoint_that_gave_way_to_a_newer_one_is_not_missed(
    monkeypatch: pytest.MonkeyPatch,
):
    run = trained()
    gone = [CheckpointInfo("numpy", 1, 7, 1)]  # the place of a pause, before it went on
    monkeypatch.setattr(RunStore, "checkpoints", lambda *_: gone)
    at = page("inside", run=run.id)
    assert not at.exception
    assert not at.error
    newest = load.trained_network(run.id, "numpy", 2, 0)
    assert drawn(at, "network")["answer"] == int(newest.forward(example_of(at)[0]).argmax())


def test_a_run_without_checkpoints_shows_the_shipped_model():
    run = run_store().create_run("local", SMALL, "Not begun")
    at = page("inside", run=run.id, show="backward")
    assert not at.exception
    assert "no checkpoint yet" in at.info[0].value
    assert said(at).startswith("### It says")


@pytest.mark.parametrize(
    "query",
    [
        {"run": "<b>gone</b>"},
        {"example": "99999999999", "neuron": "x.y", "epoch": "-3", "show": "nothing"},
        {"example": "999999", "neuron": "9.9999"},
        {"example": "abc", "neuron": "1.-1", "engine": "abacus", "epoch": "1e9"},
        {"neuron": "0.0", "show": "backward"},
    ],
)
def test_a_link_that_does_not_fit_still_shows_a_network(query: dict[str, str]):
    at = page("inside", **query)
    assert not at.exception
    assert said(at).startswith("### It says")
    assert len(at.error) == ("run" in query)
    corrected = any("no section nothing here" in info.value for info in at.info)
    assert corrected == (query.get("show") == "nothing")


def test_a_diverged_network_says_so():
    run = trained(config=SMALL.replace(activation="linear", hidden=(30, 30), lr=1000.0))
    for section in choice.SECTIONS:
        at = page("inside", run=run.id, show=section)
        assert not at.exception, section
        assert "diverged" in at.container(key="answer").caption[0].value


def opened(at: AppTest, name: str) -> AppTest:
    """Another page, chosen from the menu: its address has no parameters."""
    at.query_params.clear()
    return at.switch_page(f"pages/{name}.py").run()


def test_inside_opens_the_newest_run_where_none_was_looked_at():
    trained("First")
    newest = trained("Second")
    assert view(page("inside")).run == newest.id


def test_inside_and_results_open_the_run_that_was_looked_at_last():
    first, second, third = trained("First"), trained("Second"), trained("Third")
    at = opened(page("results", run=first.id), "inside")
    assert not at.exception
    assert view(at).run == at.query_params["run"] == first.id
    next(box for box in at.selectbox if box.label == "Network").select(second.id).run()
    assert opened(at, "results").query_params["run"] == second.id
    at.query_params["run"] = third.id
    at.switch_page("pages/train.py").run()
    assert opened(at, "inside").query_params["run"] == third.id
    assert opened(at, "results").query_params["run"] == third.id


def test_the_shipped_model_that_was_chosen_stays_until_another_run_is_looked_at():
    first, second = trained("First"), trained("Second")
    at = page("inside")
    next(box for box in at.selectbox if box.label == "Network").select("").run()
    at = opened(opened(at, "draw"), "inside")
    assert view(at).run is None
    at.query_params.clear()
    at.query_params["run"] = first.id
    at = opened(at.switch_page("pages/results.py").run(), "inside")
    assert view(at).run == first.id
    run_store().delete_run(first.id, workspace="local")
    at = opened(opened(at, "draw"), "inside")
    assert not at.error
    assert view(at).run == second.id


def test_a_link_without_a_run_means_the_model_that_comes_with_the_app():
    trained()
    assert view(page("inside", example="7")).run is None


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"epoch": "later"}, "epoch = later does not fit; use a whole number of epochs."),
        ({"epoch": "99"}, "keeps no network after 99 epochs; here is its last, after 2."),
        ({"engine": "jax"}, "engine = jax does not fit; use numpy or torch."),
        ({"engine": "torch"}, "no network of PyTorch's; here is NumPy's."),
        ({"example": "-1"}, "example = -1 does not fit; use the number of a test image"),
        ({"example": "99999"}, "There is no test image 99999; they go from 0 to"),
        ({"neuron": "first"}, "neuron = first does not fit; use a layer and a neuron such as 1.7."),
        ({"neuron": "0.3"}, "neuron = 0.3 does not fit"),
        ({"neuron": "3.1"}, "no neuron 3.1 in this network; there are 1.0 to 1.9 and 2.0 to 2.9."),
    ],
)
def test_what_a_link_says_wrongly_is_told_once_and_corrected(query: dict[str, str], sentence: str):
    at = page("inside", run=trained().id, **query)
    assert not at.exception
    assert [text.escape(sentence) in warning.value for warning in at.warning] == [True]
    (name,) = query
    assert at.query_params.get(name) != query[name]
    del at.session_state["notices"]  # their seconds are over
    assert not at.run().warning


def test_a_section_that_is_not_there_is_said_and_corrected():
    at = page("inside", run=trained().id, show="<b>")
    assert at.info[0].value.startswith(r"There is no section \<b\> here")
    assert at.query_params["show"] == "forward"
    assert not at.run().info


def test_the_shipped_model_has_no_epochs_to_choose():
    at = page("inside", epoch="3", engine="torch")
    assert "no engine or epoch to choose" in at.warning[0].value
    assert not {"epoch", "engine"} & {*at.query_params}
