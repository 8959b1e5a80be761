"""Inside as its reader meets it: the picture by pointer, keyboard and touch, and the microscope."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from dashboard.inside.choice import SECTIONS
from dashboard.ui.components import NUMBERS
from dashboard.ui.text import number
from nncore.gradient_check import relative_error
from tests.browser.app import LIGHT, PHONE, AppPage, Server
from tests.dashboard.worked import number as worked

OpenApp = Callable[..., AppPage]


def neuron(app: AppPage, place: str) -> Locator:
    return app.page.locator(f'.st-key-network .neuron[data-neuron="{place}"]')


def detail(app: AppPage) -> Locator:
    return app.page.locator(".st-key-network .detail")


def first_hidden(app: AppPage) -> Locator:
    return app.page.locator('.st-key-network .neuron[data-neuron^="0."]').nth(4)


def derivative(app: AppPage, way: str) -> float:
    text = app.key(f"derivative-{way}").locator("h3").inner_text()
    return float(worked(text))


@pytest.mark.parametrize("device", ["desktop", "dark phone"])
def test_every_section_fits_and_can_be_read(server: Server, open_app: OpenApp, device: str) -> None:
    context = {"color_scheme": "dark", **PHONE} if device == "dark phone" else {}
    app = open_app(server, "/inside?neuron=1.9", **context)
    expect(app.key("answer")).to_contain_text("It says", timeout=20_000)
    for section in SECTIONS.values():
        app.page.get_by_role("radio", name=section, exact=True).click()
        app.settle()
        assert app.sideways_overflow() <= 0, section
        words = app.page.locator(".st-key-network text, .plot text, .readout, .said, .hint, .note")
        assert min(words.evaluate_all(CONTRAST)) >= 4.5, section


def test_pointer_and_keyboard_explain_a_neuron_and_select_it(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/inside")
    expect(detail(app)).to_contain_text("Output")
    expect(app.page.locator(".st-key-network .note")).to_contain_text("20 neurons are drawn")
    scale = [
        tick.replace("−", "-") for tick in detail(app).locator(".scale .tick").all_inner_texts()
    ]
    assert float(scale[0]) == -float(scale[2]) > float(scale[1]) == 0
    expect(detail(app).locator(".ends .tick")).to_have_text([re.compile(r"neuron \d+")] * 2)
    chosen = first_hidden(app)
    index = (chosen.get_attribute("data-neuron") or "").split(".")[1]
    chosen.hover()
    expect(detail(app)).to_contain_text(f"Hidden layer 1, neuron {index}")
    expect(detail(app).locator("canvas")).to_be_visible()
    expect(app.page.locator(".st-key-network .into path")).not_to_have_count(0)
    app.page.mouse.move(0, 0)
    expect(detail(app)).to_contain_text("Output")

    chosen.click()
    expect(
        app.page.get_by_role("heading", name=f"Hidden layer 1, neuron {index}: its sum")
    ).to_be_visible()
    expect(app.page).to_have_url(re.compile(rf"neuron=1\.{index}(&|$)"))
    expect(neuron(app, f"0.{index}")).to_have_attribute("aria-pressed", "true")
    app.settle()

    app.page.mouse.move(0, 0)
    app.page.locator('.st-key-network .neuron[tabindex="0"]').focus()
    app.page.keyboard.press("ArrowRight")
    expect(detail(app)).to_contain_text("Output")
    app.page.keyboard.press("ArrowUp")
    said = detail(app).locator(".title").inner_text()
    app.page.keyboard.press("Enter")
    expect(app.page.get_by_role("heading", name=f"{said}: its sum")).to_be_visible()


def test_a_tap_on_a_phone_selects_a_neuron(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/inside", **PHONE)
    neuron(app, "1.4").tap()
    expect(app.page.get_by_role("heading", name="Output 4: its sum")).to_be_visible()
    assert app.sideways_overflow() <= 0


def test_a_link_is_followed_and_the_picture_stays_the_same_element(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/inside?example=5&neuron=1.7&show=seeking")
    expect(
        app.page.get_by_role("heading", name="Hidden layer 1, neuron 7: what is it looking for?")
    ).to_be_visible()
    image = app.page.get_by_label(re.compile("^Test image"))
    expect(image).to_have_value("5")
    picture = app.page.locator(".st-key-network svg.net")
    picture.evaluate("element => { element.dataset.mine = 'yes' }")
    image.fill("2")
    app.page.keyboard.press("Enter")
    expect(app.page).to_have_url(re.compile("example=2"))
    app.settle()
    assert picture.get_attribute("data-mine") == "yes"


def test_backpropagation_agrees_with_trying_on_five_random_weights(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/inside?show=backward")
    seen = set[str]()
    for _ in range(5):
        before = app.key("derivative-numpy").inner_text()
        app.press("A random weight")
        expect(app.key("derivative-numpy")).not_to_have_text(before, use_inner_text=True)
        app.settle()
        analytic = derivative(app, "numpy")
        assert relative_error(analytic, derivative(app, "difference")) < 1e-4
        seen.add(str(analytic))
    assert len(seen) == 5


def test_from_an_output_error_by_clicks_down_to_one_single_derivative(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, "/inside?show=backward")
    app.key("errors-1").locator('[data-cell="9"]').click(force=True)
    expect(app.page.get_by_role("heading", name="Output 9: the slopes")).to_be_visible()
    app.key("slope-bars").locator(".plot").press("ArrowRight")
    said = app.key("slope-bars").locator(".readout").inner_text()
    app.page.keyboard.press("Enter")
    source = re.findall(r"neuron (\d+): ∂C/∂w = ", said)[0]
    expect(app.page.get_by_label(re.compile("^From neuron"))).to_have_value(source)

    blamed = app.key("errors-0").locator(".rise").first
    index = blamed.get_attribute("data-cell")
    blamed.click()
    expect(
        app.page.get_by_role("heading", name=f"Hidden layer 1, neuron {index}: the slopes")
    ).to_be_visible()
    picture = app.key("slope-picture")
    ink = picture.locator('[data-cell]:not([fill-opacity="0"])').nth(20)
    pixel = int(ink.get_attribute("data-cell") or -1)
    ink.click()
    expect(picture.locator(".readout")).to_contain_text(f"pixel {pixel // 28}, {pixel % 28}: ")
    expect(app.page.get_by_label("Row, 0 to 27")).to_have_value(str(pixel // 28))
    expect(app.page.get_by_label("Column, 0 to 27")).to_have_value(str(pixel % 28))
    shown = float(worked(picture.locator(".readout").inner_text().split("= ")[1]))
    assert relative_error(derivative(app, "numpy"), shown) < 0.01


def test_a_silenced_layer_and_its_undo(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, "/inside?show=touch&neuron=1.3")
    accuracy = app.key("touched-accuracy")
    before = accuracy.inner_text()
    app.press("Silence hidden layer 1")
    expect(accuracy).to_contain_text("points")
    expect(neuron(app, "0.3")).to_have_class(re.compile("silenced"))
    expect(neuron(app, "0.3").locator(".cross")).to_be_visible()
    app.press("Undo")
    expect(accuracy).to_have_text(before, use_inner_text=True)
    expect(neuron(app, "0.3").locator(".cross")).to_be_hidden()


CONTRAST = (
    "elements => {"
    + LIGHT
    + """
  const app = document.querySelector("[data-testid=stApp]")
  const page = light(getComputedStyle(app).backgroundColor)
  return elements.map(element => {
    const style = getComputedStyle(element)
    const words = light(element instanceof SVGElement ? style.fill : style.color)
    return (Math.max(words, page) + 0.05) / (Math.min(words, page) + 0.05)
  })
}"""
)
"""The contrast ratio of each element's words with the page (WCAG 2.2)."""


def test_a_drawing_writes_numbers_as_the_page_does(server: Server, open_app: OpenApp) -> None:
    page = open_app(server, "/").page
    for value in (0, -0.0123456, 1.23e-7, -1e-5, 123.4, 1234.5678, -2.5e8, 1e6):
        assert page.evaluate(f"value => {{ {NUMBERS}; return said(value) }}", value) == number(
            value
        )
    assert page.evaluate(f"() => {{ {NUMBERS}; return said(0.5) }}") == "0.5"  # shorter on an axis
