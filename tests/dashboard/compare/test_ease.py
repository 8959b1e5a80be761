from pathlib import Path

import pytest

from dashboard.compare import ease
from tests.pages.training import own_store, page


@pytest.mark.parametrize("part", ease.PARTS, ids=lambda part: part.name)
def test_every_part_is_found_in_the_source_and_counted_as_shown(part: ease.Part):
    for engine in ("numpy", "torch"):
        shown = ease.source(part, engine).splitlines()
        assert ease.lines(part, engine) == sum(
            bool(line.strip()) and not line.startswith("# nncore/") for line in shown
        )
        assert len(ease.source(part, engine, words=True)) >= len("\n".join(shown))


def test_a_part_is_chosen_and_shown_with_its_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with own_store(monkeypatch, tmp_path):
        at = page("compare", show="ease")
        at.session_state["ease-code"] = True
        at.button_group(key="ease-part").set_value("New activation").run()
        assert "def sigmoid_derivative" in at.code[0].value
        assert "from the activation a" not in at.code[0].value
        assert "nn.Sigmoid" in at.code[1].value
        at.toggle(key="ease-words").set_value(True).run()
        assert "from the activation a" in at.code[0].value
