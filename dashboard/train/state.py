"""What Train remembers: the form and its link, the run shown, and its controls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.session import RUN, Controls, Param, UrlMemory, read_url, write_url
from nncore import recipes
from nncore.config import QUERY_KEYS, ConfigError, TrainingConfig

RECIPE = Param("recipe", lambda text: text or None, lambda name: name)
_USUAL_FIRST = dict.fromkeys([*TrainingConfig().to_query(), *sorted(QUERY_KEYS)])
PARAMS = (*(Param(name, str, lambda text: text) for name in _USUAL_FIRST), RECIPE, RUN)
"""A configuration's values stay texts: `TrainingConfig` reads them, all at once and over a recipe's
or its own defaults."""

CONTROLS = Controls("config-")
"""A control a field of the configuration, and `full_batch`."""
STEP_SIZE = "step-size"
STEP_SIZES = ("mini-batch", "epoch")
"""What one press of Step trains."""

_IN_FRAGMENTS = (
    *("train", "pause", "resume", "step", "stop", "new-run"),
    *("history-open", "history-show", "history-again", "history-compare-go"),
    "history-rename-go",
)
"""The buttons in the parts of Train that poll, but for `delete_key`."""

_FORM = "training-form"
_SHOWN_RUN = "train-run"
_DRAWN_ON = "train-run-drawn-on"
_PAST = "past-runs-chosen"
_HISTORY = Controls("history-")
_DELETE = Controls("history-delete-go-")
_LIVE_RATE = Controls("live-rate-")
_LIVE_RATE_RESETS = "live-rate-resets"


# The form ---------------------------------------------------------------------------------------
@dataclass(slots=True)
class TrainingForm:
    """What the form on Train stands for: the last configuration that was valid, and from where."""

    config: TrainingConfig
    recipe: str | None = None
    """The recipe that the form was last filled from."""
    link_error: str | None = None
    """One sentence about a link that could not be used; gone at the next change."""
    by_link: bool = False
    """An address that was opened said what to train: no recipe need be looked for."""
    touched: bool = False
    """A control changed since the URL was last compared: the form is right, not the URL."""
    url: UrlMemory = field(default_factory=UrlMemory)


def form() -> TrainingForm:
    """The form's state; made from the default recipe at first sight."""
    if _FORM not in st.session_state:
        st.session_state[_FORM] = TrainingForm(
            recipes.get(recipes.DEFAULT).config, recipe=recipes.DEFAULT
        )
    return st.session_state[_FORM]


def is_alone() -> bool:
    """Whether the page stands in a frame of another one, whose address said what to train
    (`embed=true`, which Streamlit keeps): there is room for that alone.
    """
    return bool(st.context.is_embedded) and form().by_link


def fill(config: TrainingConfig, recipe: str | None = None) -> None:
    """Put a configuration into the form, its controls included (before they are drawn)."""
    now = form()
    now.config, now.recipe = config, recipe
    now.link_error, now.touched = None, True
    CONTROLS.forget()


def fill_from_run(config: TrainingConfig) -> None:
    """Put a run's configuration into the form, by its recipe's name where it is one."""
    named = (name for name, recipe in recipes.RECIPES.items() if recipe.config == config)
    fill(config, next(named, None))


def touch() -> None:
    """A control was changed by its user: from now on the form is right, not the URL."""
    now = form()
    now.touched, now.link_error = True, None


# The link ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Link:
    """What a link says that was just followed."""

    run: str | None
    has_configuration: bool
    """Whether it says anything about what to train."""


def read() -> Link | None:
    """Take over a configuration that the URL says: on arrival, by a link, or by the back button.

    A link that does not fit leaves the form as it was and one sentence in `link_error`.
    """
    now = form()
    arrived = "hidden" not in CONTROLS  # its controls are not there yet
    said = None if now.touched else read_url(PARAMS, now.url, anew=arrived)
    if said is None:
        return None
    query = {name: text for name, text in said.items() if name != RUN.name and text is not None}
    if query:
        try:
            fill(*config_from_query(query))
            now.touched = False
            now.by_link = now.by_link or arrived
        except ConfigError as error:
            now.link_error = str(error)
    return Link(said[RUN.name], bool(query))


def write(run_id: str | None = None) -> None:
    """Make the URL say what the form says, and the run shown; writes only when it changed."""
    now = form()
    said: dict[str, Any] = dict.fromkeys(param.name for param in PARAMS)
    write_url(PARAMS, now.url, said | query_of(now.config, now.recipe) | {RUN.name: run_id})
    now.touched = False


def config_from_query(query: Mapping[str, str]) -> tuple[TrainingConfig, str | None]:
    """Train's state from a link: its configuration, over the recipe it names (or the default).

    Raises:
        ConfigError: an unknown recipe, or a value that does not fit.
    """
    name = query.get(RECIPE.name)
    base = recipes.get(name).config if name else TrainingConfig()
    return TrainingConfig.from_query(query, base=base), name or None


def query_of(config: TrainingConfig, recipe: str | None = None) -> dict[str, str]:
    """Train's state as URL parameters, which `config_from_query` reads back exactly."""
    query = config.to_query()
    if recipe is None:
        return query
    named = query | {RECIPE.name: recipe}
    try:
        exact = config_from_query(named)[0] == config
    except ConfigError:
        exact = False
    return named if exact else query


# The run ----------------------------------------------------------------------------------------
def run_is_decided() -> bool:
    """Whether Train has been told what to show, `None` included; not so on arrival."""
    return _SHOWN_RUN in st.session_state


def shown_run() -> str | None:
    """The run that Train shows; None while it shows what the form would train."""
    return st.session_state.get(_SHOWN_RUN)


def recipes_key() -> str:
    """The key of the folded recipes: another with each run, so that a new run has them folded."""
    return f"recipes-{shown_run()}"


def show_run(run_id: str | None) -> None:
    """Let Train show this run from now on."""
    st.session_state[_SHOWN_RUN] = run_id


def is_pressed() -> bool:
    """Whether a button was pressed in a part that polls.

    Streamlit runs such parts in a row when their timers and presses come together, and forgets the
    presses that are left when one of them asks for the whole page: who asks must wait.
    """
    known = any(st.session_state.get(key) for key in _IN_FRAGMENTS)
    return known or bool(_DELETE.value(_past().run or ""))


def was_on(run_id: str | None, *, is_on: bool) -> bool:
    """Whether the page drew this run as one that goes on when it was last drawn whole.

    From now on, `is_on` is what it drew.
    """
    before, st.session_state[_DRAWN_ON] = st.session_state.get(_DRAWN_ON), run_id if is_on else None
    return run_id is not None and before == run_id


def step_is_epoch() -> bool:
    """Whether a press of Train's button Step trains a whole epoch."""
    return st.session_state.get(STEP_SIZE) == STEP_SIZES[1]


def live_rate_key(run_id: str, rate: float) -> str:
    """The key of a run's own learning rate: a new field whenever the run's rate changes.

    The rate is part of the key so that the field can start from it; a value put into the session
    instead may be missed by a browser that draws the field a second time.
    """
    return _LIVE_RATE.key(f"{run_id}-{rate:g}-{st.session_state.get(_LIVE_RATE_RESETS, 0)}")


def live_rate(key: str) -> str:
    """The learning rate that was typed into the field with this key."""
    return st.session_state[key]


def reset_live_rate() -> None:
    """Let the field show the run's own learning rate again."""
    st.session_state[_LIVE_RATE_RESETS] = st.session_state.get(_LIVE_RATE_RESETS, 0) + 1


# The past runs ----------------------------------------------------------------------------------
@dataclass(slots=True)
class PastRuns:
    """Which of the past runs are chosen: by their ids, however they are called meanwhile.

    A browser knows what is chosen by its words alone, which change with a run's name; what it says
    then is no other run's.
    """

    run: str | None = None
    """The one that the buttons are about."""
    other: str | None = None
    """The one to lay over it."""
    followed: str | None = None
    """The run on Train's stage that was last chosen here too."""
    n_changes: int = 0
    """Runs renamed or deleted here."""
    said: str | None = None
    """What has become of the last one, until it is said."""


def _past() -> PastRuns:
    return st.session_state.setdefault(_PAST, PastRuns())


def history_run_key(run_ids: Sequence[str]) -> str:
    """The key of the choice among the past runs: it follows the run that Train shows."""
    now, shown = _past(), shown_run()
    if shown in run_ids and shown != now.followed:
        now.run = now.followed = shown
    if now.run not in run_ids:
        now.run = run_ids[0]
    return _HISTORY.showing("run", now.run)


def take_history_run(run_ids: Sequence[str]) -> None:
    """Another of the past runs was chosen."""
    if (said := _HISTORY.value("run")) in run_ids:
        _past().run = said


def take_history_cell(run_ids: Sequence[str]) -> None:
    """Somebody clicked on one of the past runs in their table."""
    cells: list[tuple[int, str]] = _HISTORY.value("table").selection.cells
    for row, _ in cells:
        _past().run = run_ids[row]


def history_table_key() -> str:
    """The key of the table of past runs."""
    return _HISTORY.key("table")


def history_other_key(run_ids: Sequence[str]) -> str:
    """The key of the choice of a run to lay over the chosen one; of none where there is none."""
    now = _past()
    if now.other not in run_ids:
        now.other = run_ids[0] if run_ids else None
    return _HISTORY.showing("with", now.other)


def take_history_other(run_ids: Sequence[str]) -> None:
    """Another run to lay over the chosen one was chosen."""
    if (said := _HISTORY.value("with")) in run_ids:
        _past().other = said


def delete_key(run_id: str) -> str:
    """The key of the button that deletes a past run: pressed twice, it takes no other along."""
    return _DELETE.key(run_id)


def popover_key(name: str) -> str:
    """The key of a popover that changes a past run: another, which is closed, once it has."""
    return _HISTORY.key(f"{name}-{_past().n_changes}")


def past_run_changed(said: str | None = None) -> None:
    """A past run was renamed or deleted here; `said` is to be told at the next look."""
    now = _past()
    now.n_changes += 1
    now.said = said


def take_said() -> str | None:
    """What has become of the past run that was changed last, once."""
    now = _past()
    said, now.said = now.said, None
    return said
