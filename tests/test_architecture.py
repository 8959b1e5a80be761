"""The layout is the architecture: the tree keeps every rule, and each rule can be broken."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import architecture as rules

ROOT = Path(__file__).parent.parent

Rule = Callable[[Path], list[str]]

MADE_UP = {
    "pages/train.py": "from dashboard.train import live\n",
    "pages/inside.py": "from dashboard.inside import state\n",
    "pages/class.py": "from dashboard.class_ import tally\n",
    "dashboard/__init__.py": "",
    "dashboard/session.py": "import streamlit as st\n\nst.session_state['run'] = None\n",
    "dashboard/train/__init__.py": "",
    "dashboard/train/live.py": "from dashboard.train import state\nimport dashboard.ui.palette\n",
    "dashboard/train/state.py": "import streamlit as st\n\nst.query_params['run'] = ''\n",
    "dashboard/inside/__init__.py": "",
    "dashboard/inside/state.py": "from nncore.network import Network\n",
    "dashboard/class_/__init__.py": "",
    "dashboard/class_/tally.py": "",
    "dashboard/models/__init__.py": "",
    "dashboard/ui/__init__.py": "",
    "dashboard/ui/palette.py": "",
    "dashboard/ui/components/pad/__init__.py": "from streamlit import session_state\n",
    "dashboard/runs/__init__.py": "",
    "dashboard/runs/store.py": "from nncore.network import Network\n",
    "nncore/__init__.py": "",
    "nncore/__main__.py": "from nncore.cli import app\n",
    "nncore/activations.py": "sigmoid = None\n",
    "nncore/costs.py": "from nncore.activations import sigmoid\n",
    "nncore/network.py": "from nncore import costs\n\nNetwork = None\n",
    "nncore/torch_network.py": "import torch\nfrom nncore.network import Network\n",
    "nncore/training.py": "def build():\n    from nncore.torch_network import TorchNetwork\n",
    "nncore/judge/__init__.py": "",
    "nncore/judge/doubt.py": "from nncore.network import Network\n\nteach = None\n",
    "nncore/lab/__init__.py": "",
    "nncore/lab/bench.py": "import torch\n",
    "nncore/cli/__init__.py": "app = None\n",
    "tests/nncore/test_network.py": "",
    "tests/nncore/judge/test_doubt.py": "",
    "tests/dashboard/ui/components/test_pad.py": "",
    "torch/__init__.py": "",
    "streamlit/__init__.py": "session_state = query_params = {}\n",
}  # fmt: skip
"""A small tree that keeps every rule; `torch` and `streamlit` are empty, so nothing is slow."""

SPOILED: list[tuple[Rule, str, str, str]] = [
    (rules.pages_are_on_top, "nncore/network.py", "import dashboard.session",
     "nncore/network.py imports dashboard.session"),
    (rules.pages_are_on_top, "dashboard/train/live.py", "from pages import train",
     "dashboard/train/live.py imports pages.train"),
    (rules.pages_are_on_top, "pages/inside.py", "def f():\n    import pages.train",
     "pages/inside.py imports pages.train"),
    (rules.nncore_knows_no_screen_and_no_store, "nncore/judge/doubt.py", "import plotly.express",
     "nncore/judge/doubt.py imports plotly.express"),
    (rules.rooms_keep_to_themselves, "dashboard/train/live.py", "import dashboard.inside.state",
     "dashboard/train/live.py imports dashboard.inside.state"),
    (rules.rooms_keep_to_themselves, "dashboard/inside/state.py", "from ..class_ import tally",
     "dashboard/inside/state.py imports dashboard.class_.tally"),
    (rules.rooms_keep_to_themselves, "dashboard/ui/palette.py", "from dashboard import train",
     "dashboard/ui/palette.py imports dashboard.train"),
    (rules.rooms_keep_to_themselves, "dashboard/models/cards.py", "import dashboard.train.state",
     "dashboard/models/cards.py imports dashboard.train.state"),
    (rules.rooms_keep_to_themselves, "dashboard/session.py", "import dashboard.class_.tally",
     "dashboard/session.py imports dashboard.class_.tally"),
    (rules.every_folder_is_a_room_or_shared, "dashboard/helpers/misc.py", "",
     "dashboard/helpers is no page's room, and not shared"),
    (rules.runs_knows_no_streamlit, "dashboard/runs/store.py", "def f():\n    import streamlit",
     "dashboard/runs/store.py imports streamlit"),
    (rules.only_the_twin_and_the_bench_import_torch, "nncore/training.py",
     "def f():\n    from torch import nn", "nncore/training.py imports torch.nn"),
    (rules.only_the_twin_and_the_bench_import_torch, "dashboard/runs/store.py",
     "import importlib\nimportlib.import_module('torch.nn')",
     "dashboard/runs/store.py imports torch.nn"),
    (rules.leaves_reach_no_engine, "nncore/activations.py", "from nncore import judge\n"
     "from nncore.judge.doubt import teach", "nncore/activations.py reaches nncore.network"),
    (rules.what_trains_reaches_nothing_that_judges_or_teaches, "nncore/quick/products.py",
     "from nncore.judge import doubt", "nncore/quick/products.py imports nncore.judge.doubt"),
    (rules.what_trains_reaches_nothing_that_judges_or_teaches, "nncore/training.py",
     "from nncore import cli", "nncore/training.py imports nncore.cli"),
    (rules.only_state_touches_the_session, "dashboard/train/live.py",
     "import streamlit as st\nst.session_state['x']",
     "dashboard/train/live.py touches session_state"),
    (rules.only_state_touches_the_session, "pages/train.py",
     "from streamlit import query_params", "pages/train.py touches query_params"),
    (rules.only_state_touches_the_session, "dashboard/ui/deep/state.py",
     "import streamlit as st\nst.query_params.clear()",
     "dashboard/ui/deep/state.py touches query_params"),
    (rules.only_state_touches_the_session, "dashboard/ui/state.py",
     "import streamlit as st\nst.query_params.clear()",
     "dashboard/ui/state.py touches query_params"),
    (rules.nothing_is_unpickled_or_evaluated, "nncore/network.py", "from pickle import loads",
     "nncore/network.py imports pickle.loads"),
    (rules.nothing_is_unpickled_or_evaluated, "pages/train.py", "eval('1')",
     "pages/train.py calls eval"),
    (rules.nothing_is_unpickled_or_evaluated, "dashboard/runs/store.py",
     "import numpy\nnumpy.load('x', allow_pickle=True)", "dashboard/runs/store.py allows pickles"),
    (rules.modules_can_be_read_in_one_sitting, "dashboard/train/live.py", 449 * "\n",
     "dashboard/train/live.py has 452 lines, more than 450"),
    (rules.tests_stand_where_their_subjects_do, "tests/nncore/test_twins.py", "",
     "tests/nncore/test_twins.py has no nncore/twins.py"),
    (rules.nncore_loads_no_torch, "nncore/training.py", "from nncore.lab import bench",
     "nncore.training loads torch"),
    (rules.nncore_loads_no_torch, "nncore/__init__.py", "import streamlit",
     "nncore loads streamlit"),
    (rules.runs_loads_no_streamlit, "dashboard/runs/store.py", "import dashboard.session",
     "dashboard.runs.store loads streamlit"),
    (rules.runs_loads_no_streamlit, "dashboard/runs/store.py", "import nncore.torch_network",
     "dashboard.runs.store loads torch"),
]  # fmt: skip
"""(rule, the file that breaks it, the line that does, what the rule says)."""

ALL = list({rule: None for rule, *_ in SPOILED})


def by_name(value: object) -> str | None:
    return value.__name__ if callable(value) else None


@pytest.mark.parametrize("rule", ALL, ids=by_name)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    assert rule(ROOT) == []


def made_up(root: Path) -> Path:
    for name, text in MADE_UP.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("rule", ALL, ids=by_name)
def test_a_tree_that_keeps_a_rule_is_let_pass(rule: Rule, tmp_path: Path) -> None:
    assert rule(made_up(tmp_path)) == []


@pytest.mark.parametrize(
    ("rule", "file", "line", "said"), SPOILED, ids=[f"{r.__name__}-{f}" for r, f, _, _ in SPOILED]
)
def test_what_breaks_a_rule_is_named(
    rule: Rule, file: str, line: str, said: str, tmp_path: Path
) -> None:
    path = made_up(tmp_path) / file
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before}{line}\n", encoding="utf-8")
    assert said in rule(tmp_path)


def test_every_rule_is_tried() -> None:
    of_a_root = {"root": Path, "return": list[str]}
    found = {v for v in vars(rules).values() if getattr(v, "__annotations__", {}) == of_a_root}
    assert found == {*ALL}


def test_a_page_has_its_room_whatever_it_is_called(tmp_path: Path) -> None:
    assert rules.rooms(made_up(tmp_path)) == {"train", "inside", "class_"}
    shutil.rmtree(tmp_path / "dashboard" / "class_")
    assert rules.rooms(tmp_path) == {"train", "inside"}
    assert {"train", "learn", "compare"} <= rules.rooms(ROOT)


def test_the_process_that_measures_loads_no_torch() -> None:
    assert rules.loaded(ROOT, ["dashboard.compare.measuring_process"], ("torch", "streamlit")) == []


def test_answering_loads_nothing_that_judges_or_teaches() -> None:
    unwanted = ("nncore.judge.evaluation", "nncore.judge.doubt_training")
    assert rules.loaded(ROOT, ["dashboard.models.predictions"], unwanted) == []
