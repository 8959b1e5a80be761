"""The rules of the layout, each a function of a root folder that names what breaks it.

    broken = pages_are_on_top(Path("."))
    assert broken == []

They read whatever tree lies below the root, so a new page, room or module is held to them without
a change here, and so a test can hand them a made-up tree with one violation in it.
"""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGES = ("nncore", "dashboard", "pages")
SCREENS_AND_STORES = {
    "streamlit", "plotly", "altair", "pandas", "sqlalchemy", "distributed", "dask",
}  # fmt: skip
SHARED_FOLDERS = ("models", "ink", "ui", "runs")
LEAVES = (
    "activations", "costs", "initializers", "optimizers", "dropout", "schedules", "metrics",
)  # fmt: skip
ENGINES = {"engine", "numpy_engine", "network", "quick", "torch_network", "training"}
ABOUT_NETWORKS = {"judge", "explain", "lab", "lessons", "cli"}
MOST_LINES = 450
WITH_TORCH = ("nncore/torch_network.py", "nncore/lab/bench.py")
UNSAFE_MODULES = {"pickle", "cloudpickle", "joblib", "dill", "marshal", "shelve"}
UNSAFE_CALLS = {"eval", "exec", "__import__", "read_pickle"}
ASKS_FOR_A_SESSION = "dashboard/startup.py"
"""It asks whether there is a session at all, by no key."""


# Reading a tree ---------------------------------------------------------------------------------
def files(root: Path, *packages: str) -> list[Path]:
    """Every Python file of these packages, or of all three."""
    return [path for name in packages or PACKAGES for path in sorted((root / name).rglob("*.py"))]


def place(root: Path, path: Path) -> str:
    """The file as it is named in a sentence, from the root."""
    return path.relative_to(root).as_posix()


def module_name(root: Path, path: Path) -> str:
    """As it is imported: `nncore.quick.products`; a package by its folder."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parsed(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(root: Path, path: Path) -> set[str]:
    """Everything a file imports, wherever in it, by its whole name: `dashboard.train.state`.

    `from a.b import c` counts as `a.b.c`, whether c is a module or a name in one; a relative import
    by what it leads to, and `import_module("a.b")` as `import a.b`.
    """
    found: set[str] = set()
    package = module_name(root, path).split(".")
    if path.stem != "__init__":
        package.pop()
    for node in ast.walk(parsed(path)):
        match node:
            case ast.Import(names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module, names, level):
                base = package[: len(package) - level + 1] if level else []
                whole = ".".join([*base, *([module] if module else [])])
                found |= {f"{whole}.{alias.name}" for alias in names}
            case ast.Call(
                func=ast.Name("import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(str(name)), *_],
            ):
                found.add(name)
            case _:
                pass
    return found


def is_below(name: str, module: str) -> bool:
    """Whether `name` is this module or lies in it."""
    return name == module or name.startswith(f"{module}.")


def rooms(root: Path) -> set[str]:
    """The folders of dashboard that belong to one page, by the pages that there are.

    A page named like a word of Python has a room with an underscore: `class_`.
    """
    pages = {path.stem.rstrip("_") for path in (root / "pages").glob("*.py")}
    folders = (path for path in (root / "dashboard").iterdir() if path.is_dir())
    return {folder.name for folder in folders if folder.name.rstrip("_") in pages}


def room_of(root: Path, name: str) -> str | None:
    """The page room that an imported name lies in, if it lies in one."""
    first, _, rest = name.partition(".")
    folder = rest.partition(".")[0]
    return folder if first == "dashboard" and folder in rooms(root) else None


# Imports run one way ----------------------------------------------------------------------------
def pages_are_on_top(root: Path) -> list[str]:
    """pages -> dashboard -> nncore, and no further."""
    above = {"nncore": {"dashboard", "pages"}, "dashboard": {"pages"}, "pages": {"pages"}}
    return [
        f"{place(root, path)} imports {name}"
        for path in files(root)
        for name in sorted(imports(root, path))
        if name.partition(".")[0] in above[path.relative_to(root).parts[0]]
    ]


def nncore_knows_no_screen_and_no_store(root: Path) -> list[str]:
    """It is true without a screen: no Streamlit, no charts, no tables, no database."""
    return [
        f"{place(root, path)} imports {name}"
        for path in files(root, "nncore")
        for name in sorted(imports(root, path))
        if name.partition(".")[0] in SCREENS_AND_STORES
    ]


def rooms_keep_to_themselves(root: Path) -> list[str]:
    """Whoever imports from a page's room lies in it, or is a page.

    So rooms never import each other, and nothing that they share imports one.
    """
    return [
        f"{place(root, path)} imports {name}"
        for path in files(root, "dashboard")
        for name in sorted(imports(root, path))
        if (room := room_of(root, name)) and room != path.relative_to(root).parts[1]
    ]


def every_folder_is_a_room_or_shared(root: Path) -> list[str]:
    """A folder of dashboard has a page of its name, or is one of the four that pages share."""
    known = rooms(root) | {*SHARED_FOLDERS}
    return [
        f"{place(root, folder)} is no page's room, and not shared"
        for folder in sorted((root / "dashboard").iterdir())
        if folder.is_dir() and any(folder.glob("*.py")) and folder.name not in known
    ]


def runs_knows_no_streamlit(root: Path) -> list[str]:
    """The run store and the job queue could serve another face."""
    return [
        f"{place(root, path)} imports {name}"
        for path in files(root, "dashboard/runs")
        for name in sorted(imports(root, path))
        if is_below(name, "streamlit")
    ]


def only_the_twin_and_the_bench_import_torch(root: Path) -> list[str]:
    """Wherever in a file: an import inside a function is one too."""
    return [
        f"{place(root, path)} imports {name}"
        for path in files(root)
        for name in sorted(imports(root, path))
        if is_below(name, "torch") and place(root, path) not in WITH_TORCH
    ]


def leaves_reach_no_engine(root: Path) -> list[str]:
    """The pure functions know no network, not even by way of what they import."""
    return [
        f"nncore/{leaf}.py reaches {engine}"
        for leaf in LEAVES
        for engine in sorted(reached(root, f"nncore.{leaf}"))
        if engine.split(".")[1:2] and engine.split(".")[1] in ENGINES
    ]


def what_trains_reaches_nothing_that_judges_or_teaches(root: Path) -> list[str]:
    """The files at the top of nncore are the subject; judge, explain, lab and lessons use it."""
    return [
        f"{place(root, path)} imports {name}"
        for path in files(root, "nncore")
        if path.parent.name in ("nncore", "quick", "ink") and path.stem != "__main__"
        for name in sorted(imports(root, path))
        if name.startswith("nncore.") and name.split(".")[1] in ABOUT_NETWORKS
    ]


def reached(root: Path, module: str) -> set[str]:
    """Every module of nncore that this one imports, and those that they import."""
    known = {module_name(root, path): path for path in files(root, "nncore")}
    found: set[str] = set()
    open_ = [module]
    while open_:
        path = known.get(open_.pop())
        for name in imports(root, path) if path else ():
            own = next((m for m in _outward(name) if m in known), None)
            if own and own not in found:
                found.add(own)
                open_.append(own)
    return found - {module}


def _outward(name: str) -> Iterator[str]:
    """`a.b.c`, `a.b`, `a`."""
    parts = name.split(".")
    for n in range(len(parts), 0, -1):
        yield ".".join(parts[:n])


# What a file may do -----------------------------------------------------------------------------
def only_state_touches_the_session(root: Path) -> list[str]:
    """`session.py` and a room's `state.py` alone index the session and the URL, and components."""
    return [
        f"{place(root, path)} touches {name}"
        for path in files(root, "dashboard", "pages")
        if not _may_touch_the_session(root, place(root, path))
        for name in sorted({*_session_names(parsed(path))})
    ]


def _may_touch_the_session(root: Path, path: str) -> bool:
    package, *folders, name = path.split("/")
    if package != "dashboard":
        return False
    return (
        path == ASKS_FOR_A_SESSION
        or (not folders and name == "session.py")
        or (len(folders) == 1 and folders[0] in rooms(root) and name == "state.py")
        or folders[:2] == ["ui", "components"]
    )


def _session_names(tree: ast.Module) -> Iterator[str]:
    names = {"session_state", "query_params"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in names:
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if alias.name in names)


def nothing_is_unpickled_or_evaluated(root: Path) -> list[str]:
    """A pickle, or text that is run, could be anybody's code."""
    broken = [
        f"{place(root, path)} imports {name}"
        for path in files(root)
        for name in sorted(imports(root, path))
        if name.partition(".")[0] in UNSAFE_MODULES
    ]
    for path in files(root):
        for node in ast.walk(parsed(path)):
            match node:
                case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name)) if (
                    name in UNSAFE_CALLS
                ):
                    broken.append(f"{place(root, path)} calls {name}")
                case ast.keyword("allow_pickle", ast.Constant(True)):
                    broken.append(f"{place(root, path)} allows pickles")
                case _:
                    pass
    return broken


def modules_can_be_read_in_one_sitting(root: Path) -> list[str]:
    """A module of dashboard has at most so many lines."""
    return [
        f"{place(root, path)} has {n} lines, more than {MOST_LINES}"
        for path in files(root, "dashboard")
        if (n := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    ]


def tests_stand_where_their_subjects_do(root: Path) -> list[str]:
    """`tests/nncore/quick/test_products.py` is about `nncore/quick/products.py`, or a folder."""
    return [
        f"{place(root, path)} has no {subject.as_posix()}"
        for package in ("nncore", "dashboard")
        for path in sorted((root / "tests" / package).rglob("test_*.py"))
        for subject in [path.relative_to(root / "tests").with_name(path.name[len("test_") :])]
        if not (root / subject).exists() and not (root / subject.with_suffix("")).is_dir()
    ]


# What is loaded by an import --------------------------------------------------------------------
def nncore_loads_no_torch(root: Path) -> list[str]:
    """`import nncore`, and every module of it but the twin and the bench, is ready at once."""
    modules = [
        module_name(root, path)
        for path in files(root, "nncore")
        if place(root, path) not in WITH_TORCH and path.stem != "__main__"
    ]
    return loaded(root, modules, ("torch", "streamlit"))


def runs_loads_no_streamlit(root: Path) -> list[str]:
    """Nor PyTorch: a worker that imports them is there at once."""
    modules = [module_name(root, path) for path in files(root, "dashboard/runs")]
    return loaded(root, modules, ("torch", "streamlit"))


def loaded(root: Path, modules: Iterable[str], unwanted: Iterable[str]) -> list[str]:
    """Which of the modules, imported one after the other in a fresh interpreter, load those."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_EACH, ",".join(unwanted), *modules],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


_IMPORT_EACH = """
import importlib, sys
unwanted = set(sys.argv[1].split(","))
for module in sys.argv[2:]:
    importlib.import_module(module)
    for name in sorted(unwanted & {*sys.modules}):
        print(f"{module} loads {name}")
        unwanted.remove(name)
"""
