import re
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.draw import answers, stages
from dashboard.ink import drawing, samples
from dashboard.ink.drawing import Ink
from dashboard.models import cards, doubts, load, predictions
from dashboard.runs.errors import StoreError
from dashboard.runs.run import RunStatus
from dashboard.runs.store import RunStore
from nncore import checkpoints
from nncore.checkpoints import to_bytes
from nncore.judge.doubt import DoubtError
from nncore.judge.scribbles import Kind, no_digit
from nncore.preprocessing import prepare
from tests.pages.drawn import (
    CONFIG,
    add_run,
    app,
    draw,
    network,
    png,
    predicted,
    state_at,
    upload,
)
from tests.pages.drawn import draw_page as page

pytestmark = pytest.mark.usefixtures("store")


def test_an_example_is_shown_before_anything_is_drawn():
    at = page()
    assert not at.exception
    assert predicted(at, "shipped") == str(samples.EXAMPLE)
    assert any("Your own networks answer here" in markdown.value for markdown in at.markdown)


def test_every_engine_of_the_newest_run_answers(store: RunStore):
    add_run(store, "old", ("numpy",))
    add_run(store, "new")
    at = page()
    at.session_state["all"] = True  # the table is open
    draw(at, samples.sample(6)).run()
    assert not at.exception
    assert [predicted(at, key) for key in ("numpy", "torch", "shipped")] == ["6", "6", "6"]
    assert list(at.dataframe[0].value["Run"])[-3:] == ["new", "new", "old"]
    assert set(at.dataframe[0].value["Digit"]) == {"6"}


def test_how_sure_a_network_is_reads_the_same_on_its_card_and_in_the_table(
    monkeypatch: pytest.MonkeyPatch,
):
    certain = predictions.Answer(np.array([0.0002, *[0.0] * 6, 0.9998, 0.0, 0.0]))
    monkeypatch.setattr(predictions, "answer_of", lambda *_: certain)
    at = page()
    at.session_state["all"] = True
    at.run()
    assert at.container(key="prediction-shipped").metric[0].delta == "over 99.9% sure"
    assert set(at.dataframe[0].value["Sure"]) == {"over 99.9%"}


@pytest.mark.parametrize(("classroom", "differ"), [(8, True), (0, False)])
def test_models_that_differ_say_why(classroom: int, differ: bool, monkeypatch: pytest.MonkeyPatch):
    says = {"robust": predictions.Answer(np.eye(10)[0])}
    says["classroom"] = predictions.Answer(np.eye(10)[classroom])
    monkeypatch.setattr(predictions, "answer_of", lambda model, _: says[model.name])
    at = page()
    assert not at.exception
    why = [said.value for said in at.caption if "what was never seen cannot be read" in said.value]
    assert len(why) == differ


def test_another_run_can_be_chosen(store: RunStore):
    add_run(store, "only numpy", ("numpy",))
    time.sleep(0.01)
    add_run(store, "both")
    at = page()
    at.selectbox(key="draw-run").select_index(1).run()
    assert predicted(at, "numpy") == "3"
    with pytest.raises(KeyError):
        predicted(at, "torch")


def test_the_run_that_answers_is_named_and_is_the_last_that_has_finished(store: RunStore):
    add_run(store, "Finished", status=RunStatus.FINISHED)
    add_run(store, "A step only", status=RunStatus.PAUSED)
    at = page()
    assert not at.exception
    box = at.selectbox(key="draw-run")
    assert [label.split(" · ")[0] for label in box.options] == ["A step only", "Finished"]
    assert box.index == 1
    box.select_index(0).run()
    assert at.selectbox(key="draw-run").index == 0
    at.switch_page("pages/compare.py").run()
    assert page(at).selectbox(key="draw-run").index == 0  # what was picked stays


def test_a_single_run_is_named(store: RunStore):
    add_run(store, "*Mine*")
    at = page()
    assert any("Networks of the run \\*Mine\\*" in caption.value for caption in at.caption)
    assert not at.selectbox


def test_a_finished_run_that_was_looked_at_answers(store: RunStore):
    first = add_run(store, "First", status=RunStatus.FINISHED)
    add_run(store, "Second", status=RunStatus.FINISHED)
    at = app().run()
    at.query_params["run"] = first.id
    at.switch_page("pages/results.py").run()
    assert page(at).selectbox(key="draw-run").value == first.id


def test_while_a_run_trains_each_card_says_where_its_network_stands(store: RunStore):
    run = store.create_run("local", CONFIG.replace(epochs=9), "in training")
    claim = store.claim(run.id, "test")
    assert claim is not None
    for engine, epoch, batch in (("numpy", 3, 0), ("torch", 2, 1400)):
        blob = to_bytes(CONFIG, engine, state_at(epoch, batch))
        claim.save_checkpoint(engine, epoch, batch, blob)
    at = page()
    assert "After 3 of 9 epochs" in [caption.value for caption in at.caption]
    assert "After 2 of 9 epochs and 1,400 mini-batches" in [c.value for c in at.caption]
    claim.release(RunStatus.FINISHED)
    load.trained_models.clear()
    assert not any("After" in caption.value for caption in at.run().caption)


def test_a_run_without_checkpoint_is_not_offered(store: RunStore):
    store.create_run("local", CONFIG, "just begun")
    at = page()
    assert not at.exception
    assert not at.selectbox


def test_a_damaged_checkpoint_is_left_out(store: RunStore):
    run = store.create_run("local", CONFIG, "damaged")
    claim = store.claim(run.id, "test")
    assert claim is not None
    claim.save_checkpoint("numpy", 1, 0, b"no safetensors")
    at = page()
    assert not at.exception
    assert predicted(at, "shipped") == "3"


def test_a_diverged_network_says_so():
    broken = network()
    broken.weights[0][:] = np.nan
    answer = predictions.ask(broken, samples.sample(1)[:28, :28])
    assert not answer.is_number


@pytest.mark.parametrize("digit", [0, 4, 9])
def test_samples_can_be_picked(digit: int):
    at = page()
    at.segmented_control(key="ink-source").set_value("Samples").run()
    at.pills(key="ink-sample").set_value(digit).run()
    assert not at.exception
    assert predicted(at, "shipped") == str(digit)


def test_a_picture_of_dark_ink_is_read():
    at = upload(page(), png(255 - samples.sample(5)))
    assert not at.exception
    assert predicted(at, "shipped") == "5"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no picture at all", "digit.png is not a picture that can be read; use a PNG"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 64, "broken"),
        (png(np.full((50, 50), 255, np.uint8)), "no ink"),
        (png(np.zeros((9000, 9000), np.uint8)), "9,000 x 9,000"),
    ],
    ids=["text", "broken", "blank", "bomb"],
)
def test_a_file_that_cannot_be_used_is_one_sentence(content: bytes, words: str):
    at = upload(page(), content)
    assert not at.exception
    assert len(at.error) == 1
    assert words in at.error[0].value.replace("\\", "")
    assert predicted(at, "shipped") == str(samples.EXAMPLE)
    assert any("cannot be used, so this is an example" in caption.value for caption in at.caption)


def test_the_error_of_a_blank_picture_stands_right_under_the_uploader():
    at = upload(page(), png(np.full((50, 50), 255, np.uint8)))
    parts = list(at.container(key="ink-place").children.values())
    uploader = next(i for i, part in enumerate(parts) if part.type == "file_uploader")
    assert parts[uploader + 1].type == "error"
    assert len(parts) == uploader + 2


def test_networks_of_the_small_digits_say_so(store: RunStore):
    add_run(store, "on MNIST")
    assert not any("8x8" in caption.value for caption in page().caption)
    time.sleep(0.01)
    add_run(store, "on small digits", config=CONFIG.replace(dataset="digits"))
    load.trained_models.clear()
    assert sum("8x8" in caption.value for caption in page().caption) == 2


def test_every_stage_between_ink_and_network_is_shown():
    at = page()
    assert [toggle.label for toggle in at.toggle] == [
        words.switch for words in stages.WORDS.values()
    ]
    assert [toggle.disabled for toggle in at.toggle] == [True] + (len(stages.WORDS) - 1) * [False]


def test_an_unreadable_store_leaves_the_shipped_model(monkeypatch: pytest.MonkeyPatch):
    def locked(_workspace: str):
        raise StoreError("The run store is locked.")

    monkeypatch.setattr(load, "trained_models", locked)
    at = page()
    assert not at.exception
    assert at.warning[0].value == "The run store is locked\\."
    assert predicted(at, "shipped") == "3"


def test_what_the_entry_has_said_is_not_said_again(monkeypatch: pytest.MonkeyPatch):
    def locked(_workspace: str):
        raise StoreError("The run store is locked.")

    monkeypatch.setattr(load, "trained_models", locked)
    at = page()
    at.session_state["app-error"] = "The run store is locked."
    assert not at.run().warning


def test_a_model_is_read_from_the_store_once(store: RunStore, monkeypatch: pytest.MonkeyPatch):
    add_run(store, "mine")
    models = load.trained_models("local")
    assert len(predictions.answers(models, np.zeros((28, 28), np.float32))) == 2

    def gone(*_: object):
        raise AssertionError("read again")

    monkeypatch.setattr(RunStore, "checkpoint_blob", gone)
    assert len(predictions.answers(models, np.ones((28, 28), np.float32))) == 2


DOUBT = "This does not look like a digit"


def doubted(at: AppTest) -> bool:
    return any(DOUBT in warning.value for warning in at.warning)


@pytest.mark.parametrize("kind", ["scribble", "letter"])
def test_what_is_no_digit_is_doubted_aloud_and_answered_nevertheless(kind: Kind):
    at = draw(page(), no_digit(kind, rng=np.random.default_rng(1))).run()
    assert not at.exception
    assert doubted(at)
    assert predicted(at, "shipped") in set("0123456789")


def test_a_digit_is_not_doubted():
    assert not doubted(draw(page(), samples.sample(4)).run())
    scores = doubts.judge().score(
        np.stack([prepare(samples.sample(digit)).pixels.ravel() for digit in samples.DIGITS])
    )
    assert (scores < doubts.judge().threshold).all()


def open_section(at: AppTest, name: str) -> AppTest:
    return at.segmented_control(key="draw-control-section").set_value(name).run()


def test_the_threshold_can_be_moved_for_this_session():
    drawing = no_digit("letter", rng=np.random.default_rng(0))  # a real digit looks less like one
    at = open_section(draw(page(), drawing), "doubt")
    assert doubted(at)
    slider = at.select_slider(key="draw-control-threshold")
    shares = [float(share.rstrip("%")) for share in slider.options]
    assert shares[int(slider.value)] == pytest.approx(2, abs=0.25)
    slider.set_value(0).run()  # no real digit may be doubted: neither is this letter
    assert not at.exception
    assert not doubted(at)
    assert any("**0.0%** of real digits" in markdown.value for markdown in at.markdown)
    home = at.switch_page("pages/home.py").run()
    assert not doubted(home)
    assert doubted(draw(page(), drawing).run())  # another session


def difference(at: AppTest) -> str:
    return "\n".join(m.value for m in at.container(key="stages-difference").markdown)


def test_a_stage_can_be_turned_off_and_the_page_says_what_that_changes(store: RunStore):
    add_run(store, "mine")
    at = draw(page(), np.pad(samples.sample(1)[:, 60:], ((0, 0), (60, 0)))).run()
    assert "With every stage on" in difference(at)
    at.toggle(key="draw-control-stage-averaged-0").set_value(False).run()
    at.toggle(key="draw-control-stage-centred-0").set_value(False).run()
    assert not at.exception
    said = difference(at)
    assert "Without averaging areas and centring" in said
    for name in ("Classroom", "NumPy", "PyTorch"):
        assert f"{name}] says **" in said
    assert said.count("; with them **1**") == 3 + ("Robust" in said)
    at.switch_page("pages/home.py").run()
    at = page(at)
    assert "Without averaging areas and centring" in difference(at)
    at.button(key="stages-all-on").click().run()
    assert "With every stage on" in difference(at)
    assert all(toggle.value for toggle in at.toggle)


def what_matters(at: AppTest) -> str:
    return at.container(key="stages-what-matters").markdown[0].value


def test_the_switch_that_matters_most_is_named_and_does_what_is_said(store: RunStore):
    add_run(store, "mine")
    at = draw(page(), samples.small(3)).run()
    said = re.fullmatch(
        r"For this drawing \*\*(\w+)\*\* matters most: without it .*NumPy.*PyTorch.* say "
        r"\*\*(\d)\*\*\.",  # all have the same weights here
        what_matters(at),
    )
    assert said, what_matters(at)
    assert [predicted(at, engine) for engine in ("numpy", "torch")] == ["3", "3"]
    switch, digit = said.groups()
    next(toggle for toggle in at.toggle if toggle.label == switch).set_value(False).run()
    assert [predicted(at, engine) for engine in ("numpy", "torch")] == [digit, digit]
    assert said.group() == what_matters(at)  # the switches move what the models see, not this


def test_where_no_switch_changes_a_name_another_drawing_is_offered(
    monkeypatch: pytest.MonkeyPatch,
):
    real = checkpoints.load(checkpoints.SHIPPED["classroom"]).network()
    monkeypatch.setattr(load, "shipped_network", lambda _name: real)
    at = draw(page(), samples.sample(2)).run()
    assert "Here no single stage changes a name" in what_matters(at)
    at.button(key="stages-try-small").click().run()
    assert not at.exception
    assert at.segmented_control(key="ink-source").value == "Samples"
    assert at.toggle(key="ink-small").value
    assert "For this drawing **Crop** matters most" in what_matters(at)
    at.segmented_control(key="ink-source").set_value("Draw").run()
    assert not at.exception
    assert at.segmented_control(key="ink-source").value == "Draw"


def test_which_switch_matters_is_found_once_a_drawing(monkeypatch: pytest.MonkeyPatch):
    found: list[Ink] = []
    real = drawing.seen_without_each
    monkeypatch.setattr(drawing, "seen_without_each", lambda ink: (found.append(ink), real(ink))[1])
    at = draw(page(), samples.sample(6)).run()
    at.toggle(key="draw-control-stage-squared-0").set_value(False).run()
    assert len(found) == 2  # the example, and the 6
    open_section(at, "neurons")
    draw(at, samples.sample(5)).run()
    assert len(found) == 2  # only while its section is open


def test_a_stage_that_is_off_says_what_happens_instead():
    at = draw(page(), samples.sample(7)).run()
    for stage, instead in {
        "squared": "as it came",
        "averaged": "one pixel taken of each area",
        "centred": "the box lies in the middle",
    }.items():
        at.toggle(key=f"draw-control-stage-{stage}-0").set_value(False).run()
        assert any(f"Off: {instead} (" in caption for caption in captions(at)), stage


def captions(at: AppTest) -> list[str]:
    """What stands below the pictures."""
    return [image.caption for element in at.get("image") for image in element.proto.imgs]


def test_what_the_models_see_follows_the_switches(monkeypatch: pytest.MonkeyPatch):
    seen: list[np.ndarray] = []
    monkeypatch.setattr(answers.drawing, "show_seen", lambda image, _: seen.append(image.pixels))
    at = draw(page(), samples.sample(7)).run()
    at.toggle(key="draw-control-stage-squared-0").set_value(False).run()
    at.toggle(key="draw-control-stage-squared-0").set_value(True).run()
    whole = prepare(samples.sample(7)).pixels
    without = prepare(samples.sample(7), skip={"squared"}).pixels
    assert not np.array_equal(whole, without)
    for image, expected in zip(seen[-3:], (whole, without, whole), strict=True):
        np.testing.assert_array_equal(image, expected)


def test_every_shipped_model_that_is_there_answers_and_has_its_card(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    robust = tmp_path / "robust.safetensors"
    monkeypatch.setitem(checkpoints.SHIPPED, "robust", robust)
    cards.card.clear()
    at = page()
    assert predicted(at, "shipped") == "3"
    with pytest.raises(KeyError):
        predicted(at, "classroom")
    robust.write_bytes(checkpoints.SHIPPED["classroom"].read_bytes())
    at.session_state["all"] = True
    at.run()
    assert [predicted(at, key) for key in ("shipped", "classroom")] == ["3", "3"]
    assert list(at.dataframe[0].value["Network"]) == ["Robust", "Classroom"]
    told = [m.value for m in at.markdown if "MNIST's test images named right" in m.value]
    cards.card.clear()
    assert len(told) == 1  # the copy has none
    assert "97.56%" in told[0]


def test_without_its_file_nothing_is_doubted_and_the_section_says_why(
    monkeypatch: pytest.MonkeyPatch,
):
    def missing():
        raise DoubtError("digit-or-not cannot be used.")

    monkeypatch.setattr(doubts, "judge", missing)
    at = open_section(draw(page(), no_digit("scribble", rng=np.random.default_rng(1))), "doubt")
    assert not at.exception
    assert [warning.value for warning in at.warning] == ["digit\\-or\\-not cannot be used\\."]


def test_every_section_opens(store: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("NN_DATA_DIR", str(tmp_path))  # the neighbours among the embedded digits
    add_run(store, "mine")
    at = page()
    shown = {
        "why": "What it resembles",
        "doubt": "At this threshold it doubts",
        "neurons": "Whose neurons",
        "handwriting": "Draw a digit above",
        "stages": "With every stage on",
    }
    assert len(at.segmented_control(key="draw-control-section").options) == len(shown)
    for name, words in shown.items():
        open_section(at, name)
        assert not at.exception
        said = [element.value for element in [*at.markdown, *at.subheader]]
        asked = [control.label for control in at.segmented_control]
        assert any(words in text for text in said + asked), name


def test_a_stage_without_which_there_is_no_ink_can_be_brought_back():
    grain = np.random.default_rng(0).integers(-3, 4, (280, 280))
    paper_in_shadow = 34 + grain - 16 * (samples.sample(7) > 127)
    at = upload(page(), png(paper_in_shadow.astype(np.uint8)))
    assert predicted(at, "shipped") == "7"
    at.toggle(key="draw-control-stage-even light-0").set_value(False).run()
    assert not at.exception
    assert len(at.error) == 1
    next(button for button in at.button if button.label == "All stages on").click().run()
    assert not at.error
    assert predicted(at, "shipped") == "7"


def test_doubt_of_what_a_switch_has_spoiled_says_so(monkeypatch: pytest.MonkeyPatch):
    whole = prepare(samples.sample(samples.EXAMPLE)).pixels
    monkeypatch.setattr(doubts, "is_doubted", lambda pixels: not np.array_equal(pixels, whole))
    at = page()
    assert not at.warning
    at.toggle(key="draw-control-stage-squared-0").set_value(False).run()
    assert "Prepared like this, it does not look like a digit" in at.warning[0].value
    assert any("does not look like a digit any more" in caption.value for caption in at.caption)


def test_a_link_opens_a_section_and_a_page_switch_keeps_it():
    at = app().run().switch_page("pages/draw.py")
    at.query_params["show"] = "doubt"
    assert at.run().segmented_control(key="draw-control-section").value == "doubt"
    at.segmented_control(key="draw-control-section").set_value("neurons").run()
    assert at.query_params["show"] == "neurons"
    at.switch_page("pages/home.py").run()
    page(at)
    assert at.segmented_control(key="draw-control-section").value == "neurons"


def test_a_section_that_is_none_is_told_and_the_first_is_open():
    at = app().run().switch_page("pages/draw.py")
    at.query_params["show"] = "nothing"
    at.run()
    assert at.segmented_control(key="draw-control-section").value == "stages"
    assert "There is no section nothing here" in at.info[0].value
