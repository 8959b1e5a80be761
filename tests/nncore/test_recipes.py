"""The recipes are the table of published results; what they reach is measured elsewhere.

Only `classroom` is trained here: it is this project's own promise.
"""

import re

import pytest

from nncore import recipes
from nncore.config import ConfigError, TrainingConfig
from nncore.datasets import Dataset
from nncore.recipes import RECIPES
from nncore.training import EpochRecord, ReportInterval, build, train

NAMES = [
    "classroom",
    "world",
    "nielsen-ch1",
    "nielsen-ch1-wide",
    "nielsen-ch1-slow",
    "nielsen-ch1-diverges",
    "nielsen-no-hidden",
    "nielsen-ch3-cross-entropy",
    "nielsen-ch3-cross-entropy-wide",
    "nielsen-ch3-overfitting",
    "nielsen-ch3-overfitting-l2",
    "nielsen-ch3-l2",
    "nielsen-ch3-l2-wide",
    "nielsen-ch3-tuned",
    "nielsen-ch3-large-init",
    "nielsen-ch3-small-init",
    "3blue1brown",
    "full-batch",
    "mini-batch",
    "simard",
    "simard-affine",
    "simard-elastic",
    "robust",
]


def test_all_are_there_with_the_default_first() -> None:
    assert list(RECIPES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_is_whole(name: str) -> None:
    recipe = recipes.get(name)
    assert recipe.name == name
    assert re.fullmatch(r"[^.!]+(\d\.\d[^.!]*)*\.", recipe.summary), "one sentence"
    assert recipe.source
    assert recipe.title
    accuracies = [float(text) / 100 for text in re.findall(r"([\d.]+) %", recipe.published or "")]
    if recipe.published is None:
        assert recipe.published_accuracy is None
        assert recipe.published_on is None
    else:
        assert recipe.published_accuracy in [pytest.approx(figure) for figure in accuracies]
        assert recipe.published_on == (
            "validation" if "(validation)" in recipe.published else "test"
        )


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_link_and_a_file(name: str) -> None:
    config = recipes.get(name).config
    assert TrainingConfig.from_query(config.to_query()) == config
    assert TrainingConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("nielsen")])
def test_the_books_own_settings(name: str) -> None:
    config = recipes.get(name).config
    assert config.activation == "sigmoid"
    assert config.optimizer == "sgd"
    assert config.batch_size == 10
    assert config.validation_split == 1 / 6  # 50,000/10,000/10,000
    assert config.initializer == ("lecun" if "small-init" in name else "normal")
    assert config.cost == ("cross-entropy" if "ch3" in name else "quadratic")
    assert len(config.hidden) == (0 if "no-hidden" in name else 1)


@pytest.mark.parametrize(
    ("name", "hidden", "rate", "epochs", "l2", "train_size"),
    [
        ("nielsen-ch1", 30, 3.0, 30, 0, None),
        ("nielsen-ch1-wide", 100, 3.0, 30, 0, None),
        ("nielsen-ch1-slow", 100, 0.001, 30, 0, None),
        ("nielsen-ch1-diverges", 30, 100, 30, 0, None),
        ("nielsen-no-hidden", "", 3.0, 30, 0, None),
        ("nielsen-ch3-cross-entropy", 30, 0.5, 30, 0, None),
        ("nielsen-ch3-cross-entropy-wide", 100, 0.5, 30, 0, None),
        ("nielsen-ch3-overfitting", 30, 0.5, 400, 0, 1_000),
        ("nielsen-ch3-overfitting-l2", 30, 0.5, 400, 0.1, 1_000),
        ("nielsen-ch3-l2", 30, 0.5, 30, 5, None),
        ("nielsen-ch3-l2-wide", 100, 0.5, 30, 5, None),
        ("nielsen-ch3-tuned", 100, 0.1, 60, 5, None),
        ("nielsen-ch3-large-init", 30, 0.1, 30, 5, None),
        ("nielsen-ch3-small-init", 30, 0.1, 30, 5, None),
    ],
)
def test_the_books_table(
    name: str, hidden: object, rate: float, epochs: int, l2: float, train_size: int | None
) -> None:
    config = recipes.get(name).config
    assert config == config.replace(
        hidden=str(hidden), lr=rate, epochs=epochs, l2=l2, l1=0, train_size=train_size
    )


def test_parameters_of_the_videos() -> None:
    assert recipes.get("3blue1brown").config.n_parameters == 13_002


def test_pairs_differ_in_one_thing() -> None:
    def differences(one: str, other: str) -> set[str]:
        first, second = (recipes.get(name).config.model_dump() for name in (one, other))
        return {key for key in first if first[key] != second[key]}

    assert differences("full-batch", "mini-batch") == {"batch_size"}
    assert differences("nielsen-ch3-overfitting", "nielsen-ch3-overfitting-l2") == {"l2"}
    assert differences("nielsen-ch3-large-init", "nielsen-ch3-small-init") == {"initializer"}
    assert differences("nielsen-ch1", "nielsen-ch1-diverges") == {"learning_rate"}
    assert differences("nielsen-ch1", "nielsen-no-hidden") == {"hidden"}
    assert differences("nielsen-ch3-l2", "nielsen-ch3-l2-wide") == {"hidden"}


def test_the_robust_model_fits_in_four_megabytes_of_half_precision() -> None:
    assert 2 * recipes.get("robust").config.n_parameters < 4_000_000 - 10_000


def test_an_unknown_name() -> None:
    with pytest.raises(ConfigError, match=r"^recipe = nielsen is unknown; use one of classroom, "):
        recipes.get("nielsen")
    with pytest.raises(ConfigError) as caught:
        recipes.get("x" * 10_000)
    assert len(str(caught.value)) < 600


def final(config: TrainingConfig, data: Dataset) -> EpochRecord:
    engines = build(config, len(data.train))
    records = [
        record
        for record in train(config, data, engines, interval=ReportInterval(1e9))
        if isinstance(record, EpochRecord)
    ]
    return records[-1]


def test_classroom_learns_the_digits(digits: Dataset) -> None:
    config = recipes.get("classroom").config.replace(dataset="digits", epochs=20, engines="numpy")
    assert final(config, digits).test_accuracy > 0.93


@pytest.mark.mnist
def test_classroom_passes_97_percent(mnist: Dataset) -> None:
    config = recipes.get("classroom").config.replace(engines="numpy")
    assert final(config, mnist).test_accuracy > 0.97
