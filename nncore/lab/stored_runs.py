"""Stored runs of recipes: curves to look at before anything is trained.

`python -m nncore.lab.stored_runs classroom nielsen-ch1` trains these recipes with the NumPy engine
and writes them to `assets/examples/`.
"""

import json
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path

from nncore import datasets, recipes
from nncore.config import TrainingConfig
from nncore.training import EpochRecord, build, train

FOLDER = Path(__file__).parents[2] / "assets" / "examples"


@cache
def stored_run(name: str) -> tuple[EpochRecord, ...]:
    """The stored run of a recipe, NumPy only; empty where none is stored."""
    file = FOLDER / f"{name}.json"
    if name not in recipes.RECIPES or not file.is_file():
        return ()
    stored = json.loads(file.read_text(encoding="utf-8"))
    if TrainingConfig.parse(stored["config"]) != recipes.get(name).config:
        return ()  # the recipe was changed since: these curves are of another network
    return tuple(EpochRecord(**record) for record in stored["epochs"])


def make(name: str) -> Path:
    """Train a recipe with the NumPy engine and store its figures."""
    config = recipes.get(name).config
    data = datasets.load_for(config)
    engines = build(config.replace(engines=("numpy",)), len(data.train))
    records = [r for r in train(config, data, engines) if isinstance(r, EpochRecord)]
    lines = ",\n".join(json.dumps(asdict(record)) for record in records)
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.json"
    file.write_text(
        f'{{"command": "python -m nncore.lab.stored_runs {name}",\n'
        f'"config": {config.to_json()},\n"epochs": [\n{lines}\n]}}\n',
        encoding="utf-8",
    )
    return file


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        print(make(wanted))
