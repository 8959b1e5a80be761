"""Whether the ink looks like a digit at all, and what that judgement costs."""

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.draw import charts, state
from dashboard.draw.subject import Subject
from dashboard.models import doubts
from dashboard.ui.text import escape
from nncore.judge.doubt import DigitOrNot, DoubtError


def show(subject: Subject) -> None:
    """How the doubt is decided, for this drawing, and what another threshold would do."""
    try:
        network = doubts.judge()
    except DoubtError as error:
        st.warning(escape(str(error)))
        return
    st.markdown(
        "Ten outputs can only name digits. So a second, small network, which has seen scribbles "
        "and letters beside digits, says first whether there is a digit at all."
    )
    left, right = st.columns(2, gap="large")
    with left:
        threshold = _choose_threshold(network)
        _verdict(network, _score(subject.pixels), threshold)
    with right:
        moved = session.doubt_threshold()
        charts.trade_off(network.trade_off, network.threshold, moved, "trade-off")


def _score(pixels: np.ndarray) -> float:
    return float(doubts.judge().score(pixels.reshape(1, -1))[0])


def _choose_threshold(network: DigitOrNot) -> float:
    """Place the slider: a threshold by the share of real digits that it doubts."""
    curve = network.trade_off
    shares = [float(share) for share in curve.digits if share <= charts.SHOWN]
    usual = int(np.abs(curve.thresholds[: len(shares)] - network.threshold).argmin())
    now = int(np.abs(curve.thresholds[: len(shares)] - doubts.threshold(network)).argmin())
    st.select_slider(
        "Real digits that may be doubted",
        list(range(len(shares))),
        format_func=lambda at: f"{shares[at]:.2%}",
        key=state.CONTROLS.showing("threshold", now),
        on_change=_take_threshold,
        args=(usual,),
        help="Moves the threshold here and on Home, in this session only.",
    )
    return doubts.threshold(network)


def _take_threshold(usual: int) -> None:
    at = int(state.CONTROLS.value("threshold"))
    chosen = float(doubts.judge().trade_off.thresholds[at])
    session.set_doubt_threshold(None if at == usual else chosen)


def _verdict(network: DigitOrNot, score: float, threshold: float) -> None:
    """What both shares become, and where this drawing stands among real digits."""
    digits, others = charts.shares_at(network.trade_off, threshold)
    st.markdown(
        f"At this threshold it doubts **{digits:.1%}** of real digits and **{others:.1%}** of "
        "scribbles and letters."
    )
    word = "**doubted**" if score > threshold else "**not doubted**"
    st.markdown(f"This drawing is {word}: {_rank(network, score)}.")
    st.caption(
        "Measured on digits that it had not learned from, MNIST's own and drawn again on a pad, "
        "and on new drawings of the scribbles and letters that it was taught: of letters that it "
        "was never shown it doubts fewer. Make it again: `python -m nncore evaluate --teach-doubt`"
    )


def _rank(network: DigitOrNot, score: float) -> str:
    """How many real digits look less like one than this drawing does."""
    curve = network.trade_off
    less = charts.shares_at(curve, score)[0]
    if score >= curve.thresholds[0]:
        return "not one real digit that was measured looks less like a digit"
    if score <= curve.thresholds[-1]:
        return f"more than {curve.digits[-1]:.0%} of the real digits look less like a digit"
    return f"{less:.1%} of the real digits look less like a digit"
