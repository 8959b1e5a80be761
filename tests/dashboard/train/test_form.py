import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui.names import FIELDS
from nncore import recipes
from nncore.config import TrainingConfig


def form_script() -> None:
    import streamlit as st

    from dashboard.train import form

    st.write(form.training_form().config.to_json())


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_function(form_script, default_timeout=30).run()


def config(at: AppTest) -> TrainingConfig:
    return TrainingConfig.from_json(at.markdown[0].value)


def test_the_form_starts_from_the_default_recipe(at: AppTest):
    assert not at.exception
    assert config(at) == recipes.get("classroom").config


def test_every_field_of_a_configuration_has_a_control(at: AppTest):
    fields = {widget.key.removeprefix("config-") for widget in widgets(at)}
    assert fields == {*TrainingConfig.model_fields, "full_batch"}


def test_every_control_has_one_line_of_help(at: AppTest):
    for widget in widgets(at):
        assert widget.help, widget.key
        assert "\n" not in widget.help
        assert len(widget.help) <= 100, widget.key


@pytest.mark.parametrize("symbol", ["η", "λ", "C", "σ", "μ", "m", "n", "w", "p"])
def test_the_books_symbols_are_on_the_controls(at: AppTest, symbol: str):
    assert any(symbol in widget.label.split() for widget in widgets(at))


@pytest.mark.parametrize(
    ("kind", "key", "value", "field", "expected"),
    [
        ("text_input", "hidden", " 30, 20 ", "hidden", (30, 20)),
        ("text_input", "hidden", "", "hidden", ()),
        ("selectbox", "activation", "tanh", "activation", "tanh"),
        ("selectbox", "cost", "cross-entropy", "cost", "cross-entropy"),
        ("selectbox", "optimizer", "adam", "optimizer", "adam"),
        ("text_input", "learning_rate", "0.003", "learning_rate", 0.003),
        ("selectbox", "schedule", "one-cycle", "schedule", "one-cycle"),
        ("text_input", "batch_size", "7", "batch_size", 7),
        ("toggle", "full_batch", True, "batch_size", "full"),
        ("text_input", "epochs", "12", "epochs", 12),
        ("text_input", "patience", "3", "patience", 3),
        ("text_input", "l1", "0.5", "l1", 0.5),
        ("text_input", "dropout", "0.2", "dropout", 0.2),
        ("text_input", "l2", "5.0", "l2", 5.0),
        ("selectbox", "initializer", "normal", "initializer", "normal"),
        ("text_input", "seed", "4", "seed", 4),
        ("text_input", "train_size", "1000", "train_size", 1000),
        ("selectbox", "validation_split", 0.0, "validation_split", 0.0),
        ("selectbox", "deform", "elastic", "deform", "elastic"),
        ("text_input", "world", "0.25", "world", 0.25),
        ("selectbox", "dtype", "float64", "dtype", "float64"),
        ("selectbox", "dataset", "digits", "dataset", "digits"),
    ],
)
def test_a_control_changes_its_field_and_no_other(
    at: AppTest, kind: str, key: str, value: object, field: str, expected: object
):
    before = config(at)
    getattr(at, kind)(key=f"config-{key}").set_value(value).run()
    assert not at.exception
    assert not at.error
    assert config(at) == before.replace(**{field: expected})


def test_momentum_is_open_to_the_optimizers_that_use_it(at: AppTest):
    at.selectbox(key="config-optimizer").select("sgd").run()
    assert at.text_input(key="config-momentum").disabled
    at.selectbox(key="config-optimizer").select("nesterov").run()
    assert not at.text_input(key="config-momentum").disabled


def test_a_strength_is_of_use_to_deformed_digits_only(at: AppTest):
    assert at.text_input(key="config-deform_strength").disabled
    at.selectbox(key="config-deform").select("affine").run()
    at.text_input(key="config-deform_strength").set_value("0.5").run()
    assert config(at) == recipes.get("classroom").config.replace(
        deform="affine", deform_strength=0.5
    )


def test_epochs_are_counted_by_the_schedules_that_count_them(at: AppTest):
    assert at.text_input(key="config-schedule_epochs").disabled
    at.selectbox(key="config-schedule").select("halving").run()
    at.text_input(key="config-schedule_epochs").set_value("4").run()
    assert config(at) == recipes.get("classroom").config.replace(
        schedule="halving", schedule_epochs=4
    )
    at.selectbox(key="config-validation_split").select(0.0).run()
    assert "Kept for validation \\= 0" in at.error[0].value


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("text_input", "hidden", "30;20"),
        ("text_input", "hidden", "0"),
        ("text_input", "hidden", "9,9,9,9,9,9,9"),
        ("text_input", "hidden", "4096,4096,4096"),
        ("text_input", "learning_rate", "0.0"),
        ("text_input", "learning_rate", "1e9"),
        ("text_input", "learning_rate", "nan"),
        ("text_input", "learning_rate", "inf"),
        ("text_input", "batch_size", "1000000000"),
        ("text_input", "epochs", "1000000"),
        ("text_input", "l2", "1e9"),
        ("text_input", "dropout", "0.95"),
        ("text_input", "patience", "1000000"),
        ("text_input", "seed", "1099511627776"),
        ("text_input", "train_size", "60000"),
        ("pills", "engines", []),
    ],
)
def test_a_value_that_does_not_fit_is_one_sentence_and_the_last_good_one_stays(
    at: AppTest, kind: str, key: str, value: object
):
    before = config(at)
    widget = (
        at.pills(key=f"config-{key}") if kind == "pills" else getattr(at, kind)(f"config-{key}")
    )
    widget.set_value(value).run()
    assert not at.exception
    [error] = at.container(key=f"field-{key}").error
    assert error.value.replace("\\", "").startswith(FIELDS[key])
    assert error.value.endswith(".")
    assert config(at) == before


def widgets(at: AppTest):
    kinds = (at.text_input, at.selectbox, at.toggle, at.pills)
    return [widget for kind in kinds for widget in kind if widget.key.startswith("config-")]
