"""Typing into the form on Train, as people do: wrongly, with a comma, and with the arrow keys."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.app import PHONE, AppPage, Server

OpenApp = Callable[..., AppPage]
SHORT = "/train?recipe=classroom&dataset=digits&epochs=1&engines=numpy"


def field(app: AppPage, name: str) -> Locator:
    return app.page.get_by_role("textbox", name=name)


def type_into(app: AppPage, name: str, text: str) -> None:
    """Key by key, and no Enter: what is pressed next takes the focus away."""
    field(app, name).click()
    app.page.keyboard.press("Control+A")
    app.page.keyboard.press("Delete")
    app.page.keyboard.type(text)


@pytest.mark.parametrize("typed", ["-1", "0", "abc", ""])
def test_a_wrong_value_turns_train_off_also_for_who_presses_it_at_once(
    server: Server, open_app: OpenApp, typed: str
) -> None:
    app = open_app(server, SHORT)
    type_into(app, "Epochs", "2")
    type_into(app, "Learning rate", typed)
    app.button("Train").click(delay=60)  # leaves the field, and may come before the answer
    expect(app.button("Train")).to_be_disabled()
    expect(app.button("Step")).to_be_disabled()
    said = app.key("field-learning_rate").get_by_role("alert")
    expect(said).to_contain_text(
        f"Learning rate η = {typed} does not fit" if typed else "Learning rate η is empty"
    )
    expect(said).to_contain_text("use a number above 0, at most 1,000.")
    expect(app.page).not_to_have_url(re.compile("run="))
    expect(field(app, "Learning rate")).to_have_value(typed)
    expect(field(app, "Epochs")).to_have_value("2")
    type_into(app, "Learning rate", "0.1")
    field(app, "Learning rate").press("Enter")
    expect(said).to_have_count(0)
    expect(app.button("Train")).to_be_enabled()


def test_a_comma_is_a_decimal_mark_for_who_presses_train_at_once(
    server: Server, open_app: OpenApp
) -> None:
    app = open_app(server, SHORT)
    type_into(app, "Learning rate", "0,5")
    app.button("Train").click(delay=60)
    app.wait_for_status("queued", "running", "finished")
    expect(app.page.get_by_text("η 0.5").first).to_be_visible()
    expect(app.page).to_have_url(re.compile(r"lr=0\.5&"))


def test_the_arrow_keys_count_and_a_phone_shows_numbers(server: Server, open_app: OpenApp) -> None:
    app = open_app(server, SHORT + "&lr=0.02", **PHONE)
    rate, epochs = field(app, "Learning rate"), field(app, "Epochs")
    rate.tap()
    assert rate.evaluate("element => element.inputMode") == "decimal"
    for key, value in [("Up", "0.03"), ("Down", "0.02"), ("Down", "0.01"), ("Down", "0.009")]:
        rate.press(f"Arrow{key}")
        expect(rate).to_have_value(value)
    rate.press("Enter")
    expect(app.page).to_have_url(re.compile(r"lr=0\.009&"))
    epochs.tap()
    assert epochs.evaluate("element => element.inputMode") == "numeric"
    epochs.press("ArrowDown")
    expect(epochs).to_have_value("1")
    hidden = field(app, "Hidden layers")
    hidden.press("ArrowUp")
    expect(hidden).to_have_value("128")
    assert hidden.evaluate("element => element.inputMode") == ""
