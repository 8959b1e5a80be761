"""The app's entry, `streamlit run streamlit_app.py`: its server, whose pages begin in `app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from dashboard.compression import CompressedFiles

app = st.App("app.py", middleware=[Middleware(CompressedFiles)])
