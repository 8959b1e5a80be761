import re
from decimal import Decimal

import numpy as np

from dashboard.learn.images import image_of, summed_up
from dashboard.models.load import lesson_network
from tests.dashboard.worked import work_out


def test_every_sum_of_feedforward_adds_up_with_the_digits_shown() -> None:
    network = lesson_network()
    for digit in range(10):
        layers = network.forward_pass(image_of(digit)[None])
        for level, layer in enumerate(layers):
            incoming = layers[level - 1].a[0] if level else image_of(digit)
            for unit, z in enumerate(layer.z[0].tolist()):
                terms = incoming * network.weights[level][:, unit]
                told = summed_up(terms, float(network.biases[level][unit]), z)
                parts, total = re.findall(r"\$z = (.*) = (.*)\$", told)[0]
                assert work_out(parts) == Decimal(total)
                assert total == f"{z:.3f}"
                exact = [
                    terms[terms > 0].sum(),
                    terms[terms < 0].sum(),
                    network.biases[level][unit],
                ]
                shown = [Decimal(part.replace(" ", "")) for part in re.split(r" (?=[+-])", parts)]
                np.testing.assert_allclose(np.array(shown, float), exact, atol=0.0025)
