"""Train: build a network or pick a recipe, and watch NumPy and PyTorch learn it live."""

import streamlit as st

from dashboard import session
from dashboard.runs.store import run_store
from dashboard.startup import through_the_entry
from dashboard.train import form, history, live, recipes, state, summary
from dashboard.ui import errors
from dashboard.ui.heading import heading
from dashboard.ui.text import escape

through_the_entry()

link = state.read()
alone = state.is_alone()
if not alone:
    heading("Train")

with errors.shown_errors():
    mine = run_store().list_runs(session.workspace())
    live.follow(link, mine)
    run = live.current_run(mine)

    messages = st.container()
    # In the order of the keyboard and of a phone; assets/style.css places them on a wider screen.
    with st.container(key="train-places"):
        stage, fields = st.columns([7, 3], gap="medium")
        unfolded = run is None and not state.form().by_link
        cards = (
            None if alone else st.expander("Recipes", expanded=unfolded, key=state.recipes_key())
        )

    with fields:
        wanted = form.training_form(beside_a_run=run is not None)
        summary.show(wanted.config)
    if cards is not None:
        with cards:
            recipes.recipe_cards()
    with messages:
        if link_error := state.form().link_error:
            st.error(f"This link does not work: {escape(link_error)}")
    with stage:
        live.stage(run, wanted)

    history.past_runs(mine)
    state.write(run.id if run else None)
