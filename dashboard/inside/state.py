"""What Inside looks at, in the session and in the URL."""

import re
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.ink.samples import FIRST_EXAMPLE
from dashboard.session import RUN_PARAM, UrlMemory
from nncore.config import EngineName
from nncore.explain.surgery import Edit

_INSIDE = "inside"


_INSIDE_CONTROL = "inside-"


@dataclass(slots=True)
class InsideView:
    """What Inside looks at: which network, which example, which neuron, and what was changed."""

    run: str | None = None
    """None for the model that comes with the app."""
    engine: EngineName = "numpy"
    epoch: int | None = None
    """Epochs completed by the checkpoint; None for the last one."""
    example: int | None = None
    """A test image; None for the last drawing."""
    neuron: tuple[int, int] | None = None
    """(layer, index), both from 0; None for the output that the network says."""
    source: int | None = None
    """The input of the weight that is looked at; None for the one with the steepest slope."""
    section: str = "forward"
    target: int | None = None
    """The digit that the output should say; None for the label."""
    edits: tuple[Edit, ...] = ()
    twin: tuple[str, Any] | None = None
    """PyTorch's gradients, and what they are of."""
    twin_asked: str | None = None
    """What PyTorch has been asked about and has not answered yet."""
    url: UrlMemory = field(default_factory=UrlMemory)


_INSIDE_PARAMS = (RUN_PARAM, "engine", "epoch", "example", "neuron", "show")


DRAWING = "drawing"
"""What `example` says of the last drawing."""


def inside() -> InsideView:
    """What Inside looks at; made at first sight."""
    return st.session_state.setdefault(_INSIDE, InsideView(example=FIRST_EXAMPLE))


def read_inside_from_url() -> None:
    """Take over what a link says, all of it: what it leaves out is as at first sight.

    A link that is followed from another page shows the network as it was trained; the browser's
    back button keeps the changes made by hand. What a link says wrongly is left out.
    """
    view, query = inside(), _inside_query()
    arrived = _INSIDE_CONTROL + "run" not in st.session_state  # its controls are not there yet
    if not query or (view.url.knows(query) and not arrived):
        return
    if arrived or query.get(RUN_PARAM) != view.run:
        view.edits = ()
    view.url.seen = query
    view.run = query.get(RUN_PARAM, "")[:64] or None
    view.engine = "torch" if query.get("engine") == "torch" else "numpy"
    view.epoch = _number(query.get("epoch", ""))
    drawing = query.get("example") == DRAWING
    number = _number(query.get("example", ""))
    view.example = None if drawing else FIRST_EXAMPLE if number is None else number
    layer, index = (_number(part) for part in query.get("neuron", "").partition(".")[::2])
    view.neuron = (layer - 1, index) if layer and index is not None else None
    view.source = view.target = None
    view.section = query.get("show", "forward")


def write_inside_to_url() -> None:
    """Make the URL say what Inside shows; writes only when it changed."""
    view, present = inside(), _inside_query()
    wanted = {
        RUN_PARAM: view.run or "",
        "engine": view.engine if view.run else "",
        "epoch": "" if view.epoch is None else str(view.epoch),
        "example": DRAWING if view.example is None else str(view.example),
        "neuron": f"{view.neuron[0] + 1}.{view.neuron[1]}" if view.neuron else "",
        "show": view.section,
    }
    wanted = {key: value for key, value in wanted.items() if value}
    others = {k: v for k, v in st.query_params.to_dict().items() if k not in _INSIDE_PARAMS}
    view.url.write(present, wanted, others | wanted)


def _inside_query() -> dict[str, str]:
    return {key: st.query_params[key] for key in _INSIDE_PARAMS if key in st.query_params}


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def inside_control(name: str, value: Any) -> str:
    """The key of a control on Inside, made to show this value."""
    st.session_state[_INSIDE_CONTROL + name] = value
    return _INSIDE_CONTROL + name


def inside_control_value(name: str) -> Any:
    """What the user set a control on Inside to."""
    return st.session_state.get(_INSIDE_CONTROL + name)
