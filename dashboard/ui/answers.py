"""What a model says of a drawing, as the pages with a pad show it."""

import numpy as np
import streamlit as st

from dashboard.models import cards, doubts, predictions
from dashboard.models.load import Model, Shipped, Trained
from dashboard.models.predictions import Answer
from dashboard.ui import digits
from dashboard.ui.probabilities import show_probabilities
from dashboard.ui.text import duration, escape, percent, sureness
from nncore.checkpoints import CheckpointError
from nncore.judge.cards import Card

_TRAINED_HERE = (
    "As the network itself says it. One that has just been trained is often surer than it should "
    "be; Results shows by how much."
)


def show_answer(
    answer: Answer, model: Model, *, seen: np.ndarray | None = None, bars: int = 200
) -> None:
    """One model's answer: the digit in large, how sure it is, and the ten bars.

    `seen` puts the image that the model looked at beside its answer.
    """
    with st.container(key=f"prediction-{model.key}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            if seen is not None:
                digits.show_digit(seen)
            # Plain, or a screen reader reads the marks of its colour, which the style sheet gives.
            st.metric(
                model.title,
                str(answer.digit) if answer.is_number else "–",
                sureness(answer.confidence) if answer.is_number else "no answer",
                delta_color="off",
                delta_arrow="off",
                help=_how_sure(model),
                width="content",
            )
        if not answer.is_number:
            st.caption("This network diverged: its weights are no numbers any more.")
            return
        is_shipped = isinstance(model, Shipped)
        who = f"The shipped model {model.name}" if is_shipped else model.title
        show_probabilities(
            answer.probabilities, model.color, f"bars-{model.key}", height=bars, who=who
        )


def show_shipped(
    model: Shipped, pixels: np.ndarray, *, with_image: bool = False, bars: int = 200
) -> None:
    """A shipped model's answer, or one sentence where its file cannot be used."""
    try:
        answer = predictions.answer_of(model, pixels)
    except CheckpointError as error:
        st.warning(f"The model that comes with the app cannot be used. {escape(str(error))}")
        return
    show_answer(answer, model, seen=pixels if with_image else None, bars=bars)


def _how_sure(model: Model) -> str:
    """What to make of a model's percentages: measured where its card says so."""
    if isinstance(model, Trained):
        return _TRAINED_HERE
    card = cards.card(model.name)
    if card is None or card.confidence_error is None:
        return "As the network itself says it; nobody has measured how often it is right then."
    return (
        "How sure a network is, is worth knowing only if it is right as often as it says. On "
        "MNIST's test images, which it never learned from, the two are "
        f"{100 * card.confidence_error:.2f} percentage points apart on average. On drawings it "
        "was not measured."
    )


# Doubt ------------------------------------------------------------------------------------------
def show_doubt(pixels: np.ndarray, *, all_stages: bool = True) -> None:
    """Beside an answer, doubt aloud; nothing where the ink looks like a digit.

    `all_stages` is false where a stage that was switched off may be the reason.
    """
    if doubts.is_doubted(pixels):
        what = "This does not" if all_stages else "Prepared like this, it does not"
        st.warning(
            f"**{what} look like a digit.** A network has to name one all the same.",
            icon=":material/question_mark:",
        )


# A shipped model's card -------------------------------------------------------------------------
def about(model: Shipped) -> None:
    """Beside an answer: a button that opens the model's card; nothing where it has none."""
    card = cards.card(model.name)
    if card is None:
        return
    with st.popover(f"About {model.title}", icon=":material/info:", type="tertiary"):
        st.markdown(f"**{model.title}**")
        st.markdown(_results(card))
        st.caption(_origin(card))


def _results(card: Card) -> str:
    judged = card.evaluation
    rows: list[tuple[str, float | None]] = [("MNIST's test images named right", card.test_accuracy)]
    if judged is not None:
        rows += [
            ("the same digits, drawn on a pad", judged.reinked_accuracy),
            ("the same digits, photographed", judged.photo_accuracy),
            ("forms that people are taught elsewhere", judged.taught_forms),
        ]
    return "\n".join(f"- {what}: **{percent(share)}**" for what, share in rows if share is not None)


def _origin(card: Card) -> str:
    facts = [
        f"recipe {card.recipe}" if card.recipe else "",
        f"seed {card.seed}",
        f"{duration(60 * card.minutes)} of training" if card.minutes else "",
        f"on {card.machine}" if card.machine else "",
    ]
    told = escape(", ".join(fact for fact in facts if fact))
    return f"Trained by the NumPy engine: {told}. Make it again: `{card.command}`"
