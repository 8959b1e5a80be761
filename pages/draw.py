import streamlit as st

from dashboard import drawing, predictions, state
from dashboard.cold_start import through_the_entry
from dashboard.predictions import Trained
from dashboard.store import StoreError
from dashboard.text import escape


def trained_models(workspace: str) -> list[Trained]:
    try:
        return predictions.trained_models(workspace)
    except StoreError as error:
        if not state.is_told(str(error)):
            st.warning(escape(str(error)), icon=":material/database_off:")
        return []


@st.fragment
def pad_and_answers(workspace: str) -> None:
    """Reruns alone at every stroke; answers come before the slower pictures of the stages."""
    left, right = st.columns([1, 2.2], gap="large")
    with left:
        ink = drawing.choose_ink()
        seen = drawing.prepared(ink)
    if seen is None:
        return
    with right:
        models = trained_models(workspace)
        drawing.show_seen(seen, ink.note)
        chosen = predictions.choose_run(models)
        predictions.show_answers(chosen, seen.pixels)
        if len(models) > 2:
            every = st.expander(
                "What every network trained here says", on_change="rerun", key="all"
            )
            if every.open:
                with every:
                    predictions.show_all(models, seen.pixels)
    st.header("Every neuron that looks at it")
    drawing.show_neurons(ink, seen, chosen)
    st.header("How ink becomes 28x28 pixels")
    st.markdown(
        "MNIST's digits were made this way, so a network that learned them reads a drawing only "
        "if it takes the same steps."
    )
    drawing.show_stages(seen)


through_the_entry()
st.title("What do the networks see?")
st.markdown(
    "Draw a digit, pick a sample or bring a picture: every network gets the same 28x28 pixels."
)
pad_and_answers(state.workspace())
