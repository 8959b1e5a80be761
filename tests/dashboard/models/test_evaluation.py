from pathlib import Path

import numpy as np
import pytest

from dashboard.models import evaluation
from dashboard.runs.store import run_store
from tests.pages.training import own_store, trained


def test_an_evaluation_agrees_with_the_records_and_sorts_the_worst_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    with own_store(monkeypatch, tmp_path):
        run = trained()
        found = evaluation.evaluate_run(run.id, "numpy", 2, "digits")
        last = run_store().epochs(run.id)[-1]
    assert found is not None
    assert np.trace(found.matrix) / found.matrix.sum() == pytest.approx(last.test_accuracy)
    assert (np.diff(found.confidence[found.mistakes]) <= 0).all()
    right = found.cell(3, 3)
    assert (found.labels[right] == 3).all()
    assert (np.diff(found.confidence[right]) >= 0).all()
