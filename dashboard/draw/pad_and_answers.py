"""The body of Draw: the ink, what the models say of it at once, and below them one section."""

import streamlit as st

from dashboard import session
from dashboard.draw import answers, sections, sources
from dashboard.draw.subject import choose_run, look_at
from dashboard.ink import pad
from dashboard.models import load
from dashboard.models.load import Trained
from dashboard.runs.errors import StoreError
from dashboard.ui.text import escape


@st.fragment
def show(workspace: str) -> None:
    """Ink on the left, what the models say of it on the right, one section below.

    Reruns alone at every stroke; answers come before the slower pictures of the sections.
    """
    trained = _trained_models(workspace)
    left, right = pad.places()
    with right:
        chosen = choose_run(trained)
    with left:
        subject = look_at(sources.choose_ink(), trained, chosen)
    if subject is None:
        return
    with right:
        answers.show(subject)
    sections.show(subject)


def _trained_models(workspace: str) -> list[Trained]:
    """The workspace's networks; none, after one sentence, where the store cannot be read."""
    try:
        return load.trained_models(workspace)
    except StoreError as error:
        if not session.is_told(str(error)):
            st.warning(escape(str(error)), icon=":material/database_off:")
        return []
