from pathlib import Path

import streamlit as st

from dashboard import canvas, drawing, navigation, predictions
from dashboard.draw import cards, doubts

# For whom, why, and the pages to offer, the best first: those that exist are linked.
WAYS = (
    (
        ":material/school: Student",
        "Follow the book's first chapters: change a layer, a cost or a learning rate, and see "
        "what it does.",
        {
            "learn": ("Start with one neuron", {"chapter": "perceptron"}),
            "train": ("Start with the book's network", {"recipe": "nielsen-ch1"}),
        },
    ),
    (
        ":material/co_present: Teacher",
        "Open a lesson from a link and let both networks learn on the projector, in seconds.",
        {"train": ("Train in class", {"recipe": "classroom"})},
    ),
    (
        ":material/draw: Visitor",
        "See how your ink becomes 28x28 pixels, and what each network makes of them.",
        {"draw": ("Draw more", None)},
    ),
    (
        ":material/code: Developer",
        "Backpropagation by hand in NumPy beside autograd in PyTorch: the same numbers, measured.",
        {"compare": ("Compare the two", None), "results": ("See the results", None)},
    ),
)


@st.fragment
def try_it() -> None:
    """The pad and the shipped model's answer; reruns alone at every stroke."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.space("small")  # the pad's own toolbar opens above it
        drawn = canvas.pad()
    with right:
        ink = drawing.example() if drawn is None else drawing.Ink(drawn)
        seen = drawing.prepared(ink)
        if seen is not None:
            st.caption(ink.note)
            doubts.say(seen.pixels)
            model = predictions.default_model()
            predictions.show_shipped(model, seen.pixels, with_image=True, bars=180)
            with st.container(horizontal=True, vertical_alignment="center"):
                cards.about(model)
                st.page_link(
                    "pages/inside.py",
                    label="Follow it through a small network",
                    icon=":material/hub:",
                    query_params={"example": "drawing"},
                )


st.title("Draw a digit")
st.markdown(
    "A neural network names it at once, or doubts that it is one. Then train one yourself, twice: "
    "written by hand in :blue[**NumPy**] and in :orange[**PyTorch**], and watch both learn."
)
try_it()

existing = {page.name: page for page in navigation.existing(Path(__file__).parent.parent)}
with st.grid(4):
    for who, what, targets in WAYS:
        name = next((name for name in targets if name in existing), None)
        if name is None:
            continue
        label, query = targets[name]
        with st.container(border=True, height="stretch", gap="small"):
            st.markdown(f"**{who}**")
            st.markdown(what)
            st.space("stretch")
            st.page_link(
                existing[name].path, label=label, icon=existing[name].icon, query_params=query
            )
