"""About a shipped model: how it was made and what it can do, from the card beside its file."""

import streamlit as st

from dashboard.models import predictions
from dashboard.models.predictions import Shipped
from dashboard.ui.text import duration, escape, percent
from nncore.judge.cards import Card


def about(model: Shipped) -> None:
    """A button that opens the model's card; nothing where it has none."""
    card = predictions.card(model.name)
    if card is None:
        return
    with st.popover("About this model", icon=":material/info:", type="tertiary"):
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
