"""What the models say, side by side: robust against classroom, NumPy against PyTorch."""

import pandas as pd
import streamlit as st

from dashboard import navigation
from dashboard.draw import stages
from dashboard.draw.subject import Subject
from dashboard.ink import drawing
from dashboard.models import cards, load, predictions
from dashboard.models.load import MAX_MODELS, Model, Shipped, Trained
from dashboard.ui.answers import about, show_answer, show_doubt, show_shipped
from dashboard.ui.text import certainty

_WHY_THEY_DIFFER = (
    "Classroom has learned from MNIST as it is, Robust from deformed digits and from forms that "
    "people are taught elsewhere as well: what was never seen cannot be read."
)
_SMALL = "It learned from small digits, 8x8 pixels enlarged to 28x28: finer ink is new to it."


def show(subject: Subject) -> None:
    """Whether it looks like a digit, what the models see, what each says, and all in a table."""
    show_doubt(subject.pixels, all_stages=not subject.skipped)
    note = subject.ink.note
    if subject.skipped:
        note = f"Prepared without {stages.without(subject.skipped)}."
    drawing.show_seen(subject.seen, note)
    _side_by_side(subject)
    _why_they_differ(subject)
    every = st.expander("What all of them say", on_change="rerun", key="all")
    if every.open:
        with every:
            _table(subject)


def _side_by_side(subject: Subject) -> None:
    own = [model for model in subject.models if isinstance(model, Trained)]
    said = dict(predictions.answers(own, subject.pixels))
    shown = [model for model in subject.models if isinstance(model, Shipped) or model in said]
    with st.grid(max(3, len(shown)), min_column_width=140):
        for model in shown:
            with st.container(gap="small"):
                if isinstance(model, Shipped):
                    show_shipped(model, subject.pixels)
                    about(model)
                else:
                    show_answer(said[model], model)
                    if model.place:
                        st.caption(model.place)
                    if model.dataset == "digits":
                        st.caption(_SMALL)
        if not own:
            _invitation()


def _why_they_differ(subject: Subject) -> None:
    """Why the models that came along name different digits, and where to try it; else nothing."""
    shipped = [model for model in subject.models if isinstance(model, Shipped)]
    said = predictions.answers(shipped, subject.pixels)
    if len({answer.digit for _, answer in said}) > 1:
        st.caption(_WHY_THEY_DIFFER)
        navigation.link("train", "Train with such forms", {"recipe": "world"})


def _invitation() -> None:
    with st.container(border=True, key="invitation"):  # assets/style.css gives it a row if narrow
        st.markdown("**Your own networks answer here**")
        st.markdown("Train one, and NumPy and PyTorch stand beside the models that came along.")
        navigation.link("train", "Train a network")


def _epochs(model: Model) -> int:
    """How long it has learned; of a shipped model, its card counts every training."""
    if not isinstance(model, Shipped):
        return model.epoch
    card = cards.card(model.name)
    return load.shipped_network(model.name).config.epochs if card is None else card.epochs


def _table(subject: Subject) -> None:
    shipped = [model for model in subject.models if isinstance(model, Shipped)]
    rows = predictions.answers([*shipped, *subject.trained[:MAX_MODELS]], subject.pixels)
    frame = pd.DataFrame(
        {
            "Network": [model.title for model, _ in rows],
            "Digit": [str(answer.digit) if answer.is_number else "–" for _, answer in rows],
            "Sure": [
                certainty(answer.confidence) if answer.is_number else "–" for _, answer in rows
            ],
            "Run": [
                "comes with the app" if isinstance(model, Shipped) else model.run_name
                for model, _ in rows
            ],
            "Epochs": [_epochs(model) for model, _ in rows],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        key="all-models",
        alt="What every model says about the drawing",
    )
