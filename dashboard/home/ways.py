"""For each kind of person, what there is for them and the way in."""

import streamlit as st

from dashboard import navigation

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
"""For whom, why, and the link to offer: its page, its label and what it sets there."""


def show() -> None:
    """A card a kind of person: four in a row, two and two, or one by one (`assets/style.css`)."""
    with st.container(key="ways"), st.grid(4):
        for who, what, link in WAYS:
            with st.container(border=True, height="stretch", gap="small"):
                st.markdown(f"**{who}**")
                st.markdown(what)
                st.space("stretch")
                navigation.link(*link)
