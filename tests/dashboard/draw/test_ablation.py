import numpy as np

from dashboard.draw import ablation
from dashboard.models.predictions import Answer, Shipped

ROBUST, CLASSROOM = Shipped("robust"), Shipped("classroom")


def answer(digit: int, confidence: float) -> Answer:
    """An answer whose remaining probability is shared by the other nine."""
    probabilities = np.full(10, (1 - confidence) / 9)
    probabilities[digit] = confidence
    return Answer(probabilities)


def test_a_step_that_changes_names_matters_more_than_one_that_changes_certainties():
    whole = {ROBUST: answer(4, 0.9995), CLASSROOM: answer(4, 0.9)}
    less_sure = ablation.effect(
        "squared", whole, {ROBUST: answer(4, 0.98), CLASSROOM: answer(4, 0.3)}
    )
    one = ablation.effect("centred", whole, {ROBUST: answer(4, 0.98), CLASSROOM: answer(9, 0.5)})
    same = ablation.effect("grey", whole, {ROBUST: answer(9, 0.6), CLASSROOM: answer(9, 0.6)})
    both = ablation.effect("cropped", whole, {ROBUST: answer(1, 0.5), CLASSROOM: answer(9, 0.5)})
    no_ink = ablation.effect("even light", whole, None)
    nothing = ablation.effect("cleaned", whole, whole)
    effects = [one, no_ink, nothing, both, less_sure, same]
    ranked = sorted(effects, key=lambda found: found.weight)
    assert ranked == [nothing, less_sure, one, both, same, no_ink]
    assert [ablation.sentence(found, "Crop") for found in ranked] == [
        "Here no single step changes a name, or makes a network less sure by even 0.1 percentage "
        "points.",
        "Here no single step changes a name; :violet[Classroom]'s certainty falls most without "
        "**Crop**, from 90.0% to 30.0%.",
        "For this drawing **Crop** matters most: without it :violet[Classroom] says **9**.",
        "For this drawing **Crop** matters most: without it :violet[Robust] says **1** and "
        ":violet[Classroom] **9**.",
        "For this drawing **Crop** matters most: without it :violet[Robust] and "
        ":violet[Classroom] say **9**.",
        "For this drawing **Crop** matters most: without it, no ink is found.",
    ]
