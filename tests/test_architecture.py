"""The layout is the architecture: imports run pages -> dashboard -> nncore, and never back."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "nncore": {"dashboard", "pages", "streamlit", "plotly", "altair", "sqlalchemy", "distributed"},
    "dashboard": {"pages"},
    "pages": set[str](),
}
MODULES = [path for package in FORBIDDEN for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Top-level names of everything a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    assert not imported(path) & FORBIDDEN[package]


def test_only_the_twin_imports_torch() -> None:
    users = {path.name for path in MODULES if "torch" in imported(path)}
    assert users <= {"torch_network.py", "bench.py"}
    assert "torch_network.py" in users


@pytest.mark.parametrize(
    "module",
    [
        "nncore",
        "nncore.training",
        "nncore.checkpoints",
        "dashboard.runs.store",
        "dashboard.runs.jobs",
        "dashboard.compare.measuring_process",
    ],
)
def test_importing_loads_no_torch(module: str) -> None:
    code = (
        f"import sys, {module}; "
        "print([name for name in ('torch', 'streamlit') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_no_pickle_and_no_eval() -> None:
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {
            n.func.id
            for n in ast.walk(tree)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert not called & {"eval", "exec"}, path
        assert not imported(path) & {"pickle", "cloudpickle", "joblib", "dill"}, path


def test_answering_loads_nothing_that_judges_or_teaches() -> None:
    code = (
        "import sys, dashboard.models.predictions; "
        "print(sorted({'nncore.judge.evaluation', 'nncore.judge.doubt_training'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
