"""Flexibility: autograd trains a typed activation as it is, NumPy wants its derivative."""

from functools import cache

import numpy as np
import streamlit as st

from dashboard import state
from dashboard.compare import charts, section
from dashboard.palette import ENGINE_MARKDOWN
from dashboard.text import escape, percent
from nncore import comparison
from nncore.comparison import ComparisonError, TypedRun
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

_FIRST = EXAMPLES[0]
_POINTS = 241


@cache
def stored() -> TypedRun | None:
    """The committed training of the first example; None where its file cannot be used."""
    try:
        return comparison.load_typed()
    except ComparisonError:
        return None


def show() -> None:
    """The section."""
    section.polled(_draw, lambda: section.active(*_ask()))


def _ask() -> tuple[str, str, str]:
    """What is measured for what the fields say."""
    return "activation", *state.typed_activation(_FIRST.activation, _FIRST.derivative)


def _draw() -> None:
    kept = stored()
    title = "Flexibility: PyTorch trains any formula, NumPy wants its derivative"
    if kept:
        title = (
            f"Flexibility: PyTorch trained {kept.activation} to {percent(kept.torch[-1])} as "
            "typed, NumPy wants its derivative"
        )
    st.header(title.replace("*", r"\*"), anchor="flexibility")
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
    with left:
        try:
            df = parse(ask[2])
            check = check_derivative(f, df)
        except ExpressionError as error:
            st.error(escape(f"f'(z): {error}"))
        else:
            (st.success if check.accepted else st.error)(
                escape(check.sentence),
                icon=":material/check:" if check.accepted else ":material/close:",
            )
    with right:
        _picture(f, df, check)
    section.button("Train it here", *ask, takes="a few seconds", key="run-activation")
    _trained(ask, kept)


def _fields() -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for example in EXAMPLES:
            st.button(
                example.name,
                key=f"example-{example.name}",
                on_click=state.type_activation,
                args=(example.activation, example.derivative),
            )
    state.typed_activation(_FIRST.activation, _FIRST.derivative)
    st.text_input(
        "Activation f(z)",
        key=state.TYPED_ACTIVATION,
        max_chars=MAX_LENGTH,
        persist_state="session",
        help="Numbers, z, + - * / **, comparisons, and functions such as exp, log, tanh, sigmoid, "
        "relu, abs, maximum(a, b) and where(condition, a, b).",
    )
    st.text_input(
        "Its derivative f'(z), which only NumPy needs",
        key=state.TYPED_DERIVATIVE,
        max_chars=MAX_LENGTH,
        persist_state="session",
    )
    st.button(
        "Plant a mistake of 1%",
        key="plant-mistake",
        icon=":material/bug_report:",
        on_click=_plant,
        help="The derivative times 1.01: too little to see in the picture, but not to be measured.",
    )


def _plant() -> None:
    activation, derivative = state.typed_activation(_FIRST.activation, _FIRST.derivative)
    state.type_activation(activation, f"1.01 * ({derivative})"[:MAX_LENGTH])


def _picture(f: Expression, df: Expression | None, check: DerivativeCheck | None) -> None:
    z = np.linspace(*CHECK_RANGE, _POINTS)
    numeric = (f(z + STEP) - f(z - STEP)) / (2 * STEP)
    wrong_at = None if check is None or check.accepted else check.z
    charts.activation(z, f(z), numeric, df(z) if df else None, wrong_at)


def _trained(ask: tuple[str, str, str], kept: TypedRun | None) -> None:
    here = section.measured(*ask)
    run = TypedRun.model_validate(here.results[0]) if here else None
    if run is None and kept and (kept.activation, kept.derivative) == ask[1:]:
        run = kept
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
    section.provenance(run.machine, run.date, run.command, here=here is not None)


def _last(accuracies: tuple[float, ...]) -> str:
    return percent(accuracies[-1]) if accuracies else "diverged"
