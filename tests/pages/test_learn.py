"""Every chapter of Learn: its figure's number follows its controls, its link, its question."""

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.learn import chapters, charts, prose, state
from dashboard.models import load
from dashboard.runs.store import run_store
from dashboard.settings import settings
from dashboard.ui.text import escape
from nncore.config import QUERY_KEYS, InitializerName, count_parameters
from nncore.lessons import (
    backpropagation,
    initialisation,
    learning,
    neurons,
    overfitting,
    softmax,
)
from nncore.lessons import universality as arithmetic
from tests.dashboard.worked import work_out
from tests.pages.drawn import app
from tests.pages.training import SMALL, trained

NAMES = [chapter.name for chapter in chapters.CHAPTERS]


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("NN_HOME", str(tmp_path))
    settings.cache_clear()
    run_store.cache_clear()
    load.trained_models.clear()
    yield
    run_store().close()
    settings.cache_clear()
    run_store.cache_clear()


def learn(**query: str) -> AppTest:
    at = app()
    for name, value in query.items():
        at.query_params[name] = value
    at.switch_page("pages/learn.py").run()
    assert not at.exception
    return at


def number(at: AppTest, place: int = 0) -> str:
    """The figure's number."""
    return at.container(key="lesson-number").metric[place].value


def move(at: AppTest, name: str, value: Any) -> AppTest:
    """Move a slider of the open chapter."""
    key = f"lesson-{at.query_params['chapter']}-{name}"
    assert key in at.session_state
    at.session_state[key] = value
    at.run()
    assert not at.exception
    return at


def answer(at: AppTest, name: str) -> None:
    """Predict and reveal."""
    at.radio(key=state.PREDICTION.key(name)).set_value(0).run()
    next(button for button in at.button if button.label == "Reveal").click().run()
    assert not at.exception


def drawn(at: AppTest, kind: str) -> bool:
    """Whether the figure's table has rows of this kind."""
    table = at.get("vega_lite_chart")[0].proto.data.data
    return kind in set(pa.ipc.open_stream(table).read_pandas()["kind"])


def test_the_chapters_come_in_this_order() -> None:
    """A second cost beside the first; first weights once BP2 is known, which they need; and last
    what becomes of a network that can compute anything when it sees too little."""
    assert NAMES == [
        "perceptron", "sigmoid-neuron", "pixels", "layers", "feedforward", "cost", "softmax",
        "gradient-descent", "backpropagation", "initialisation", "universality", "overfitting",
    ]  # fmt: skip


def test_the_contents_count_the_chapters() -> None:
    at = learn(chapter="softmax")
    assert f"**{len(NAMES)} short chapters**" in [text.value for text in at.sidebar.markdown]
    assert [option.split()[0] for option in at.radio(key="contents").options] == [
        str(number) for number in range(1, len(NAMES) + 1)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_chapter_has_its_parts(name: str) -> None:
    at = learn(chapter=name)
    text = prose.read(name)
    assert at.title[0].value == text.title
    assert len(at.radio(key=state.PREDICTION.key(name)).options) == len(text.options) >= 3
    assert at.button(key="enter-focus")
    assert any(link.page == "train" for link in at.page_link)
    assert "Nielsen" in text.sources


@pytest.mark.parametrize("name", NAMES)
def test_predict_then_reveal(name: str) -> None:
    at = learn(chapter=name)
    text = prose.read(name)
    assert not any(text.answer == markdown.value for markdown in at.markdown)
    reveal = next(button for button in at.button if button.label == "Reveal")
    assert reveal.disabled
    at.radio(key=state.PREDICTION.key(name)).set_value(text.right).run()
    next(button for button in at.button if button.label == "Reveal").click().run()
    assert any(text.answer == markdown.value for markdown in at.markdown)
    assert any("As you predicted" in markdown.value for markdown in at.markdown)
    assert "done" not in at.query_params  # who is sent the address shall predict too


def test_an_address_that_tells_answers_is_followed_and_not_passed_on() -> None:
    at = learn(chapter="pixels", done="pixels.cost.nonsense")
    assert prose.read("pixels").answer in [markdown.value for markdown in at.markdown]
    assert "done" not in at.query_params
    assert "2 of 12" in at.get("progress")[0].proto.text
    at.radio(key=state.PREDICTION.key("pixels")).set_value(2).run()
    assert any("Not quite" in markdown.value for markdown in at.markdown)


def test_next_previous_and_contents_turn_the_page() -> None:
    at = learn(chapter="perceptron")
    at.button(key="next-chapter").click().run()
    assert (at.title[0].value, at.query_params["chapter"]) == (
        "Sigmoid neurons",
        "sigmoid-neuron",
    )
    at.button(key="previous-chapter").click().run()
    assert at.title[0].value == "Perceptrons"
    at.radio(key="contents").set_value("cost").run()
    assert (at.title[0].value, at.query_params["chapter"]) == ("Cost", "cost")


def test_an_unknown_chapter_opens_the_first() -> None:
    assert learn(chapter="<b>").title[0].value == "Perceptrons"


def test_a_link_opens_a_state_and_the_url_says_it() -> None:
    at = learn(chapter="perceptron", w1="-2", w2="-2", b="3", gate="NAND")
    assert number(at) == "4 of 4"
    move(at, "b", 0.0)
    assert at.query_params["b"] == "0"
    assert number(at) == "1 of 4"


@pytest.mark.parametrize("value", ["nan", "inf", "1e999", "words", "", "-99"])
def test_a_link_with_a_wrong_value_opens_all_the_same(value: str) -> None:
    for name in NAMES:
        learn(chapter=name, w=value, w1=value, n=value, eta=value, show=value, digit=value)


def test_focus_shows_the_figure_alone() -> None:
    at = learn(chapter="sigmoid-neuron", focus="1", x="12")
    assert number(at)
    assert not at.title
    assert not at.radio
    assert at.query_params["focus"] == "1"
    at.button(key="leave-focus").click().run()
    assert at.title[0].value == "Sigmoid neurons"
    assert "focus" not in at.query_params
    assert at.query_params["x"] == "12"


SECRETS = {
    "perceptron": ({"gate": "XOR", "w1": "1", "w2": "1", "b": "-0.5"}, {"gate": "OR"}, "3 of 4"),
    "sigmoid-neuron": ({}, {"x": "12"}, "+0.206"),
    "pixels": ({}, {"digit": "5"}, "17 of 174"),
    "layers": ({"n1": "32", "n2": "32"}, {}, "26,506"),
    "cost": ({}, {"w": "0.6", "b": "0.9"}, "0.976"),
    "gradient-descent": ({"steps": "40"}, {"start": "-2"}, "0.693"),
    "universality": ({"n": "20"}, {"n": "10"}, "0.0231"),
}
"""What the question asks for: the controls that would tell it, others that do not, the number."""


def everything_said(at: AppTest) -> str:
    kinds = (at.markdown, at.caption, at.metric)
    return "\n".join(element.value for kind in kinds for element in kind)


@pytest.mark.parametrize("name", SECRETS)
def test_the_figure_keeps_its_secret_until_the_reader_has_predicted(name: str) -> None:
    asked, other, told = SECRETS[name]
    at = learn(chapter=name, **asked)
    assert number(at) == "?"
    assert told not in everything_said(at)
    assert any(
        "(#predict)" in markdown.value for markdown in at.container(key="lesson-secret").markdown
    )
    at.radio(key=state.PREDICTION.key(name)).set_value(0).run()
    assert number(at) == "?"
    next(button for button in at.button if button.label == "Reveal").click().run()
    assert number(at) == told
    elsewhere = learn(chapter=name, **other)
    assert number(elsewhere) not in ("?", told)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("sigmoid-neuron", lambda row: row["kind"].startswith("after")),
        ("cost", lambda row: row["kind"] == "quadratic" or row.get("cost") == "quadratic"),
        ("gradient-descent", lambda row: row["kind"] in ("path", "ball") and row["step"] > 0),
        ("perceptron", lambda row: row.get("right") is False),
    ],
)
def test_a_chart_keeps_the_secret_too(
    name: str, secret: Callable[[Any], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = list[tuple[Any, str]]()
    monkeypatch.setattr(charts, "chart", lambda rows, *_, alt, **__: drawn.append((rows, alt)))
    asked, _, told = SECRETS[name]
    for done in ("", name):
        learn(chapter=name, done=done, **asked)
        rows, alt = drawn[-1]
        assert any(map(secret, rows)) == bool(done)
        assert done or told.strip("+") not in alt


@pytest.mark.parametrize("name", SECRETS)
def test_a_teacher_reveals_it_on_a_projector_and_the_link_does_not_tell(name: str) -> None:
    asked, _, told = SECRETS[name]
    at = learn(chapter=name, focus="1", **asked)
    assert number(at) == "?"
    at.button(key="reveal-figure").click().run()
    assert number(at) == told
    assert "done" not in at.query_params
    at.button(key="leave-focus").click().run()
    assert number(at) == told
    assert not any(prose.read(name).answer == markdown.value for markdown in at.markdown)


@pytest.mark.parametrize("name", SECRETS)
def test_what_a_figure_has_shown_it_hides_again(name: str) -> None:
    """As often as a teacher likes, and whoever leaves the figure finds it hidden."""
    asked, _, told = SECRETS[name]
    at = learn(chapter=name, focus="1", **asked)
    for _ in range(2):
        at.button(key="reveal-figure").click().run()
        assert number(at) == told
        at.button(key="hide-figure").click().run()
        assert number(at) == "?"
    at.button(key="leave-focus").click().run()
    assert told not in everything_said(at)


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_hidden_again_and_its_question_stays_answered(name: str) -> None:
    asked, _, told = SECRETS.get(name, ({}, {}, ""))
    at = learn(chapter=name, **asked)
    answer(at, name)
    at.button(key="hide-answer").click().run()
    assert not at.exception
    assert prose.read(name).answer not in [markdown.value for markdown in at.markdown]
    assert at.radio(key=state.PREDICTION.key(name)).value is None
    assert "1 of 12" in at.get("progress")[0].proto.text
    assert not told or number(at) == "?"
    next(button for button in at.button if button.label == "Reveal").click().run()
    assert prose.read(name).answer in [markdown.value for markdown in at.markdown]
    assert not told or number(at) == told


def test_what_the_browser_remembers_counts_and_tells_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A browser that was closed and opened again; the last tab's memory went with it."""
    browser = {"answered": frozenset({"cost", "nonsense"}), "revealed": frozenset[str]()}
    monkeypatch.setattr(chapters, "browser_memory", lambda name, *_, **__: browser[name])
    at = learn(chapter="cost", w="0.6", b="0.9")
    assert "1 of 12" in at.get("progress")[0].proto.text
    assert number(at) != "?"
    at = learn(chapter="cost")
    assert number(at) == "?"
    assert prose.read("cost").answer not in [markdown.value for markdown in at.markdown]
    browser["revealed"] = frozenset({"cost"})  # as after a refresh
    at = learn(chapter="cost")
    assert number(at) != "?"
    at.button(key="hide-answer").click().run()
    assert number(at) == "?"  # although it was told so


@pytest.mark.parametrize("name", sorted({*NAMES} - {*SECRETS}))
def test_other_figures_have_no_secret(name: str) -> None:
    assert all(metric.value != "?" for metric in learn(chapter=name).metric)


def test_what_was_answered_speaks_of_what_is_on_the_page() -> None:
    """The runs of full batch and mini-batches are told where they are shown, not in the answer."""
    assert "90.58" not in prose.read("gradient-descent").answer
    batches = learn(chapter="gradient-descent", show="batches")
    (told,) = (m.value for m in batches.markdown if "steps each" in m.value)
    assert "100 and 1,500 steps" in told
    assert "After 90 steps each, the two stand at 86.42% and 89.82%" in told


@pytest.mark.parametrize("value", ["0.123", "0.14", "-7.77"])
def test_a_link_between_two_steps_goes_to_the_nearest(value: str) -> None:
    at = learn(chapter="sigmoid-neuron", w=value)
    w = at.session_state["lesson-sigmoid-neuron-w"]
    assert w == pytest.approx(max(round(float(value), 1), -3.0))
    assert at.query_params["w"] == f"{w:g}"


@pytest.mark.parametrize("query", [{"chapter": "cost", "eta": "0.5"}, {"eta": "0.5"}, {}])
def test_a_frame_shows_the_figure_alone_without_a_way_out(
    monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    monkeypatch.setattr(state, "is_framed", lambda: True)
    at = learn(**query)
    assert at.header[0].value == prose.read(query.get("chapter", NAMES[0])).title
    assert at.container(key="lesson-number").metric
    assert not at.title
    assert not at.radio
    assert not any(button.key in ("leave-focus", "enter-focus") for button in at.button)
    assert not at.get("page_link")
    assert "focus" not in at.query_params


def test_a_slider_that_was_held_when_its_page_was_left_holds_no_address_up() -> None:
    at = learn(chapter="sigmoid-neuron", x="3")
    at.session_state["lesson"].is_moving = True
    move(at, "x", 12.0)
    assert "x = 12" in at.get("vega_lite_chart")[0].proto.alt
    assert at.query_params["x"] == "12"


def test_no_control_is_called_like_a_parameter_of_the_app() -> None:
    taken = QUERY_KEYS | {"run", "recipe", "workspace", "chapter", "focus", "done"}
    modes: dict[str, list[dict[str, str]]] = {
        "perceptron": [{}, {"show": "circuit"}],
        "cost": [{}, {"show": "digit"}],
        "softmax": [{}, {"show": "pull"}],
        "gradient-descent": [{}, {"show": "network"}, {"show": "batches"}],
        "initialisation": [{}, {"show": "depth"}, {"show": "equal"}],
        "universality": [{}, {"show": "bump"}],
    }
    for name in NAMES:
        for mode in modes.get(name, [{}]):
            at = learn(chapter=name, **mode)
            prefix = f"lesson-{name}-"
            keys = {key.removeprefix(prefix) for key in at.session_state if key.startswith(prefix)}
            assert keys
            # A chapter's own `cost` or `batch` never stands in a link to Train.
            assert not keys & (taken - {"cost", "batch"}), name


def test_backpropagation_leads_to_the_visitors_newest_network() -> None:
    def inside(at: AppTest) -> str:
        return next(link.query_string for link in at.get("page_link") if link.page == "inside")

    assert inside(learn(chapter="backpropagation")) == "show=backward"
    run = trained()
    run_store().create_run("local", SMALL, "Not yet begun")
    load.trained_models.clear()
    assert inside(learn(chapter="backpropagation")) == f"show=backward&run={run.id}"


# Each chapter's number, as the formula says ------------------------------------------------------
def test_perceptron_shows_the_rule_and_what_becomes_of_it() -> None:
    def told(**query: str) -> str:
        at = learn(chapter="perceptron", **query)
        return next(caption.value for caption in at.caption if "Rosenblatt" in caption.value)

    assert r"${w \to w + (y - a)\,x}$" in told()
    assert "For OR it takes 4 corrections." in told(gate="OR")
    assert "never ends" not in told(gate="XOR")
    assert "never ends" in told(gate="XOR", done="perceptron")


def test_a_sum_ends_in_the_number_above_it() -> None:
    at = learn(chapter="feedforward", digit="7", step="a2", unit2="3")
    (told,) = (m.value for m in at.markdown if m.value.startswith("Its sum"))
    terms, z = re.findall(r"\$z = (.*) = (.*)\$", told)[0]
    assert work_out(terms) == Decimal(z) == Decimal(number(at))


def test_perceptrons_table_has_the_minus_sign_of_its_sliders() -> None:
    at = learn(chapter="perceptron", w1="-1", b="-0.5")
    (table,) = (markdown.value for markdown in at.markdown if "| NAND |" in markdown.value)
    assert "| 0 | 0 | −0.5 |" in table
    assert "| -" not in table


def test_perceptron_finds_its_weights() -> None:
    at = learn(chapter="perceptron")
    assert number(at) == "2 of 4"
    next(button for button in at.button if "find" in button.label).click().run()
    assert number(at) == "4 of 4"
    assert number(learn(chapter="perceptron", show="circuit", x1="1", x2="1")) == "10"


def test_sigmoid_neuron_moves_as_the_formula_says() -> None:
    at = move(learn(chapter="sigmoid-neuron", done="sigmoid-neuron"), "dw", 0.12)
    nudge = neurons.nudge(9, 1, -10, 0.12)
    assert number(at) == f"{nudge.change:+.3f}"
    assert number(at, 2) == "+1"


def test_pixels_count_the_shared_ones() -> None:
    at = learn(chapter="pixels", done="pixels")
    assert number(at) == "17 of 174"  # as the lesson's text says
    move(at, "ink", 0.0)
    ink = np.stack([chapters.images.image_of(3, i) for i in (8, 7, 19)]) > 0
    assert number(at) == f"{ink.all(axis=0).sum()} of {ink.any(axis=0).sum()}"


def test_layers_count_the_parameters() -> None:
    at = learn(chapter="layers")
    assert number(at) == "13,002"
    move(at, "n1", 30)
    assert number(at) == f"{count_parameters((784, 30, 16, 10)):,}"
    move(at, "layers", 0)
    assert number(at) == "7,850"


def test_feedforward_shows_the_networks_own_numbers() -> None:
    at = learn(chapter="feedforward", digit="7", step="a3", unit3="7")
    last = load.lesson_network().forward_pass(chapters.images.image_of(7)[None])[-1]
    assert number(at, 0) == f"{last.z[0, 7]:.3f}"
    assert number(at, 1) == f"{last.a[0, 7]:.3f}"


def test_cost_follows_the_neuron() -> None:
    at = move(learn(chapter="cost", done="cost"), "epoch", 300)
    outputs, _ = learning.learn_to_say_zero(2, 2, "quadratic", 0.15, 300)
    assert number(at) == f"{outputs[-1]:.3f}"
    judged = learn(chapter="cost", show="digit", digit="4", label="4")
    assert float(number(judged)) < 0.1


def test_softmax_shares_one() -> None:
    at = learn(chapter="softmax")
    assert (number(at, 0), number(at, 1)) == ("1.00", "2.78")
    z = np.array([2.5, -1, 3.2, 5.0])
    move(at, "z4", 5.0)
    assert number(at, 0) == "1.00"
    assert number(at, 2) == f"{softmax.cost(z, 0, 'log-likelihood'):.3f}"


def test_softmax_keeps_log_likelihoods_pull_until_it_is_asked() -> None:
    query = {"chapter": "softmax", "show": "pull", "lead": "6", "steps": "80"}
    at = learn(**query)
    z = np.array([0, 6.0, 0, 0])
    quadratic, mended = (
        f"{softmax.unlearn(z, 0, cost, 0.15, 80)[-1, 0]:.3f}"
        for cost in ("quadratic", "log-likelihood")
    )
    assert [number(at, place) for place in (1, 2)] == [quadratic, "?"]
    assert not drawn(at, "log-likelihood")
    answer(at, "softmax")
    assert [number(at, place) for place in (1, 2)] == [quadratic, mended]
    assert drawn(at, "log-likelihood")
    alone = learn(**query, focus="1")
    assert number(alone, 2) == "?"
    alone.button(key="reveal-figure").click().run()
    assert number(alone, 2) == mended


def test_initialisation_follows_the_first_weights() -> None:
    at = learn(chapter="initialisation", digit="0")
    x = chapters.images.image_of(0)
    assert number(at) == f"{initialisation.spread_of_z('normal', x):.2f}"
    at = learn(chapter="initialisation", digit="0", **{"from": "lecun"})
    assert number(at) == f"{initialisation.spread_of_z('lecun', x):.2f}"
    assert number(at, 1) == "0.0%"
    found = initialisation.signals("he", "relu")
    deep = learn(chapter="initialisation", show="depth", **{"from": "he"})
    assert float(number(deep).removeprefix("× ")) == pytest.approx(
        found.forward[-1] / found.forward[0], rel=0.05
    )


@pytest.mark.parametrize("weights", get_args(InitializerName))
def test_the_spread_is_the_root_that_is_shown(weights: InitializerName) -> None:
    """With the digits shown, for every image: 1 · 61.23 + 1 under the root makes 7.89."""
    for digit in range(10):
        x = chapters.images.image_of(digit)
        of_weight, of_bias = initialisation.VARIANCES[weights](784, initialisation.N_UNITS)
        shown = math.sqrt(of_weight * round(float(x @ x), 2) + of_bias)
        assert f"{shown:.2f}" == f"{initialisation.spread_of_z(weights, x):.2f}"


def test_initialisation_keeps_the_six_copies_until_they_are_asked() -> None:
    query = {"chapter": "initialisation", "show": "equal"}
    assert number(learn(**query)) == "6 of 6"
    at = learn(**query, spread="0", steps="100")
    assert number(at) == "?"
    assert not at.get("image")
    answer(at, "initialisation")
    assert number(at) == "1 of 6"
    assert number(at, 1) == f"{initialisation.course(0).right[100]} of 200"
    assert len(at.get("image")) == initialisation.N_ALIKE


def test_overfitting_shows_the_stored_runs() -> None:
    at = learn(chapter="overfitting")
    assert [number(at, place) for place in range(3)] == ["100.00%", "82.02%", "17.98"]
    at = learn(chapter="overfitting", images="10000", remedy="l2", stop="5")
    run = overfitting.stored_runs()["l2", 10_000]
    train, test = (
        100 * accuracy[run.ends_after(5) - 1]
        for accuracy in (run.train_accuracy, run.test_accuracy)
    )
    assert [number(at, place) for place in range(3)] == [
        f"{train:.2f}%", f"{test:.2f}%", f"{train - test:.2f}",
    ]  # fmt: skip
    link = next(link for link in at.get("page_link") if link.page == "train").query_string
    for said in ("train_size=10000", "l2=1.0", "patience=5", "epochs=40", "engines=numpy%2Ctorch"):
        assert said in link


def test_overfitting_keeps_its_remedies_until_they_are_asked() -> None:
    at = learn(chapter="overfitting")
    assert not remedies(at)
    answer(at, "overfitting")
    assert remedies(at)
    linked = learn(chapter="overfitting", remedy="l2")  # a teacher's link
    linked.button_group(key="lesson-overfitting-remedy").set_value("none").run()
    assert remedies(linked)  # although the URL no longer says so
    alone = learn(chapter="overfitting", focus="1")
    assert not remedies(alone)
    alone.button(key="reveal-figure").click().run()
    assert remedies(alone)
    alone.button_group(key="lesson-overfitting-remedy").set_value("l2").run()
    alone.button(key="hide-figure").click().run()
    assert not remedies(alone)
    assert "remedy" not in alone.query_params


def remedies(at: AppTest) -> bool:
    return any(group.key == "lesson-overfitting-remedy" for group in at.button_group)


@pytest.mark.parametrize("n_train", overfitting.SIZES)
def test_the_gap_adds_up_with_the_digits_shown(n_train: int) -> None:
    for remedy in get_args(overfitting.Remedy):
        run = overfitting.stored_runs()[remedy, n_train]
        for train, test in zip(run.train_accuracy, run.test_accuracy, strict=True):
            shown = round(float(f"{100 * train:.2f}") - float(f"{100 * test:.2f}"), 2)
            assert f"{shown:.2f}" == f"{100 * train - 100 * test:.2f}"


def test_gradient_descent_takes_its_steps() -> None:
    at = move(learn(chapter="gradient-descent", done="gradient-descent"), "steps", 10)
    assert number(at) == f"{learning.valley(learning.descend(2.7, 0.1, 10)[-1]):.3f}"
    assert number(learn(chapter="gradient-descent", eta="3", steps="40")) == "gone"
    on_network = learn(chapter="gradient-descent", show="network", steps2="20")
    assert float(number(on_network, 1)) < float(number(on_network, 0))
    batches = learn(chapter="gradient-descent", show="batches", by="steps")
    assert (number(batches, 0), number(batches, 1)) == ("90.58%", "96.87%")


@pytest.mark.parametrize(
    ("query", "title", "ticks"),
    [
        ({}, "parameter v", [-3, -2, -1, 0, 1, 2, 3]),
        ({"show": "batches"}, "epochs so far", [1, 10, 100]),
        ({"show": "batches", "by": "steps"}, "steps so far", [1, 10, 100, 1000]),
    ],
)
def test_gradient_descents_axes_are_named_and_marked_at_round_numbers(
    query: dict[str, str], title: str, ticks: list[float]
) -> None:
    at = learn(chapter="gradient-descent", **query)
    spec = json.loads(at.get("vega_lite_chart")[0].proto.spec)
    x = spec["layer"][0]["encoding"]["x"]
    assert (x["title"], x["axis"]["values"]) == (title, ticks)
    assert len(spec["title"]["text"]) == 1  # a second line would be cut off at the top


def test_backpropagation_agrees_with_wiggling() -> None:
    at = learn(chapter="backpropagation")
    for parameter in backpropagation.SMALL_PARAMETERS:
        at = learn(chapter="backpropagation", weight=parameter, stage="gradient", x1="0.3")
        assert float(number(at, 0)) == pytest.approx(float(number(at, 1)), abs=2e-6)
    move(at, "y", 1.0)
    assert float(number(at, 0)) < 0


def test_universality_comes_closer() -> None:
    at = move(learn(chapter="universality", done="universality"), "n", 20)
    wanted = arithmetic.TARGETS["wiggle"]
    far = arithmetic.mean_deviation(arithmetic.fit_with_bumps(wanted, 20, 1000), wanted)
    assert number(at) == f"{far:.4f}"
    bump = learn(chapter="universality", show="bump", s="0.5,0.5")
    assert float(number(bump)) == pytest.approx(0, abs=1e-9)


# Prose -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# T\n\n## Idea\nx", "## Look"),
        (
            "# T\n## Idea\nx\n## Look\nx\n## Predict\n- [x] a\n- [x] b\n## Answer\nx\n"
            "## Sources\nx",
            "exactly one",
        ),
    ],
)
def test_a_lesson_that_lacks_something_says_so(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        prose.parse(text)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            {"chapter": "<b>"},
            "There is no chapter <b>; there are perceptron, sigmoid-neuron, pixels",
        ),
        ({"focus": "yes"}, "focus = yes does not fit; use 1."),
        ({"w1": "much"}, "w1 = much does not fit; use a number from -4 to 4."),
        ({"w1": "99"}, "w1 = 99 does not fit; use a number from -4 to 4."),
        ({"gate": "NOR"}, "gate = NOR does not fit; use"),
    ],
)
def test_what_a_link_says_wrongly_is_told_once_and_corrected(
    query: dict[str, str], sentence: str
) -> None:
    at = learn(**{"chapter": "perceptron", **query})
    assert [escape(sentence) in warning.value for warning in at.warning] == [True]
    (name,) = query
    assert at.query_params.get(name) != query[name]
    del at.session_state["notices"]  # their seconds are over
    assert not at.run().warning


def test_a_right_link_is_no_matter_of_words() -> None:
    at = learn(chapter="universality", n="10", show="fit", utm_source="mail")
    assert not at.warning


def test_stored_results_that_are_missing_are_a_sentence_in_place_of_the_figure(
    monkeypatch: pytest.MonkeyPatch,
):
    learning.stored_curves.cache_clear()
    monkeypatch.setattr(learning.reproduction, "load", list)
    at = learn(chapter="gradient-descent", show="batches")
    assert "reproduction.json lacks the recipe full-batch" in at.error[0].value.replace("\\", "")
    assert [header.value for header in at.subheader]  # the rest of the chapter is there
    assert not at.run().exception
    monkeypatch.undo()
    at.segmented_control(key="lesson-gradient-descent-show").set_value("network").run()
    assert not at.error
