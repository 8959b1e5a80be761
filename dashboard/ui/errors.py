"""Errors in one sentence, at the edge where the user is."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard import session
from dashboard.runs.errors import StoreError
from dashboard.settings import SettingsError
from dashboard.ui.text import escape
from nncore.checkpoints import CheckpointError
from nncore.datasets import DataError
from nncore.lab.result_files import ResultFileError


@contextmanager
def shown_errors(*, above_all: bool = False) -> Iterator[None]:
    """What a page cannot help (store, data, a model or results file): one sentence, and no more.

    The entry script is `above_all` pages: what it has said, a page does not say again.
    """
    if above_all:
        session.set_app_error(None)
    try:
        yield
    except (StoreError, SettingsError, DataError, CheckpointError, ResultFileError) as error:
        sentence = str(error)
        if not session.is_told(sentence):
            st.error(escape(sentence), icon=":material/error:")
        if above_all:
            session.set_app_error(sentence)


def show_notices() -> None:
    """Place what this session is to be told: each sentence for some seconds (`session.notify`)."""
    for sentence in session.take_notices():
        st.warning(escape(sentence))
