"""The drawing in one network, neuron by neuron."""

from functools import partial

import streamlit as st

from dashboard import navigation, session
from dashboard.draw.subject import Subject
from dashboard.models import predictions
from dashboard.models.load import Shipped, network_of
from dashboard.runs.errors import StoreError
from dashboard.ui.components.network_view import network_view
from dashboard.ui.text import escape
from nncore.checkpoints import CheckpointError
from nncore.explain.neuron import Neuron


def show(subject: Subject) -> None:
    """The network picture of one model, which is chosen here."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        model = subject.choose_model("neurons", "Whose neurons")
        if session.last_drawing() is subject.ink.image:
            own = (
                {} if isinstance(model, Shipped) else {"run": model.run_id, "engine": model.engine}
            )
            navigation.link("inside", "Follow it through on Inside", {**own, "example": "drawing"})
    try:
        network = network_of(model)
    except (CheckpointError, StoreError) as error:
        st.warning(escape(str(error)))
        return
    answer = predictions.answer_of(model, subject.pixels)
    network_view(
        network,
        subject.pixels,
        selected=session.picture_neuron("draw") or Neuron(len(network.biases) - 1, answer.digit),
        on_select=partial(session.set_picture_neuron, "draw"),
        label="The network with the drawing in it",
    )
