"""What every run of a page begins with: page settings and navigation."""

from pathlib import Path

import streamlit as st

from dashboard import visitor
from dashboard.learn import state as learn_state
from dashboard.navigation import pages
from dashboard.runs.jobs import jobs
from dashboard.startup import one_thread_a_product, pass_over_what_a_left_page_asks
from dashboard.ui.components.finger import finger
from dashboard.ui.components.lost_connection import lost_connection
from dashboard.ui.components.page_turn import page_turn
from dashboard.ui.errors import shown_errors
from dashboard.words import show_words

if __name__ == "__main__":  # a worker started by `spawn` imports this file and must draw nothing
    root = Path(__file__).parent
    icons = root / "assets" / "icons"
    st.set_page_config(page_title="NN Magic", page_icon=icons / "icon.png", layout="wide")
    st.html(root / "assets" / "style.css")
    bare = learn_state.is_bare()
    if not bare:
        st.logo(icons / "logo.svg", size="medium")
    page_turn(learn_state.PLACE_PARAMS)
    finger()
    lost_connection()
    pass_over_what_a_left_page_asks()
    one_thread_a_product()  # before the first visitor's network answers
    with shown_errors(above_all=True):
        jobs().start()  # whatever the first page is, dead runs are noticed and queued ones go on
    page = st.navigation(pages(), position="hidden" if bare else "top")
    if not bare:
        show_words()
    with visitor.frame(bare=bare):
        page.run()
