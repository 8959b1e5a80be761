"""Results: curves, confusion matrices, mistakes and scores of any run; two runs compared."""

import streamlit as st

from dashboard import navigation, session
from dashboard.results import mistakes
from dashboard.runs.store import run_store
from dashboard.startup import through_the_entry
from dashboard.ui import errors, runs

through_the_entry()

st.title("Results")

with errors.shown_errors():
    session.workspace()
    pickers = st.columns(2, gap="medium", vertical_alignment="bottom")
    with pickers[0]:
        run = mistakes.choose_run()
    if run is None:
        navigation.link("train", "Train a network")
        mistakes.shipped()
    else:
        records = run_store().epochs(run.id)
        with pickers[1]:
            other = mistakes.choose_other(run)
        mistakes.headline(run, records)
        if not records:
            st.info("The first figures come with the first finished epoch of this run.")
            navigation.link("train", "Watch it on Train", {"run": run.id}, with_icon=False)
            st.stop()

        st.header("Curves")
        mistakes.curves(run, records, other)
        with st.expander("Every epoch in numbers"):
            runs.show_epochs(records, "epochs", height=320)

        st.header("Confusion matrices")
        mistakes.confusion(run)

        with errors.shown_errors():  # without a checkpoint there are still the downloads
            st.header("Each digit")
            mistakes.scores(run)

            st.header("The most confident mistakes")
            mistakes.mistakes(run)

        st.header("Downloads")
        mistakes.downloads(run, records)
