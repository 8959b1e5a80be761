import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.models import evaluation
from dashboard.results import mistakes
from dashboard.runs.store import run_store
from dashboard.ui import runs
from nncore.checkpoints import SHIPPED, from_bytes
from nncore.config import TrainingConfig
from nncore.datasets import DataError
from tests.dashboard.results.test_charts import record
from tests.pages.training import SMALL, own_store, page, status, trained


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    # The shipped model is shown on MNIST's images; here it answers for the built-in digits.
    monkeypatch.setattr(evaluation, "test_images", lambda _: digits())
    with own_store(monkeypatch, tmp_path) as fake:
        yield fake


real_test_images = evaluation.test_images


def digits() -> tuple[np.ndarray, np.ndarray]:
    return real_test_images("digits")


def words(at) -> str:
    return " ".join(element.value for element in (*at.markdown, *at.caption, *at.header))


def test_before_anything_is_trained_the_shipped_model_is_shown():
    assert SHIPPED["classroom"].exists()
    at = page("results")
    assert not at.exception
    assert len(at.get("plotly_chart")) == 1
    assert "images right" in words(at)


def test_a_run_shows_curves_confusion_scores_and_mistakes():
    run = trained()
    at = page("results", run=run.id)
    assert not at.exception
    assert "finished" in status(at)
    assert at.container(key="metric-numpy").metric[0].value.endswith("%")
    charts = at.get("plotly_chart")
    assert len(charts) == 4  # cost, accuracy, one confusion matrix, scores
    heads = [header.value for header in at.header]
    assert heads == [
        "Curves",
        "Confusion matrices",
        "Each digit",
        "The most confident mistakes",
        "Downloads",
    ]
    assert len(at.get("image")) > 0


def test_every_mistake_leads_inside_the_network_that_made_it():
    run = trained()
    links = [link.query_string for link in page("results", run=run.id).page_link]
    found = evaluation.evaluate_run(run.id, "numpy", 2, "digits")
    assert found is not None
    assert f"run={run.id}&engine=numpy&example={found.mistakes[0]}" in links


def test_the_epoch_slider_goes_over_the_checkpoints():
    run = trained()
    at = page("results", run=run.id)
    slider = at.select_slider[0]
    assert slider.value == 2
    assert slider.options == ["1", "2"]
    slider.set_value(1).run()
    assert not at.exception


def test_epochs_count_from_1_in_the_head_and_the_table():
    at = page("results", run=trained().id)
    assert "after epoch" in at.container(key="metric-numpy").metric[0].delta
    assert list(at.dataframe[0].value["epoch"]) == [2, 1]
    scores = at.dataframe[1].value
    assert list(scores.columns) == [("NumPy", "precision"), ("NumPy", "recall"), ("NumPy", "F1")]
    assert scores.to_numpy().max() <= 100


def test_the_head_speaks_the_words_of_the_form():
    momentum = TrainingConfig(optimizer="momentum", momentum=0.8, l2=5, dropout=0.2, seed=3)
    assert mistakes.facts(momentum, []) == [
        "784-128-10",
        "ReLU",
        "Log-likelihood",
        "Momentum μ 0.8",
        "η 0.1",
        "L2 λ 5",
        "dropout p 0.2",
        "mini-batch 32",
        "seed 3",
    ]
    assert "Adam" in mistakes.facts(TrainingConfig(optimizer="adam"), [])
    assert "Full batch" in mistakes.facts(TrainingConfig(batch_size="full"), [])


def test_the_head_tells_a_changed_learning_rate():
    config = TrainingConfig(learning_rate=0.03)

    def told(*rates: float) -> str:
        rows = [
            record(engine, epoch, learning_rate=rate)
            for engine in ("torch", "numpy")
            for epoch, rate in enumerate(rates)
        ]
        return mistakes.learning_rates(config, rows)

    assert told(0.03, 0.03) == "η 0.03"
    assert told(0.03, 0.03, 0.05, 0.05) == "η 0.03, 0.05 from epoch 3 on"
    assert told(0.03, 0.05, 0.03) == "η 0.03, 0.05 from epoch 2 on, 0.03 from epoch 3 on"
    assert told(1, 2, 3, 4, 5) == "η 0.03, changed 5 times, 5 from epoch 5 on"
    config = config.replace(schedule="one-cycle")
    assert told(0.01, 0.03, 0.02) == "η 0.03, one cycle"


def test_an_unknown_run_is_one_sentence_and_the_way_out():
    at = page("results", run="<b>gone</b>")
    assert not at.exception
    assert len(at.error) == 1
    assert "no run \\<b\\>gone" in at.error[0].value
    assert [link.page for link in at.page_link].count("train") == 1


def test_a_picked_run_goes_into_the_url():
    first, second = trained("First"), trained("Second")
    at = page("results")
    at.selectbox(key="results-picker").select(first.id).run()
    assert at.query_params["run"] == first.id
    at.selectbox(key="results-picker").select(second.id).run()
    assert not at.exception
    assert at.query_params["run"] == second.id
    assert at.selectbox(key="results-picker").value == second.id


def test_two_runs_lie_over_each_other():
    first, second = trained("First"), trained("<i>Second</i>")
    at = page("results", run=first.id)
    at.selectbox(key="results-other-picker").select(second.id).run()
    assert not at.exception
    spec = at.get("plotly_chart")[0].proto.spec
    assert "First" in spec
    assert "<i>Second" not in spec


def test_a_run_before_its_first_epoch_says_so():
    run = run_store().create_run("local", SMALL)
    at = page("results", run=run.id)
    assert not at.exception
    assert "first finished epoch" in at.info[0].value


def test_somebody_elses_run_is_shown_by_its_link_only():
    theirs = trained("Private", workspace="somebody-else")
    at = page("results")
    assert not at.selectbox
    at = page("results", run=theirs.id)
    assert not at.exception
    assert "finished" in status(at)


def test_the_downloads_hold_what_they_say():
    run = trained()
    table = pd.read_csv(io.BytesIO(runs.curves_csv(run_store().epochs(run.id))))
    assert list(table["epoch"]) == [0, 1]
    assert table["test_accuracy"].between(0, 1).all()
    blob = run_store().checkpoint_blob(run.id, "numpy")
    assert blob is not None
    assert from_bytes(blob).config == run.config
    at = page("results", run=run.id)
    assert len(at.get("download_button")) == 2


def test_the_same_sentence_stands_on_a_page_once():
    def script():
        from dashboard.runs.store import StoreError
        from dashboard.ui import errors

        with errors.shown_errors(above_all=True):
            raise StoreError("The run store is locked.")
        for sentence in ("The run store is locked.", "Something else."):
            with errors.shown_errors():
                raise StoreError(sentence)

    at = AppTest.from_function(script).run()
    assert [error.value for error in at.error] == [
        "The run store is locked\\.",
        "Something else\\.",
    ]
    assert len(at.run().error) == 2  # it is said again at the next run


def test_missing_images_leave_the_curves(monkeypatch: pytest.MonkeyPatch):
    run = trained()

    def missing(_):
        raise DataError("MNIST could not be downloaded (no network).")

    monkeypatch.setattr(evaluation, "test_images", missing)
    at = page("results", run=run.id)
    assert not at.exception
    assert "could not be downloaded" in at.error[0].value
    assert len(at.get("plotly_chart")) == 2


def test_an_evaluation_agrees_with_the_records_and_sorts_the_worst_first():
    run = trained()
    found = evaluation.evaluate_run(run.id, "numpy", 2, "digits")
    assert found is not None
    last = run_store().epochs(run.id)[-1]
    assert np.trace(found.matrix) / found.matrix.sum() == pytest.approx(last.test_accuracy)
    assert (np.diff(found.confidence[found.mistakes]) <= 0).all()
    right = found.cell(3, 3)
    assert (found.labels[right] == 3).all()
    assert (np.diff(found.confidence[right]) >= 0).all()
