from dashboard.inside import backward, forward
from nncore.activations import ACTIVATIONS


def test_every_activation_has_its_formula_and_the_formula_of_its_slope():
    assert {*forward.FUNCTIONS} == {*ACTIVATIONS, "softmax"}
    assert {*backward.SLOPES} == {*ACTIVATIONS}
