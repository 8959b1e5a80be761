"""What the form's fields say, judged: the configuration of those that fit, a sentence about each
other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.ui.names import DATASETS, FIELDS
from nncore.config import ConfigError, TrainingConfig
from nncore.datasets import training_examples

_NAME = re.compile(rf"^({'|'.join(FIELDS)})\b|\b({'|'.join(FIELDS)})(?= = )")


@dataclass(frozen=True, slots=True)
class FormResult:
    """What the form stands for."""

    config: TrainingConfig
    """What the fields that fit say; the others as they were when they last did."""
    wrong: Mapping[str, str] = field(default_factory=dict)
    """One sentence about each field that does not fit."""


def judge(said: Mapping[str, Any], last: TrainingConfig) -> FormResult:
    """Judge what the fields say, each by itself and then all of them together.

    Args:
        said: by field; numbers as they were typed.
        last: the last configuration that fitted.
    """
    wrong: dict[str, str] = {}
    fitting = dict(said)
    for name, value in said.items():
        try:
            TrainingConfig.parse({name: value})
        except ConfigError as error:
            wrong[name] = in_the_forms_words(error)
            del fitting[name]
    while fitting:
        try:
            config = last.replace(**fitting)
            _check_train_size(config)
        except ConfigError as error:  # it begins with the name of one of those that clash
            name = str(error).split(maxsplit=1)[0]
            wrong.setdefault(name, in_the_forms_words(error))
            if fitting.pop(name, None) is None:
                break
        else:
            return FormResult(config, wrong)
    return FormResult(last, wrong)


def in_the_forms_words(error: ConfigError) -> str:
    """An error's sentence with the fields called as the form calls them."""
    return _NAME.sub(lambda found: FIELDS[found.group()], str(error))


def _check_train_size(config: TrainingConfig) -> None:
    there = training_examples(config.replace(train_size=None))
    if config.train_size is not None and config.train_size > there:
        raise ConfigError(
            f"train_size = {config.train_size:,} does not fit: {DATASETS[config.dataset]} leaves "
            f"{there:,} images beside those kept for validation; use 1 to that many, or all."
        )
