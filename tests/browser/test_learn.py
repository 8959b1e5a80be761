"""Learn in a browser: a control moves and the figure's number follows, on every size and theme."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from dashboard.learn import chapters as lesson_table
from nncore.config import count_parameters
from nncore.lessons import (
    images,
    initialisation,
    learning,
    neurons,
    overfitting,
    softmax,
    universality,
)
from tests.browser.app import PHONE, AppPage, Server

OpenApp = Callable[..., AppPage]
ONE_ANSWERED = f"1 of {len(lesson_table.CHAPTERS)} questions answered"


def press(app: AppPage, label: str, key: str = "ArrowRight") -> None:
    """Press a key on a slider, as somebody without a mouse does."""
    app.page.get_by_role("slider", name=re.compile(label)).first.press(key)


def choose(app: AppPage, name: str) -> None:
    app.page.get_by_test_id("stMain").get_by_role("radio", name=name, exact=True).first.click()


def number_becomes(app: AppPage, text: str) -> None:
    expect(app.key("lesson-number")).to_contain_text(text, timeout=10_000)


def test_perceptron(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=perceptron&w1=-2&w2=-2&b=1.5")
    number_becomes(app, "2 of 4")
    press(app, "Bias")  # 2.0: at 01 and 10, z = 0, which is not above 0
    expect(app.page).to_have_url(re.compile(r"b=2(&|$)"))
    number_becomes(app, "2 of 4")
    press(app, "Bias")
    number_becomes(app, "4 of 4")
    expect(app.page).to_have_url(re.compile(r"b=2\.5"))


@pytest.mark.parametrize(
    ("look", "focus"),
    [({}, ""), (PHONE, ""), ({"viewport": {"width": 1920, "height": 1080}}, "&focus=1")],
)
def test_the_plane_of_two_inputs_is_about_square(
    server: Server, open_app: OpenApp, look: dict[str, Any], focus: str
) -> None:
    app = open_app(server, f"/learn?chapter=perceptron{focus}", **look)
    chart = app.key("lesson-square").get_by_test_id("stVegaLiteChart")
    expect(chart).to_be_visible()
    app.settle()
    box = chart.bounding_box()
    assert box is not None
    assert 0.7 < box["width"] / box["height"] < 1.4


def test_sigmoid_neuron(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=sigmoid-neuron&done=sigmoid-neuron")
    number_becomes(app, f"{neurons.nudge(9, 1, -10, 0.1).change:+.3f}")
    press(app, "Input")
    number_becomes(app, f"{neurons.nudge(9.1, 1, -10, 0.1).change:+.3f}")


def test_pixels(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=pixels&done=pixels")
    number_becomes(app, "17 of 174")
    press(app, "Row of the pixel")
    rule = images.pixel_rule(3, 15, 14, 0.5)
    expect(app.key("lesson-figure")).to_contain_text(
        f"{rule.hits} of {rule.n_digit} images of a 3, and {rule.false_alarms}"
    )


def test_layers(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=layers")
    number_becomes(app, "13,002")
    press(app, "layer 1")
    number_becomes(app, f"{count_parameters((784, 17, 16, 10)):,}")
    expect(app.page.locator('.st-key-network .neuron[data-neuron^="0."]')).to_have_count(17)


def test_feedforward(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=feedforward&step=a3&unit3=3")
    before = app.key("lesson-number").inner_text()
    press(app, "Output neuron")
    expect(app.key("lesson-number")).to_contain_text("of neuron 4")
    assert app.key("lesson-number").inner_text() != before
    app.page.locator('.st-key-network .neuron[data-neuron="0.7"]').click()
    expect(app.key("lesson-number")).to_contain_text("of neuron 7")
    expect(app.page).to_have_url(re.compile("unit1=7"))


def test_cost(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=cost&done=cost")
    press(app, "Starting weight", "ArrowLeft")
    outputs, _ = learning.learn_to_say_zero(1.9, 2, "quadratic", 0.15, 50)
    number_becomes(app, f"{outputs[-1]:.3f}")


def test_softmax(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=softmax")
    number_becomes(app, "1.157")
    press(app, "Weighted input")
    cost = softmax.cost(np.array([2.6, -1, 3.2, 0.5]), 0, "log-likelihood")
    number_becomes(app, f"{cost:.3f}")


def test_initialisation(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=initialisation&show=equal&spread=0.01")
    number_becomes(app, "6 of 6")
    app.page.get_by_role("slider", name=re.compile("Steps")).first.press("ArrowRight")
    number_becomes(app, f"{initialisation.course(0.01).right[61]} of 200")
    press(app, "Spread of the first weights", "ArrowLeft")
    number_becomes(app, "?")
    app.key("lesson-question").get_by_text("Six copies of one neuron").click()
    app.press("Reveal")
    number_becomes(app, "1 of 6")


def test_overfitting(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=overfitting&remedy=none")
    number_becomes(app, "82.02%")
    choose(app, "L2")
    number_becomes(app, "87.73%")
    press(app, "Early stopping")
    press(app, "Early stopping")
    run = overfitting.stored_runs()["l2", 1_000]
    number_becomes(app, f"{100 * run.test_accuracy[run.ends_after(5) - 1]:.2f}%")
    expect(app.page).to_have_url(re.compile(r"stop=5(&|$)"))


def test_a_charts_buttons_cover_no_number(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=overfitting")
    app.key("lesson-figure").get_by_test_id("stVegaLiteChart").hover()
    buttons = app.key("lesson-figure").get_by_test_id("stElementToolbar").first
    expect(buttons).to_be_visible()
    numbers, above = app.key("lesson-number").bounding_box(), buttons.bounding_box()
    assert numbers is not None
    assert above is not None
    assert above["y"] >= numbers["y"] + numbers["height"]


def test_gradient_descent(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=gradient-descent&done=gradient-descent")
    press(app, "Steps")
    number_becomes(app, f"{learning.valley(learning.descend(2.7, 0.1, 6)[-1]):.3f}")
    choose(app, "Full batch or mini-batches")
    number_becomes(app, f"{learning.stored_curves()['mini-batch'].test_accuracy[-1]:.2%}")


def test_backpropagation(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=backpropagation")
    for name in ("w₁₂", "v₁", "b₂", "c", "w₂₁"):
        choose(app, name)
        number_becomes(app, f"∂C/∂{name} by")
        app.settle()  # the label may be new a moment before the numbers are
        found = re.findall(r"[+-]\d\.\d{6}", app.key("lesson-number").inner_text())
        analytic, numeric = (float(text) for text in found)
        assert analytic == pytest.approx(numeric, rel=1e-4, abs=2e-6)


def test_universality(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=universality&n=10&done=universality")
    number_becomes(app, "0.0554")
    press(app, "Bumps")
    wanted = universality.TARGETS["wiggle"]
    far = universality.mean_deviation(universality.fit_with_bumps(wanted, 11, 1000), wanted)
    number_becomes(app, f"{far:.4f}")


@pytest.mark.parametrize("look", ["phone", "dark"])
def test_every_chapter_fits_a_phone_and_a_dark_page(
    server: Server, open_app: OpenApp, look: str
) -> None:
    context = PHONE if look == "phone" else {"color_scheme": "dark"}
    app = open_app(server, "/learn?chapter=perceptron", **context)
    for number, chapter in enumerate(lesson_table.CHAPTERS, 1):
        expect(app.page.get_by_role("heading", level=1)).to_have_text(chapter.title)
        app.settle()
        expect(app.key("lesson-number")).to_be_visible()
        assert app.sideways_overflow() <= 0, chapter.name
        if number < len(lesson_table.CHAPTERS):
            app.key("next-chapter").get_by_role("button").click()


def test_focus_hides_all_but_the_figure(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=sigmoid-neuron&focus=1&x=12")
    number_becomes(app, f"{neurons.nudge(12, 1, -10, 0.1).change:+.3f}")
    expect(app.page.get_by_text("Predict, then reveal")).to_have_count(0)
    expect(app.page.get_by_role("link", name="Train", exact=True)).to_have_count(0)
    app.press("Show the whole chapter")
    expect(app.page.get_by_text("Predict, then reveal")).to_be_visible()
    expect(app.page).not_to_have_url(re.compile("focus"))
    expect(app.page).to_have_url(re.compile("x=12"))


def test_the_button_leaves_the_figure_alone(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=sigmoid-neuron&x=12")
    sidebar = app.page.get_by_test_id("stSidebar")
    expect(sidebar).to_be_visible()
    app.press("Show only the figure")
    expect(app.page.get_by_text("Predict, then reveal")).to_have_count(0)
    expect(app.button("Show the whole chapter")).to_be_visible()
    expect(sidebar).to_be_hidden()
    expect(app.page).to_have_url(re.compile("focus=1"))
    number_becomes(app, f"{neurons.nudge(12, 1, -10, 0.1).change:+.3f}")
    app.press("Show the whole chapter")
    expect(sidebar).to_be_visible()


def test_from_the_first_chapter_to_train_and_back(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/learn?chapter=perceptron")
    app.key("lesson-question").get_by_text("Three", exact=True).click()
    app.press("Reveal")
    expect(app.page.get_by_text("As you predicted")).to_be_visible()
    expect(app.page.get_by_text(ONE_ANSWERED)).to_be_attached()
    assert "done" not in app.page.url
    app.page.reload()
    app.settle()
    expect(app.page.get_by_text(ONE_ANSWERED)).to_be_attached()
    app.press("Next: Sigmoid neurons")
    expect(app.page).to_have_url(re.compile("chapter=sigmoid-neuron"))
    app.settle()
    app.page.go_back()
    expect(app.page.get_by_role("heading", name="Perceptrons", exact=True)).to_be_visible()
    app.page.get_by_role("link", name="Train ten neurons without a hidden layer").click()
    expect(app.page.get_by_text("7,850 parameters")).to_be_visible(timeout=15_000)
    app.page.get_by_role("link", name="Learn", exact=True).click()
    expect(app.page.get_by_text(ONE_ANSWERED)).to_be_attached(timeout=15_000)


def test_an_answer_is_the_tabs_own_and_its_address_tells_nobody(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/learn?chapter=initialisation&show=equal&spread=0")
    number_becomes(app, "?")
    app.key("lesson-question").get_by_text("Six copies of one neuron").click()
    app.press("Reveal")
    number_becomes(app, "1 of 6")
    app.page.reload()
    number_becomes(app, "1 of 6")
    link = app.page.url.removeprefix(server.url)
    reader = open_app(server, link)
    number_becomes(reader, "?")
    # Whoever types it into an address wants to see it, and does not pass it on.
    typed = open_app(server, f"{link}&done=initialisation")
    number_becomes(typed, "1 of 6")
    expect(typed.page).not_to_have_url(re.compile("done"))
    typed.page.reload()
    number_becomes(typed, "1 of 6")
    # In the next tab the question counts as answered, and both keep what they know.
    expect(reader.page.get_by_text(ONE_ANSWERED)).to_be_attached()
    reader.press("Reveal")
    number_becomes(reader, "1 of 6")
    reader.press("Hide the answer again")
    number_becomes(reader, "?")
    reader.page.reload()
    number_becomes(reader, "?")
    expect(reader.page.get_by_text(ONE_ANSWERED)).to_be_attached()
