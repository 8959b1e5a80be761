import re

import pytest

from dashboard.compare import twins
from nncore.lab.comparison import GradientEntry


def test_the_stored_run_has_both_precisions_and_double_is_closer():
    run = twins.stored()
    assert run is not None
    single, double = (max(run.curve(dtype).difference) for dtype in ("float32", "float64"))
    assert 0 < double < 1e-6 * single
    assert twins.largest(run, "float64") == twins.common.power(double)


@pytest.mark.parametrize(
    ("numpy", "torch", "same"),
    [(0.125, 0.125, "0.125"), (0.12345, 0.12389, "0.123"), (0.5, -0.5, "")],
)
def test_the_digits_that_both_engines_have_are_bold(numpy: float, torch: float, same: str):
    entry = GradientEntry(dtype="float64", parameter="W1[3, 4]", numpy=numpy, torch=torch)
    html = twins.gradient_html([entry])
    assert re.findall("<b>(.*?)</b>", html) == [same, same]
    assert "∂C/∂W1[3, 4]" in html
    shown = [float(re.sub("<.*?>", "", cell)) for cell in re.findall("<td>(.*?)</td>", html)]
    assert shown == [numpy, torch]


def test_a_parameters_name_is_no_markup():
    entry = GradientEntry(dtype="float32", parameter="<b>W</b>", numpy=1.0, torch=1.0)
    assert "∂C/∂&lt;b&gt;W" in twins.gradient_html([entry])
