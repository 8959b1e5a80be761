"""Compare: NumPy against PyTorch, a section at a time; every figure measured, none asserted."""

import streamlit as st

from dashboard.compare import common, sections, state
from dashboard.compare.measurement_queue import torch_is_here
from dashboard.startup import through_the_entry
from dashboard.ui import errors
from dashboard.ui.heading import heading

through_the_entry()

heading("NumPy against PyTorch, measured")
st.markdown(
    "Every figure on this page was measured: by a stored run at first, and here, on this machine, "
    "when you press a section's button."
)
if not torch_is_here():
    st.info(common.NO_TORCH)

with errors.shown_errors():
    state.read()
    sections.findings()
    opened = sections.choose()
    state.write()
    sections.show(opened)
