"""Draw: one drawing, everything the networks say of it, and why."""

import streamlit as st

from dashboard import session
from dashboard.draw import answers, doubts, handwriting, neurons, sections, sources, stages, why
from dashboard.draw.subject import look_at
from dashboard.models import predictions
from dashboard.models.predictions import Trained
from dashboard.runs.store import StoreError
from dashboard.startup import through_the_entry
from dashboard.ui.text import escape

SECTIONS: dict[str, sections.Section] = {
    "stages": ("From ink to 28x28", stages.show),
    "why": ("Why this digit", why.show),
    "doubt": ("Digit or not", doubts.show),
    "neurons": ("Every neuron", neurons.show),
    "handwriting": ("Our handwriting", handwriting.show),
}


def trained_models(workspace: str) -> list[Trained]:
    try:
        return predictions.trained_models(workspace)
    except StoreError as error:
        if not session.is_told(str(error)):
            st.warning(escape(str(error)), icon=":material/database_off:")
        return []


@st.fragment
def pad_and_answers(workspace: str) -> None:
    """Reruns alone at every stroke; answers come before the slower pictures of the sections."""
    trained = trained_models(workspace)
    left, right = st.columns([1, 2.2], gap="large")
    with right:
        chosen = predictions.choose_run(trained)
    with left:
        subject = look_at(sources.choose_ink(), trained, chosen)
    if subject is None:
        return
    with right:
        answers.show(subject)
    sections.show(SECTIONS, subject)


through_the_entry()
st.title("What do the networks see?")
st.markdown(
    "Draw a digit, pick a sample or bring a picture: every network gets the same 28x28 pixels."
)
pad_and_answers(session.workspace())
