"""The page "How a digit travels" is what its command writes, and the command sees a wrong way."""

import importlib.util
import shutil
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
AGAIN = "write it again: python docs/how_a_digit_travels.py"


@pytest.fixture(scope="module")
def way() -> ModuleType:
    """The command, which is in no package."""
    spec = importlib.util.spec_from_file_location("way", ROOT / "docs/how_a_digit_travels.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["way"] = module  # its dataclass looks itself up
    spec.loader.exec_module(module)
    return module


def test_a_digit_comes_through(way: ModuleType) -> None:
    way.check(ROOT)


def test_the_page_is_what_the_command_writes(way: ModuleType) -> None:
    docs = ROOT / "docs"
    assert (docs / way.PAGE).read_text(encoding="utf-8") == way.page(ROOT), AGAIN
    assert (docs / way.PICTURE).read_text(encoding="utf-8") == way.picture(), AGAIN


def test_a_line_and_a_card_for_each_stop(way: ModuleType) -> None:
    page, picture = way.page(ROOT), ET.fromstring(way.picture())
    said = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    for number, stop in enumerate(way.STOPS, 1):
        assert f"\n{number}. [`{stop.name}`](../{stop.file})" in page
        assert stop.name in said
        assert str(number) in said


def test_a_stop_is_found_where_its_function_begins(way: ModuleType) -> None:
    for stop in way.STOPS:
        lines = (ROOT / stop.file).read_text(encoding="utf-8").splitlines()
        line = lines[way.definition(ROOT, stop).lineno - 1]
        assert line.strip().startswith(f"def {stop.name.split('.')[-1]}(")


@pytest.mark.parametrize(
    ("place", "changes", "said"),
    [
        (0, {"file": "dashboard/ink/slate.py"}, "There is no dashboard/ink/slate.py"),
        (0, {"name": "slate"}, "dashboard/ink/pad.py has no slate"),
        (7, {"name": "Network.guess"}, "nncore/network.py has no Network.guess"),
        (0, {"used_by": "dashboard/results/state.py"},
         "dashboard/results/state.py does not use pad"),
        (7, {"used_by": "dashboard/ink/pad.py"}, "does not use Network.predict_proba"),
    ],
)  # fmt: skip
def test_a_way_that_is_no_more_is_one_sentence(
    way: ModuleType, place: int, changes: dict[str, str], said: str
) -> None:
    stops = list(way.STOPS)
    stops[place] = replace(stops[place], **changes)
    with pytest.raises(way.LostError, match=said) as error:
        way.check(ROOT, tuple(stops))
    assert str(error.value).endswith(".")


def test_a_renamed_function_is_missed(way: ModuleType, tmp_path: Path) -> None:
    for package in ("pages", "dashboard", "nncore"):
        shutil.copytree(ROOT / package, tmp_path / package)
    way.check(tmp_path)
    file = tmp_path / way.STOPS[0].file
    name = way.STOPS[0].name
    file.write_text(file.read_text(encoding="utf-8").replace(f"def {name}(", "def slate("))
    with pytest.raises(way.LostError, match=f"has no {name}"):
        way.check(tmp_path)
