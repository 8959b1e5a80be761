"""Every session key and URL key of the app, typed, in one module.

Pages and controls call these functions and never index `st.session_state` or `st.query_params`
themselves. The session forgets everything at a refresh and the URL loses its parameters at a page
switch, so what must survive both is kept in both: the workspace, the configuration, the run shown.
"""

import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from dashboard.settings import settings
from nncore import recipes
from nncore.config import QUERY_KEYS, ConfigError, EngineName, TrainingConfig
from nncore.explain.surgery import Edit
from nncore.preprocessing import StageName

if TYPE_CHECKING:
    from nncore.explain.neuron import Neuron

# URL parameters ---------------------------------------------------------------------------------
WORKSPACE_PARAM = "workspace"
RUN_PARAM = "run"
RECIPE_PARAM = "recipe"
CHAPTER_PARAM = "chapter"
FOCUS_PARAM = "focus"
DONE_PARAM = "done"
_FORM_PARAMS = QUERY_KEYS | {RECIPE_PARAM}

# Session keys -----------------------------------------------------------------------------------
_WORKSPACE = "workspace"
_FORM = "training-form"
_FORM_CONTROL = "config-"
_TRAIN_RUN = "train-run"
_RESULTS_RUN = "results-run"
_RESULTS_OTHER = "results-other"
_RESULTS_PICKER = "results-picker"
_RESULTS_OTHER_PICKER = "results-other-picker"
_NOTICE = "notice"
_APP_ERROR = "app-error"
_LIVE_RATE = "live-rate-"
_LIVE_RATE_RESETS = "live-rate-resets"
_HISTORY = "history-run"
_HISTORY_FOLLOWED = "history-followed"
_LESSON = "lesson"
_LESSON_CONTROL = "lesson-"
_LESSONS_DONE = "lessons-done"
_PREDICTION = "prediction-of-"
_CONTENTS = "contents"
_INSIDE = "inside"
_INSIDE_CONTROL = "inside-"
_PICTURE_NEURON = "picture-neuron-"
_DRAWING = "last-drawing"
_DRAW = "draw"
_DRAW_CONTROL = "draw-control-"
_INK_CONTROL = "ink-"
_MEANT_LABEL = "handwriting-label-"
_ALL_THE_SAME = "handwriting-all-the-same-"
_KEPT_TABLE = "kept-"
HANDWRITING_RUN = "handwriting-run"
KEPT_LIST = "kept-list"
_PHOTOGRAPH = "photograph-"
TYPED_ACTIVATION = "typed-activation"
TYPED_DERIVATIVE = "typed-derivative"
STEP_SIZE = "step-size"

LOCAL_WORKSPACE = "local"
DEFAULT_RECIPE = "classroom"

STEP_SIZES = ("mini-batch", "epoch")
"""What one press of Step trains."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LESSON_STALE_SECONDS = 1.0
"""`UrlMemory.stale_seconds` on Learn, where somebody may go back to the last chapter soon."""
_NOTICE_SECONDS = 6.0
"""How long a notice stands while the page polls and draws itself anew."""


# What a view remembers of its URL ---------------------------------------------------------------
@dataclass(slots=True)
class UrlMemory:
    """The parameters that a view read, wrote and overwrote: they tell a link from an echo.

    A browser may send its next message before it has taken over the URL that we wrote; what we
    have just overwritten then comes back once more, and is no wish to go back.
    """

    stale_seconds: float = 3.0
    """For how long parameters that we overwrote may still come back."""
    seen: dict[str, str] = field(default_factory=dict)
    """The parameters as last read or written."""
    replaced: list[tuple[float, dict[str, str]]] = field(default_factory=list)
    """Parameters that we overwrote a moment ago, and when."""

    def knows(self, query: Mapping[str, str]) -> bool:
        """Whether these parameters say nothing new: seen last, or overwritten a moment ago."""
        now = time.monotonic()
        self.replaced = [old for old in self.replaced if now - old[0] < self.stale_seconds]
        return query == self.seen or any(query == old for _, old in self.replaced)

    def write(self, present: dict[str, str], wanted: dict[str, str], whole: dict[str, str]) -> None:
        """Say `wanted` where the URL said `present`; writes `whole` only when that changes it.

        `whole` is `wanted` and what the URL says of other things.
        """
        if present != wanted:
            self.replaced.append((time.monotonic(), present))
        if st.query_params.to_dict() != whole:
            st.query_params.from_dict(whole)
        self.seen = wanted


# The workspace ----------------------------------------------------------------------------------
def workspace() -> str:
    """Whose runs these are: `local`, or with NN_MULTIUSER this visitor's unguessable token.

    The token lives in the URL, so that a refresh or a bookmark finds the same runs again, and in
    the session, so that a page switch, which empties the URL, does too.
    """
    if not settings().multiuser:
        return LOCAL_WORKSPACE
    token = st.query_params.get(WORKSPACE_PARAM, "")
    if not _TOKEN.fullmatch(token):
        token = st.session_state.get(_WORKSPACE) or secrets.token_urlsafe(24)
        st.query_params[WORKSPACE_PARAM] = token
    st.session_state[_WORKSPACE] = token
    return token


# The configuration on Train ---------------------------------------------------------------------
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
            recipes.get(DEFAULT_RECIPE).config, recipe=DEFAULT_RECIPE
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


# The runs that the pages show -------------------------------------------------------------------
def run_in_url() -> str | None:
    """The run id that the URL names, or None; text that can be no run id stays as it is, cut."""
    return st.query_params.get(RUN_PARAM, "")[:64] or None


def is_run_id(text: str) -> bool:
    """Whether this could be a run id at all (letters, digits, dash, underscore)."""
    return _RUN_ID.fullmatch(text) is not None


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


def results_run() -> str | None:
    """The run that Results shows: the URL's, else the last one that was looked at."""
    run_id = run_in_url() or st.session_state.get(_RESULTS_RUN)
    st.session_state[_RESULTS_RUN] = run_id
    return run_id


def set_results_run(run_id: str | None) -> None:
    """Let Results show this run, in the URL too; writes only when it changed."""
    st.session_state[_RESULTS_RUN] = run_id
    if run_id is None:
        st.query_params.pop(RUN_PARAM, None)
    elif st.query_params.get(RUN_PARAM) != run_id:
        st.query_params[RUN_PARAM] = run_id


def results_picker_key(run_id: str | None) -> str:
    """The key of Results' choice of a run, made to show this one."""
    st.session_state[_RESULTS_PICKER] = run_id
    return _RESULTS_PICKER


def take_results_choice() -> None:
    """The user picked another run on Results: the URL follows."""
    set_results_run(st.session_state.get(_RESULTS_PICKER))


def results_other() -> str | None:
    """The run that Results lays over the first, if any."""
    return st.session_state.get(_RESULTS_OTHER)


def results_other_key(run_id: str | None) -> str:
    """The key of Results' choice of a second run, made to show this one."""
    st.session_state[_RESULTS_OTHER_PICKER] = run_id
    return _RESULTS_OTHER_PICKER


def take_results_other_choice() -> None:
    """The user picked another second run on Results."""
    set_results_other(st.session_state.get(_RESULTS_OTHER_PICKER))


def set_results_other(run_id: str | None) -> None:
    """Lay this run over the one that Results shows."""
    st.session_state[_RESULTS_OTHER] = run_id


# The lessons on Learn ---------------------------------------------------------------------------
@dataclass(slots=True)
class LessonPlace:
    """Which chapter is open, and what the URL said about it when it was last read or written.

    A chapter's controls are kept in the session, which a page switch spares, and in the URL, which
    a refresh spares and a teacher can send. Progress is kept in the same two places: it belongs to
    a person, and the run store knows only workspaces, which a whole class may share.
    """

    chapter: str = ""
    focus: bool = False
    """Show the figure alone."""
    url: UrlMemory = field(default_factory=lambda: UrlMemory(_LESSON_STALE_SECONDS))


def lesson_place() -> LessonPlace:
    """The open chapter, as `read_lesson_from_url` found it."""
    return st.session_state.setdefault(_LESSON, LessonPlace())


def lesson_in_focus() -> bool:
    """Whether the URL asks for a chapter's figure alone."""
    return CHAPTER_PARAM in st.query_params and st.query_params.get(FOCUS_PARAM) == "1"


def read_lesson_from_url(chapters: Sequence[str]) -> LessonPlace:
    """Take over a link, or the browser's back button; an unknown chapter opens the first one.

    Where the URL names another chapter or other values than we last wrote, it is right.
    """
    place, query = lesson_place(), _lesson_query()
    if query and not place.url.knows(query):
        place.chapter = query.get(CHAPTER_PARAM, "")
        place.focus = query.get(FOCUS_PARAM) == "1"
        for key in [key for key in st.session_state if str(key).startswith(_LESSON_CONTROL)]:
            if str(key).startswith(f"{_LESSON_CONTROL}{place.chapter}-"):
                del st.session_state[key]
        place.url.seen = query
    if place.chapter not in chapters:
        place.chapter = chapters[0]
    known = st.session_state.get(_LESSONS_DONE, frozenset())
    told = st.query_params.get(DONE_PARAM, "").split(".")
    st.session_state[_LESSONS_DONE] = known | {name for name in told if name in chapters}
    return place


def open_lesson(chapter: str, *, focus: bool = False) -> None:
    """Turn to a chapter, or to its figure alone (for a button's `on_click`)."""
    place = lesson_place()
    own = place.url.seen if place.chapter == chapter else {}
    place.chapter, place.focus = chapter, focus
    write_lesson_to_url({k: v for k, v in own.items() if k not in (CHAPTER_PARAM, FOCUS_PARAM)})


def contents_key(chapter: str) -> str:
    """The key of the table of contents, made to show this chapter."""
    st.session_state[_CONTENTS] = chapter
    return _CONTENTS


def take_contents_choice() -> None:
    """The visitor picked a chapter in the table of contents."""
    open_lesson(st.session_state[_CONTENTS])


def lesson_key(name: str, read: Callable[[str], Any], default: Any) -> str:
    """The key of a control of the open chapter, filled from the URL where `read` can read it.

    `read` turns the URL's text into a value and raises ValueError where that cannot be.
    """
    place = lesson_place()
    key = f"{_LESSON_CONTROL}{place.chapter}-{name}"
    if key not in st.session_state:
        try:
            st.session_state[key] = read(place.url.seen[name])
        except (KeyError, ValueError):
            st.session_state[key] = default
    return key


def set_lesson(**values: Any) -> None:
    """Move controls of the open chapter (for a button's `on_click`)."""
    for name, value in values.items():
        st.session_state[f"{_LESSON_CONTROL}{lesson_place().chapter}-{name}"] = value


def write_lesson_to_url(values: Mapping[str, str]) -> None:
    """Make the URL say which chapter is open and what its controls say."""
    place = lesson_place()
    wanted = {CHAPTER_PARAM: place.chapter, **values}
    if place.focus:
        wanted[FOCUS_PARAM] = "1"
    present = _lesson_query()
    done = {DONE_PARAM: ".".join(sorted(lessons_done()))} if lessons_done() else {}
    workspace = {key: st.query_params[key] for key in (WORKSPACE_PARAM,) if key in st.query_params}
    place.url.write(present, wanted, wanted | done | workspace)


def _lesson_query() -> dict[str, str]:
    aside = (WORKSPACE_PARAM, DONE_PARAM)
    return {key: value for key, value in st.query_params.items() if key not in aside}


def lessons_done() -> frozenset[str]:
    """The chapters whose question this visitor has answered."""
    return st.session_state.get(_LESSONS_DONE, frozenset())


def finish_lesson(chapter: str) -> None:
    """This chapter's question was answered."""
    st.session_state[_LESSONS_DONE] = lessons_done() | {chapter}


def prediction_key(chapter: str) -> str:
    """The key of the answer that the visitor predicted in a chapter."""
    return _PREDICTION + chapter


# Inside ------------------------------------------------------------------------------------------
@dataclass(slots=True)
class InsideView:
    """What Inside looks at: which network, which example, which neuron, and what was changed."""

    run: str | None = None
    """None for the model that comes with the app."""
    engine: EngineName = "numpy"
    epoch: int | None = None
    """Epochs completed by the checkpoint; None for the last one."""
    example: int | None = None
    """A test image; None for the last drawing."""
    neuron: tuple[int, int] | None = None
    """(layer, index), both from 0; None for the output that the network says."""
    source: int | None = None
    """The input of the weight that is looked at; None for the one with the steepest slope."""
    section: str = "forward"
    target: int | None = None
    """The digit that the output should say; None for the label."""
    edits: tuple[Edit, ...] = ()
    twin: tuple[str, Any] | None = None
    """PyTorch's gradients, and what they are of."""
    twin_asked: str | None = None
    """What PyTorch has been asked about and has not answered yet."""
    url: UrlMemory = field(default_factory=UrlMemory)


_INSIDE_PARAMS = (RUN_PARAM, "engine", "epoch", "example", "neuron", "show")
DRAWING = "drawing"
"""What `example` says of the last drawing."""
FIRST_EXAMPLE = 115
"""Of MNIST's test images: a 4 that the shipped model takes for a 9."""


def inside() -> InsideView:
    """What Inside looks at; made at first sight."""
    return st.session_state.setdefault(_INSIDE, InsideView(example=FIRST_EXAMPLE))


def read_inside_from_url() -> None:
    """Take over what a link says, all of it: what it leaves out is as at first sight.

    A link that is followed from another page shows the network as it was trained; the browser's
    back button keeps the changes made by hand. What a link says wrongly is left out.
    """
    view, query = inside(), _inside_query()
    arrived = _INSIDE_CONTROL + "run" not in st.session_state  # its controls are not there yet
    if not query or (view.url.knows(query) and not arrived):
        return
    if arrived or query.get(RUN_PARAM) != view.run:
        view.edits = ()
    view.url.seen = query
    view.run = query.get(RUN_PARAM, "")[:64] or None
    view.engine = "torch" if query.get("engine") == "torch" else "numpy"
    view.epoch = _number(query.get("epoch", ""))
    drawing = query.get("example") == DRAWING
    number = _number(query.get("example", ""))
    view.example = None if drawing else FIRST_EXAMPLE if number is None else number
    layer, index = (_number(part) for part in query.get("neuron", "").partition(".")[::2])
    view.neuron = (layer - 1, index) if layer and index is not None else None
    view.source = view.target = None
    view.section = query.get("show", "forward")


def write_inside_to_url() -> None:
    """Make the URL say what Inside shows; writes only when it changed."""
    view, present = inside(), _inside_query()
    wanted = {
        RUN_PARAM: view.run or "",
        "engine": view.engine if view.run else "",
        "epoch": "" if view.epoch is None else str(view.epoch),
        "example": DRAWING if view.example is None else str(view.example),
        "neuron": f"{view.neuron[0] + 1}.{view.neuron[1]}" if view.neuron else "",
        "show": view.section,
    }
    wanted = {key: value for key, value in wanted.items() if value}
    others = {k: v for k, v in st.query_params.to_dict().items() if k not in _INSIDE_PARAMS}
    view.url.write(present, wanted, others | wanted)


def _inside_query() -> dict[str, str]:
    return {key: st.query_params[key] for key in _INSIDE_PARAMS if key in st.query_params}


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def inside_control(name: str, value: Any) -> str:
    """The key of a control on Inside, made to show this value."""
    st.session_state[_INSIDE_CONTROL + name] = value
    return _INSIDE_CONTROL + name


def inside_control_value(name: str) -> Any:
    """What the user set a control on Inside to."""
    return st.session_state.get(_INSIDE_CONTROL + name)


# The network picture outside of Inside ------------------------------------------------------------
def picture_neuron(page: str) -> "Neuron | None":
    """The neuron that was clicked last in the network picture of this page."""
    return st.session_state.get(_PICTURE_NEURON + page)


def set_picture_neuron(page: str, neuron: "Neuron") -> None:
    """Mark and explain this neuron from now on."""
    st.session_state[_PICTURE_NEURON + page] = neuron


# Compare ----------------------------------------------------------------------------------------
def typed_activation(activation: str, derivative: str) -> tuple[str, str]:
    """The activation and derivative that were typed; these, to begin with."""
    return (
        st.session_state.setdefault(TYPED_ACTIVATION, activation),
        st.session_state.setdefault(TYPED_DERIVATIVE, derivative),
    )


def type_activation(activation: str, derivative: str) -> None:
    """Put them into their fields (for a button's `on_click`)."""
    st.session_state[TYPED_ACTIVATION] = activation
    st.session_state[TYPED_DERIVATIVE] = derivative


# Draw -------------------------------------------------------------------------------------------
@dataclass(slots=True)
class DrawView:
    """How Draw looks at the drawing; a page switch keeps it."""

    section: str = ""
    """Which section is open; empty for the first."""
    skipped: frozenset[StageName] = frozenset()
    """Stages between the ink and the network that are switched off."""
    times_all_on: int = 0
    """How often they were all switched on at once."""
    threshold: float | None = None
    """From which score on a drawing is doubted in this session; None for what was shipped."""


def draw_view() -> DrawView:
    """How Draw looks at the drawing; made at first sight."""
    return st.session_state.setdefault(_DRAW, DrawView())


def draw_control(name: str, value: Any) -> str:
    """The key of a control on Draw, made to show this value."""
    st.session_state[_DRAW_CONTROL + name] = value
    return _DRAW_CONTROL + name


def draw_control_value(name: str) -> Any:
    """What the user set a control on Draw to."""
    return st.session_state.get(_DRAW_CONTROL + name)


def ink_control(name: str, default: Any) -> str:
    """The key of a control of where Draw's ink comes from, which begins with this value."""
    st.session_state.setdefault(_INK_CONTROL + name, default)
    return _INK_CONTROL + name


def set_ink_controls(**values: Any) -> None:
    """Move controls of where Draw's ink comes from (for a button's `on_click`)."""
    for name, value in values.items():
        st.session_state[_INK_CONTROL + name] = value


def photograph_key(file_id: str) -> str:
    """The key of the choice among the digits of a photograph."""
    return _PHOTOGRAPH + file_id


def photograph_choice(file_id: str) -> int:
    """Which digit of a photograph is looked at, from 0; the first to begin with."""
    return st.session_state.get(photograph_key(file_id)) or 0


def meant_label_key(drawing: str) -> str:
    """The key of what a drawing was meant to be: another drawing is asked about anew."""
    return _MEANT_LABEL + drawing


def all_the_same_key(drawing: str) -> str:
    """The key of whether a drawing is kept although it does not look like a digit."""
    return _ALL_THE_SAME + drawing


def kept_table_key(version: str) -> str:
    """The key of the table of kept digits: ticks name rows, so another set is another table."""
    return _KEPT_TABLE + version


def stage_switch_key(name: StageName) -> str:
    """The key of a stage's switch, which is drawn anew when all go on.

    Its value is its own, and not put here before it is drawn: on a slow server, a click elsewhere
    that comes before the browser has the switches would then count as switching them off.
    """
    return f"{_DRAW_CONTROL}stage-{name}-{draw_view().times_all_on}"


def switch_stage(name: StageName) -> None:
    """Leave a stage out, or take it in again, as its switch now says."""
    view, stage = draw_view(), frozenset[StageName]({name})
    is_on = st.session_state[stage_switch_key(name)]
    view.skipped = view.skipped - stage if is_on else view.skipped | stage


def switch_all_stages_on() -> None:
    """Prepare the drawing as MNIST's digits were again."""
    view = draw_view()
    view.skipped = frozenset()
    view.times_all_on += 1


# The last drawing -------------------------------------------------------------------------------
def keep_drawing(ink: np.ndarray) -> None:
    """Remember what was drawn on a pad, picked or uploaded, for the pages without one."""
    st.session_state[_DRAWING] = ink


def last_drawing() -> np.ndarray | None:
    """The ink (h, w) that was last drawn, picked or uploaded in this session."""
    return st.session_state.get(_DRAWING)


# Small things -----------------------------------------------------------------------------------
def set_app_error(sentence: str | None) -> None:
    """Remember what the entry script says above every page; None where all is well."""
    if sentence is not None:
        st.session_state[_APP_ERROR] = sentence
    elif _APP_ERROR in st.session_state:  # a session's first run must not leave a trace
        del st.session_state[_APP_ERROR]


def is_told(sentence: str) -> bool:
    """Whether the entry script says this already."""
    return st.session_state.get(_APP_ERROR) == sentence


def notify(sentence: str) -> None:
    """Show one sentence from the next time on that the page is drawn, for some seconds."""
    st.session_state[_NOTICE] = (sentence, time.monotonic())


def take_notice() -> str | None:
    """The sentence of `notify`, until its seconds are over."""
    sentence, since = st.session_state.get(_NOTICE, (None, 0.0))
    if time.monotonic() - since > _NOTICE_SECONDS:
        st.session_state.pop(_NOTICE, None)
        return None
    return sentence
