"""Home: draw a digit and see it named; then a way in for everybody."""

import streamlit as st

from dashboard.home import pad_and_answer, ways

st.title("Draw a digit")
st.markdown(
    "A neural network names it at once, or doubts that it is one. Then train one yourself, twice: "
    "written by hand in :blue[**NumPy**] and in :orange[**PyTorch**], and watch both learn."
)
pad_and_answer.show()
ways.show()
