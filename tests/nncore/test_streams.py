"""A seed goes on giving its run: what is drawn for it comes from streams whose numbers stay."""

import numpy as np

from nncore import augmentation, datasets, dropout
from nncore.batches import mini_batches
from nncore.config import TrainingConfig
from nncore.initializers import draw_parameters, initial_parameters
from nncore.ink import world
from nncore.training import build

CONFIG = TrainingConfig(dataset="digits", hidden=(64,), seed=7, dropout=0.5, engines=("numpy",))
DATA = datasets.load("digits")


def first_images(config: TrainingConfig, n: int) -> np.ndarray:
    engine = build(config, len(DATA.train))["numpy"]
    staged = engine.stage(DATA.train.images, DATA.train.labels)
    X, _, _ = next(mini_batches(config.replace(batch_size=n), engine, DATA.train, staged))
    return X


def test_weights_are_stream_0() -> None:
    expected = initial_parameters(CONFIG, rng=np.random.default_rng((7, 0)))
    for pair, same in zip(draw_parameters(CONFIG), expected, strict=True):
        np.testing.assert_array_equal(pair[0], same[0])
        np.testing.assert_array_equal(pair[1], same[1])


def test_the_order_is_stream_1_and_its_deformation_stream_2() -> None:
    rows = np.random.default_rng((7, 1, 0)).permutation(len(DATA.train))
    np.testing.assert_array_equal(first_images(CONFIG, 10), DATA.train.images[rows[:10]])
    block = DATA.train.images[rows[:2_048]]
    deformed = augmentation.deform(
        block, augmentation.DEFORMATIONS["affine"], rng=np.random.default_rng((7, 2, 0, 0))
    )
    found = first_images(CONFIG.replace(deform="affine"), 16)
    np.testing.assert_array_equal(found, deformed[:16])


def test_the_worlds_digits_are_stream_4_and_change_no_other() -> None:
    rng = np.random.default_rng((7, 4, 0, 0))
    is_written = rng.random(len(DATA.train)) < 0.5
    written = world.write(int(is_written.sum()), rng=rng)
    both = first_images(CONFIG.replace(deform="affine", world=0.5), 64)
    np.testing.assert_array_equal(both[is_written[:64]], written.images[: is_written[:64].sum()])
    alone = first_images(CONFIG.replace(deform="affine"), 64)
    np.testing.assert_array_equal(both[~is_written[:64]], alone[~is_written[:64]])


def test_dropout_is_stream_3() -> None:
    (mask,) = dropout.masks(CONFIG, 2, 0, 1)
    words = np.random.PCG64((7, 3, 2, 0)).random_raw(16).view(np.uint16)
    np.testing.assert_array_equal(mask[0] > 0, words >= 2**15)
