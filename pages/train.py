"""Train: build a network or pick a recipe, and watch NumPy and PyTorch learn it live."""

import streamlit as st

from dashboard import session
from dashboard.runs.store import run_store
from dashboard.startup import through_the_entry
from dashboard.train import form as controls
from dashboard.train import history, live, state
from dashboard.train import recipes as train_recipes
from dashboard.ui import errors
from dashboard.ui.text import escape
from nncore import datasets

through_the_entry()

st.title("Train")

with errors.shown_errors():
    mine = run_store().list_runs(session.workspace())
    state.read_form_from_url()
    run = live.current_run(mine)

    messages = st.container()
    recipes = st.expander("Recipes", expanded=run is None)
    left, right = st.columns([3, 7], gap="medium")

    with left:
        form = controls.training_form()
        controls.summary(form.config)
        controls.variants(form.config)
        if form.config.dataset == "mnist" and not datasets.available("mnist"):
            st.caption(
                "MNIST is not on this machine yet: the first run fetches it (11 MB). "
                "Offline, train on the small built-in digits."
            )
            st.button(
                "Use the built-in digits",
                on_click=state.fill_form,
                args=(form.config.replace(dataset="digits"),),
            )

    with recipes:
        train_recipes.recipe_cards()

    with messages:
        if link_error := state.training_form().link_error:
            st.error(f"This link does not work: {escape(link_error)}")
        if form.error:
            st.error(escape(form.error))

    with right:
        live.stage(run, form)

    history.past_runs(mine)
    state.write_form_to_url(run.id if run else None)
