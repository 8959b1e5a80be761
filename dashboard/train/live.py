"""The stage of Train: the buttons of a run, its live curves, or what the form would train.

One fragment polls the run store while a run is on and draws everything that changes. It trains
nothing: closing the page, or a hidden tab whose timer sleeps, makes no difference to the run.
"""

import time
from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import navigation, session
from dashboard.ink.samples import example_digit
from dashboard.models import handwriting
from dashboard.runs import jobs
from dashboard.runs.errors import StoreError
from dashboard.runs.progress import fraction_done, latest, seconds_left
from dashboard.runs.run import BatchCosts, RequestKind, Run, RunStatus
from dashboard.runs.store import run_store
from dashboard.train import charts, picture, state
from dashboard.train.fields import LIVE_RATE, as_typed
from dashboard.train.in_the_queue import in_the_queue
from dashboard.train.judge import FormResult, in_the_forms_words
from dashboard.train.recipes import reported
from dashboard.ui import palette, runs, vega
from dashboard.ui.errors import show_notices, shown_errors
from dashboard.ui.names import FIELDS
from dashboard.ui.network_picture import in_words, network_svg
from dashboard.ui.runs import ACTIVE, STATUS_COLORS
from dashboard.ui.text import counted, duration, escape, listed, percent
from nncore import recipes
from nncore.config import ConfigError, EngineName, TrainingConfig, architecture
from nncore.datasets import training_examples
from nncore.lab.stored_runs import stored_run
from nncore.training import EpochRecord, Progress

POLL_SECONDS = 0.6
_ANSWER_SECONDS = 0.5
"""A worker takes requests every 100 ms: wait that long for it before drawing the buttons again."""


def stage(run: Run | None, form: FormResult) -> None:
    """Draw the run that Train shows, or a look at the network of the form."""
    run_id = run.id if run else None
    drawn = run.status if run else None  # in the rest of the page too
    was_on = state.was_on(run_id, is_on=drawn in ACTIVE)
    # A run's end is drawn once more before the timer goes: what is said right before the run that
    # takes it away, or in it, may reach the browser in part, and buttons and status would
    # contradict each other with nobody to draw them again.
    polling = drawn in ACTIVE or was_on
    just_read = [run]  # by the page: the first time, nobody need ask the store again

    def look() -> Run | None:
        return just_read.pop() if just_read else run_store().get_run(run_id) if run_id else None

    def poll() -> None:
        is_first = bool(just_read)
        status = _stage(look, form, unread=drawn)
        changed = status != drawn or status not in ACTIVE
        if polling and not is_first and changed and not state.is_pressed():
            st.rerun()  # the past runs and the form say the same

    st.fragment(poll, run_every=POLL_SECONDS if polling else None)()
    jobs.jobs().ensure_workers()  # they are warm by the time that Train is pressed


def follow(link: state.Link | None, mine: Sequence[Run]) -> None:
    """Let the live stage show what a link says: its run, or what it would train.

    A run without a configuration beside it fills the form. On arrival without a link, the run that
    is still going on is shown, so that a second tab finds it; after that, what the session showed.
    `mine` are the workspace's runs.
    """
    decided = state.run_is_decided()
    if link is None and decided:
        return
    asked = link.run if link else None
    configured = link is not None and link.has_configuration
    found = _find(asked, mine) if asked and session.is_run_id(asked) else None
    if asked and found is None:
        session.notify(
            f"There is no run {session.shortened(asked)} (any more); pick one from the past runs "
            "below."
        )
    if found is None and not configured:
        if decided:
            return
        found = next((run for run in mine if run.status in ACTIVE), None)
    if found is not None and not configured:
        state.fill_from_run(found.config)
    state.show_run(found.id if found else None)


def current_run(mine: Sequence[Run]) -> Run | None:
    """The run that is live on the stage, perhaps one of `mine`; None where it is gone, or none
    is.
    """
    run_id = state.shown_run()
    run = _find(run_id, mine) if run_id else None
    if run is not None:
        session.look_at_run(run.id)
    return run


def _find(run_id: str, mine: Sequence[Run]) -> Run | None:
    """One of the workspace's runs, or another's: its id is enough to see it."""
    own = next((run for run in mine if run.id == run_id), None)
    return own or run_store().get_run(run_id)


def _stage(
    look: Callable[[], Run | None], form: FormResult, *, unread: RunStatus | None = None
) -> RunStatus | None:
    """Draw everything from one look at the run, and return its status; None without a run.

    Where the store cannot be read, that is said, and the status is `unread`.
    """
    status = unread
    with shown_errors():
        run = look()
        status = run.status if run else None
        buttons, errors = st.container(key="stage-buttons"), st.container()
        body = st.container(key="stage-of-a-run" if run else "stage-before-a-run")
        with errors:
            show_notices()
        with buttons:
            _transport(run, form, errors)
        with body:
            if run is None:
                preview(form.config)
            else:
                _live(run)
    return status


# The buttons ------------------------------------------------------------------------------------
def _transport(run: Run | None, form: FormResult, errors: DeltaGenerator) -> None:
    """Train, Pause, Resume, Step, Stop: those are enabled that make sense now."""
    status = run.status if run else None
    mine = run is not None and run.workspace == session.workspace()
    busy = status in (RunStatus.QUEUED, RunStatus.RUNNING)
    resumable = mine and status is not None and status.can_resume
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        can_train = not (busy or form.wrong)
        can_step = resumable or (run is None and can_train)
        # Then Resume is the thing to press, not a second run.
        is_cut_short = resumable and status in (RunStatus.PAUSED, RunStatus.FAILED)
        main, other = ("secondary", "primary") if is_cut_short else ("primary", "secondary")
        if st.button("Train", type=main, key="train", disabled=not can_train) and can_train:
            _attempt(lambda: start(form.config), errors)
        if st.button("Pause", key="pause", disabled=not (mine and busy)):
            _attempt(lambda: _request(run, RequestKind.PAUSE), errors)
        if st.button("Resume", type=other, key="resume", disabled=not resumable):
            _attempt(lambda: _request(run, RequestKind.RESUME), errors)
        if st.button("Step", key="step", disabled=not can_step) and can_step:
            step = RequestKind.STEP_EPOCH if state.step_is_epoch() else RequestKind.STEP_BATCH
            _attempt(lambda: _request(run, step) if run else start(form.config, step), errors)
        if st.button("Stop", key="stop", disabled=not (mine and status in ACTIVE)):
            _attempt(lambda: _request(run, RequestKind.STOP), errors)
        st.segmented_control(
            "Step size",
            state.STEP_SIZES,
            default=state.STEP_SIZES[0],
            required=True,
            key=state.STEP_SIZE,
            persist_state="session",
            help="How far one press of Step goes.",
        )
        if run is not None and mine and status in ACTIVE:
            _live_learning_rate(run)
    if form.wrong:
        waiting = "Train waits" if resumable or busy else "Train and Step wait"
        fields = listed(FIELDS[field] for field in form.wrong)
        st.caption(f":material/error: {waiting} until this fits in the form: {escape(fields)}.")


def _attempt(action: Callable[[], None], errors: DeltaGenerator) -> None:
    """Do what a button stands for, then draw the page anew; a failure is one sentence."""
    try:
        action()
    except (StoreError, ConfigError) as error:
        errors.error(escape(str(error)))
    else:
        st.rerun()


def start(
    config: TrainingConfig,
    step: RequestKind | None = None,
    *,
    name: str | None = None,
    with_handwriting: bool = False,
) -> None:
    """Queue a new run of this configuration and show it live (see `runs.start`)."""
    run = runs.start(config, name or run_name(config), step, with_handwriting=with_handwriting)
    state.show_run(run.id)


def run_name(config: TrainingConfig) -> str:
    """A live run's name: the recipe's title while the network is the recipe's, else its shape."""
    recipe = state.form().recipe
    if recipe is not None:
        known = recipes.get(recipe)
        free = {"engines": config.engines, "seed": config.seed, "epochs": config.epochs}
        if known.config.replace(**free) == config:
            return known.title
    return f"{architecture(config.layer_sizes)}, η {config.learning_rate:g}"


def _request(run: Run | None, kind: RequestKind) -> None:
    if run is not None and jobs.jobs().request(run.id, kind, workspace=session.workspace()):
        _await_change(run)


def _await_change(run: Run) -> None:
    """Give the worker a moment to answer, so that the buttons change with the click."""
    until = time.monotonic() + _ANSWER_SECONDS
    while time.monotonic() < until:
        now = run_store().get_run(run.id)
        if now is None or now.status != run.status:
            return
        time.sleep(0.04)


def _live_learning_rate(run: Run) -> None:
    """η of the run itself; under a schedule, what its factor is multiplied with."""
    key = state.live_rate_key(run.id, run.learning_rate)
    name = "η now" if run.config.schedule == "constant" else "Base η now"
    begins = "from the next epoch" if len(run.config.engines) > 1 else "at once"
    with st.container(key=LIVE_RATE, width=200, gap="xsmall"):
        typed = st.text_input(
            f"{name}, {begins}",
            value=as_typed(run.learning_rate),
            max_chars=40,
            key=key,
            help="This run's own η; twins take a new one together, where neither has begun.",
            on_change=_send_learning_rate,
            args=(run, key),
        )
        try:
            _rate_of(run, typed)
        except ConfigError as error:
            st.error(escape(in_the_forms_words(error)))


def _rate_of(run: Run, typed: str) -> float:
    """The learning rate that was typed; ConfigError where it is none."""
    return run.config.replace(learning_rate=typed).learning_rate


def _send_learning_rate(run: Run, key: str) -> None:
    try:
        rate = _rate_of(run, state.live_rate(key))
    except ConfigError:  # said below the field, where it stays to be corrected
        return
    try:
        jobs.jobs().request(run.id, RequestKind.LEARNING_RATE, rate, workspace=session.workspace())
    except StoreError as error:
        session.notify(str(error))
        state.reset_live_rate()


# A run ------------------------------------------------------------------------------------------
def _live(run: Run) -> None:
    records = run_store().epochs(run.id)
    live = run_store().live(run.id)
    head, figures, curves = st.container(gap="small"), st.container(), st.container()
    if state.is_alone():  # in a frame, which cuts off what comes second
        figures, curves = curves, figures
    network, table = st.container(), st.container()
    with head:
        _headline(run, records)
        done = fraction_done(run.config, records, live.progress)
        if run.status == RunStatus.FINISHED:  # perhaps before its last epoch
            done = 1.0
        st.progress(done, text=_progress_text(run, records, live.progress, done))
    with figures, st.grid(2, min_column_width=150, gap="small"):
        last = latest(records)
        for engine in run.config.engines:
            _metric(engine, last.get(engine), live.progress.get(engine))
    with figures:
        runs.show_why_twins_part(run, records)
    with curves:
        if records or any(live.batch_costs.values()):
            _curves(records, live.batch_costs)
    with network:
        if not picture.show(run):
            _picture(run.config)
    with table:
        if records:
            runs.show_epochs(records, "live-epochs")


def _curves(records: list[EpochRecord], batch_costs: dict[EngineName, BatchCosts]) -> None:
    costs = charts.live_cost(records)
    if all(record.epoch < 1 for record in records):
        costs = charts.with_batch_costs(costs, batch_costs)
    with st.grid(2, min_column_width=300):
        with st.container(key="live-cost", gap="xsmall"):
            charts.live_chart(costs, "cost", "live-cost-chart")
        with st.container(key="live-accuracy", gap="xsmall"):
            charts.live_chart(charts.live_accuracy(records), "accuracy", "live-accuracy-chart")


def _headline(run: Run, records: list[EpochRecord]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="run-status", width="content"):
            st.badge(run.status, color=STATUS_COLORS[run.status])
        st.markdown(f"**{escape(run.name)}**", width="content")
        st.space("stretch")
        if records:
            navigation.link("results", "Open results", {"run": run.id}, with_icon=False)
        if st.button("New run", key="new-run", type="tertiary"):
            state.show_run(None)
            st.rerun()  # the stage that polls would go on looking at this run
    runs.show_note(run, records)
    if learned := handwriting.learned_from(run):
        st.caption(learned)
    if run.workspace != session.workspace():
        st.caption("This run belongs to somebody else; you can watch it.")


def _progress_text(
    run: Run, records: list[EpochRecord], progress: Mapping[EngineName, Progress], done: float
) -> str:
    epoch = min(int(done * run.config.epochs) + 1, run.config.epochs)
    if run.status == RunStatus.FINISHED:
        epoch = max((record.epoch + 1 for record in records), default=epoch)
    where = f"Epoch {epoch} of {run.config.epochs}"
    if not run.status.is_over and len(run.config.engines) > 1:
        where += f", {_whose_turn(run, records)}'s turn"
    if run.status == RunStatus.QUEUED:
        if problem := jobs.jobs().problem:
            return escape(problem)
        return in_the_queue(run)
    if run.status.is_over:
        seconds = sum(record.seconds for record in records)
        return f"{where}. {duration(seconds)} of training in all"
    if run.status == RunStatus.PAUSED:
        return f"{where}. Paused: Step or Resume goes on"
    if not progress:
        return "A worker has taken the run and is reading the images"
    left = seconds_left(run.config, records, progress)
    return f"{where}. " + ("Measuring the pace" if left is None else f"About {duration(left)} left")


def _whose_turn(run: Run, records: list[EpochRecord]) -> str:
    """The engine that trains now: they take turns epoch by epoch."""
    done = [record.engine for record in records]
    return palette.ENGINE_NAMES[min(run.config.engines, key=done.count)]


def _metric(engine: EngineName, last: EpochRecord | None, now: Progress | None) -> None:
    with st.container(key=f"metric-{engine}", border=True, gap="xsmall"):
        st.metric(
            f"{palette.ENGINE_MARKDOWN[engine]}, test accuracy",
            percent(last.test_accuracy if last else None),
            delta=_after(last) if last else "no epoch yet",
            delta_color="off",
            delta_arrow="off",
        )
        st.caption(_mini_batch(now))


def _after(last: EpochRecord) -> str:
    """Of which epoch an engine's figures are: its twin may be one further."""
    return f"after epoch {last.epoch + 1}, {last.examples_per_second:,.0f} examples a second"


def _mini_batch(now: Progress | None) -> str:
    if now is None:
        return "before the first mini-batch"
    if now.batch == now.n_batches:
        trained = f"all {now.n_batches:,} mini-batches" if now.n_batches > 1 else "the whole batch"
        return f"{trained}; training cost {now.cost:.4g}"
    return f"mini-batch {now.batch:,} of {now.n_batches:,}, its cost {now.cost:.4g}"


# Before a run -----------------------------------------------------------------------------------
def preview(config: TrainingConfig) -> None:
    """Where no run is live: the form's network, what training it means, and what was reported."""
    _picture(config)
    n = training_examples(config)
    batch, steps = config.batch_of(n), config.n_batches(n)
    in_all = f", {steps * config.epochs:,} in {config.epochs:,} epochs" if config.epochs > 1 else ""
    st.markdown(
        f"**{config.n_parameters:,} weights and biases** start at random. Each epoch shows the "
        f"network {n:,} images, {batch:,} at a time: {counted(steps, 'step')} of gradient descent"
        f"{in_all}."
    )
    recipe = state.form().recipe
    if recipe is not None and recipes.get(recipe).config == config:
        _recipe(recipes.get(recipe))
    who = "both networks start from the same weights and learn"
    if len(config.engines) == 1:
        who = "the network learns"
    st.caption(f"Press Train: {who} before your eyes.")


def _recipe(recipe: recipes.Recipe) -> None:
    """What to see in a recipe, what was reported of it, and the curves of a stored run."""
    st.markdown(f"**{escape(recipe.title)}.** {escape(recipe.summary)}")
    if recipe.published is not None:
        st.caption(f"Reported: {reported(recipe)}")
    if records := stored_run(recipe.name):
        last = records[-1]
        st.caption(
            f"A stored run of this recipe (NumPy, seed {recipe.config.seed}): "
            f"{percent(last.test_accuracy)} of the test images right after {len(records)} epochs."
        )
        with st.grid(2, min_column_width=300):
            charts.live_chart(charts.live_cost(records), "cost", "example-cost")
            charts.live_chart(charts.live_accuracy(records), "accuracy", "example-accuracy")


def _picture(config: TrainingConfig) -> None:
    words = {"words": color} if (color := vega.axis_text()) else {}
    with st.container(key="network"):
        st.image(
            network_svg(config.layer_sizes, example_digit(), **words),
            width=620,
            alt=in_words(config.layer_sizes),
        )
