"""Results: curves, confusion matrices, mistakes and scores of any run; two runs compared."""

import streamlit as st

from dashboard import results, runs, state
from dashboard.cold_start import through_the_entry
from dashboard.runs import store

through_the_entry()

st.title("Results")

with runs.shown_errors():
    state.workspace()
    pickers = st.columns(2, gap="medium", vertical_alignment="bottom")
    with pickers[0]:
        run = results.choose_run()
    if run is None:
        st.page_link("pages/train.py", label="Train a network", icon=":material/model_training:")
        results.shipped()
    else:
        records = store().epochs(run.id)
        with pickers[1]:
            other = results.choose_other(run)
        results.headline(run, records)
        if not records:
            st.info("The first figures come with the first finished epoch of this run.")
            st.page_link("pages/train.py", label="Watch it on Train")
            st.stop()

        st.header("Curves")
        results.curves(run, records, other)
        with st.expander("Every epoch in numbers"):
            runs.show_epochs(records, "epochs", height=320)

        st.header("Confusion matrices")
        results.confusion(run)

        with runs.shown_errors():  # without a checkpoint there are still the downloads
            st.header("Each digit")
            results.scores(run)

            st.header("The most confident mistakes")
            results.mistakes(run)

        st.header("Downloads")
        results.downloads(run, records)
