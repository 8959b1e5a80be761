"""How good a model is at what it is for: MNIST's test set, the same digits drawn, and doubt."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from nncore.activations import Array
from nncore.datasets import Dataset, Split
from nncore.doubt import DigitOrNot, DoubtError, calibrated, fit_temperature
from nncore.doubt_training import KINDS, images_of
from nncore.metrics import accuracy, calibration
from nncore.network import Network
from nncore.preprocessing import InkError, StageName, prepare
from nncore.reinking import photograph, reinked

SEED = 2_024
"""Of the drawings and photographs that a model is judged on: the same for all."""
N_OTHERS = 400
"""Images of each kind of ink that is no digit."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Shares from 0 to 1; None where something was not asked for."""

    test_accuracy: float
    reinked_accuracy: float | None
    reinked_without_strokes: float | None
    """The same drawings, the stage that brings the pen to MNIST's proportion skipped."""
    photo_accuracy: float | None
    temperature: float
    calibration_error: float
    """Expected gap between confidence and accuracy on the test set, as the network says it."""
    calibrated_error: float
    """The same with the temperature."""
    digits_doubted: float | None
    """Of MNIST's test set."""
    reinked_doubted: float | None
    others_doubted: dict[str, float] | None
    """By kind: scribble, letter, print, crossing, dots."""


def evaluate(
    network: Network,
    data: Dataset,
    *,
    n_reinked: int = 0,
    n_photos: int = 0,
    doubt: DigitOrNot | None = None,
) -> Evaluation:
    """Judge a network on data that it was not trained on.

    Args:
        network: any; its temperature is fitted to the validation images. For one that learned
            from those too, it is fitted to half of the test images and judged on the others.
        data: its test images are drawn again, the first of them as many as asked for.
        n_reinked: drawings.
        n_photos: photographs of drawings.
        doubt: the network that tells digits from the rest, if that is to be judged too.
    """
    probabilities = network.predict_proba(data.test.images)
    fitted, judged = data.validation, data.test
    if not len(fitted):
        half = len(data.test) // 2
        fitted, judged = (
            Split(data.test.images[rows], data.test.labels[rows])
            for rows in (slice(half), slice(half, None))
        )
    temperature = fit_temperature(network.predict_proba(fitted.images), fitted.labels)
    as_said = network.predict_proba(judged.images)
    test = Split(data.test.images[:n_reinked], data.test.labels[:n_reinked])
    drawn = _seen(test, skip=()) if n_reinked else None
    without = _seen(test, skip=("stroked",)) if n_reinked else None
    photos = Split(data.test.images[:n_photos], data.test.labels[:n_photos])
    taken = _seen(photos, photographed=True) if n_photos else None
    return Evaluation(
        test_accuracy=accuracy(data.test.labels, probabilities.argmax(axis=1)),
        reinked_accuracy=_right(network, drawn, test),
        reinked_without_strokes=_right(network, without, test),
        photo_accuracy=_right(network, taken, photos),
        temperature=temperature,
        calibration_error=_error(as_said, judged.labels),
        calibrated_error=_error(calibrated(as_said, temperature), judged.labels),
        digits_doubted=_share_doubted(doubt, data.test.images),
        reinked_doubted=_share_doubted(doubt, drawn),
        others_doubted=None if doubt is None else others_doubted(doubt),
    )


def others_doubted(doubt: DigitOrNot) -> dict[str, float]:
    """Share doubted of each kind of ink that is no digit, drawn for no other purpose."""
    return {
        kind: float(np.mean(doubt.is_doubted(images_of(kind, N_OTHERS, seed=SEED))))
        for kind in KINDS
    }


def _seen(digits: Split, *, skip: tuple[StageName, ...] = (), photographed: bool = False) -> Array:
    """What the network sees of each digit drawn again; nothing where no ink was found."""
    images = np.zeros((len(digits), digits.images.shape[1]), np.float32)
    for i, ink in enumerate(reinked(digits.images, seed=SEED)):
        picture = photograph(ink, rng=np.random.default_rng([SEED, i])) if photographed else ink
        try:
            images[i] = prepare(picture, skip=skip).pixels.ravel()
        except InkError:
            continue
    return images


def _right(network: Network, images: Array | None, digits: Split) -> float | None:
    if images is None:
        return None
    return accuracy(digits.labels, network.predict_proba(images).argmax(axis=1))


def _error(probabilities: Array, labels: Array) -> float:
    right = probabilities.argmax(axis=1) == labels
    return calibration(np.clip(probabilities.max(axis=1), 0, 1), right, 15).expected_error


def _share_doubted(doubt: DigitOrNot | None, images: Array | None) -> float | None:
    if doubt is None or images is None:
        return None
    return float(np.mean(doubt.is_doubted(images)))


def add_to_card(model: Path, judged: Evaluation) -> Path:
    """Write the figures into the card beside a model, where the app finds the temperature.

    Raises:
        DoubtError: the card is no JSON object, or cannot be written.
    """
    card = model.with_suffix(".json")
    try:
        text = card.read_text(encoding="utf-8") if card.exists() else "{}"
        known: dict[str, Any] = json.loads(text)
        found = {name: value for name, value in asdict(judged).items() if value is not None}
        known["evaluation"] = {**known.get("evaluation", {}), **_rounded(found)}
        card.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DoubtError(f"The card {card} cannot be used ({error}); check its JSON.") from None
    return card


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _rounded(cast(dict[str, Any], value)) if isinstance(value, dict) else round(value, 5)
        for name, value in values.items()
    }


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a model: how it was made, and its figures as shares from 0 to 1."""

    recipe: str
    seed: int
    command: str
    machine: str
    minutes: float | None
    """Of training."""
    test_accuracy: float
    reinked_accuracy: float | None
    photo_accuracy: float | None


def card_of(model: Path) -> Card | None:
    """The card beside a model; None where there is none that can be read."""
    try:
        card = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
        judged = card.get("evaluation", {})
        return Card(
            recipe=str(card.get("recipe") or ""),
            seed=int(card["seed"]),
            command=str(card["command"]),
            machine=str(card.get("machine", "")),
            minutes=_number(card.get("minutes")),
            test_accuracy=float(card["test_accuracy"]),
            reinked_accuracy=_number(judged.get("reinked_accuracy")),
            photo_accuracy=_number(judged.get("photo_accuracy")),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def temperature_of(model: Path) -> float:
    """The temperature on a model's card; 1, which changes nothing, where there is none."""
    try:
        card = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
        temperature = float(card["evaluation"]["temperature"])
    except (OSError, ValueError, KeyError, TypeError):
        return 1.0
    return temperature if 0 < temperature < float("inf") else 1.0
