"""What Inside looks at, in the session and in the URL."""

import re
from dataclasses import dataclass, field
from typing import Any, get_args

import streamlit as st

from dashboard.ink.samples import FIRST_EXAMPLE
from dashboard.session import RUN, Controls, Param, UrlMemory, read_url, write_url
from nncore.config import EngineName
from nncore.explain.surgery import Edit

DRAWING = "drawing"
"""What `example` says of the last drawing."""


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError(text)
    return int(text)


def _place(text: str) -> tuple[int, int]:
    layer, _, index = text.partition(".")
    place = _whole(layer) - 1, _whole(index)
    if place[0] < 0:
        raise ValueError(text)
    return place


def _engine(text: str) -> EngineName:
    names: dict[str, EngineName] = {name: name for name in get_args(EngineName)}
    if text not in names:
        raise ValueError(text)
    return names[text]


PARAMS = (
    RUN,
    Param("engine", _engine, lambda name: name, "numpy", expected="numpy or torch"),
    Param(
        "epoch",
        _whole,
        lambda epoch: None if epoch is None else str(epoch),
        expected="a whole number of epochs",
    ),
    Param(
        "example",
        lambda text: None if text == DRAWING else _whole(text),
        lambda example: DRAWING if example is None else str(example),
        FIRST_EXAMPLE,
        expected=f"the number of a test image, or {DRAWING}",
    ),
    Param(
        "neuron",
        _place,
        lambda place: f"{place[0] + 1}.{place[1]}" if place else None,
        expected="a layer and a neuron such as 1.7",
    ),
    Param("show", str, lambda section: section, "forward"),
)

CONTROLS = Controls("inside-")

_VIEW = "inside"


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
    followed: str | None = None
    """The run of the moment that Inside opened last; another one is opened anew."""
    is_opened: bool = False
    """The page was opened just now, and no link says what to look at."""
    asked: frozenset[str] = frozenset()
    """The parameters that a link says just now: what there is not of them is told."""
    url: UrlMemory = field(default_factory=UrlMemory)

    @property
    def touches(self) -> bool:
        """Whether its user is about to change one weight: that one stays, whatever else moves."""
        return self.section == "touch" and bool(self.edits)


def view() -> InsideView:
    """What Inside looks at; made at first sight."""
    return st.session_state.setdefault(_VIEW, InsideView(example=FIRST_EXAMPLE))


def read() -> None:
    """Take over what a link to Inside says, all of it: what it leaves out is as at first sight.

    A link that is followed from another page shows the network as it was trained; the browser's
    back button keeps the changes made by hand. What a link says wrongly is told and left out.
    """
    now = view()
    arrived = "run" not in CONTROLS  # its controls are not there yet
    said = read_url(PARAMS, now.url, anew=arrived)
    now.is_opened = arrived and said is None
    now.asked = frozenset(now.url.seen) if said else frozenset()
    if said is None:
        return
    if arrived or said["run"] != now.run:
        now.edits = ()
    now.run, now.engine, now.epoch = said["run"], said["engine"], said["epoch"]
    now.example, now.neuron, now.section = said["example"], said["neuron"], said["show"]
    now.source = now.target = None


def open_run(run: str | None) -> None:
    """Look into another run's network from now on, or the shipped one, as it was trained."""
    now = view()
    now.run = run
    now.epoch, now.neuron, now.source, now.edits = None, None, None, ()


def write() -> None:
    """Make the URL say what Inside shows; writes only when it changed."""
    now = view()
    values = {
        "run": now.run,
        "engine": now.engine if now.run else None,
        "epoch": now.epoch,
        "example": now.example,
        "neuron": now.neuron,
        "show": now.section,
    }
    write_url(PARAMS, now.url, values)
