"""How good a model is at what it is for: MNIST's test set, drawn digits of all forms, and doubt."""

import numpy as np

from nncore.activations import Array
from nncore.datasets import Dataset, Split
from nncore.judge import copybook
from nncore.judge.cards import Judgement
from nncore.judge.doubt import DigitOrNot, calibrated, fit_temperature
from nncore.judge.doubt_training import KINDS, images_of
from nncore.judge.reading import answers
from nncore.judge.reinking import photograph, reinked
from nncore.metrics import accuracy, calibration
from nncore.network import Network
from nncore.preprocessing import InkError, StageName, prepare

SEED = 2_024
"""Of the drawings and photographs that a model is judged on: the same for all."""
N_OTHERS = 400
"""Images of each kind of ink that is no digit."""


def evaluate(
    network: Network,
    data: Dataset,
    *,
    n_reinked: int = 0,
    n_photos: int = 0,
    n_hands: int = 0,
    fonts: dict[str, Array] | None = None,
    doubt: DigitOrNot | None = None,
) -> Judgement:
    """Judge a network on data that it was not trained on.

    Args:
        network: any; its temperature is fitted to the validation images. For one that learned
            from those too, it is fitted to half of the test images and judged on the others.
        data: its test images are drawn again, the first of them as many as asked for.
        n_reinked: drawings.
        n_photos: photographs of drawings.
        n_hands: drawings in each of the forms that people are taught.
        fonts: the ten digits of each typeface, as `typefaces.drawn` gives them.
        doubt: the network that tells digits from the rest, if that is to be judged too.

    Raises:
        DivergedError: the network's answers are no numbers.
    """
    probabilities = answers(network, data.test.images)
    fitted, judged = data.validation, data.test
    if not len(fitted):
        half = len(data.test) // 2
        fitted, judged = (
            Split(data.test.images[rows], data.test.labels[rows])
            for rows in (slice(half), slice(half, None))
        )
    temperature = fit_temperature(answers(network, fitted.images), fitted.labels)
    as_said = answers(network, judged.images)
    test = Split(data.test.images[:n_reinked], data.test.labels[:n_reinked])
    drawn = _seen(test, skip=()) if n_reinked else None
    without = _seen(test, skip=("stroked",)) if n_reinked else None
    photos = Split(data.test.images[:n_photos], data.test.labels[:n_photos])
    taken = _seen(photos, photographed=True) if n_photos else None
    forms = forms_read(network, n_hands) if n_hands else None
    by_font = None if fonts is None else fonts_read(network, fonts)
    return Judgement(
        test_accuracy=accuracy(data.test.labels, probabilities.argmax(axis=1)),
        reinked_accuracy=_right(network, drawn, test),
        reinked_without_strokes=_right(network, without, test),
        photo_accuracy=_right(network, taken, photos),
        taught_forms=_mean(forms),
        forms=forms,
        typefaces=_mean(by_font),
        fonts=by_font,
        temperature=temperature,
        calibration_error=_error(as_said, judged.labels),
        calibrated_error=_error(calibrated(as_said, temperature), judged.labels),
        digits_doubted=_share_doubted(doubt, data.test.images),
        reinked_doubted=_share_doubted(doubt, drawn),
        others_doubted=None if doubt is None else others_doubted(doubt),
    )


def forms_read(network: Network, n_hands: int) -> dict[str, float]:
    """Share read rightly of each form, `n_hands` drawings each, which no model learned from."""
    drawn = copybook.written(n_hands)
    right = answers(network, drawn.images).argmax(axis=1) == drawn.digits
    forms = np.array(drawn.forms)
    return {form: float(right[forms == form].mean()) for form in copybook.PATHS}


def fonts_read(network: Network, fonts: dict[str, Array]) -> dict[str, float]:
    """Share of the ten digits that is read rightly, by typeface."""
    every = np.arange(10)
    return {
        name: accuracy(every, answers(network, images).argmax(axis=1))
        for name, images in fonts.items()
    }


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
    return accuracy(digits.labels, answers(network, images).argmax(axis=1))


def _mean(shares: dict[str, float] | None) -> float | None:
    return None if shares is None else float(np.mean(list(shares.values())))


def _error(probabilities: Array, labels: Array) -> float:
    right = probabilities.argmax(axis=1) == labels
    return calibration(np.clip(probabilities.max(axis=1), 0, 1), right, 15).expected_error


def _share_doubted(doubt: DigitOrNot | None, images: Array | None) -> float | None:
    if doubt is None or images is None:
        return None
    return float(np.mean(doubt.is_doubted(images)))
