"""Every published result against ours: all recipes over several seeds, and any of them to run."""

from functools import cache
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard import state
from dashboard.compare import charts, section
from dashboard.text import escape, percent
from nncore import recipes, reproduction
from nncore.recipes import Recipe
from nncore.reproduction import TOLERANCE, Row, find
from nncore.stored import StoredError

COMMAND = "python -m nncore reproduce --seeds 5 --save assets/results/reproduction.json"


@cache
def stored() -> tuple[Row, ...]:
    """The committed rows; none where the file cannot be used."""
    try:
        return reproduction.load()
    except StoredError:
        return ()


def spread(row: Row) -> str:
    """How the seeds scatter around their mean."""
    if row.standard_deviation is None:
        return "one seed"
    return f"± {100 * row.standard_deviation:.2f}, {len(row.runs)} seeds"


def show() -> None:
    """The section."""
    rows = stored()
    by_recipe = {recipe.name: find(rows, recipe.name) for recipe in recipes.RECIPES.values()}
    judged = [row for row in by_recipe.values() if row and row.passed is not None]
    passed = sum(bool(row.passed) for row in judged)
    title = "Every published result against ours"
    if judged:
        title += f": {passed} of {len(judged)} within {100 * TOLERANCE:.1f} points"
    st.header(title, anchor="published")
    st.markdown(
        "A published figure is one author's run, often the best of several. So ours passes if the "
        f"best of its seeds comes within {100 * TOLERANCE:.1f} points, and every seed is shown: "
        "some lose a digit for good."
    )
    if judged:
        charts.published(judged)
    st.dataframe(
        table(by_recipe),
        hide_index=True,
        width="stretch",
        height="content",
        key="published",
        alt="Every recipe with its published accuracy, our mean over the seeds, and the verdict",
        column_config={
            "recipe": st.column_config.TextColumn(width=230),
            "run it": st.column_config.LinkColumn(
                display_text="Open on Train", help="Opens Train with this recipe, in a new tab"
            ),
            "best": st.column_config.TextColumn(help="The best seed: what is judged"),
            "of": st.column_config.TextColumn(
                help="The images and the epoch that the figures are of", width=110
            ),
        },
    )
    for name, row in by_recipe.items():
        if row and row.passed is False:
            why = row.explanation or "we cannot say why."
            st.markdown(f"- **{escape(recipes.get(name).title)}**: {escape(why)}")
    if rows:
        section.provenance(rows[0].machine, max(row.date for row in rows), COMMAND)
    else:
        st.caption(f"No results are stored yet. `{COMMAND}` makes them.")


def table(by_recipe: dict[str, Row | None]) -> pd.DataFrame:
    """A row a recipe: what was reported, what we had, whether that passes, and a link to Train."""
    return pd.DataFrame([_cells(recipes.get(name), row) for name, row in by_recipe.items()])


def _cells(recipe: Recipe, row: Row | None) -> dict[str, str]:
    ours = "not run yet"
    if row:
        sd = row.standard_deviation
        ours = percent(row.mean) + (f" ± {100 * sd:.2f}" if sd is not None else "")
    return {
        "recipe": recipe.title,
        "reported": recipe.published or "nothing",
        "ours": ours,
        "best": percent(row.best) if row else "–",
        "verdict": verdict(row),
        "of": f"{row.on}, {'last epoch' if row.at == 'final' else 'best epoch'}" if row else "–",
        "run it": link(recipe.name),
    }


def verdict(row: Row | None) -> str:
    """In a word or two."""
    if row is None or row.passed is None:
        return "–"
    return "passed" if row.passed else f"missed by {100 * abs(row.difference or 0):.1f}"


def link(name: str) -> str:
    """Train with this recipe, relative to this page; the workspace goes along where there is one.

    A new tab is a new session, which only the address can tell whose runs are meant.
    """
    own = {state.WORKSPACE_PARAM: state.workspace()}
    query = {"recipe": name} | (own if state.workspace() != state.LOCAL_WORKSPACE else {})
    return f"train?{urlencode(query)}"
