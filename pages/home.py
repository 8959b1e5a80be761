"""Home: draw a digit and see it named; then a way in for everybody."""

import streamlit as st

from dashboard import navigation
from dashboard.ink import drawing, pad
from dashboard.models import cards, doubts, predictions

# For whom, why, and the link to offer: its page, its label and what it sets there.
WAYS = (
    (
        ":material/school: Student",
        "Follow the book's first chapters: change a layer, a cost or a learning rate, and see "
        "what it does.",
        ("learn", "Start with one neuron", {"chapter": "perceptron"}),
    ),
    (
        ":material/co_present: Teacher",
        "Open a lesson from a link and let both networks learn on the projector, in seconds.",
        ("train", "Train in class", {"recipe": "classroom"}),
    ),
    (
        ":material/draw: Visitor",
        "See how your ink becomes 28x28 pixels, and what each network makes of them.",
        ("draw", "Draw more", None),
    ),
    (
        ":material/code: Developer",
        "Backpropagation by hand in NumPy beside autograd in PyTorch: the same numbers, measured.",
        ("compare", "Compare the two", None),
    ),
)


@st.fragment
def try_it() -> None:
    """The pad and the shipped model's answer; reruns alone at every stroke."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.space("small")  # the pad's own toolbar opens above it
        drawn = pad.pad()
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
                navigation.link(
                    "inside", "Follow it through a small network", {"example": "drawing"}
                )


st.title("Draw a digit")
st.markdown(
    "A neural network names it at once, or doubts that it is one. Then train one yourself, twice: "
    "written by hand in :blue[**NumPy**] and in :orange[**PyTorch**], and watch both learn."
)
try_it()

with st.grid(4):
    for who, what, link in WAYS:
        with st.container(border=True, height="stretch", gap="small"):
            st.markdown(f"**{who}**")
            st.markdown(what)
            st.space("stretch")
            navigation.link(*link)
