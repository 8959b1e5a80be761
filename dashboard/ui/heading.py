"""A page's title, and beside it what can be done with the whole page."""

import streamlit as st

from dashboard.ui.components.copy_link import copy_link


def heading(title: str) -> None:
    """The title of a page whose address says what it shows, with a button that copies that.

    A page that shows what is in no address, such as a drawing, has its title alone: the link would
    promise more than it holds. In a frame on another page nobody sees an address.
    """
    if st.context.is_embedded:
        st.title(title)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="heading"):
        # No link to the title itself: the address is one, and the keyboard stops at one thing less.
        st.title(title, anchor=False, width="stretch")
        copy_link()
