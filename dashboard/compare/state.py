"""What Compare remembers: the activation that was typed."""

import streamlit as st

TYPED_ACTIVATION = "typed-activation"


TYPED_DERIVATIVE = "typed-derivative"


def typed_activation(activation: str, derivative: str) -> tuple[str, str]:
    """The activation and derivative that were typed; these, to begin with."""
    return (
        st.session_state.setdefault(TYPED_ACTIVATION, activation),
        st.session_state.setdefault(TYPED_DERIVATIVE, derivative),
    )


def type_activation(activation: str, derivative: str) -> None:
    """Put them into their fields (for a button's `on_click`)."""
    st.session_state[TYPED_ACTIVATION] = activation
    st.session_state[TYPED_DERIVATIVE] = derivative
