"""The app's entry, `streamlit run streamlit_app.py`: its server, whose pages begin in `app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from dashboard.compression import CompressedFiles
from dashboard.startup import take_pages_for_no_folder

take_pages_for_no_folder()
app = st.App("app.py", middleware=[Middleware(CompressedFiles)])
