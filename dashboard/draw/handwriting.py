"""The class's handwriting: keep a drawing with its right label, see who reads it, learn from it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import navigation, session
from dashboard.draw import state
from dashboard.draw.subject import Subject
from dashboard.ink import samples
from dashboard.models import doubts, handwriting
from dashboard.models.load import MAX_MODELS, Model, Trained, shipped_models
from dashboard.runs.errors import StoreError
from dashboard.runs.handwriting import Bytes, Handwriting
from dashboard.runs.names import unnumbered
from dashboard.runs.store import run_store
from dashboard.settings import settings
from dashboard.ui import digits, runs
from dashboard.ui.errors import show_notices, shown_errors
from dashboard.ui.text import a_digit, counted, escape, listed
from nncore import recipes
from nncore.checkpoints import CheckpointError
from nncore.config import ConfigError, TrainingConfig
from nncore.datasets import N_CLASSES, as_bytes, as_unit

_TILE = 28
_COLUMNS = 6
"""On the wall; while there are few digits, half as many of twice the size."""
_MOST_TILES = 24
"""Digits of one label on the wall, the newest."""
_FORGOTTEN_AFTER = 600
"""Seconds after which a picture in memory goes too: what is deleted must not stay there."""
_OWN_RUN = " + our handwriting"


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    model: Model
    test_accuracy: float | None
    right: np.ndarray  # (n,) of bool, a kept digit each
    learned: np.ndarray  # (n,) of bool


def show(subject: Subject) -> None:
    """Keep what was drawn, look at what is kept, and what the networks make of it."""
    with shown_errors():
        workspace = session.workspace()
        kept = run_store().handwriting.digits(workspace)
        show_notices()
        _keep_it(workspace, subject, kept)
        st.caption(_notice())
        if not len(kept):
            return
        st.subheader(f"{_counted(len(kept))} kept")
        _wall(kept)
        _actions(workspace, kept)
        st.subheader("Who reads our handwriting?")
        _readers(subject.trained, kept)
        st.subheader("Learn from it")
        _train(subject.trained, kept)


def _notice() -> str:
    """What is kept, where, who sees it, and how it goes; always shown before anything is kept."""
    if settings().multiuser:
        who = (
            "only who uses this browser can see it and delete it, at any time, for good. Once the "
            "browser has forgotten you, nobody can."
        )
    else:
        who = "everybody who opens this app can see it and delete it, at any time, for good."
    return (
        "What is kept is the 28x28 picture, its label and the time: no names. It is stored with "
        f"this app's runs; {who} A run that learns from the digits has its own copy until it has "
        "finished or is deleted itself."
    )


# Keeping ----------------------------------------------------------------------------------------
def _keep_it(workspace: str, subject: Subject, kept: Handwriting) -> None:
    if not _is_own(subject):
        where = "in this browser" if settings().multiuser else "here, the whole class's"
        st.markdown(
            "Draw a digit above, or bring a picture of one. Here you say what it was meant to be "
            f"and keep it, and every network is tested on all digits that were kept {where}."
        )
        return
    image = as_bytes(subject.whole.pixels).reshape(-1)
    same = np.flatnonzero((kept.images == image).all(axis=1))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        digits.show_digit(as_unit(image), 84)
        with st.container(gap="small", width="stretch"):
            if len(same):
                _kept_as(workspace, kept, same)
            else:
                _choose_label(workspace, image, doubts.is_doubted(subject.whole.pixels))


def _is_own(subject: Subject) -> bool:
    """Whether somebody drew or brought it: the example and the samples are nobody's handwriting."""
    image = subject.ink.image
    return image is session.last_drawing() and not samples.is_sample(image)


def _choose_label(workspace: str, image: Bytes, is_doubted: bool) -> None:
    """Ask what it is; where it does not look like a digit, ask once more before it is kept."""
    drawing = hashlib.blake2b(image.tobytes(), digest_size=6).hexdigest()
    label = st.pills(
        "What was it meant to be?",
        range(N_CLASSES),
        key=state.MEANT_LABEL.key(drawing),
        wrap=True,
    )
    st.button(
        "Keep it",
        icon=":material/bookmark_add:",
        key="handwriting-keep",
        disabled=label is None or (is_doubted and not _all_the_same(drawing, label)),
        on_click=_keep,
        args=(workspace, image, label),
    )


def _all_the_same(drawing: str, label: int) -> bool:
    a = "an" if label == 8 else "a"
    return st.checkbox(
        f"This does not look like a digit. Keep it as {a} {label} all the same",
        key=state.ALL_THE_SAME.key(drawing),
    )


def _kept_as(workspace: str, kept: Handwriting, same: np.ndarray) -> None:
    labels = " and ".join(f"{a_digit(kept.labels[i])}" for i in same)
    st.markdown(f"**Kept as {labels}.**")
    st.button(
        "Undo",
        icon=":material/undo:",
        key="handwriting-undo",
        on_click=_delete,
        args=(workspace, [kept.ids[i] for i in same]),
    )


def _keep(workspace: str, image: Bytes, label: int) -> None:
    try:
        run_store().handwriting.keep(workspace, image, label)
    except StoreError as error:
        session.notify(str(error))


def _delete(workspace: str, ids: Sequence[str] | None) -> None:
    try:
        run_store().handwriting.delete(workspace, ids)
    except StoreError as error:
        session.notify(str(error))


# The wall ---------------------------------------------------------------------------------------
def _wall(kept: Handwriting) -> None:
    """The kept digits by label, each with its number."""
    counts = np.bincount(kept.labels, minlength=N_CLASSES)
    size = 2 * _TILE if counts.max() <= _COLUMNS else _TILE
    with st.container(key="handwriting-wall"), st.grid(5, min_column_width=160, gap="medium"):
        for label in np.flatnonzero(counts):
            newest = np.flatnonzero(kept.labels == label)[::-1][:_MOST_TILES]
            columns = min(len(newest), _COLUMNS * _TILE // size)
            with st.container(gap="xsmall"):
                more = f", the newest {_MOST_TILES}" if counts[label] > _MOST_TILES else ""
                st.markdown(f"**{label}** · {counts[label]:,}{more}")
                st.image(
                    _tiles(tuple(kept.ids[i] for i in newest), kept.images[newest], columns, size),
                    width=columns * (size + 1) - 1,
                    alt=f"Handwritten {label}: {counts[label]:,}",
                )
    if missing := [str(label) for label in np.flatnonzero(counts == 0)]:
        nobodys = listed(missing, "or")
        st.caption(f"Not kept yet: {a_digit(nobodys)}.")


@st.cache_data(max_entries=200, ttl=_FORGOTTEN_AFTER, show_spinner=False)
def _tiles(ids: tuple[str, ...], _images: Bytes, columns: int, size: int) -> str:
    """Digits in rows, two image pixels a screen pixel, so that they are crisp on a phone too."""
    del ids  # they stand for the images in the cache's key
    return digits.png(digits.grid(as_unit(_images), columns=columns, size=2 * size))


def _actions(workspace: str, kept: Handwriting) -> None:
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Download as .zip",
            # As they are when it is pressed: another tab may have deleted some.
            lambda: handwriting.export(run_store().handwriting.digits(workspace)),
            file_name="our-handwriting.zip",
            mime="application/zip",
            key="handwriting-export",
            icon=":material/download:",
            on_click="ignore",
            help="A PNG a digit in folders by label, and a table of the labels.",
        )
        with st.popover("Delete all", icon=":material/delete:", key="handwriting-delete"):
            st.markdown(f"Delete all {_counted(len(kept))}, for good?")
            st.button(
                "Delete them",
                key="handwriting-delete-all",
                type="primary",
                on_click=_delete,
                args=(workspace, None),
            )
    single = st.expander("Every digit, to delete single ones", on_change="rerun", key="kept-list")
    if single.open:
        with single:
            _list(workspace, kept)


def _list(workspace: str, kept: Handwriting) -> None:
    """A row a digit, the newest first; those ticked can be deleted."""
    order = range(len(kept) - 1, -1, -1)
    table = pd.DataFrame(
        {
            "Digit": _pictures(kept.version, kept.images),
            "Meant to be": kept.labels[::-1],
            "Kept": list(kept.kept_at[::-1]),
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        row_height=44,
        height=min(44 * len(kept) + 38, 340),
        key=state.KEPT_TABLE.key(kept.version),
        on_select="rerun",
        selection_mode="multi-row",
        alt="Every kept digit with its label and when it was kept, the newest first",
        column_config={
            "Digit": st.column_config.ImageColumn(width=80),
            "Meant to be": st.column_config.NumberColumn(width=110, format="%d"),
            "Kept": st.column_config.DatetimeColumn(format="calendar"),
        },
    )
    rows: list[int] = event["selection"]["rows"]
    chosen = [kept.ids[order[row]] for row in rows if row < len(order)]
    st.button(
        f"Delete {_counted(len(chosen))}" if chosen else "Tick a digit to delete it",
        key="handwriting-delete-some",
        disabled=not chosen,
        on_click=_delete,
        args=(workspace, chosen),
    )


@st.cache_data(max_entries=10, ttl=_FORGOTTEN_AFTER, show_spinner=False)
def _pictures(version: str, _images: Bytes) -> list[str]:
    """Each digit as a picture in a `data:` address, the newest first."""
    del version  # it stands for the images in the cache's key
    return [digits.digit_png(image, 2 * _TILE) for image in as_unit(_images)[::-1]]


# The networks -----------------------------------------------------------------------------------
def _readers(trained: Sequence[Trained], kept: Handwriting) -> None:
    """Every network's accuracy on the kept digits beside that on its test images.

    Where some network learned from some of the digits, all are judged on the others.
    """
    models, rows = [*shipped_models(), *trained[:MAX_MODELS]], list[_Row]()
    for model in models:
        try:
            right, learned = handwriting.named_right(model, kept), handwriting.learned(model, kept)
            rows.append(_Row(model, handwriting.test_accuracy(model), right, learned))
        except (CheckpointError, StoreError):
            continue
    some = np.zeros(len(kept), dtype=bool)
    for row in rows:
        some |= row.learned
    fair = [handwriting.score(row.right, ~some) for row in rows]
    columns: dict[str, list[object]] = {"Network": [_name(row.model) for row in rows]}
    if not some.all():
        columns["Our handwriting"] = [score.share for score in fair]
        columns["Right"] = [str(score) for score in fair]
    columns["Test images"] = [
        None if row.test_accuracy is None else 100 * row.test_accuracy for row in rows
    ]
    if some.any():
        columns["Learned by some"] = [
            f"{handwriting.score(row.right, some)}{', learned' if row.learned.any() else ''}"
            for row in rows
        ]
    st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        key="handwriting-readers",
        placeholder="–",
        alt="How many of our handwritten digits each network names right, beside its test accuracy",
        column_config={
            "Network": st.column_config.TextColumn(width=220),
            "Test images": st.column_config.NumberColumn(
                format="%.2f%%",
                width=90,
                help="MNIST's 10,000, or those of the small built-in digits where it learned them.",
            ),
            "Our handwriting": st.column_config.ProgressColumn(
                format="percent",
                min_value=0.0,
                max_value=1.0,
                width=130,
                help="Of the kept digits that none of these networks has learned from.",
            ),
            "Right": st.column_config.TextColumn(width=80),
            "Learned by some": st.column_config.TextColumn(
                help="Named right among the digits that at least one of these networks has "
                "learned from: no fair test of those that did."
            ),
        },
    )
    if some.all():
        st.caption(
            "Some of these networks learned from every kept digit, which leaves none for a fair "
            "test: keep some more."
        )
    elif some.any():
        st.caption(
            f"All are judged on the {_counted(int((~some).sum()))} that none of them learned from."
        )


def _name(model: Model) -> str:
    if isinstance(model, Trained):
        return f"{model.title}, {model.run_name}"  # a long name is cut, the engine never
    return f"{model.title}, comes with the app"


def _train(trained: Sequence[Trained], kept: Handwriting) -> None:
    """A run again, with the kept digits among its training images."""
    labels = {model.run_id: model.run_label for model in trained}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        run_id = None
        if labels:
            run_id = st.selectbox(
                "Train again",
                list(labels),
                format_func=labels.__getitem__,
                key="handwriting-run",
            )
        run = run_store().get_run(run_id) if run_id else None
        config = run.config if run else recipes.get(recipes.DEFAULT).config
        name = run.name if run else recipes.get(recipes.DEFAULT).title
        pressed = st.button(
            f"Train {'it' if run else 'a network'} with our handwriting",
            icon=":material/model_training:",
            key="handwriting-train",
            type="primary",
            disabled=bool(kept.held_back.all()),
        )
    st.caption(handwriting.what_training_means(kept, config))
    if pressed:
        _start(config, name)


def _start(config: TrainingConfig, name: str) -> None:
    own = name if unnumbered(name).endswith(_OWN_RUN) else name + _OWN_RUN
    try:
        run = runs.start(config, own, with_handwriting=True)
    except (StoreError, ConfigError) as error:
        st.error(escape(str(error)))
        return
    navigation.switch("train", {"run": run.id})


def _counted(n: int) -> str:
    return counted(n, "digit")
