import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import Connection, Engine, event
from streamlit.testing.v1 import AppTest

from dashboard import navigation
from dashboard.runs.claim import Claim
from dashboard.runs.run import RequestKind, Run, RunStatus
from dashboard.runs.store import RunStore, run_store
from dashboard.train import history, live, picture, state
from dashboard.ui import runs
from dashboard.ui.names import FIELDS
from nncore import recipes
from nncore.config import TrainingConfig
from nncore.training import Progress
from tests.dashboard.runs.training import record
from tests.pages.training import SMALL, FakeJobs, enabled, own_store, page, status, trained


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with own_store(monkeypatch, tmp_path) as fake:
        yield fake


def words(at) -> str:
    return " ".join(markdown.value for markdown in at.markdown)


def only_run():
    (run,) = run_store().list_runs("local")
    return run


def test_before_any_run_there_is_a_network_to_look_at():
    at = page("train")
    assert not at.exception
    assert not at.error
    assert "784-128-10" in words(at)
    assert "101,770" in words(at)
    assert enabled(at) == {"train", "step"}


def test_the_url_holds_the_whole_configuration():
    at = page("train")
    assert at.query_params["recipe"] == "classroom"
    assert TrainingConfig.from_query(at.query_params) == recipes.get("classroom").config


def test_a_link_fills_the_form():
    at = page(
        "train", hidden="16,16", activation="sigmoid", lr="0.05", batch="full", engines="numpy"
    )
    assert not at.exception
    assert at.text_input(key="config-hidden").value == "16,16"
    assert at.selectbox(key="config-activation").value == "sigmoid"
    assert at.text_input(key="config-learning_rate").value == "0.05"
    assert at.toggle(key="config-full_batch").value is True
    assert "784-16-16-10" in words(at)


def test_a_recipe_in_a_link_is_the_base_of_the_rest():
    at = page("train", recipe="nielsen-ch1", epochs="3")
    assert at.text_input(key="config-epochs").value == "3"
    assert at.text_input(key="config-learning_rate").value == "3"
    assert at.selectbox(key="config-cost").value == "quadratic"


def variants(said: str = "as training will see it", **query: str) -> list[str]:
    """Addresses, which hold the pictures, of what the page shows under such a caption."""
    at = page("train", **query)
    assert not at.exception
    pictures = [picture for image in at.get("image") for picture in image.proto.imgs]
    return [picture.url for picture in pictures if said in picture.caption]


def test_deformed_digits_are_shown_before_they_are_trained_on():
    assert variants() == []
    affine, elastic = variants(deform="affine"), variants(deform="elastic")
    stronger = variants(deform="elastic", deform_strength="2")
    assert [len(shown) for shown in (affine, elastic, stronger)] == [1, 1, 1]
    assert len({*affine, *elastic, *stronger}) == 3
    assert variants(deform="affine") == affine


def test_the_worlds_digits_are_shown_before_they_are_trained_on():
    assert variants("of what training") == []
    quarter, all_of_it = (variants("of what training", world=share) for share in ("0.25", "1"))
    assert len(quarter) == len(all_of_it) == 1
    assert variants("25% of what training", recipe="world") == quarter


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"lr": "nan"}, "learning_rate"),
        ({"lr": "-1"}, "learning_rate"),
        ({"hidden": "1,2,3,4,5,6,7"}, "hidden"),
        ({"hidden": "4096,4096,4096"}, "parameters"),
        ({"activation": "<b>softmax</b>"}, "activation"),
        ({"batch": "1e400"}, "batch"),
        ({"recipe": "nobody"}, "nobody"),
    ],
)
def test_a_wrong_link_is_one_sentence_and_the_form_keeps_its_values(
    query: dict[str, str], said: str
):
    at = page("train", **query)
    assert not at.exception
    assert len(at.error) == 1
    assert said in at.error[0].value.replace("\\", "")
    assert at.text_input(key="config-hidden").value == "128"
    assert "train" in enabled(at)


NUMBERS = {
    "learning_rate": "a number above 0, at most 1,000",
    "schedule_epochs": "a whole number from 1 to 1,000",
    "momentum": "a number from 0 to below 1",
    "batch_size": "a whole number from 1 to 60,000, or full",
    "epochs": "a whole number from 1 to 1,000",
    "patience": "a whole number from 0 to 1,000",
    "l1": "a number from 0 to 1,000",
    "l2": "a number from 0 to 1,000",
    "dropout": "a number from 0 to 0.9",
    "seed": "a whole number from 0 to 4,294,967,295",
    "train_size": "a whole number from 1 to 60,000, or all",
    "deform_strength": "a number from 0 to 3",
    "world": "a number from 0 to 1",
}


def sentences(at) -> list[str]:
    return [error.value.replace("\\", "") for error in at.error]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        *((field, wrong, said) for field, said in NUMBERS.items() for wrong in ("-1", "abc")),
        *((field, "", said) for field, said in NUMBERS.items() if field != "train_size"),
        ("learning_rate", "0", NUMBERS["learning_rate"]),
        ("learning_rate", "nan", NUMBERS["learning_rate"]),
        ("learning_rate", "1,000", "with a point, or without the comma"),
        ("epochs", "2,5", NUMBERS["epochs"]),
        ("epochs", "5.000", "without the point"),
        ("batch_size", "1e400", NUMBERS["batch_size"]),
        ("hidden", "thirty", "such as 30 or 16,16"),
        ("hidden", "0", "1 to 4,096 in each layer"),
        ("hidden", "4096,4096,4096", "smaller layers"),
    ],
)
def test_a_wrong_value_is_said_at_its_field_and_nothing_can_be_trained(
    field: str, typed: str, said: str
):
    at = page("train", dataset="digits", optimizer="nesterov", schedule="step", deform="affine")
    before = dict(at.query_params)
    at.text_input(key=f"config-{field}").set_value(typed).run()
    assert not at.exception
    [sentence] = sentences(at)
    assert sentence.startswith(FIELDS[field])
    assert (f" = {typed} " in sentence) if typed else (" is empty;" in sentence)
    assert said in sentence
    assert sentence.endswith(".")
    [at_field] = at.container(key=f"field-{field}").error
    assert at_field.value == at.error[0].value
    assert enabled(at) == set()
    assert any("Train and Step wait" in caption.value for caption in at.caption)
    assert at.text_input(key=f"config-{field}").value == typed
    assert dict(at.query_params) == before


def test_a_wrong_value_loses_nothing_else_that_was_typed():
    at = page("train", dataset="digits")
    at.text_input(key="config-learning_rate").set_value("-1").run()
    at.text_input(key="config-epochs").set_value("abc").run()
    at.text_input(key="config-hidden").set_value("40").run()
    at.text_input(key="config-l2").set_value("0,5").run()
    assert len(at.error) == 2
    assert at.query_params["hidden"] == "40"
    at.switch_page("pages/draw.py").run()
    at.switch_page("pages/train.py").run()  # where what fitted is kept
    assert not at.error
    assert at.text_input(key="config-hidden").value == "40"
    assert at.text_input(key="config-l2").value == "0.5"
    assert enabled(at) == {"train", "step"}


def test_a_decimal_comma_is_understood_and_trained():
    at = page("train", dataset="digits")
    at.text_input(key="config-learning_rate").set_value("0,5").run()
    at.text_input(key="config-train_size").set_value("1,000").run()
    assert not at.error
    assert at.query_params["lr"] == "0.5"
    at.button(key="train").click().run()
    assert only_run().config.learning_rate == 0.5
    assert only_run().config.train_size == 1000


def test_a_field_that_cannot_be_corrected_now_is_in_nobodys_way():
    at = page("train", dataset="digits", optimizer="momentum")
    at.text_input(key="config-momentum").set_value("5").run()
    assert enabled(at) == set()
    at.selectbox(key="config-optimizer").select("sgd").run()
    assert not at.error
    assert enabled(at) == {"train", "step"}
    at.selectbox(key="config-optimizer").select("nesterov").run()
    assert enabled(at) == set()


def test_a_click_on_train_that_comes_with_a_wrong_value_trains_nothing():
    at = page("train", dataset="digits")
    at.text_input(key="config-learning_rate").set_value("-1")
    at.button(key="train").click().run()
    assert not at.exception
    assert run_store().list_runs("local") == []
    at.text_input(key="config-learning_rate").set_value("0,7").run()
    at.text_input(key="config-learning_rate").set_value("0,8")
    at.button(key="train").click().run()
    assert only_run().config.learning_rate == 0.8


def test_values_that_do_not_go_together_are_said_at_one_of_them():
    at = page("train", dataset="digits", patience="3")
    at.selectbox(key="config-validation_split").select(0.0).run()
    [sentence] = sentences(at)
    assert sentence.startswith("Patience = 3 goes by the validation accuracy")
    assert at.container(key="field-patience").error
    assert enabled(at) == set()
    at.text_input(key="config-patience").set_value("0").run()
    assert not at.error
    assert at.query_params["validation_split"] == "0.0"


def test_more_training_images_than_there_are_is_said_before_training():
    at = page("train", dataset="digits")
    at.text_input(key="config-train_size").set_value("50,000").run()
    assert "1\\,247" in at.error[0].value


def test_a_recipe_card_fills_the_form():
    at = page("train")
    at.button(key="recipe-3blue1brown").click().run()
    assert at.text_input(key="config-hidden").value == "16,16"
    assert at.query_params["recipe"] == "3blue1brown"
    assert at.button(key="recipe-3blue1brown").disabled


def recipes_are_unfolded(at) -> bool:
    (cards,) = (expander for expander in at.expander if expander.label == "Recipes")
    return cards.proto.expanded


@pytest.mark.parametrize(
    ("query", "unfolded"),
    [
        ({}, True),
        ({"hidden": "16,16"}, False),
        ({"recipe": "nielsen-ch1"}, False),
        ({"recipe": "nobody"}, True),
    ],
)
def test_recipes_are_folded_where_the_address_says_what_to_train(
    query: dict[str, str], unfolded: bool
):
    at = page("train", **query)
    assert recipes_are_unfolded(at) == unfolded
    at.button(key="recipe-3blue1brown").click().run()
    at.session_state["training-form"].url.replaced.clear()  # some seconds later
    at.query_params["hidden"] = "17"  # Back is no arrival
    at.run()
    assert at.text_input(key="config-hidden").value == "17"
    assert recipes_are_unfolded(at) == unfolded


def test_train_queues_a_run_and_shows_it(queue: FakeJobs):
    at = page("train", dataset="digits")
    at.button(key="train").click().run()
    assert not at.exception
    run = only_run()
    assert run.config.dataset == "digits"
    assert queue.submitted == 1
    assert status(at).find("queued") >= 0
    assert at.query_params["run"] == run.id
    assert enabled(at) == {"pause", "stop"}
    assert any("Next in the queue: it starts" in bar.text for bar in at.progress)
    assert not any("about" in bar.text for bar in at.progress)  # nothing is known


def test_a_run_in_the_queue_says_about_how_long_it_waits():
    run = run_store().create_run("somebody-else", SMALL.replace(epochs=121))
    claim = run_store().claim(run.id, "token")
    assert claim is not None
    claim.save_epochs([record(0, seconds=1.0)])
    run_store().create_run("local", SMALL.replace(epochs=60))
    third = run_store().create_run("local", SMALL)
    at = page("train", run=third.id)
    assert [bar.text for bar in at.progress] == ["Second in the queue, about 4 minutes"]


def test_a_run_in_the_queue_says_what_it_waits_for():
    theirs = run_store().create_run("somebody-else", SMALL.replace(hidden=(7,)))
    claim = run_store().claim(theirs.id, "token")
    assert claim is not None
    mine, second = (run_store().create_run("local", SMALL) for _ in range(2))

    def said(run: Run) -> str:
        st.cache_data.clear()
        return page("train", run=run.id).progress[0].text

    assert said(mine) == "Next in the queue: it starts when the run before it is over"
    assert said(second) == "Second in the queue: it starts when those before it are over"
    claim.set_status(RunStatus.PAUSED)
    assert said(mine) == (
        "Next in the queue: a paused run keeps the place until it has not been stepped for 30 "
        "seconds"
    )
    assert claim.release(RunStatus.PAUSED)
    assert said(mine) == "Next in the queue: it starts as soon as a worker is ready"


def test_step_without_a_run_starts_one_that_pauses():
    at = page("train", dataset="digits")
    at.button(key="step").click().run()
    assert not at.exception
    assert only_run().status == "queued"


def test_pause_resume_and_stop(queue: FakeJobs):
    at = page("train", dataset="digits")
    at.button(key="train").click().run()
    at.button(key="pause").click().run()
    assert "paused" in status(at)
    assert enabled(at) == {"train", "resume", "step", "stop"}
    at.button(key="resume").click().run()
    assert "queued" in status(at)
    at.button(key="stop").click().run()
    assert "stopped" in status(at)
    assert enabled(at) == {"train", "resume", "step"}
    assert [kind for kind, _ in queue.requests] == [
        RequestKind.PAUSE,
        RequestKind.RESUME,
        RequestKind.STOP,
    ]


def live_rate(at):
    return next(field for field in at.text_input if field.label.startswith("η now"))


def test_the_learning_rate_changes_while_it_runs():
    at = page("train", dataset="digits")
    at.button(key="train").click().run()
    live_rate(at).set_value("0,5").run()
    assert only_run().learning_rate == 0.5
    assert live_rate(at).value == "0.5"
    for wrong in ("0", "-1", "abc", ""):
        live_rate(at).set_value(wrong).run()
        assert only_run().learning_rate == 0.5
        [sentence] = at.container(key="live-rate").error
        assert sentence.value.startswith("Learning rate η")
        assert live_rate(at).value == wrong
    live_rate(at).set_value("0.25").run()
    assert not at.error
    assert only_run().learning_rate == 0.25


@pytest.mark.parametrize(
    ("engines", "begins"), [("numpy,torch", "from the next epoch"), ("torch", "at once")]
)
def test_both_learning_rates_say_whose_they_are(engines: str, begins: str):
    at = page("train", dataset="digits", engines=engines)
    assert not at.container(key="field-learning_rate").caption
    at.button(key="train").click().run()
    assert live_rate(at).label == f"η now, {begins}"
    [words] = at.container(key="field-learning_rate").caption
    assert words.value == "of the next run"
    at.text_input(key="config-learning_rate").set_value("0").run()
    assert not at.container(key="field-learning_rate").caption
    assert at.container(key="field-learning_rate").error
    assert "stop" in enabled(at)
    assert live_rate(at).value == "0.1"


def test_a_finished_run_shows_its_figures():
    run = trained()
    at = page("train", run=run.id)
    assert not at.exception
    assert "finished" in status(at)
    metric = at.container(key="metric-numpy").metric[0]
    assert metric.value.endswith("%")
    assert len(metric.value.split(".")[1]) == 3  # two digits and the sign
    assert len(at.get("echarts_chart")) == 2
    assert at.text_input(key="config-hidden").value == "10"
    assert enabled(at) == {"train"}


@pytest.mark.parametrize("name", ["train", "results"])
def test_a_run_that_does_not_learn_is_told_why(name: str):
    run = trained(config=SMALL.replace(learning_rate=1000, epochs=3))
    at = page(name, run=run.id)
    assert not at.exception
    assert "learning rate 1000 is likely to be too large" in at.warning[0].value


@pytest.mark.parametrize("name", ["train", "results"])
def test_twins_whose_figures_differ_are_explained_beside_them(name: str):
    run = run_store().create_run("local", SMALL.replace(engines="numpy,torch"))
    claim = run_store().claim(run.id, "token")
    assert claim is not None
    claim.save_epochs([record(0, test_accuracy=0.9034), record(0, "torch", test_accuracy=0.9067)])
    at = page(name, run=run.id)
    assert not at.exception
    assert "Why the twins differ from epoch 1 on" in " ".join(c.value for c in at.caption)


def test_the_picture_reads_each_checkpoint_once(monkeypatch: pytest.MonkeyPatch):
    run = trained()
    places: list[str] = []
    read = RunStore.checkpoint_blob

    def counted(store: RunStore, *place):
        places.append(place[0])
        return read(store, *place)

    monkeypatch.setattr(RunStore, "checkpoint_blob", counted)
    at = page("train", run=run.id)
    assert not at.exception
    assert "NumPy after 2 epochs says" in " ".join(caption.value for caption in at.caption)
    at.run()
    assert places == [run.id]


@contextmanager
def reads() -> Iterator[Counter[str]]:
    """How many statements read each table of this test's store meanwhile."""
    counted: Counter[str] = Counter()
    own = run_store().url

    def count(connection: Connection, _cursor, statement: str, *_: object) -> None:
        if str(connection.engine.url) == own:  # a thread of an earlier test may still read its own
            counted.update({*re.findall(r"(?:FROM|JOIN) (\w+)", statement)})

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def poll(run_id: str) -> None:
    """What the stage's fragment does when its time has come."""
    from dashboard.runs.store import run_store
    from dashboard.train import judge, live, state

    live._stage(lambda: run_store().get_run(run_id), judge.FormResult(state.form().config))


RUN_ON_STAGE = ["run", "epoch", "progress", "checkpoint", "run_handwriting"]


@pytest.mark.parametrize("status", ["queued", "running", "paused"])
def test_a_poll_reads_each_table_once(status: str):
    run_store().create_run("local", SMALL, "Ahead of it")
    run = run_store().create_run("local", SMALL)
    if status == "running":
        run_store().claim(run.id, "token")
    elif status == "paused":
        run_store().request(run.id, RequestKind.PAUSE)
    at = AppTest.from_function(poll, args=(run.id,), default_timeout=60)
    with reads() as counted:
        at.run()
    assert not at.exception
    assert status in at.container(key="run-status").markdown[0].value
    # In the queue, once in a few seconds: the runs before it and their paces.
    more = {"run": 2, "epoch": 2} if status == "queued" else {}
    assert counted == dict.fromkeys(RUN_ON_STAGE, 1) | more
    with reads() as counted:
        at.run()
    assert {*counted.values()} == {1}


def test_a_page_reads_each_table_once_however_many_runs_it_lists():
    runs = [trained(f"Run {number}") for number in range(3)]
    at = page("train", run=runs[1].id)
    with reads() as counted:
        at.run()
    assert not at.exception
    # Of the epochs: all of the run on stage, and in another query the last of each past run.
    assert counted == {**dict.fromkeys(RUN_ON_STAGE, 1), "epoch": 2}
    at = page("train")
    with reads() as counted:
        at.run()
    assert counted == {"run": 1, "epoch": 1}


def test_a_checkpoint_too_large_to_read_while_it_trains_is_not_read(
    monkeypatch: pytest.MonkeyPatch,
):
    run = trained()
    monkeypatch.setattr(picture, "MAX_BYTES", 1_000)
    monkeypatch.setattr(RunStore, "checkpoint_blob", lambda *_: pytest.fail("it was read"))
    at = page("train", run=run.id)
    assert not at.exception
    assert "Too large to be drawn" in " ".join(caption.value for caption in at.caption)
    link = next(link for link in at.get("page_link") if "Look inside" in link.label)
    assert f"run={run.id}" in link.query_string


def test_an_unknown_run_in_a_link_is_one_sentence():
    at = page("train", run="../etc")
    assert not at.exception
    assert "no run" in at.warning[0].value
    assert enabled(at) == {"train", "step"}


def test_a_second_tab_finds_the_run_that_is_on():
    run = run_store().create_run("local", SMALL)
    at = page("train")
    assert "queued" in status(at)
    assert at.query_params["run"] == run.id
    assert at.text_input(key="config-hidden").value == "10"


def test_a_page_switch_keeps_the_configuration_and_the_run():
    at = page("train")
    at.text_input(key="config-hidden").set_value("77").run()
    at.button(key="train").click().run()
    at.switch_page("pages/results.py").run()
    at.query_params.clear()
    at.switch_page("pages/train.py").run()
    assert at.text_input(key="config-hidden").value == "77"
    assert at.query_params["hidden"] == "77"
    assert "queued" in status(at)


def test_new_run_leaves_the_old_one_going():
    at = page("train")
    at.button(key="train").click().run()
    at.button(key="new-run").click().run()
    assert not at.exception
    assert only_run().status == "queued"
    assert enabled(at) == {"train", "step"}
    assert "run" not in at.query_params


def follow(at, **query: str):
    """A link to Train that is followed on another page."""
    at.switch_page("pages/draw.py").run()
    at.query_params.clear()
    for key, value in query.items():
        at.query_params[key] = value
    return at.switch_page("pages/train.py").run()


OTHER = SMALL.replace(hidden=(7,))


def test_a_link_to_a_run_shows_it_also_when_another_one_was_shown():
    first, second = run_store().create_run("local", SMALL), run_store().create_run("local", OTHER)
    at = page("train", run=first.id)
    follow(at, run=second.id)
    assert not at.exception
    assert at.query_params["run"] == second.id
    assert at.text_input(key="config-hidden").value == "7"
    assert TrainingConfig.from_query(at.query_params) == OTHER
    at.run()
    assert at.query_params["run"] == second.id
    refreshed = page("train", **at.query_params)
    assert refreshed.query_params["run"] == second.id
    assert "queued" in status(refreshed)
    follow(at, run=first.id)
    assert at.text_input(key="config-hidden").value == "10"
    assert at.query_params["run"] == first.id


def test_a_run_can_be_left_and_started_after_a_link_to_one():
    run = run_store().create_run("local", SMALL)
    at = page("train", run=run.id)
    at.button(key="new-run").click().run()
    assert "run" not in at.query_params
    assert enabled(at) == {"train", "step"}
    at.query_params["run"] = run.id  # the browser is a moment behind
    at.run()
    assert "run" not in at.query_params
    at.button(key="train").click().run()
    newest = run_store().list_runs("local")[0]
    assert newest.id != run.id
    assert at.query_params["run"] == newest.id


def test_the_back_button_goes_from_run_to_run_and_to_the_form():
    first, second = run_store().create_run("local", SMALL), run_store().create_run("local", OTHER)
    at = page("train", run=first.id)
    before = dict(at.query_params)
    at.selectbox(key="history-run").select(second.id).run()
    at.button(key="history-show").click().run()
    assert at.query_params["run"] == second.id
    at.session_state["training-form"].url.replaced.clear()  # some seconds later
    at.query_params["run"] = first.id
    at.run()
    assert dict(at.query_params) == before
    assert at.selectbox(key="history-run").value == first.id
    at.session_state["training-form"].url.replaced.clear()
    del at.query_params["run"]
    at.run()
    assert not at.exception
    assert "run" not in at.query_params
    assert enabled(at) == {"train", "step"}


def test_a_link_to_a_configuration_shows_what_it_would_train():
    run = run_store().create_run("local", SMALL)
    at = page("train", run=run.id)
    follow(at, hidden="33")
    assert at.text_input(key="config-hidden").value == "33"
    assert "run" not in at.query_params
    assert enabled(at) == {"train", "step"}


def test_an_unknown_run_in_a_later_link_leaves_what_was_shown():
    run = run_store().create_run("local", SMALL)
    at = page("train", run=run.id)
    follow(at, run="gone")
    assert "no run gone" in at.warning[0].value
    assert at.query_params["run"] == run.id
    assert "queued" in status(at)


def test_past_runs_can_be_renamed_trained_again_and_deleted():
    run = trained("First")
    at = page("train")
    at.text_input(key=f"name-{run.id}").set_value("<b>Second</b> *one*")
    at.form_submit_button[0].click().run()
    assert only_run().name == "<b>Second</b> *one*"
    assert "\\<b\\>Second" in words(at)
    at.button(key="history-again").click().run()
    assert len(run_store().list_runs("local")) == 2
    at.selectbox(key="history-run").select(run.id).run()
    at.button(key=f"history-delete-go-{run.id}").click().run()
    assert not at.exception
    assert only_run().id != run.id
    assert [toast.value for toast in at.toast] == ["Deleted \\<b\\>Second\\<\\/b\\> \\*one\\*\\."]
    at.run()
    assert not at.toast


def test_what_a_browser_says_of_a_run_that_was_renamed_meanwhile_chooses_no_other():
    first, second, third = (run_store().create_run("local", SMALL, name) for name in "abc")
    at = page("train")
    at.selectbox(key="history-run").select(first.id).run()
    at.selectbox(key="history-with").select(second.id).run()
    for run in (first, second):
        run_store().rename_run(run.id, "Another name")
    for _ in range(2):
        at.run()
        assert not at.exception
        assert at.selectbox(key="history-run").value == first.id
        assert at.selectbox(key="history-with").value == second.id
        assert f"history-delete-go-{first.id}" in {button.key for button in at.button}
    run_store().delete_run(first.id)
    at.run()
    assert at.selectbox(key="history-run").value == third.id


def test_runs_of_one_name_can_be_told_apart(monkeypatch: pytest.MonkeyPatch):
    first, second = (run_store().create_run("local", SMALL) for _ in range(2))
    for run in (first, second):
        run_store().rename_run(run.id, "Twin")
    monkeypatch.setattr(runs, "started", lambda _run: "30 Nov 21:22:03")  # in the same second
    monkeypatch.setattr(history, "started", lambda _run: "30 Nov 21:22:03")
    at = page("train")
    assert len({*at.selectbox(key="history-run").options}) == 2
    for run in (first, second):
        at.selectbox(key="history-run").select(run.id).run()
        assert f"history-delete-go-{run.id}" in {button.key for button in at.button}
    assert "Delete **Twin**, started 30 Nov 21:22:03, with its curves" in words(at)
    run_store().rename_run(first.id, "Another name")
    at.run()
    assert "Delete **Twin** with its curves" in words(at)


def test_past_runs_say_their_settings_rather_than_their_names_twice():
    run_store().create_run("local", SMALL.replace(hidden="16,16"), "784-16-16-10, η 0.1")
    table = page("train").dataframe[-1].value
    assert list(table.columns[:4]) == ["name", "status", "cost", "activation"]
    assert list(table.iloc[0][2:4]) == ["Log-likelihood", "ReLU"]
    run_store().create_run("local", SMALL.replace(cost="quadratic"), "Another name")
    table = page("train").dataframe[-1].value
    assert list(table.network) == ["784-10-10", "784-16-16-10"]
    assert list(table.cost) == ["Quadratic", "Log-likelihood"]


def test_runs_of_others_are_not_listed_and_not_touched(monkeypatch: pytest.MonkeyPatch):
    theirs = run_store().create_run("somebody-else", SMALL, "Private")
    at = page("train")
    assert "Private" not in words(at)
    at = page("train", run=theirs.id)
    assert "queued" in status(at)
    assert enabled(at) == set()
    run_store().request(theirs.id, RequestKind.PAUSE)
    at.run()
    assert enabled(at) == {"train"}
    assert at.button(key="train").proto.type == "primary"


def test_a_failed_run_says_why_and_can_be_resumed():
    run = run_store().create_run("local", SMALL)
    claim = run_store().claim(run.id, "token")
    assert claim is not None
    run_store().fail_lost(run.id, "token", "Its worker <i>stopped</i> answering.")
    at = page("train", run=run.id)
    assert "failed" in status(at)
    assert "stopped\\<\\/i\\> answering" in at.error[0].value
    assert "resume" in enabled(at)


def bring(run_id: str, status: str, claims: dict[str, Claim]) -> None:
    """Do to a run what brings it there, as workers and other tabs do; `killed` is its worker."""
    store, claim = run_store(), claims.pop(run_id, None)
    if status == "running":
        taken = store.claim(run_id, "token")
        assert taken is not None
        claims[run_id] = taken
    elif status == "killed":
        assert store.fail_lost(run_id, "token")
    elif claim is not None:
        assert claim.release(RunStatus(status))
    else:
        asked = {"queued": RequestKind.RESUME, "paused": RequestKind.PAUSE}
        assert store.request(run_id, asked.get(status, RequestKind.STOP))


ENABLED = {
    "queued": {"pause", "stop"},
    "running": {"pause", "stop"},
    "paused": {"train", "resume", "step", "stop"},
    "finished": {"train"},
    "stopped": {"train", "resume", "step"},
    "failed": {"train", "resume", "step"},
}
GOES_ON = {"queued", "running", "paused"}


def assert_the_stage_says(at, now: str) -> None:
    """All that the polled part draws, from one look: word, buttons, main button, η, progress."""
    assert now in status(at)
    assert enabled(at) == ENABLED[now]
    rates = [field for field in at.text_input if field.label.startswith("η now")]
    assert [field.disabled for field in rates] == ([False] if now in GOES_ON else [])
    [bar] = at.progress
    said = {"queued": "queue", "running": "A worker", "paused": "Paused", "finished": "in all"}
    assert said.get(now, "of training in all") in bar.text
    primary = {key for key in ENABLED["paused"] if at.button(key=key).proto.type == "primary"}
    assert primary == {"resume" if now in ("paused", "failed") else "train"}


def assert_the_page_says(at, run_id: str, now: str) -> None:
    """All that the rest draws: the past runs, their picker, the form beside the run."""
    assert_the_stage_says(at, now)
    [table] = [element.value for element in at.dataframe if "status" in element.value]
    assert list(table["status"]) == [now]
    picker = at.selectbox(key="history-run")
    assert picker.value == run_id
    assert not any(word in label for label in picker.options for word in ENABLED)
    assert at.container(key="field-learning_rate").caption[0].value == "of the next run"


WAYS = {
    "queued": ["running", "paused", "stopped"],
    "running": ["paused", "finished", "stopped", "killed"],
    "paused": ["queued", "stopped"],
    "killed": ["queued"],
    "stopped": ["queued"],
    "finished": [],
}


def word(status: str) -> str:
    return "failed" if status == "killed" else status


def started(now: str, claims: dict[str, Claim]):
    run = run_store().create_run("local", SMALL)
    for step in {"queued": [], "running": ["running"]}.get(now, ["running", now]):
        bring(run.id, step, claims)
    return run


@pytest.mark.parametrize("now", WAYS)
def test_all_parts_of_the_page_agree_on_the_run(now: str):
    run = started(now, {})
    at = page("train", run=run.id)
    assert not at.exception
    assert_the_page_says(at, run.id, word(now))
    at.text_input(key="config-epochs").set_value("abc").run()
    assert enabled(at) == ENABLED[word(now)] - {"train"}
    at.text_input(key="config-epochs").set_value("3").run()
    assert_the_page_says(at, run.id, word(now))


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch):
    """The browser's timer goes off in what a page drew first: all it knows is from then.

    Of the stage and the past runs, the parts that a page draws first are drawn ever after, and
    what they ask for is listed.
    """
    bodies: dict[str, Callable[[], None]] = {}
    timers: dict[str, float | None] = {}
    polled = live.st.fragment

    def first_one(body: Callable[[], None], *, run_every: float | None) -> Callable[[], None]:
        timers[body.__module__] = run_every
        return polled(bodies.setdefault(body.__module__, body), run_every=run_every)

    monkeypatch.setattr(live.st, "fragment", first_one)
    return bodies, timers


@pytest.mark.parametrize(
    ("before", "after"),
    [(before, after) for before in sorted(GOES_ON) for after in [before, *WAYS[before]]],
)
def test_a_look_at_the_run_agrees_in_itself_and_draws_the_page_where_it_has_changed(
    before: str, after: str, ticks, monkeypatch: pytest.MonkeyPatch
):
    bodies, timers = ticks
    claims: dict[str, Claim] = {}
    run = started(before, claims)
    at = page("train", run=run.id)
    assert set(timers.values()) == {live.POLL_SECONDS, history.POLL_SECONDS}
    asked: list[str] = []
    monkeypatch.setattr(live.st, "rerun", lambda: asked.append("the whole page"))
    if after != before:
        bring(run.id, after, claims)
    at.run()
    assert_the_stage_says(at, word(after))
    assert len(asked) == (0 if after == before else 2)  # the stage and the past runs, who is first

    bodies.clear()
    at.session_state["train-run-drawn-on"] = run.id  # a look is no drawing of the whole page
    at.run()  # which this is
    assert_the_page_says(at, run.id, word(after))
    # An end is looked at once more before the timer goes: see `live.stage`.
    assert timers["dashboard.train.live"] == live.POLL_SECONDS
    asked.clear()
    at.run()
    assert_the_page_says(at, run.id, word(after))
    over = word(after) not in GOES_ON
    assert timers["dashboard.train.live"] == (None if over else live.POLL_SECONDS)
    assert timers["dashboard.train.history"] == (None if over else history.POLL_SECONDS)
    assert asked == ["the whole page"] * over


@pytest.mark.parametrize("button", ["new-run", "history-open", "history-again"])
def test_no_timer_asks_for_the_whole_page_while_a_button_is_pressed(
    button: str, ticks, monkeypatch: pytest.MonkeyPatch
):
    """Of timers and presses that come together, the presses would be forgotten."""
    claims: dict[str, Claim] = {}
    run = started("queued", claims)
    at = page("train", run=run.id)
    asked: list[str] = []
    monkeypatch.setattr(live.st, "rerun", lambda: asked.append("the whole page"))
    monkeypatch.setattr(navigation, "switch", lambda *_: asked.append("another page"))
    bring(run.id, "running", claims)
    at.button(key=button).click().run()
    assert len(asked) == 1  # by the button
    assert not at.exception


def test_every_button_in_a_part_that_polls_is_known():
    trained()
    at = page("train", run=trained().id)
    keys = {button.key for button in at.button if button.key}
    others = {key for key in keys if not key.startswith("recipe-")} - {*state._IN_FRAGMENTS}
    assert others == {f"history-delete-go-{at.selectbox(key='history-run').value}"}


def test_an_end_is_drawn_again_before_the_timer_goes(ticks, monkeypatch: pytest.MonkeyPatch):
    bodies, _ = ticks
    run = started("running", {})
    at = page("train", run=run.id)
    bring(run.id, "killed", {})
    bodies.clear()
    at.run()
    asked: list[str] = []
    monkeypatch.setattr(live.st, "rerun", lambda: asked.append("without a timer"))
    at.run()
    assert_the_stage_says(at, "failed")
    assert asked == ["without a timer"]


def test_other_runs_that_change_are_seen_beside_a_run_that_is_over(
    ticks, monkeypatch: pytest.MonkeyPatch
):
    _, timers = ticks
    claims: dict[str, Claim] = {}
    other = started("running", claims)
    run = trained()
    at = page("train", run=run.id)
    assert timers == {
        "dashboard.train.live": None,
        "dashboard.train.history": history.POLL_SECONDS,
    }
    asked: list[str] = []
    monkeypatch.setattr(live.st, "rerun", lambda: asked.append("the whole page"))
    at.run()
    assert asked == []
    bring(other.id, "finished", claims)
    at.run()
    assert asked == ["the whole page"]


def test_an_unwritable_store_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    at = page("train")
    (tmp_path / "file").write_text("x")
    from dashboard.settings import settings

    monkeypatch.setenv("NN_HOME", str(tmp_path / "file" / "below"))
    run_store().close()
    settings.cache_clear()
    run_store.cache_clear()
    at.run()
    assert not at.exception
    assert "NN" in at.error[0].value
    monkeypatch.setenv("NN_HOME", str(tmp_path))
    settings.cache_clear()
    run_store.cache_clear()


@pytest.mark.parametrize(
    ("batch", "of", "said"),
    [
        (3, 10, "mini-batch 3 of 10, its cost 0.5"),
        (10, 10, "all 10 mini-batches; training cost 0.5"),
        (1, 1, "the whole batch; training cost 0.5"),
    ],
)
def test_the_cost_of_an_epoch_is_not_called_a_mini_batchs(batch: int, of: int, said: str):
    assert live._mini_batch(Progress("numpy", 0, batch, of, 0.5, 1.0)) == said
