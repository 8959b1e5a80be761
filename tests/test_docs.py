"""The pages of docs/ are what their commands write, and the commands see what is wrong."""

import importlib.util
import shutil
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


def command(name: str) -> ModuleType:
    """A command of docs/, which is in no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # a dataclass looks itself up
    spec.loader.exec_module(module)
    return module


def again(module: ModuleType) -> str:
    return f"write it again: python {module.HERE}"


@pytest.fixture(scope="module")
def way() -> ModuleType:
    return command("how_a_digit_travels")


@pytest.fixture(scope="module")
def places() -> ModuleType:
    return command("where_things_are")


def test_a_digit_comes_through(way: ModuleType) -> None:
    way.check(ROOT)


def test_the_page_is_what_the_command_writes(way: ModuleType) -> None:
    docs = ROOT / "docs"
    assert (docs / way.PAGE).read_text(encoding="utf-8") == way.page(ROOT), again(way)
    assert (docs / way.PICTURE).read_text(encoding="utf-8") == way.picture(), again(way)


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


def test_every_file_is_on_the_page_where_things_are(places: ModuleType) -> None:
    page = places.page(ROOT)
    assert (ROOT / "docs" / places.PAGE).read_text(encoding="utf-8") == page, again(places)
    for package in places.PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            path = file.relative_to(ROOT)
            is_own = path.name == "__init__.py"
            assert (f"\n## {path.parent}/\n" if is_own else f"](../{path}): ") in page
    assert "`QuickNetwork`: the numbers of `nncore.network.Network` in reused memory." in page


def test_a_file_that_does_not_say_what_it_is_is_named(places: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "nncore").mkdir()
    (tmp_path / "nncore/silent.py").write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(places.SilentError, match=r"nncore/silent\.py has no docstring"):
        places.page(tmp_path)
