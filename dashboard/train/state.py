"""What Train remembers: the form, its link, the run shown and its controls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.session import RUN_PARAM, UrlMemory
from nncore import recipes
from nncore.config import QUERY_KEYS, ConfigError, TrainingConfig

RECIPE_PARAM = "recipe"


_FORM_PARAMS = QUERY_KEYS | {RECIPE_PARAM}


_FORM = "training-form"


_FORM_CONTROL = "config-"


_TRAIN_RUN = "train-run"


_LIVE_RATE = "live-rate-"


_LIVE_RATE_RESETS = "live-rate-resets"


_HISTORY = "history-run"


_HISTORY_FOLLOWED = "history-followed"


STEP_SIZE = "step-size"


STEP_SIZES = ("mini-batch", "epoch")
"""What one press of Step trains."""


@dataclass(slots=True)
class TrainingForm:
    """What the form on Train stands for: the last configuration that was valid, and from where."""

    config: TrainingConfig
    recipe: str | None = None
    """The recipe that the form was last filled from."""
    link_error: str | None = None
    """One sentence about a link that could not be used; gone at the next change."""
    touched: bool = False
    """A control changed since the URL was last compared: the form is right, not the URL."""
    url: UrlMemory = field(default_factory=UrlMemory)


def training_form() -> TrainingForm:
    """The form's state; made from the default recipe at first sight."""
    if _FORM not in st.session_state:
        st.session_state[_FORM] = TrainingForm(
            recipes.get(recipes.DEFAULT).config, recipe=recipes.DEFAULT
        )
    return st.session_state[_FORM]


def config() -> TrainingConfig:
    """The configuration that the form on Train stands for, on whatever page this is asked."""
    return training_form().config


def fill_form(config: TrainingConfig, recipe: str | None = None) -> None:
    """Put a configuration into the form, its controls included (before they are drawn)."""
    form = training_form()
    form.config, form.recipe = config, recipe
    form.link_error, form.touched = None, True
    forget_controls()


def fill_form_from_run(config: TrainingConfig) -> None:
    """Put a run's configuration into the form, by its recipe's name where it is one."""
    named = (name for name, recipe in recipes.RECIPES.items() if recipe.config == config)
    fill_form(config, next(named, None))


def forget_controls() -> None:
    """Let every control start again from the configuration in the form."""
    for key in [key for key in st.session_state if str(key).startswith(_FORM_CONTROL)]:
        del st.session_state[key]


def control_key(field: str, value: Any) -> str:
    """The key of a field's control, filled with the form's value unless its user typed another."""
    key = _FORM_CONTROL + field
    st.session_state.setdefault(key, value)
    return key


def control_value(field: str, value: Any) -> Any:
    """What a field's control says; before it is first drawn, this value."""
    return st.session_state.get(_FORM_CONTROL + field, value)


def touch_form() -> None:
    """A control was changed by its user: from now on the form is right, not the URL."""
    form = training_form()
    form.touched, form.link_error = True, None


def read_form_from_url() -> None:
    """Take over what the URL says: on arrival, by a link, or by the browser's back button.

    A link that does not fit leaves the form as it was and one sentence in `link_error`.
    """
    form = training_form()
    query = {key: value for key, value in st.query_params.items() if key in _FORM_PARAMS}
    if form.touched or not query or form.url.knows(query):
        return
    form.url.seen = query
    try:
        config, recipe = config_from_query(query)
    except ConfigError as error:
        form.link_error = str(error)
        return
    fill_form(config, recipe)
    form.touched = False


def url_has_configuration() -> bool:
    """Whether the URL says anything about what to train."""
    return any(key in _FORM_PARAMS for key in st.query_params)


def config_from_query(query: Mapping[str, str]) -> tuple[TrainingConfig, str | None]:
    """The configuration of a link, over the recipe that it names (or over the default recipe).

    Raises:
        ConfigError: an unknown recipe, or a value that does not fit.
    """
    name = query.get(RECIPE_PARAM)
    base = recipes.get(name).config if name else TrainingConfig()
    return TrainingConfig.from_query(query, base=base), name or None


def query_of(config: TrainingConfig, recipe: str | None = None) -> dict[str, str]:
    """URL parameters that `config_from_query` reads back as exactly this configuration."""
    query = config.to_query()
    if recipe is None:
        return query
    named = query | {RECIPE_PARAM: recipe}
    try:
        exact = config_from_query(named)[0] == config
    except ConfigError:
        exact = False
    return named if exact else query


def write_form_to_url(run_id: str | None = None) -> None:
    """Make the URL say what the form says, and the run shown; writes only when it changed."""
    form = training_form()
    wanted = query_of(form.config, form.recipe)
    present = {key: value for key, value in st.query_params.items() if key in _FORM_PARAMS}
    others = {
        key: value
        for key, value in st.query_params.to_dict().items()
        if key not in _FORM_PARAMS and key != RUN_PARAM
    }
    run = {RUN_PARAM: run_id} if run_id else {}
    form.url.write(present, wanted, others | wanted | run)
    form.touched = False


def train_run_decided() -> bool:
    """Whether Train has been told what to show, `None` included; not so on arrival."""
    return _TRAIN_RUN in st.session_state


def train_run() -> str | None:
    """The run that Train shows; None while it shows what the form would train."""
    return st.session_state.get(_TRAIN_RUN)


def set_train_run(run_id: str | None) -> None:
    """Let Train show this run from now on."""
    st.session_state[_TRAIN_RUN] = run_id


def history_key(run_ids: Sequence[str]) -> str:
    """The key of the choice among the past runs: it follows the run that Train shows."""
    shown = train_run()
    if shown in run_ids and shown != st.session_state.get(_HISTORY_FOLLOWED):
        st.session_state[_HISTORY] = st.session_state[_HISTORY_FOLLOWED] = shown
    if st.session_state.get(_HISTORY) not in run_ids:
        st.session_state.pop(_HISTORY, None)
    return _HISTORY


def step_is_epoch() -> bool:
    """Whether one press of Step trains a whole epoch."""
    return st.session_state.get(STEP_SIZE) == STEP_SIZES[1]


def live_rate_key(run_id: str, rate: float) -> str:
    """The key of a run's own learning rate: a new field whenever the run's rate changes.

    The rate is part of the key so that the field can start from it; a value put into the session
    instead may be missed by a browser that draws the field a second time.
    """
    return f"{_LIVE_RATE}{run_id}-{rate:g}-{st.session_state.get(_LIVE_RATE_RESETS, 0)}"


def live_rate(key: str) -> float:
    """The learning rate that was asked for in the field with this key."""
    return st.session_state[key]


def reset_live_rate() -> None:
    """Let the field show the run's own learning rate again."""
    st.session_state[_LIVE_RATE_RESETS] = st.session_state.get(_LIVE_RATE_RESETS, 0) + 1
