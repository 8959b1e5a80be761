"""The pages of the app, in one table; no other module knows where their scripts are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import StreamlitPage


@dataclass(frozen=True, slots=True)
class PageInfo:
    """One row of the table: where the page is, what it is called, what it is for."""

    name: str
    title: str
    icon: str
    help: str

    @property
    def path(self) -> str:
        """The script, relative to the entry script."""
        return f"pages/{self.name}.py"


TABLE = (
    PageInfo(
        "home", "Home", ":material/home:", "Draw a digit and see it named; then choose a way in."
    ),
    PageInfo(
        "learn",
        "Learn",
        ":material/school:",
        "The chapters: from one neuron to overfitting, each idea with something to move.",
    ),
    PageInfo(
        "train",
        "Train",
        ":material/model_training:",
        "Build a network or pick a recipe, and watch NumPy and PyTorch learn it live.",
    ),
    PageInfo(
        "results",
        "Results",
        ":material/monitoring:",
        "Curves, confusion matrices and mistakes of every run; two runs laid over each other.",
    ),
    PageInfo(
        "inside",
        "Inside",
        ":material/hub:",
        "One digit on its way through the network, every number shown.",
    ),
    PageInfo(
        "draw",
        "Draw",
        ":material/draw:",
        "Draw a digit, or bring a picture, and see what every trained network makes of it.",
    ),
    PageInfo(
        "compare",
        "Compare",
        ":material/balance:",
        "NumPy against PyTorch: ease, speed and flexibility, measured here.",
    ),
)
_BY_NAME = {page.name: page for page in TABLE}


def link(
    name: str, label: str, query: Mapping[str, str] | None = None, *, with_icon: bool = True
) -> None:
    """A link to a page, with the page's own icon where there is room for it."""
    page = _BY_NAME[name]
    st.page_link(page.path, label=label, icon=page.icon if with_icon else None, query_params=query)


def address(name: str, query: Mapping[str, str]) -> str:
    """Where a page is, as seen from another, for a link in a text."""
    path = "" if name == "home" else name
    return f"{path}?{urlencode(query)}"


def switch(name: str, query: Mapping[str, str] | None = None) -> NoReturn:
    """Go to a page now, in place of the rest of this one."""
    st.switch_page(_BY_NAME[name].path, query_params=query)


def pages() -> list[StreamlitPage]:
    """What `st.navigation` takes: Home at `/`, every other page at `/<its name>`."""
    return [
        st.Page(
            page.path,
            title=page.title,
            icon=page.icon,
            help=page.help,
            url_path=None if page.name == "home" else page.name,
            default=page.name == "home",
        )
        for page in TABLE
    ]
