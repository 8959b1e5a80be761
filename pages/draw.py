"""Draw: one drawing, everything the networks say of it, and why."""

import streamlit as st

from dashboard import session
from dashboard.draw import pad_and_answers, state
from dashboard.startup import through_the_entry

through_the_entry()
state.read()
st.title("What do the networks see?")
st.markdown(
    "Draw a digit, pick a sample or bring a picture: every network gets the same 28x28 pixels."
)
pad_and_answers.show(session.workspace())
