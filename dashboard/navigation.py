"""The pages of the app, in one table; a page is listed as soon as its file exists."""

from dataclasses import dataclass
from pathlib import Path

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
        "The chapters: from one neuron to backpropagation, each idea with something to move.",
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


def existing(root: Path) -> list[PageInfo]:
    """The pages whose scripts are there."""
    return [page for page in TABLE if (root / page.path).is_file()]


def pages(root: Path) -> list[StreamlitPage]:
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
        for page in existing(root)
    ]
