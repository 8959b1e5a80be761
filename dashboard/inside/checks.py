"""Reality checks: what the network says of what it never saw, and how true its confidence is."""

from functools import cache

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw, ImageFont

from dashboard.inside import charts, choice
from dashboard.inside.choice import Example, OpenNetwork
from dashboard.inside.formulas import function_of
from dashboard.models import predictions
from dashboard.ui import digits
from dashboard.ui.text import sureness
from nncore.metrics import calibration
from nncore.preprocessing import prepare


def show(model: OpenNetwork, example: Example) -> None:
    """Checks of the network: adversarial examples that it sees, and its calibration curve."""
    st.header("Show it what it never saw")
    st.markdown(
        "The network has ten outputs and must choose one: it has no way to say that this is "
        "nothing it knows. See how sure it is all the same."
    )
    if function_of(model.network, len(model.network.weights) - 1) == "sigmoid":
        st.caption("How sure: its largest output's share of the sum of all ten.")
    with st.grid(5, min_column_width=150):
        for name, pixels in _images(example).items():
            answer = predictions.ask(model.network, pixels)
            with st.container(border=True, height="stretch"):
                st.markdown(f"**{name}**")
                st.image(digits.digit_png(pixels), width=112, alt=f"The image: {name.lower()}")
                if answer.is_number:
                    st.markdown(f"says **{answer.digit}**")
                    st.caption(sureness(answer.confidence))
                else:
                    st.caption("no answer")
    st.header("Is it right as often as it is sure?")
    found = choice.answers(model)
    curve = calibration(found.confidence, found.right)
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        charts.show_calibration(curve, "calibration")
    with right:
        sure = found.confidence >= 0.9
        st.metric("Mean gap between sure and right", f"{curve.expected_error:.1%}")
        if sure.any():
            told = (
                f"Of the {int(sure.sum()):,} test images of which it is at least 90% sure, it "
                f"names {float(found.right[sure].mean()):.1%} right."
            )
        else:
            told = "Of no test image is it at least 90% sure."
        st.markdown(
            f"{told} Below the line it is surer than it should be; above, too modest. "
            "Points with few images jump about: hover to see how many there are."
        )


def _images(example: Example) -> dict[str, np.ndarray]:
    noise = np.random.default_rng(0).random(784)
    upside_down = np.ascontiguousarray(example.pixels.reshape(28, 28)[::-1, ::-1]).ravel()
    return {
        "Noise": noise,
        "A blank sheet": np.zeros(784),
        "A letter": _letter("A"),
        "Upside down": upside_down,
        "As a negative": 1 - example.pixels,
    }


@cache
def _letter(letter: str) -> np.ndarray:
    """A printed letter, prepared as a drawing is: (784,)."""
    sheet = Image.new("L", (280, 280))
    font = ImageFont.load_default(220)
    ImageDraw.Draw(sheet).text((140, 140), letter, fill=255, font=font, anchor="mm")
    return prepare(np.asarray(sheet)).pixels.ravel()
