"""A model's card: the JSON beside its file that says how it was made and how good it is."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import Field, TypeAdapter

from nncore.config import EngineName
from nncore.lab import result_files

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What `nncore.judge.evaluation` found: shares from 0 to 1; None where it was not asked for."""

    test_accuracy: Share
    reinked_accuracy: Share | None = None
    reinked_without_strokes: Share | None = None
    """The same drawings, the stage that brings the pen to MNIST's proportion skipped."""
    photo_accuracy: Share | None = None
    taught_forms: Share | None = None
    """Of `nncore.judge.copybook`'s drawings, as many in each form."""
    forms: dict[str, Share] | None = None
    """The same by form."""
    typefaces: Share | None = None
    """Of the digits of typefaces made after handwriting (`nncore.judge.typefaces`)."""
    fonts: dict[str, Share] | None = None
    """The same by typeface."""
    temperature: Positive
    """Fitted to images that are not among those of the two errors (`nncore.judge.doubt`)."""
    calibration_error: Share
    """Expected gap between confidence and accuracy on the test set, as the network says it."""
    calibrated_error: Share
    """The same with the temperature."""
    digits_doubted: Share | None = None
    """Of MNIST's test set."""
    reinked_doubted: Share | None = None
    others_doubted: dict[str, Share] | None = None
    """By kind: scribble, letter, print, crossing, dots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """How a model was made, and its figures."""

    recipe: str | None = None
    seed: int
    engine: EngineName
    command: str
    """Makes the model again."""
    test_accuracy: Share
    epochs: int
    minutes: float
    """Of training."""
    precision: str | None = None
    """Of the numbers in the file, if it is less than the training's."""
    data: str
    machine: str
    trained: str
    """The date, such as 2026-11-21."""
    evaluation: Judgement | None = None

    @property
    def temperature(self) -> float:
        """What the confidence is divided by; 1, which changes nothing, unless it was seen to help.

        One number cannot mend every network: of one that is right about as often as it says, it
        moves answers away from where they were right.
        """
        found = self.evaluation
        helps = found is not None and found.calibrated_error < found.calibration_error
        return found.temperature if found is not None and helps else 1.0

    @property
    def confidence_error(self) -> float | None:
        """Expected gap between confidence, at `temperature`, and accuracy on the test set."""
        found = self.evaluation
        return None if found is None else min(found.calibration_error, found.calibrated_error)

    def went_on(self, card: "Card") -> "Card":
        """The card of a model that began with this one's weights: both trainings in their order."""
        return replace(
            card,
            command=f"{self.command} && {card.command}",
            epochs=self.epochs + card.epochs,
            minutes=round(self.minutes + card.minutes, 1),
        )

    def judged(self, found: Judgement) -> "Card":
        """This card with these figures; what they leave out stays as it was judged before."""
        if self.evaluation is None:
            return replace(self, evaluation=found)
        now = {name: value for name, value in asdict(found).items() if value is not None}
        return replace(self, evaluation=replace(self.evaluation, **now))


_FORM = TypeAdapter(Card)


def path_of(model: Path) -> Path:
    """Where the card of a model lies."""
    return model.with_suffix(".json")


def read(model: Path) -> Card:
    """The card beside a model.

    Raises:
        ResultFileError: there is none, or none of this form.
    """
    command = f"python -m nncore train --ship {model}"
    return result_files.read(path_of(model), _FORM, "a model's card", command)


def write(model: Path, card: Card) -> Path:
    """Put a card beside its model, with five decimals, in place of the one that was there.

    Raises:
        ResultFileError: it cannot be written there.
    """
    path = path_of(model)
    result_files.write(path, json.dumps(_told(asdict(card)), indent=2) + "\n")
    return path


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """What is known of it, rounded."""
    told: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            told[name] = _told(cast(dict[str, Any], value))
        elif value is not None:
            told[name] = round(value, 5) if isinstance(value, float) else value
    return told
