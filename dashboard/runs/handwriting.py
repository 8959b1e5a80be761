"""The class's handwriting in the run store: each workspace's digits, and which a run learned from.

A digit is what the networks see of it, 784 grey pixels, with the label that its writer gave it.
A run that learns from them gets a copy when it is made: what it is trained on never changes,
whatever is kept or deleted later and however often the run is resumed.
"""

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    SmallInteger,
    String,
    Table,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from dashboard.runs.database import Database, metadata
from dashboard.runs.errors import StoreError
from nncore.datasets import N_CLASSES, N_PIXELS

log = logging.getLogger(__name__)

MAX_DIGITS = 2_000
"""Digits kept for one workspace."""
HOLD_BACK = 5
"""Of about so many digits, one is held back from every training, for the test."""
_DIGEST_BYTES = 16
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC).timestamp()

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Handwriting:
    """Digits with their labels, in the same order."""

    ids: tuple[str, ...]
    """Each digit's own in its workspace."""
    labels: Bytes  # (n,), 0 to 9
    images: Bytes  # (n, 784), 0 the background, 255 the brightest ink
    held_back: npt.NDArray[np.bool_]  # (n,), never learned from, for the test
    kept_at: tuple[datetime, ...]
    version: str
    """Names exactly these digits, in any workspace."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Learned:
    """How many handwritten digits a run learned from, and how many were held back from it."""

    n_digits: int
    n_held_back: int


# Tables -----------------------------------------------------------------------------------------
_digit = Table(
    "handwritten_digit",
    metadata,
    Column("workspace", String(64), primary_key=True),
    Column("id", String(2 * _DIGEST_BYTES), primary_key=True),
    Column("label", SmallInteger, nullable=False),
    Column("image", LargeBinary(N_PIXELS), nullable=False),
    Column("held_back", Boolean, nullable=False),
    Column("kept_at", Double, nullable=False),
)
_learned = Table(
    "run_handwriting",
    metadata,
    Column("run_id", String(32), ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("n_digits", Integer, nullable=False),
    Column("n_held_back", Integer, nullable=False),
    Column("digests", LargeBinary(MAX_DIGITS * _DIGEST_BYTES), nullable=False),
    Column("labels", LargeBinary(MAX_DIGITS), nullable=False),
    # NULL once the run has finished: it never goes on.
    Column("images", LargeBinary(MAX_DIGITS * N_PIXELS)),
)


class HandwritingStore:
    """Each workspace's handwritten digits; nobody sees another's.

    Every method raises StoreError where the database cannot be used.
    """

    def __init__(self, database: Database) -> None:
        self._read, self._write = database.read, database.write

    def keep(self, workspace: str, image: Bytes, label: int) -> str:
        """Keep a digit; the same image with the same label is kept once. Returns its id.

        Whether it is held back for the test is decided by its pixels alone, for about every fifth:
        deleted and kept again, with another label or elsewhere, it is the same. So no network ever
        learns from it, and all are judged on the same digits.

        Args:
            workspace: whose it is.
            image: (784,) of uint8, 0 the background.
            label: what it was meant to be, 0 to 9.

        Raises:
            StoreError: the workspace holds `MAX_DIGITS` already.
            ValueError: no such image or label.
        """
        content = _checked(image, label)
        digit_id = hashlib.blake2b(bytes([label]) + content, digest_size=_DIGEST_BYTES).hexdigest()
        new = insert(_digit).values(
            workspace=workspace,
            id=digit_id,
            label=label,
            image=content,
            held_back=int.from_bytes(_digest(image)) % HOLD_BACK == 0,
            kept_at=time.time(),
        )
        with self._write() as connection:
            try:
                with connection.begin_nested():
                    connection.execute(new)
            except IntegrityError:  # kept before, perhaps by another tab a moment ago
                return digit_id
            count = select(func.count()).where(_digit.c.workspace == workspace)
            if connection.execute(count).scalar_one() > MAX_DIGITS:
                raise StoreError(
                    f"{MAX_DIGITS:,} handwritten digits are kept, and no more fit; "
                    "delete some to make room."
                )
        return digit_id

    def digits(self, workspace: str) -> Handwriting:
        """All digits of the workspace, oldest first."""
        with self._read() as connection:
            return _digits(connection, workspace)

    def holds(self, workspace: str) -> bool:
        """Whether any digit of the workspace is kept."""
        with self._read() as connection:
            return connection.execute(
                select(exists().where(_digit.c.workspace == workspace))
            ).scalar_one()

    def delete(self, workspace: str, ids: Sequence[str] | None = None) -> int:
        """Delete these digits, or all of them; returns how many there were.

        A run that may go on keeps its copy: without it, it could not be resumed.
        """
        mine = [_digit.c.workspace == workspace]
        if ids is not None:
            mine.append(_digit.c.id.in_(ids))
        with self._write() as connection:
            return connection.execute(delete(_digit).where(*mine)).rowcount

    def learned(self, run_id: str) -> Learned | None:
        """How many digits the run learns from; None for a run without any."""
        query = select(_learned.c.n_digits, _learned.c.n_held_back)
        with self._read() as connection:
            row = connection.execute(query.where(_learned.c.run_id == run_id)).one_or_none()
        return None if row is None else Learned(*row)

    def learned_digits(self, run_id: str) -> tuple[Bytes, Bytes] | None:
        """The images (n, 784) and labels (n,) that the run learns from; None without any.

        None, too, once it has finished.
        """
        query = select(_learned.c.images, _learned.c.labels)
        with self._read() as connection:
            row = connection.execute(query.where(_learned.c.run_id == run_id)).one_or_none()
        if row is None or row.images is None:
            return None
        images = np.frombuffer(row.images, np.uint8).reshape(-1, N_PIXELS)
        return images, np.frombuffer(row.labels, np.uint8)

    def was_learned(self, run_id: str, images: Bytes) -> npt.NDArray[np.bool_]:
        """Which of the images (n, 784) the run was trained on, whatever their label: (n,)."""
        query = select(_learned.c.digests).where(_learned.c.run_id == run_id)
        with self._read() as connection:
            digests = connection.execute(query).scalar_one_or_none() or b""
        starts = range(0, len(digests), _DIGEST_BYTES)
        known = {digests[start : start + _DIGEST_BYTES] for start in starts}
        return np.array([_digest(image) in known for image in images], dtype=bool)


def freeze(connection: Connection, run_id: str, workspace: str) -> None:
    """Give a new run its copy of the workspace's digits, without those held back.

    Raises:
        StoreError: there are none.
    """
    digits = _digits(connection, workspace)
    learned = ~digits.held_back
    if not learned.any():
        raise StoreError("There are no handwritten digits to learn from yet; keep some on Draw.")
    images = digits.images[learned]
    connection.execute(
        insert(_learned).values(
            run_id=run_id,
            n_digits=len(images),
            n_held_back=len(digits) - len(images),
            digests=b"".join(_digest(image) for image in images),
            labels=digits.labels[learned].tobytes(),
            images=images.tobytes(),
        )
    )


def forget_images(connection: Connection, run_id: str) -> None:
    """Drop the images of a run that has finished; which they were stays known."""
    connection.execute(update(_learned).where(_learned.c.run_id == run_id).values(images=None))


def _digits(connection: Connection, workspace: str) -> Handwriting:
    query = select(_digit).where(_digit.c.workspace == workspace)
    found = connection.execute(query.order_by(_digit.c.kept_at, _digit.c.id)).all()
    rows = [row for row in found if _is_whole(row)]
    if damaged := len(found) - len(rows):  # they must not hide the others
        log.warning("%d kept digits of one workspace cannot be read", damaged)
    ids = tuple(row.id for row in rows)
    return Handwriting(
        ids=ids,
        labels=np.array([row.label for row in rows], dtype=np.uint8),
        images=np.frombuffer(b"".join(row.image for row in rows), np.uint8).reshape(-1, N_PIXELS),
        held_back=np.array([row.held_back for row in rows], dtype=bool),
        kept_at=tuple(datetime.fromtimestamp(row.kept_at, UTC) for row in rows),
        version=hashlib.blake2b("".join(ids).encode(), digest_size=_DIGEST_BYTES).hexdigest(),
    )


def _is_whole(row: Row[Any]) -> bool:
    is_digit = len(row.image) == N_PIXELS and row.label in range(N_CLASSES)
    return is_digit and 0 <= row.kept_at < _END_OF_TIME


def _checked(image: Bytes, label: int) -> bytes:
    if image.shape != (N_PIXELS,) or image.dtype != np.uint8:
        raise ValueError(
            f"an image of {image.dtype} {image.shape} is no digit; use uint8 ({N_PIXELS},)"
        )
    if label not in range(N_CLASSES):
        raise ValueError(f"label = {label} is no digit; use 0 to 9")
    return image.tobytes()


def _digest(image: Bytes) -> bytes:
    return hashlib.blake2b(image.tobytes(), digest_size=_DIGEST_BYTES).digest()
