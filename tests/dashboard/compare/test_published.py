import pytest

from dashboard.compare import published
from tests.dashboard.compare.results import row


@pytest.mark.parametrize(
    ("finals", "verdict", "near"),
    [
        ((0.9659, 0.96), "passed", "2\xa0of\xa02"),
        ((0.86, 0.966), published.BY_THE_BEST, "1\xa0of\xa02"),
        ((0.93, 0.94), "missed by 2.6", "0\xa0of\xa02"),
    ],
)
def test_a_row_is_judged_by_its_best_seed_and_by_all(
    finals: tuple[float, float], verdict: str, near: str
):
    judged = row("nielsen-ch1-wide", "numpy", *finals)  # 96.59 % was published
    assert published.verdict(judged) == verdict
    assert published.near(judged) == near


def test_without_a_row_or_a_published_figure_there_is_no_verdict():
    for judged in (None, row("nielsen-no-hidden", "numpy", 0.91)):
        assert published.verdict(judged) == "–"
        assert published.near(judged) == "–"


def test_the_spread_of_one_seed_is_none():
    assert published.spread(row("nielsen-no-hidden", "numpy", 0.91)) == "one seed"
    assert published.spread(row("mini-batch", "numpy", 0.96, 0.97)) == "± 0.71, 2 seeds"


def test_the_card_of_a_recipes_shipped_model_is_found():
    card = published.shipped("robust")
    assert card is not None
    assert card.recipe == "robust"
    assert published.shipped("simard") is None


def test_what_is_better_than_published_is_not_called_missed():
    better = row("nielsen-ch3-overfitting", "numpy", 0.82, 0.8346)  # 82.27 % was published
    assert better.passed is False
    assert published.verdict(better) == "better by 1.2"
    assert published.near(better) == "1\xa0of\xa02"


def test_a_recipes_row_leads_to_train_with_that_recipe():
    assert published.table({"simard": None})["run it"].tolist() == [
        "[Train simard](train?recipe=simard)"
    ]
