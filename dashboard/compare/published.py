"""Every published result against ours: all recipes over several seeds, and any of them to run."""

from functools import cache

import pandas as pd
import streamlit as st

from dashboard import navigation
from dashboard.compare import charts, common
from dashboard.models import cards
from dashboard.ui.text import escape, percent
from nncore import recipes
from nncore.checkpoints import SHIPPED
from nncore.judge.cards import Card
from nncore.lab import reproduction
from nncore.lab.reproduction import TOLERANCE, Row, find
from nncore.lab.result_files import ResultFileError
from nncore.recipes import Recipe

COMMAND = "python -m nncore reproduce --seeds 5 --save assets/results/reproduction.json"
_TABLE_HEIGHT = 560
"""Pixels; more rows scroll inside, below their header."""
BY_THE_BEST = "passed by the best seed"


@cache
def stored() -> tuple[Row, ...]:
    """The committed rows; none where the file cannot be used."""
    try:
        return reproduction.load()
    except ResultFileError:
        return ()


def shipped(recipe: str) -> Card | None:
    """The card of the shipped model that was trained with a published result's recipe."""
    for name in SHIPPED:
        card = cards.card(name)
        if card and card.recipe == recipe:
            return card
    return None


def spread(row: Row) -> str:
    """How the seeds scatter around their mean."""
    if row.standard_deviation is None:
        return "one seed"
    return f"± {100 * row.standard_deviation:.2f}, {len(row.runs)} seeds"


def heading() -> str:
    """What was found, in a line."""
    judged = _judged()
    title = "Every published result against ours"
    if not judged:
        return title
    passed = sum(bool(row.passed) for row in judged)
    return f"{title}: {passed} of {len(judged)} within {100 * TOLERANCE:.1f} points"


def _by_recipe() -> dict[str, Row | None]:
    """Our row of every recipe that has one."""
    rows = stored()
    return {recipe.name: find(rows, recipe.name) for recipe in recipes.RECIPES.values()}


def _judged() -> list[Row]:
    return [row for row in _by_recipe().values() if row and row.passed is not None]


def show() -> None:
    """The section Published results: ours against theirs, recipe by recipe."""
    rows, by_recipe, judged = stored(), _by_recipe(), _judged()
    st.header(heading(), anchor="published")
    points = f"{100 * TOLERANCE:.1f} points"
    st.markdown(
        "A published figure is one author's run, often the best of several. So ours passes if the "
        f"best of its seeds comes within {points}, above or below, and every seed is shown. "
        "Another seed means other random weights at the start, and some starts end badly: a neuron "
        "of the output stops firing and never fires again, so that its digit is never named and "
        "about every tenth image is read wrong."
    )
    if judged:
        charts.published(judged)
    outside = [
        f"- **{escape(recipes.get(row.recipe).title)}**: "
        + escape(common.tight(row.explanation or "we cannot say why."))
        for row in judged
        if row.passed is False
    ]
    if outside:
        st.markdown("\n".join(["Outside the green band:", *outside]))
    numbers = st.expander("Every recipe in numbers", key="published-numbers", on_change="rerun")
    if numbers.open:
        with numbers:
            _table(by_recipe)
    if rows:
        common.provenance(rows[0].machine, max(row.date for row in rows), COMMAND)
    else:
        st.caption(f"No results are stored yet. `{COMMAND}` makes them.")


def _table(by_recipe: dict[str, Row | None]) -> None:
    # No dataframe: its cells are cut where words are long, and cannot be read by a screen reader.
    st.table(
        table(by_recipe),
        border="horizontal",
        height=_TABLE_HEIGHT,
        hide_index=True,
        alt="Every recipe with its published accuracy, our mean over the seeds, and the verdict",
    )
    st.caption(
        "Ours: the mean of the seeds ± their standard deviation. Seeds within: those that end "
        f"within {100 * TOLERANCE:.1f} points of the published figure. A link opens Train in a new "
        "tab."
    )


def table(by_recipe: dict[str, Row | None]) -> pd.DataFrame:
    """A row a recipe: what was reported, what we had, whether that passes, and a link to Train."""
    return pd.DataFrame([_cells(recipes.get(name), row) for name, row in by_recipe.items()])


def _cells(recipe: Recipe, row: Row | None) -> dict[str, str]:
    ours, best, of = "not run yet", "–", "–"
    if row:
        sd = row.standard_deviation
        ours = percent(row.mean) + (f" ± {100 * sd:.2f}" if sd is not None else "")
        best = percent(row.best)
        of = f"{row.on}, {'last epoch' if row.at == 'final' else 'best epoch'}"
    elif card := shipped(recipe.name):
        ours = f"{percent(card.test_accuracy)}, one seed: the shipped model"
        of = "test, last epoch"
    return {
        "recipe": recipe.title,
        "reported": common.tight(recipe.published or "nothing"),
        "ours": ours,
        "verdict": verdict(row),
        f"seeds within {100 * TOLERANCE:.1f}": near(row),
        "best seed": best,
        "measured on": of,
        "run it": f"[Train {recipe.name}]({navigation.address('train', {'recipe': recipe.name})})",
    }


def verdict(row: Row | None) -> str:
    """In a few words: passed, or by how many points the best seed is better or worse."""
    if row is None or row.passed is None or row.difference is None:
        return "–"
    if row.passed:
        return "passed" if all(_is_near(row, figure) for figure in row.figures) else BY_THE_BEST
    return f"{'better' if row.difference > 0 else 'missed'} by {100 * abs(row.difference):.1f}"


def near(row: Row | None) -> str:
    """Of a published result: how many seeds lie as near to it as passing asks for."""
    if row is None or row.published_accuracy is None:
        return "–"
    n = sum(_is_near(row, figure) for figure in row.figures)
    return f"{n}\u00a0of\u00a0{len(row.figures)}"


def _is_near(row: Row, figure: float) -> bool:
    assert row.published_accuracy is not None, row.recipe
    return round(abs(figure - row.published_accuracy), 6) <= TOLERANCE
