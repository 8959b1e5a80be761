from dashboard.train import recipes as train_recipes
from nncore import recipes


def test_every_recipe_is_on_a_card():
    shown = {
        recipe.name
        for group in train_recipes.GROUPS
        for recipe in train_recipes.recipe_group(group)
    }
    assert shown == set(recipes.RECIPES)
