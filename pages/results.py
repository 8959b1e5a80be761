"""Results: curves, confusion matrices, mistakes and scores of any run; two runs compared."""

import streamlit as st

from dashboard import navigation, session
from dashboard.results import sections
from dashboard.runs.store import run_store
from dashboard.startup import through_the_entry
from dashboard.ui import errors, runs

through_the_entry()

st.title("Results")

with errors.shown_errors():
    session.workspace()
    pickers = st.columns(2, gap="medium", vertical_alignment="bottom")
    with pickers[0]:
        run = sections.choose_run()
    if run is None:
        navigation.link("train", "Train a network")
        sections.shipped()
    else:
        records = run_store().epochs(run.id)
        with pickers[1]:
            other = sections.choose_other(run)
        sections.headline(run, records)
        if not records:
            st.info("The first figures come with the first finished epoch of this run.")
            navigation.link("train", "Watch it on Train", {"run": run.id}, with_icon=False)
            st.stop()

        st.header("Curves")
        sections.curves(run, records, other)
        with st.expander("Every epoch in numbers"):
            runs.show_epochs(records, "epochs", height=320)

        st.header("Confusion matrices")
        sections.confusion(run)

        with errors.shown_errors():  # without a checkpoint there are still the downloads
            st.header("Each digit")
            sections.scores(run)

            st.header("The most confident mistakes")
            sections.mistakes(run)

        st.header("Downloads")
        sections.downloads(run, records)
