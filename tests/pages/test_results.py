import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.models import evaluation
from dashboard.results import overview
from dashboard.runs import progress
from dashboard.runs.store import run_store
from nncore.checkpoints import SHIPPED, from_bytes
from nncore.config import TrainingConfig
from nncore.datasets import DataError
from tests.dashboard.records import record
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


ALL_CHARTS = ["Cost by epoch", "Accuracy by epoch", "Confusion matrix", "F1"]
"""Of a run with one engine."""


def charts(at: AppTest) -> list[str]:
    """What the page's charts are of, from its top to its end."""
    return [chart.proto.alt.partition(" of ")[0] for chart in at.get("vega_lite_chart")]


def test_before_anything_is_trained_the_shipped_model_is_shown():
    assert SHIPPED["classroom"].exists()
    at = page("results")
    assert not at.exception
    assert charts(at) == ["Confusion matrix"]
    assert "images right" in words(at)


def test_a_run_shows_curves_confusion_scores_and_mistakes():
    run = trained()
    at = page("results", run=run.id)
    assert not at.exception
    assert "finished" in status(at)
    assert at.container(key="metric-numpy").metric[0].value.endswith("%")
    assert charts(at) == ALL_CHARTS
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
    assert re.fullmatch(
        r"after epoch 2(, its best|; best .*, epoch 1)",
        at.container(key="metric-numpy").metric[0].delta,
    )
    assert not at.dataframe  # what is folded is not sent
    folded = at.expander[0]
    assert folded.label == "Every epoch in numbers"
    at.session_state["every-epoch"] = True
    at.run()
    assert list(at.dataframe[0].value["epoch"]) == [2, 1]
    scores = at.table[0].value
    assert list(scores.columns) == [("NumPy", "precision"), ("NumPy", "recall"), ("NumPy", "F1")]
    assert all(0 <= float(cell.rstrip("%")) <= 100 for cell in scores.to_numpy().ravel())


def test_the_head_speaks_the_words_of_the_form():
    momentum = TrainingConfig(optimizer="momentum", momentum=0.8, l2=5, dropout=0.2, seed=3)
    assert overview.facts(momentum, []) == [
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
    assert "Adam" in overview.facts(TrainingConfig(optimizer="adam"), [])
    assert "Full batch" in overview.facts(TrainingConfig(batch_size="full"), [])
    learned = TrainingConfig(train_size=1000, deform="elastic", world=0.25)
    assert overview.facts(learned, [])[-4:-1] == [
        "1,000 training images",
        "elastic deformation",
        "25% in the world's forms",
    ]


def test_the_head_tells_a_changed_learning_rate():
    config = TrainingConfig(learning_rate=0.03)

    def told(*rates: float) -> str:
        rows = [
            record(engine, epoch, learning_rate=rate)
            for engine in ("torch", "numpy")
            for epoch, rate in enumerate(rates)
        ]
        return overview.learning_rates(config, rows)

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


def test_without_a_run_in_the_url_the_newest_is_shown():
    trained("First")
    newest = trained("Second")
    at = page("results")
    assert not at.exception
    assert at.selectbox(key="results-picker").value == newest.id
    assert at.query_params["run"] == newest.id
    assert "No run is open" not in words(at)


def test_an_unknown_run_is_told_and_the_newest_shown_instead():
    run = trained()
    at = page("results", run="gone")
    assert not at.exception
    assert "no run gone here" in at.error[0].value
    assert at.query_params["run"] == run.id
    assert not at.run().error


def test_a_run_deleted_meanwhile_gives_way_to_the_newest_without_a_word():
    first, second = trained("First"), trained("Second")
    at = page("results", run=second.id)
    run_store().delete_run(second.id, workspace="local")
    at.run()
    assert not at.exception
    assert not at.error
    assert at.query_params["run"] == first.id


def overlaid(first: str, second: str) -> AppTest:
    """Results with the second run laid over the first, by hand."""
    at = page("results", run=first)
    return at.selectbox(key="results-other-picker").select(second).run()


def drawn_runs(at: AppTest, measure: str = "cost") -> list[str]:
    """The runs in the legend of a measure's curves; one without a name is drawn alone."""
    chart = at.get("vega_lite_chart")[charts(at).index(f"{measure.capitalize()} by epoch")]
    _, marks, _ = json.loads(chart.proto.spec)["layer"]
    return [name for name in marks["encoding"]["shape"]["scale"]["domain"] if name]


def test_two_runs_stand_side_by_side_in_numbers():
    first, second = trained("First"), trained("Second", SMALL.replace(learning_rate=0.5))
    at = overlaid(first.id, second.id)
    table = next(table.value for table in at.table if "First" in table.value.columns)
    rows = {row[""]: (row["First"], row["Second"]) for _, row in table.iterrows()}
    assert rows["set differently"] == (f"η {SMALL.learning_rate:g}", "η 0.5")
    for run, told in zip((first, second), rows["NumPy, test accuracy"], strict=True):
        last = [r for r in run_store().epochs(run.id) if r.engine == "numpy"][-1]
        assert str(told).startswith(f"{last.test_accuracy:.2%} after epoch {last.epoch + 1}")
    at.selectbox(key="results-other-picker").select(None).run()
    assert not any("First" in table.value.columns for table in at.table)


def test_a_comparison_is_in_the_url_and_can_be_sent():
    first, second = trained("First"), trained("Second")
    at = overlaid(first.id, second.id)
    assert not at.exception
    assert (at.query_params["run"], at.query_params["other"]) == (first.id, second.id)
    assert drawn_runs(at) == ["First", "Second"]
    sent = page("results", run=first.id, other=second.id)  # a refresh is the same: a new session
    assert sent.selectbox(key="results-other-picker").value == second.id
    assert drawn_runs(sent) == ["First", "Second"]
    assert not sent.warning


def test_a_link_that_names_the_second_run_alone_lays_it_over_the_newest():
    first, second = trained("First"), trained("Second")
    at = page("results", other=first.id)
    assert (at.query_params["run"], at.query_params["other"]) == (second.id, first.id)
    assert drawn_runs(at) == ["Second", "First"]
    assert "cannot be laid over itself" in page("results", other=second.id).warning[0].value


def test_a_comparison_survives_a_page_switch():
    first, second = trained("First"), trained("Second")
    at = overlaid(first.id, second.id)
    at.switch_page("pages/draw.py").run()
    at.query_params.clear()
    at.switch_page("pages/results.py").run()
    assert not at.exception
    assert (at.query_params["run"], at.query_params["other"]) == (first.id, second.id)
    assert drawn_runs(at) == ["First", "Second"]


def test_closing_the_overlay_takes_it_out_of_the_url():
    first, second = trained("First"), trained("Second")
    at = overlaid(first.id, second.id)
    at.selectbox(key="results-other-picker").select(None).run()
    assert not at.exception
    assert "other" not in at.query_params
    assert drawn_runs(at) == []


def test_the_back_button_takes_the_overlay_away_and_a_link_without_one_too():
    first, second = trained("First"), trained("Second")
    at = overlaid(first.id, second.id)
    del at.query_params["other"]  # a moment after it was chosen, this is an echo
    at.run()
    assert drawn_runs(at) == ["First", "Second"]
    at.session_state["results"].url.replaced.clear()  # three seconds later, it is the back button
    del at.query_params["other"]
    at.run()
    assert drawn_runs(at) == []
    assert "other" not in at.query_params


def test_picking_the_overlaid_run_itself_ends_the_comparison():
    first, second = trained("First"), trained("Second")
    at = overlaid(first.id, second.id)
    at.selectbox(key="results-picker").select(second.id).run()
    assert not at.exception
    assert not at.warning
    assert at.query_params["run"] == second.id
    assert "other" not in at.query_params


@pytest.mark.parametrize("other", ["gone", "<b>gone</b>", ""])
def test_an_unknown_overlay_in_a_link_is_one_sentence_and_no_more(other: str):
    run = trained()
    at = page("results", run=run.id, other=other)
    assert not at.exception
    assert len(at.warning) == bool(other)
    assert all("gone" in warning.value for warning in at.warning)
    assert "other" not in at.query_params
    assert charts(at) == ALL_CHARTS
    assert not at.run().warning


def test_a_run_is_not_laid_over_itself():
    run = trained()
    at = page("results", run=run.id, other=run.id)
    assert not at.exception
    assert "over itself" in at.warning[0].value
    assert "other" not in at.query_params


def test_somebody_elses_run_can_be_laid_over_by_its_link_only():
    mine, theirs = trained("First"), trained("Second", workspace="somebody-else")
    assert "results-other-picker" not in [box.key for box in page("results").selectbox]
    at = page("results", run=mine.id, other=theirs.id)
    assert not at.exception
    assert at.selectbox(key="results-other-picker").value == theirs.id
    assert drawn_runs(at) == ["First", "Second"]
    at.run()
    assert at.query_params["other"] == theirs.id


def test_two_runs_of_one_name_are_told_apart():
    at = overlaid(trained("First").id, trained("First").id)
    assert not at.exception
    for measure in ("cost", "accuracy"):
        assert drawn_runs(at, measure) == ["First", "First (2)"]
    quadratic = trained("First", SMALL.replace(cost="quadratic"))
    at = overlaid(trained("First").id, quadratic.id)
    told = ["First (4), log-likelihood", "First (3), quadratic"]
    assert drawn_runs(at, "accuracy") == told
    run_store().rename_run(quadratic.id, "First (4)")
    at.run()
    assert drawn_runs(at, "accuracy") == ["First (4), log-likelihood", "First (4), quadratic"]


def test_costs_of_two_functions_share_no_axis_and_the_page_says_why():
    first, second = trained("First"), trained("Second", SMALL.replace(cost="cross-entropy"))
    at = overlaid(first.id, second.id)
    assert not at.exception
    assert drawn_runs(at, "cost") == []
    assert drawn_runs(at, "accuracy") == ["First", "Second"]
    why = [caption.value for caption in at.caption if "not laid over" in caption.value]
    assert len(why) == 1
    assert "cross-entropy in place of log-likelihood" in why[0]
    same = overlaid(first.id, trained("Third").id)
    assert not [caption for caption in same.caption if "not laid over" in caption.value]


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
    table = pd.read_csv(io.BytesIO(progress.curves_csv(run_store().epochs(run.id))))
    assert list(table["epoch"]) == [1, 2]
    assert table["test_accuracy"].between(0, 1).all()
    blob = run_store().checkpoint_blob(run.id, "numpy")
    assert blob is not None
    assert from_bytes(blob).config == run.config
    at = page("results", run=run.id)
    assert len(at.get("download_button")) == 2


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("A wide network", "A-wide-network"),
        ("../etc: λ = 0.1?", "etc-λ-0.1"),
        ("784-16-16-10, η 0.03", "784-16-16-10-η-0.03"),
        ("version 1..2, a.b", "version-1-2-a-b"),
        ("a" * 38 + " 0.5", "a" * 38 + "-0"),
        ("<b>/\\|*\n", "b"),
        ("...", "run"),
        ("a" * 300, "a" * 40),
    ],
)
def test_a_runs_files_are_named_by_it_as_every_file_system_takes_it(name: str, stem: str):
    run = run_store().create_run("local", SMALL, name)
    assert overview.file_stem(run) == f"{stem}-{run.id[:6]}"


def test_missing_images_leave_the_curves(monkeypatch: pytest.MonkeyPatch):
    run = trained()

    def missing(_):
        raise DataError("MNIST could not be downloaded (no network).")

    monkeypatch.setattr(evaluation, "test_images", missing)
    at = page("results", run=run.id)
    assert not at.exception
    assert "could not be downloaded" in at.error[0].value
    assert charts(at) == ALL_CHARTS[:2]


def test_a_confusion_matrix_says_whose_it_is_in_a_picture_that_is_saved_of_it():
    at = page("results", run=trained("784-16-16-10, η 0.03").id)
    (matrix,) = [c for c in at.get("vega_lite_chart") if c.proto.alt.startswith("Confusion matrix")]
    assert json.loads(matrix.proto.spec)["title"]["text"] == "NumPy, 784-16-16-10, η 0.03"
