"""The few digits and the small model that the lessons show."""

import numpy as np
import pytest

from nncore.checkpoints import load
from nncore.lessons import images as lessons_images
from nncore.recipes import RECIPES


def test_an_untrained_network_has_the_sizes_asked_for_and_is_the_same_each_time() -> None:
    network, again = (lessons_images.untrained_network((784, 5, 4)) for _ in range(2))
    assert network.layer_sizes == (784, 5, 4)
    np.testing.assert_array_equal(network.weights[0], again.weights[0])


def test_the_few_digits_are_what_the_lessons_model_knows() -> None:
    images, labels = lessons_images.few_digits()
    assert images.shape == (200, 784)
    assert (np.bincount(labels) == 20).all()
    right = (
        load(lessons_images.LESSON_MODEL).network().forward(images).argmax(axis=1) == labels
    ).mean()
    assert right > 0.9  # a sheet cut wrongly would leave a tenth


def test_the_lessons_model_is_the_recipe() -> None:
    config = load(lessons_images.LESSON_MODEL).config
    assert config.replace(engines="numpy,torch") == RECIPES["3blue1brown"].config


@pytest.mark.mnist
def test_the_few_digits_are_mnists_first_test_images() -> None:
    from nncore import datasets

    if not datasets.available("mnist"):
        pytest.skip("no MNIST files on this machine (NN_DATA_DIR)")
    test = datasets.load("mnist").test
    images, labels = lessons_images.few_digits()
    for digit in range(10):
        first = test.images[test.labels == digit][:20]
        np.testing.assert_allclose(images[labels == digit], first, atol=1e-6)


def test_a_pixel_rule_counts_everybody_once() -> None:
    images, labels = lessons_images.few_digits()
    rule = lessons_images.pixel_rule(3, 14, 14, 0.5)
    assert (rule.n_digit, rule.n_others) == (20, 180)
    assert rule.hits + rule.false_alarms == int((images[:, 14 * 28 + 14] > 0.5).sum())
    assert rule.hits == int((images[labels == 3][:, 14 * 28 + 14] > 0.5).sum())
    assert (rule.hits, rule.false_alarms) == (13, 89)  # as the lesson's text says


def test_the_bits_of_a_digit_spell_it() -> None:
    for digit in range(10):
        assert sum(2**bit * lessons_images.bit_of(digit, bit) for bit in range(4)) == digit
