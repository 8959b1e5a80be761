import re
from pathlib import Path

import pytest

from dashboard import navigation

ROOT = Path(navigation.__file__).parent.parent
FILES = sorted(
    {*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("pages/*.py")} - {Path(navigation.__file__)}
)


def test_every_page_is_in_the_table_once():
    scripts = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py")}
    assert {page.path for page in navigation.TABLE} == scripts
    assert len(navigation.TABLE) == len(scripts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_to_pages_go_through_navigation(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not re.findall(r"pages/\w+\.py|st\.page_link|st\.switch_page", text)
