"""The first digit: a pad, and what the shipped model makes of it."""

import streamlit as st

from dashboard import navigation
from dashboard.ink import drawing, pad
from dashboard.models import load
from dashboard.ui import answers


@st.fragment
def show() -> None:
    """The pad and the shipped model's answer; reruns alone at every stroke."""
    left, right = pad.places()
    with left:
        drawn = pad.pad()
    with right:
        ink = drawing.example() if drawn is None else drawing.Ink(drawn)
        seen = drawing.prepared(ink)
        if seen is not None:
            st.caption(ink.note)
            answers.show_doubt(seen.pixels)
            model = load.default_model()
            answers.show_shipped(model, seen.pixels, with_image=True, bars=180)
            with st.container(horizontal=True, vertical_alignment="center"):
                answers.about(model)
                navigation.link(
                    "inside", "Follow it through a small network", {"example": "drawing"}
                )
