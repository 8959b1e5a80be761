"""Flexibility: autograd trains a typed activation as it is, NumPy wants its derivative."""

from functools import cache

import numpy as np
import streamlit as st

from dashboard.compare import charts, common, state
from dashboard.compare.measurement_queue import Ask, Measurement
from dashboard.ui.palette import ENGINE_MARKDOWN
from dashboard.ui.text import escape, percent
from nncore.expressions import (
    CHECK_RANGE,
    EXAMPLES,
    MAX_LENGTH,
    DerivativeCheck,
    Expression,
    ExpressionError,
    check_derivative,
    parse,
)
from nncore.gradient_check import STEP
from nncore.lab import comparison
from nncore.lab.comparison import TypedRun
from nncore.lab.result_files import ResultFileError

_FIRST = EXAMPLES[0]
_POINTS = 241
_MISTAKE = "1.01 * "


@cache
def stored() -> TypedRun | None:
    """The committed training of the first example; None where its file cannot be used."""
    try:
        return comparison.load_typed()
    except ResultFileError:
        return None


def work() -> common.Work:
    """What the section Flexibility has measured: a training, also after its fields have changed."""
    return common.measuring("flexibility", "Flexibility", _watched)


def heading() -> str:
    """What was found, in a line."""
    kept = stored()
    if kept is None:
        return "Flexibility: PyTorch trains any formula, NumPy wants its derivative"
    formula = kept.activation.replace("*", r"\*")
    return (
        f"Flexibility: PyTorch trained {formula} to {percent(kept.torch[-1])} as typed, NumPy "
        "wants its derivative"
    )


def show() -> None:
    """The section Flexibility: type an activation, and see what each engine needs for it."""
    common.polled(_draw, work())


def _ask() -> tuple[str, str, str]:
    """What is measured for what the fields say."""
    f, df = _typed()
    return "activation", f.strip(), df.strip()


def _watched() -> Ask:
    """What is trained now, or was last: what this visitor saw begin, before what the fields say."""
    view = state.view()
    for ask in (view.training, _ask()):
        if ask and common.active(*ask):
            view.training = ask
            break
    return view.training or _ask()


def _typed() -> tuple[str, str]:
    """The activation and its derivative as typed; the first example's, to begin with."""
    typed = state.TYPED.value
    return typed("activation", _FIRST.activation), typed("derivative", _FIRST.derivative)


def _draw() -> None:
    kept = stored()
    st.header(heading(), anchor="flexibility")
    left, right = st.columns([2, 3], gap="large")
    with left:
        _fields()
    ask = _ask()
    try:
        f = parse(ask[1])
    except ExpressionError as error:
        with left:
            st.error(escape(f"f(z): {error}"))
        return
    df: Expression | None = None
    check: DerivativeCheck | None = None
    readable = True
    with left:
        if not ask[2]:
            st.info("No derivative: PyTorch trains alone.")
        else:
            try:
                df = parse(ask[2])
                check = check_derivative(f, df)
            except ExpressionError as error:
                readable = False
                st.error(escape(f"f'(z): {error}"))
            else:
                (st.success if check.accepted else st.error)(
                    escape(common.tight(check.sentence)),
                    icon=":material/check:" if check.accepted else ":material/close:",
                )
    with right:
        _picture(f, df, check)
    here = common.measured(*ask)
    run = TypedRun.model_validate(here.results[0]) if here else None
    if kept is not None and (kept.activation, kept.derivative) != ask[1:]:
        kept = None
    common.button(
        "Train it here",
        *ask,
        takes="a few seconds",
        key="run-activation",
        disabled=not readable,
        outcome=_outcome(run, kept) if run else None,
    )
    _elsewhere(ask)
    _trained(run or kept, here)


def _elsewhere(shown: Ask) -> None:
    """A line about a training of what the fields said before, which goes on."""
    ask = _watched()
    if ask == shown or not common.active(*ask):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        common.stop_button(*ask, key="stop-watched")
        st.caption(f"f(z) = {escape(ask[1])}: {common.so_far(*ask)}", width="content")


def _fields() -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for example in EXAMPLES:
            st.button(
                example.name,
                key=f"example-{example.name}",
                on_click=state.TYPED.set,
                kwargs={"activation": example.activation, "derivative": example.derivative},
            )
    _, derivative = _typed()
    st.text_input(
        "Activation f(z)",
        key=state.TYPED.starting("activation", _FIRST.activation),
        max_chars=MAX_LENGTH,
        persist_state="session",
        help="Numbers, z, + - * / **, comparisons, and functions such as exp, log, tanh, sigmoid, "
        "relu, abs, maximum(a, b) and where(condition, a, b).",
    )
    st.text_input(
        "Its derivative f'(z), which only NumPy needs; empty for none",
        key=state.TYPED.starting("derivative", _FIRST.derivative),
        max_chars=MAX_LENGTH,
        persist_state="session",
    )
    st.button(
        "Plant a mistake of 1%",
        key="plant-mistake",
        icon=":material/bug_report:",
        on_click=_plant,
        disabled=_planted(derivative) is None,
        help="The derivative times 1.01: too little to see in the picture, but not to be measured. "
        f"Once, and only where {MAX_LENGTH} characters hold it.",
    )


def _plant() -> None:
    if (planted := _planted(_typed()[1])) is not None:
        state.TYPED.set(derivative=planted)


def _planted(derivative: str) -> str | None:
    """The derivative with the mistake; None where it has it, is empty or would become too long."""
    planted = f"{_MISTAKE}({derivative.strip()})"
    there = derivative.strip().startswith(f"{_MISTAKE}(")
    return None if there or not derivative.strip() or len(planted) > MAX_LENGTH else planted


def _picture(f: Expression, df: Expression | None, check: DerivativeCheck | None) -> None:
    z = np.linspace(*CHECK_RANGE, _POINTS)
    with np.errstate(all="ignore"):  # an overflow leaves a gap in the line
        numeric = (f(z + STEP) - f(z - STEP)) / (2 * STEP)
    wrong_at = None if check is None or check.accepted else check.z
    charts.activation(z, f(z), numeric, df(z) if df else None, wrong_at)


def _outcome(run: TypedRun, kept: TypedRun | None) -> str:
    """What came out here, against the stored run of the same formulas."""
    told = f"PyTorch: here {_last(run.torch)}"
    return f"{told}, stored {_last(kept.torch)}." if kept else f"{told}."


def _trained(run: TypedRun | None, here: Measurement | None) -> None:
    if run is None:
        st.caption("Not trained yet: press the button.")
        return
    with st.container(key="typed-results", horizontal=True, gap="large"):
        st.metric(f"{ENGINE_MARKDOWN['torch']}: f alone", _last(run.torch), width="content")
        st.metric(
            f"{ENGINE_MARKDOWN['numpy']}: f and f'",
            _last(run.numpy) if run.accepted else "not trained",
            None if run.accepted else "no f' that the check accepts",
            delta_color="off",
            delta_arrow="off",
            width="content",
        )
    st.caption(
        f"Test accuracy of 784-{run.config.hidden[0]}-10 with this activation after "
        f"{run.config.epochs} epochs of {run.n_train:,} images."
    )
    common.provenance(run.machine, run.date, run.command, here=here)


def _last(accuracies: tuple[float, ...]) -> str:
    return percent(accuracies[-1]) if accuracies else "diverged"
