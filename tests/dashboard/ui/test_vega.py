import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui import vega


@pytest.mark.parametrize(
    ("ends", "ticks"),
    [
        ((0.9, 8.3), [1, 2, 5]),
        ((0.4, 11), [0.5, 1, 2, 5, 10]),
        ((1, 60_000), [1, 10, 100, 1_000, 10_000]),
        ((2.1, 2.4), None),
    ],
)
def test_a_logarithmic_axis_has_round_ticks(ends: tuple[float, float], ticks: list[float] | None):
    assert vega.log_axis(*ends).get("values") == ticks


def test_powers_of_ten_on_an_axis_are_written_as_powers():
    axis = vega.log_axis(3e-16, 4e-6)
    assert axis["values"] == pytest.approx([1e-14, 1e-12, 1e-10, 1e-8, 1e-6])
    # The names stand in the order of their exponents, of which the first is -16.
    assert axis["labelExpr"].startswith("['10⁻¹⁶', '10⁻¹⁵', ")
    assert axis["labelExpr"].endswith(", '10⁻⁵'][round(log(datum.value) / LN10) - (-16)]")


def script():
    """A chart, and a control that moves its one point."""
    import streamlit as st

    from dashboard.ui import vega

    at = st.number_input("At", 0.0, 9.0, 1.0)
    fixed = st.checkbox("Fixed")
    x = vega.number("x", "across")
    if fixed:
        x["scale"] = {"domain": [0, 10]}
    title = {"text": "Inside"} if fixed else "Above"
    mark = {"mark": "point", "encoding": {"x": x}}
    vega.place([{"x": at}], [mark], key="chart", title=title, alt="A point")


def placed(at: AppTest) -> dict[str, Any]:
    return json.loads(at.get("vega_lite_chart")[0].proto.spec)


def test_a_chart_whose_axes_have_ends_keeps_its_specification_while_the_rows_change():
    at = AppTest.from_function(script).run()
    at.checkbox[0].check().run()
    before = placed(at)
    assert before["title"] == {"text": "Inside"}
    assert before["layer"][0]["encoding"]["x"]["scale"] == {"domain": [0, 10]}
    at.number_input[0].set_value(7.0).run()
    assert placed(at) == before


def test_axes_without_ends_end_where_the_rows_do_and_the_title_stands_above():
    at = AppTest.from_function(script).run()
    assert at.markdown[0].value == "**Above**"
    assert "title" not in placed(at)
    low, high = placed(at)["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low < 1 < high
