"""Same network, same numbers: both engines in step, and one gradient digit for digit."""

import html
from collections.abc import Sequence
from functools import cache
from typing import get_args

import streamlit as st

from dashboard.compare import charts, common
from dashboard.compare.measurement_queue import Measurement
from dashboard.ui import text
from dashboard.ui.palette import ENGINE_NAMES
from nncore.config import DTypeName, architecture
from nncore.lab import comparison
from nncore.lab.comparison import GradientEntry, TwinRun
from nncore.lab.result_files import ResultFileError

_DIGITS = 17
"""Significant digits that tell any two numbers of float64 apart."""


@cache
def stored() -> TwinRun | None:
    """The committed run; None where its file cannot be used."""
    try:
        return comparison.load()
    except ResultFileError:
        return None


def work() -> common.Work:
    """What the section Same numbers has measured."""
    return common.measuring("twins", "Same numbers", lambda: ("twins",))


def heading() -> str:
    """What was found, in a line."""
    run = _newest(common.measured("twins"))
    title = "Same network, same numbers"
    if run is None:
        return title
    steps = run.curve("float64").steps
    looks = sum(step > 0 for step in steps)
    return (
        f"{title}: looked at {looks} times in {steps[-1]} steps, no weight differs by more than "
        f"{largest(run, 'float64')} in double precision"
    )


def show() -> None:
    """The section Same numbers: both engines in step, and how far apart they get."""
    common.polled(_draw, work())


def largest(run: TwinRun, dtype: DTypeName) -> str:
    """The twins' largest difference of a weight after any step looked at, in words."""
    return text.power(max(run.curve(dtype).difference))


def _newest(here: Measurement | None) -> TwinRun | None:
    """The run made on this server, else the stored one."""
    return TwinRun.model_validate(here.results[0]) if here else stored()


def _draw() -> None:
    here = common.measured("twins")
    kept, run = stored(), _newest(here)
    st.header(heading(), anchor="twins")
    if run is None:
        _button(None)
        return
    single, double = largest(run, "float32"), largest(run, "float64")
    st.markdown(
        f"Both engines start a {architecture(run.config.layer_sizes)} network from the same "
        "weights and see the same mini-batches. In single precision (float32) their weights differ "
        f"by at most {single}, in double precision (float64) by at most {double}: they add the "
        "same products in another order, and each sum is rounded."
    )
    with st.grid(2, min_column_width=300):
        charts.twin_costs(run.curve("float32"))
        charts.twin_differences(run)
    st.subheader("One gradient, digit for digit")
    st.markdown(
        "The largest derivatives of the first mini-batch, by hand in NumPy and by PyTorch's "
        "autograd. In bold: the digits that both have."
    )
    with st.grid(2, min_column_width=300):
        for dtype in get_args(DTypeName):
            with st.container(border=True, key=f"gradient-{dtype}", gap="xsmall"):
                st.markdown(f"**{dtype}**")
                st.html(gradient_html([e for e in run.gradient if e.dtype == dtype]))
    told = f"Largest difference in double precision: here {double}"
    _button(f"{told}, stored {largest(kept, 'float64')}." if kept else f"{told}.")
    common.provenance(run.machine, run.date, run.command, here=here)


def _button(outcome: str | None) -> None:
    common.button(
        "Train both in step", "twins", takes="a few seconds", key="run-twins", outcome=outcome
    )


def gradient_html(entries: Sequence[GradientEntry]) -> str:
    """The twins' gradients as a table, one engine's above the other's; what both have is bold."""
    rows: list[str] = []
    for entry in entries:
        rows.append(
            f'<tr><th colspan="2" style="text-align:left;padding-top:6px">'
            f"∂C/∂{html.escape(entry.parameter)}</th></tr>"
        )
        for name, (written, same) in zip(ENGINE_NAMES.values(), _both(entry), strict=True):
            rows.append(
                f'<tr><td style="padding-right:14px;opacity:0.75">{name}</td>'
                f"<td>{_marked(written, same)}</td></tr>"
            )
    return (
        '<table style="border-collapse:collapse;font-size:0.875rem;font-family:monospace">'
        f"{''.join(rows)}</table>"
    )


def _both(entry: GradientEntry) -> list[tuple[str, int]]:
    mine, other = (f"{value:.{_DIGITS}g}" for value in (entry.numpy, entry.torch))
    same = comparison.common_digits(mine, other)
    return [(mine, same), (other, same)]


def _marked(written: str, same: int) -> str:
    rest = written[same:]
    faded = f'<span style="opacity:0.6">{html.escape(rest)}</span>' if rest else ""
    return f"<b>{html.escape(written[:same])}</b>{faded}"
