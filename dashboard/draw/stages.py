"""From ink to what the models see, stage by stage, each with a switch."""

import streamlit as st

from dashboard import digits
from dashboard.draw.subject import Subject
from nncore.preprocessing import StageName

NAMES: dict[StageName, str] = {
    "grey": "The picture in grey",
    "even light": "Light made even",
    "ink": "Ink: what stands out",
    "cleaned": "Dust swept away",
    "cropped": "Cut to the ink's box",
    "squared": "Padded to a square",
    "stroked": "Pen brought to MNIST's width",
    "averaged": "Averaged down: grey edges appear",
    "brightened": "Brightest pixel made white",
    "centred": "Centre of mass in the middle",
}


def show(subject: Subject) -> None:
    """Every stage between the ink and the models, as a row of pictures that wraps."""
    st.markdown(
        "MNIST's digits were made this way, so a network that learned them reads a drawing only "
        "if it takes the same steps."
    )
    with st.grid(len(subject.seen.stages), min_column_width=120):
        for number, stage in enumerate(subject.seen.stages, 1):
            caption = NAMES[stage.name]
            size = f"{stage.image.shape[1]}x{stage.image.shape[0]}"
            tile = digits.on_square(digits.fitted(stage.image, 140))
            st.image(digits.png(tile), caption=f"{number}. {caption} ({size})", alt=caption)
