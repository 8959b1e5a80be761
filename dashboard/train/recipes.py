"""The recipes' cards above the form."""

import streamlit as st

from dashboard.train import state
from dashboard.ui.text import escape
from nncore import recipes

GROUPS: dict[str, tuple[str, ...]] = {
    "Start here": ("classroom", "nielsen-ch1", "3blue1brown", "nielsen-ch3-overfitting"),
    "Book, chapter 1": (
        "nielsen-ch1",
        "nielsen-ch1-wide",
        "nielsen-ch1-slow",
        "nielsen-ch1-diverges",
        "nielsen-no-hidden",
    ),
    "Book, chapter 3": (
        "nielsen-ch3-cross-entropy",
        "nielsen-ch3-cross-entropy-wide",
        "nielsen-ch3-overfitting",
        "nielsen-ch3-overfitting-l2",
        "nielsen-ch3-l2",
        "nielsen-ch3-l2-wide",
        "nielsen-ch3-tuned",
        "nielsen-ch3-large-init",
        "nielsen-ch3-small-init",
    ),
    "Beyond": (),
}
"""Cards on one screen; recipes that no group names come last."""


def recipe_group(name: str) -> list[recipes.Recipe]:
    """The recipe cards of one group, in order."""
    if name != "Beyond":
        return [recipes.RECIPES[key] for key in GROUPS[name] if key in recipes.RECIPES]
    placed = {key for group in list(GROUPS)[1:-1] for key in GROUPS[group]} | {"classroom"}
    return [recipe for key, recipe in recipes.RECIPES.items() if key not in placed]


def recipe_cards() -> None:
    """Cards to choose a recipe from; choosing one fills the form."""
    group = st.segmented_control(
        "Recipes",
        list(GROUPS),
        default="Start here",
        required=True,
        key="recipe-group",
        label_visibility="collapsed",
    )
    chosen = state.form().recipe
    with st.container(key="recipe-cards"), st.grid(4, min_column_width=220, gap="small"):
        for recipe in recipe_group(group or "Start here"):
            with st.container(border=True, height="stretch", gap="small"):
                unchanged = recipe.name == chosen and state.form().config == recipe.config
                st.button(
                    escape(recipe.title),
                    key=f"recipe-{recipe.name}",
                    icon=":material/check:" if unchanged else None,
                    disabled=unchanged,
                    on_click=state.fill,
                    args=(recipe.config, recipe.name),
                    width="stretch",
                    wrap=True,
                )
                st.caption(escape(recipe.summary))


def reported(recipe: recipes.Recipe) -> str:
    """Where a recipe comes from and what was reported of it, in one line of markdown."""
    where = "" if recipe.published_on is None else f" on {recipe.published_on} images"
    figure = f": {recipe.published}{where}" if recipe.published else ""
    return escape(f"{recipe.source}{figure}")
