"""Inside: one example through one network, forward and backward, every number open to change."""

import streamlit as st

from dashboard.inside import backward, checks, choice, forward, seeking, state, touch
from dashboard.startup import through_the_entry
from dashboard.ui import errors
from dashboard.ui.components.network_view import network_view
from dashboard.ui.heading import heading

through_the_entry()

heading("Inside")

with errors.shown_errors():
    state.read()
    messages = st.container()

    left, right = st.columns([3, 2], gap="large")
    with left:
        model = choice.choose_model()
    with right:
        example = choice.choose_example(model)
    with left:
        answer = choice.headline(model, example)
    neuron = choice.neuron_of(model, answer)

    network_view(
        model.network,
        example.pixels,
        selected=neuron,
        on_select=choice.look_at,
        label="The network with this example in it",
        silenced=model.silenced,
    )
    choice.choose_neuron(model, neuron)

    section = choice.choose_section() if answer is not None else None
    state.write()
    with messages:
        errors.show_notices()
    if answer is None:
        st.stop()
    match section:
        case "backward":
            backward.show(model, example, neuron, answer)
        case "touch":
            touch.show(model, example, neuron)
        case "seeking":
            seeking.show(model, neuron)
        case "checks":
            checks.show(model, example)
        case _:
            forward.show(model, example, neuron)
