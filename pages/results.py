"""Results: curves, confusion matrices, mistakes and scores of any run; two runs compared."""

import streamlit as st

from dashboard import navigation
from dashboard.results import choice, mistakes, overview, state
from dashboard.runs.store import run_store
from dashboard.startup import through_the_entry
from dashboard.ui import errors
from dashboard.ui.heading import heading

through_the_entry()

heading("Results")

with errors.shown_errors():
    by_link = state.read()
    left, right = st.columns(2, gap="medium", vertical_alignment="bottom")
    with left:
        run = choice.choose_run(by_link=by_link)
    if run is None:
        state.write()
        navigation.link("train", "Train a network")
        mistakes.shipped()
        st.stop()

    with right:
        other = choice.choose_other(run, by_link=by_link)
    state.write()
    records = run_store().epochs(run.id)
    overview.headline(run, records)
    if not records:
        st.info("The first figures come with the first finished epoch of this run.")
        navigation.link("train", "Watch it on Train", {"run": run.id}, with_icon=False)
        st.stop()

    st.header("Curves")
    overview.curves(run, records, other)
    overview.side_by_side(run, records, other)
    overview.epochs_in_numbers(records)

    st.header("Confusion matrices")
    mistakes.confusion(run)

    with errors.shown_errors():  # without a checkpoint there are still the downloads
        st.header("Each digit")
        mistakes.scores(run)

        st.header("The most confident mistakes")
        mistakes.most_confident(run)

    st.header("Downloads")
    overview.downloads(run, records)
