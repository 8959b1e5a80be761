"""Bumps that come closer to a curve, and the figures of the lesson's words."""

import numpy as np
import pytest

from nncore.activations import sigmoid
from nncore.lessons import universality


def test_a_bump_is_high_between_its_edges_and_nothing_elsewhere() -> None:
    network = universality.bump_network([(0.3, 0.7)], np.array([1.5]), 1000)
    z = network.forward_pass(np.array([[0.1], [0.5], [0.9]]))[1].z[:, 0]
    assert z == pytest.approx([0, 1.5, 0], abs=1e-9)


def test_logit_undoes_the_sigmoid() -> None:
    z = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(universality.logit(sigmoid(z, None)), z)


@pytest.mark.parametrize("target", list(universality.TARGETS))
def test_more_bumps_come_closer(target: str) -> None:
    wanted = universality.TARGETS[target]
    far = [
        universality.mean_deviation(universality.fit_with_bumps(wanted, n, 1000), wanted)
        for n in (5, 10, 20, 40)
    ]
    assert far == sorted(far, reverse=True)


def test_the_figures_of_the_lesson_on_universality() -> None:
    wanted = universality.TARGETS["wiggle"]
    ten, twenty = (
        universality.mean_deviation(universality.fit_with_bumps(wanted, n, 1000), wanted)
        for n in (10, 20)
    )
    assert (ten, twenty) == pytest.approx((0.055, 0.023), abs=0.0005)
