"""The cards of the shipped models: how each was made and what it can do."""

import streamlit as st

from nncore.checkpoints import SHIPPED, ShippedName
from nncore.judge import cards
from nncore.judge.cards import Card
from nncore.lab.result_files import ResultFileError


@st.cache_resource(show_spinner=False)
def card(name: ShippedName) -> Card | None:
    """The card of a shipped model; None where there is none that can be read."""
    try:
        return cards.read(SHIPPED[name])
    except ResultFileError:
        return None
