"""TrainingConfig: every valid one survives files and links; every bad value gets one sentence."""

import json
import math
import re
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncore import config as module
from nncore.config import ConfigError, TrainingConfig, architecture, count_parameters


def choices(name: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(get_args(name))


def numbers(low: float, high: float, **options: Any) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, **options)


def valid(**values: Any) -> TrainingConfig:
    if values["schedule"] == "halving" or values["patience"]:
        values["validation_split"] = max(values["validation_split"], 0.01)
    return TrainingConfig(**values)


configs = st.builds(
    valid,
    dataset=choices(module.DatasetName),
    hidden=st.lists(st.integers(1, 1_500), max_size=6).map(tuple),
    activation=choices(module.ActivationName),
    cost=choices(module.CostName),
    optimizer=choices(module.OptimizerName),
    learning_rate=numbers(0, module.MAX_LEARNING_RATE, exclude_min=True),
    schedule=choices(module.ScheduleName),
    schedule_epochs=st.integers(1, module.MAX_EPOCHS),
    momentum=numbers(0, 1, exclude_max=True),
    batch_size=st.integers(1, module.MAX_BATCH_SIZE) | st.just("full"),
    epochs=st.integers(1, module.MAX_EPOCHS),
    patience=st.integers(0, module.MAX_EPOCHS),
    l1=numbers(0, module.MAX_PENALTY),
    l2=numbers(0, module.MAX_PENALTY),
    dropout=numbers(0, module.MAX_DROPOUT),
    initializer=choices(module.InitializerName),
    seed=st.integers(0, module.MAX_SEED),
    train_size=st.none() | st.integers(1, 60_000),
    validation_split=numbers(0, 0.5),
    deform=choices(module.DeformName),
    deform_strength=numbers(0, module.MAX_DEFORM_STRENGTH),
    world=numbers(0, 1),
    engines=st.sampled_from([("numpy",), ("torch",), ("numpy", "torch")]),
    dtype=choices(module.DTypeName),
)


@given(configs)
def test_json_round_trip(config: TrainingConfig) -> None:
    assert TrainingConfig.from_json(config.to_json()) == config
    assert "\n" not in config.to_json()


@given(configs)
def test_link_round_trip(config: TrainingConfig) -> None:
    query = config.to_query()
    assert all(isinstance(value, str) for value in query.values())
    assert set(query) <= module.QUERY_KEYS
    assert TrainingConfig.from_query(query) == config


@given(configs)
def test_what_a_link_leaves_out_is_a_default(config: TrainingConfig) -> None:
    missing = set(TrainingConfig.model_fields) - {
        module._LONG.get(name, name) for name in config.to_query()
    }
    assert missing <= set(module._RARE)
    for name in missing:
        assert getattr(config, name) == TrainingConfig.model_fields[name].default


@given(configs, configs)
def test_replace_all_is_the_other(config: TrainingConfig, other: TrainingConfig) -> None:
    assert config.replace(**other.model_dump()) == other
    assert config.replace() == config


def test_a_link_by_hand() -> None:
    config = TrainingConfig.from_query(
        {
            "hidden": "16,16",
            "activation": "relu",
            "cost": "log-likelihood",
            "lr": "0.1",
            "batch": "32",
            "epochs": "3",
            "seed": "1",
            "engines": "torch,numpy",
            "run": "not ours",
            "recipe": "not ours either",
        }
    )
    assert config.hidden == (16, 16)
    assert config.learning_rate == 0.1
    assert config.batch_size == 32
    assert config.engines == ("numpy", "torch")
    assert config.layer_sizes == (784, 16, 16, 10)


def test_a_link_over_a_recipe() -> None:
    base = TrainingConfig(hidden=(30,), epochs=7)
    config = TrainingConfig.from_query({"hidden": "", "batch": "FULL"}, base)
    assert config == base.replace(hidden=(), batch_size="full")


@pytest.mark.parametrize("text", ["all", ""])
def test_all_training_images(text: str) -> None:
    base = TrainingConfig(train_size=1_000)
    assert TrainingConfig.from_query({"train_size": text}, base).train_size is None


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((784, 10), 7_850), ((784, 16, 16, 10), 13_002), ((784, 30, 10), 23_860)],
)
def test_count_parameters(sizes: tuple[int, ...], expected: int) -> None:
    assert count_parameters(sizes) == expected
    assert TrainingConfig(hidden=sizes[1:-1]).n_parameters == expected


def test_edges_are_inside() -> None:
    for name, value in [
        ("hidden", ()),
        ("hidden", (1,) * 6),
        ("hidden", (4_096, 4_050)),
        ("learning_rate", 1e-300),
        ("learning_rate", 1_000),
        ("schedule_epochs", 1_000),
        ("momentum", 0),
        ("batch_size", 1),
        ("batch_size", 60_000),
        ("epochs", 1_000),
        ("patience", 0),
        ("dropout", 0.9),
        ("l1", 0),
        ("l2", 1_000),
        ("seed", 2**32 - 1),
        ("train_size", 60_000),
        ("validation_split", 0.5),
        ("deform_strength", 0),
        ("deform_strength", 3),
        ("world", 0),
        ("world", 1),
    ]:
        assert getattr(TrainingConfig.parse({name: value}), name) == value


NAN, INF = math.nan, math.inf
WHOLE = [-1, 1.5, "1.5", "ten", "1e3", "", None, NAN, INF, -INF, "nan", [1], {"a": 1}, 10**30]
REAL = [
    -0.1,
    "x",
    "0,1,1",
    None,
    NAN,
    INF,
    -INF,
    "nan",
    "inf",
    "1e400",
    "",
    [0.1],
    {},
    1e9,
    10**400,
]

BAD: dict[str, tuple[str, list[Any]]] = {
    "dataset": ("one of mnist, digits", ["fashion", "", "MNIST ", 1, None, True, NAN, ["mnist"]]),
    "hidden": (
        "4,096|0 to 6|write a layer without a comma|write it without the point",
        [
            *["1.5", "a,b", "16;16", "x" * 5_000, "0", "-5", "1e3", "1," * 50_000],
            *["1,024", "16,1,000", "2.000"],
            *[[0], [-1], [4_097], [1] * 7, [[1]], [None], [1.5], [10**30]],
            *[True, None, 1.5, NAN, INF, {"a": 1}],
        ],
    ),
    "activation": ("sigmoid, tanh, relu", ["gelu", "ReLU", 0, None, NAN, []]),
    "cost": ("quadratic, cross-entropy", ["mse", None, 1]),
    "optimizer": ("sgd, momentum, nesterov, adam", ["rmsprop", None, 1]),
    "learning_rate": ("above 0, at most 1,000", [0, -1, "0", 1_000.1, *REAL]),
    "schedule": ("constant, step, cosine, one-cycle, halving", ["linear", "Cosine", None, 1]),
    "schedule_epochs": ("from 1 to 1,000", [0, 1_001, *WHOLE]),
    "momentum": ("from 0 to below 1", [1, 2, *REAL]),
    "batch_size": ("from 1 to 60,000, or full", [0, 60_001, "half", "9" * 400, *WHOLE]),
    "epochs": ("from 1 to 1,000", [0, 1_001, *WHOLE]),
    "patience": ("from 0 to 1,000", [1_001, *WHOLE]),
    "dropout": ("from 0 to 0.9", [0.91, 1, *REAL]),
    "l1": ("from 0 to 1,000", [1_001, *REAL]),
    "l2": ("from 0 to 1,000", [1_001, *REAL]),
    "initializer": ("normal, lecun, glorot, he", ["zeros", None, 1]),
    "seed": ("from 0 to 4,294,967,295", [2**32, *WHOLE]),
    "train_size": (
        "from 1 to 60,000, or all",
        [0, 60_001, "some", *(value for value in WHOLE if value not in ("", None))],
    ),
    "validation_split": ("from 0 to 0.5", [0.51, 1, *REAL]),
    "deform": ("none, affine, elastic", ["both", "Affine", "", None, 1]),
    "deform_strength": ("from 0 to 3", [3.1, *REAL]),
    "world": ("from 0 to 1", [1.1, *REAL]),
    "engines": ("numpy", ["", "jax", "numpy,jax", [], [1], None, True, 5, NAN, {}]),
    "dtype": ("float32, float64", ["float16", None, 32]),
}


TYPED = {*BAD} - {"hidden", "train_size"}
"""Where no text at all is no value."""


def test_every_field_is_tried() -> None:
    assert set(BAD) == set(TrainingConfig.model_fields)


def check_sentence(message: str) -> None:
    assert len(message) < 400
    assert "\n" not in message
    assert message.endswith(".")
    assert "pydantic" not in message
    assert "validation error" not in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param(name, value, id=f"{name}={str(value)[:20]}")
        for name, (_, values) in BAD.items()
        for value in values
    ],
)
def test_a_bad_value_gets_one_sentence(name: str, value: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig.parse({name: value})
    message = str(caught.value)
    check_sentence(message)
    assert message.startswith(f"{name} is empty" if value == "" and name in TYPED else f"{name} = ")
    assert re.search(BAD[name][0], message), "the range, the way out"
    with pytest.raises(ConfigError):
        TrainingConfig().replace(**{name: value})


@pytest.mark.parametrize(
    ("name", "shown"), [("learning_rate", "-3.5"), ("epochs", "1000000"), ("cost", "mse")]
)
def test_the_sentence_shows_the_value(name: str, shown: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"{name} = {shown} ")):
        TrainingConfig.from_query({module._SHORT.get(name, name): shown})


@given(
    st.dictionaries(
        st.sampled_from(sorted(module.QUERY_KEYS)), st.text(max_size=30), min_size=1, max_size=5
    )
)
def test_any_link_is_read_or_refused_in_a_sentence(query: dict[str, str]) -> None:
    try:
        config = TrainingConfig.from_query(query)
    except ConfigError as refused:
        check_sentence(str(refused))
    else:
        assert TrainingConfig.from_query(config.to_query()) == config


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(module.QUERY_KEYS)), json_values, max_size=3))
def test_any_json_is_read_or_refused_in_a_sentence(values: dict[str, Any]) -> None:
    try:
        config = TrainingConfig.from_json(json.dumps(values))
    except ConfigError as refused:
        check_sentence(str(refused))
    else:
        assert TrainingConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize("watcher", [{"schedule": "halving"}, {"patience": 5}], ids=str)
def test_what_goes_by_the_validation_accuracy_needs_validation_images(watcher: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig().replace(validation_split=0, **watcher)
    check_sentence(str(caught.value))
    assert "validation_split = 0" in str(caught.value)


@pytest.mark.parametrize(
    ("batch_size", "expected"),
    [(32, (32, 4)), (25, (25, 4)), (1_000, (100, 1)), ("full", (100, 1))],
)
def test_mini_batches_of_a_hundred_examples(batch_size: Any, expected: tuple[int, int]) -> None:
    config = TrainingConfig(batch_size=batch_size)
    assert (config.batch_of(100), config.n_batches(100)) == expected


def test_too_many_parameters() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig.parse({"hidden": [4_096, 4_096, 4_096]})
    message = str(caught.value)
    check_sentence(message)
    assert "36,818,954 parameters" in message
    assert "at most 20,000,000" in message


@pytest.mark.parametrize(
    "text",
    [
        *["", "[]", "1", "null", '"mnist"', "{", "{'epochs': 3}", '{"epochs": 3}\0', "nan"],
        *['{"lr": NaN}', '{"lr": Infinity}', '{"lr": 1e999}', '{"seed": ' + "1" * 5_000 + "}"],
    ],
)
def test_json_that_is_no_configuration(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig.from_json(text)
    check_sentence(str(caught.value))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_is_read_as_an_editor_saved_it(encoding: str) -> None:
    text = '{"dataset": "digits",\r\n"hidden": [10.0]}'
    assert TrainingConfig.from_json(text.encode(encoding)).hidden == (10,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'The configuration is empty; write a JSON object such as {"epochs": 3}.'),
        ("[1]", 'The configuration is [1]; write a JSON object such as {"epochs": 3}.'),
        ('{"epochs": 1, "epochs": 2}', "The configuration says epochs twice; keep one of the two."),
        ('{"lr": 1, "learning_rate": 2}', "learning_rate is there twice, as lr too; keep one"),
        ('{"epochs": true}', "epochs = true does not fit; use a whole number from 1"),
        ('{"hidden": null}', "hidden = null does not fit; use up to 6 whole numbers"),
        ('{"hidden": {"a": [null]}}', 'hidden = {"a": [null]} does not fit'),
        ('{"lr": NaN}', "learning_rate = nan is not a finite number; use a number above 0"),
    ],
)
def test_the_sentence_is_about_what_was_written(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig.from_json(text)
    check_sentence(str(caught.value))
    assert str(caught.value).startswith(said)


def test_two_names_of_one_setting_are_refused_everywhere() -> None:
    for give in (TrainingConfig.from_query, lambda query: TrainingConfig().replace(**query)):
        with pytest.raises(ConfigError, match="batch_size is there twice, as batch too"):
            give({"batch": "10", "batch_size": "20"})


def test_an_unknown_setting() -> None:
    with pytest.raises(ConfigError, match=r"^warmth is no setting; use one of dataset, hidden, "):
        TrainingConfig.from_json('{"warmth": 0.5}')


def test_a_configuration_does_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        TrainingConfig().epochs = 3
    assert hash(TrainingConfig()) == hash(TrainingConfig())


class TestHarshInput:
    @pytest.mark.parametrize(
        "name", ["epochs", "batch_size", "learning_rate", "seed", "train_size", "l2", "hidden"]
    )
    @pytest.mark.parametrize("value", [True, False])
    def test_true_is_no_number(self, name: str, value: bool) -> None:
        text = json.dumps({name: [value] if name == "hidden" else value})
        with pytest.raises(ConfigError, match=rf"^{name} = "):
            TrainingConfig.from_json(text)

    @pytest.mark.parametrize("text", ["[" * 100_000, '{"hidden":' + "[" * 100_000])
    def test_endless_nesting(self, text: str) -> None:
        with pytest.raises(ConfigError) as caught:
            TrainingConfig.from_json(text)
        check_sentence(str(caught.value))

    @pytest.mark.parametrize("name", ["seed", "hidden", "learning_rate", "engines"])
    def test_a_number_of_thousands_of_digits(self, name: str) -> None:
        with pytest.raises(ConfigError) as caught:
            TrainingConfig.parse({name: 10**5_000})
        check_sentence(str(caught.value))

    def test_an_endless_name(self) -> None:
        with pytest.raises(ConfigError) as caught:
            TrainingConfig.parse({"x" * 10_000: 1})
        check_sentence(str(caught.value))


def test_the_shape_as_the_book_writes_it():
    sizes = TrainingConfig(hidden=(16, 16)).layer_sizes
    assert architecture(sizes) == "784-16-16-10"
    assert count_parameters(sizes) == 13_002
