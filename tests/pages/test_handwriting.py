"""The class's handwriting: kept on Draw, read by every network, learned from in another run."""

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from dashboard.ink import samples
from dashboard.models import handwriting
from dashboard.runs import handwriting as handwriting_store
from dashboard.runs.store import run_store
from dashboard.runs.worker import run_training
from dashboard.settings import settings
from nncore import datasets, recipes
from nncore.checkpoints import from_bytes
from nncore.cli import app as cli
from nncore.datasets import as_bytes, as_unit
from nncore.judge.scribbles import no_digit
from nncore.preprocessing import prepare
from tests.pages.drawn import app, draw
from tests.pages.training import SMALL, FakeJobs, own_store, page, trained


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeJobs]:
    with own_store(monkeypatch, tmp_path) as fake:
        yield fake


def opened(at: AppTest | None = None) -> AppTest:
    """Draw with the section open."""
    at = (at or app().run()).switch_page("pages/draw.py").run()
    return at.segmented_control(key="draw-control-section").set_value("handwriting").run()


def keep(at: AppTest, digit: int, label: int | None = None) -> AppTest:
    """Draw a digit, say what it was meant to be, and keep it."""
    draw(at, samples.sample(digit)).run()
    pills = next(p for p in at.pills if "What was it meant" in p.label)
    pills.set_value(digit if label is None else label).run()
    return at.button(key="handwriting-keep").click().run()


def pen(digit: int) -> np.ndarray:
    """(784,) of uint8: a digit of the samples as the networks see it."""
    return as_bytes(prepare(samples.sample(digit)).pixels).reshape(-1)


def kept(workspace: str = "local") -> list[int]:
    return run_store().handwriting.digits(workspace).labels.tolist()


def texts(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.markdown, *at.caption, *at.subheader])


def test_a_drawing_is_kept_with_its_label_shown_and_taken_back():
    at = opened()
    assert not at.exception
    assert "no names" in texts(at)
    with pytest.raises(KeyError):
        at.button(key="handwriting-keep")  # the example is nobody's handwriting
    draw(at, samples.sample(7)).run()
    assert at.button(key="handwriting-keep").disabled
    keep(at, 7)
    assert not at.exception
    assert kept() == [7]
    assert "**Kept as a 7.**" in texts(at)
    assert "**7** · 1" in texts(at)
    assert "0, 1, 2, 3, 4, 5, 6, 8 or 9" in texts(at)
    at.button(key="handwriting-undo").click().run()
    assert kept() == []
    keep(at, 7, label=1)
    assert kept() == [1]


def test_what_does_not_look_like_a_digit_is_kept_only_when_that_is_meant():
    at = opened()
    draw(at, no_digit("scribble", rng=np.random.default_rng(1))).run()
    assert not at.checkbox
    next(p for p in at.pills if "What was it meant" in p.label).set_value(3).run()
    assert at.button(key="handwriting-keep").disabled
    assert at.checkbox[0].label == ("This does not look like a digit. Keep it as a 3 all the same")
    at.checkbox[0].check().run()
    at.button(key="handwriting-keep").click().run()
    assert not at.exception
    assert kept() == [3]
    keep(at, 7)  # nobody is asked about a digit
    assert kept() == [3, 7]


def test_a_small_sample_is_nobodys_handwriting_either():
    at = opened()
    at.segmented_control(key="ink-source").set_value("Samples").run()
    at.toggle(key="ink-small").set_value(True).run()
    assert not at.exception
    with pytest.raises(KeyError):
        at.button(key="handwriting-keep")


def test_a_sample_is_nobodys_handwriting():
    at = opened()
    at.segmented_control(key="ink-source").set_value("Samples").run()
    with pytest.raises(KeyError):
        at.button(key="handwriting-keep")


def test_a_picture_that_somebody_brings_can_be_kept():
    at = opened()
    at.segmented_control(key="ink-source").set_value("Upload").run()
    picture = io.BytesIO()
    Image.fromarray(255 - samples.sample(5)).save(picture, format="PNG")
    at.file_uploader(key="ink-file").upload("five.png", picture.getvalue())
    at.run()
    next(p for p in at.pills if "What was it meant" in p.label).set_value(5).run()
    at.button(key="handwriting-keep").click().run()
    assert kept() == [5]
    assert "**Kept as a 5.**" in texts(at)


def test_the_same_drawing_is_kept_once_however_often_it_is_pressed():
    at = keep(opened(), 3)
    at.run()
    draw(at, samples.sample(4)).run()
    draw(at, samples.sample(3)).run()
    assert "**Kept as a 3.**" in texts(at)
    run_store().handwriting.keep("local", pen(3), 3)
    assert kept() == [3]


def test_what_is_exported_is_what_is_kept_and_predict_reads_it(tmp_path: Path):
    at = keep(keep(opened(), 7), 2)
    assert len(at.get("download_button")) == 1
    content = handwriting.export(run_store().handwriting.digits("local"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        table = list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))
        assert [row["label"] for row in table] == ["7", "2"]
        assert all(row["kept_at"].startswith("20") for row in table)
        for row, digit in zip(table, (7, 2), strict=True):
            assert row["file"].startswith(f"{digit}/")
            picture = np.asarray(Image.open(io.BytesIO(archive.read(row["file"]))))
            assert (picture.reshape(-1) == pen(digit)).all()
        archive.extractall(tmp_path)
    done = CliRunner().invoke(cli, ["predict", str(tmp_path), "--json"])
    assert done.exit_code == 0
    assert [json.loads(line)["digit"] for line in done.stdout.splitlines()] == [2, 7]


def test_one_digit_is_deleted_or_all_of_them():
    at = opened()
    for digit in (1, 2, 3):
        keep(at, digit)
    at.session_state["kept-list"] = True  # the table of single digits is open
    at.run()
    listed = next(table for table in at.dataframe if "Meant to be" in table.value)
    assert list(listed.value["Meant to be"]) == [3, 2, 1]
    at.session_state[listed.key] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    at.run()
    at.button(key="handwriting-delete-some").click().run()
    assert kept() == [1, 3]
    assert at.button(key="handwriting-delete-some").disabled
    at.button(key="handwriting-delete-all").click().run()
    assert not at.exception
    assert kept() == []
    assert at.button(key="handwriting-keep")  # the drawing is still there


def test_a_full_set_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(handwriting_store, "MAX_DIGITS", 1)
    at = keep(keep(opened(), 1), 2)
    assert not at.exception
    assert ["1 handwritten digits are kept" in warning.value for warning in at.warning] == [True]
    assert kept() == [1]


def test_nobody_sees_the_digits_of_another_workspace(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NN_MULTIUSER", "1")
    settings.cache_clear()
    mine = keep(opened(), 5)
    assert "**5** · 1" in texts(mine)
    assert "only who uses this browser can see it and delete it" in texts(mine)
    other = draw(opened(), samples.sample(5)).run()
    assert "**5** · 1" not in texts(other)
    assert "Kept as" not in texts(other)
    assert not other.exception


def readers(at: AppTest) -> pd.DataFrame:
    return next(table.value for table in at.dataframe if "Our handwriting" in table.value)


def add_class() -> tuple[int, int]:
    """Fifty digits, five of each label: how many are learned from, how many held back."""
    images, labels = datasets.load_test("digits").images, datasets.load_test("digits").labels
    for label in range(10):
        for image in images[labels == label][:5]:
            run_store().handwriting.keep("local", as_bytes(image), label)
    n_held = int(run_store().handwriting.digits("local").held_back.sum())
    return 50 - n_held, n_held


def test_every_network_is_judged_on_our_handwriting_beside_its_test_images():
    plain = trained(config=SMALL.replace(engines="numpy,torch"))
    add_class()
    at = opened()
    table = readers(at)
    assert list(table["Network"])[-2:] == ["NumPy, A small run", "PyTorch, A small run"]
    assert "Learned by some" not in table
    digits = run_store().handwriting.digits("local")
    checkpoint = from_bytes(run_store().checkpoint_blob(plain.id, "numpy") or b"")
    says = checkpoint.network().predict_proba(as_unit(digits.images)).argmax(axis=1)
    n_right = int((says == digits.labels).sum())
    assert 25 < n_right < 50
    row = table.iloc[-2]
    assert (row["Right"], row["Our handwriting"]) == (f"{n_right} of 50", n_right / 50)
    assert row["Test images"] == 100 * run_store().epochs(plain.id)[-2].test_accuracy


def test_a_run_that_learned_from_it_is_judged_on_what_was_held_back():
    plain = trained()
    n_learned, n_held = add_class()
    at = opened()
    assert f"each of the {n_learned} is shown" in texts(at)
    assert f"{n_held} of 50 now" in texts(at)
    at.button(key="handwriting-train").click().run()
    assert not at.exception
    (run,) = (run for run in run_store().list_runs("local") if run.id != plain.id)
    assert run.config == plain.config
    assert run.name == "A small run + our handwriting"
    assert f"It also learns from {n_learned} handwritten digits" in texts(at)  # on Train
    assert run_training(run.id, run_store().url) == "finished"

    st.cache_data.clear()
    table = readers(opened()).set_index("Network")
    assert all(right.endswith(f" of {n_held}") for right in table["Right"])
    assert table["Learned by some"]["NumPy, A small run + our handwriting"].endswith("learned")
    assert table["Learned by some"]["NumPy, A small run"].endswith(f" of {n_learned}")

    at = page("results", run=run.id)
    assert not at.exception
    shown = at.container(key="handwriting-numpy").metric[0]
    assert f" of {n_held} right; " in shown.delta
    assert f" of {n_learned} it learned from" in shown.delta
    assert f"It also learned from {n_learned} handwritten digits" in texts(at)
    assert (
        " of 50" in page("results", run=plain.id).container(key="handwriting-numpy").metric[0].delta
    )


def test_with_nothing_held_back_the_page_and_results_say_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(handwriting_store, "HOLD_BACK", 2**200)  # too few digits for one in five
    add_class()
    assert "(none yet, so keep some more)" in texts(opened())
    run = run_store().create_run("local", SMALL, "All of it", with_handwriting=True)
    assert run_training(run.id, run_store().url) == "finished"
    st.cache_data.clear()
    at = opened()
    assert not at.exception
    assert "which leaves none for a fair test: keep some more" in texts(at)
    metric = page("results", run=run.id).container(key="handwriting-numpy").metric[0]
    assert metric.value == "–"
    assert metric.delta.endswith(" of 50 it learned from")
    assert "right" not in metric.delta


def test_training_such_a_run_again_learns_from_it_too(queue: FakeJobs):
    add_class()
    run = run_store().create_run("local", SMALL, "The class", with_handwriting=True)
    at = page("train", run=run.id)
    at.button(key="history-again").click().run()
    assert not at.exception
    again = run_store().list_runs("local")[0]
    assert again.id != run.id
    assert run_store().handwriting.learned(again.id) == run_store().handwriting.learned(run.id)


def test_a_numbered_run_that_learned_from_it_is_not_named_after_it_twice():
    trained("Ours + our handwriting (2)")
    add_class()
    at = opened()
    at.button(key="handwriting-train").click().run()
    assert not at.exception
    assert run_store().list_runs("local")[0].name == "Ours + our handwriting (3)"


def test_a_damaged_checkpoint_costs_results_nothing_but_what_needs_it():
    run = trained(config=SMALL.replace(engines="numpy,torch"))
    add_class()
    with sqlite3.connect(run_store().url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE checkpoint SET blob = x'00' WHERE engine = 'torch'")
    connection.close()
    at = page("results", run=run.id)
    assert not at.exception
    assert "of 50 right" in at.container(key="handwriting-numpy").metric[0].delta
    with pytest.raises(KeyError):
        at.container(key="handwriting-torch")
    assert {"Curves", "Downloads"} <= {header.value for header in at.header}
    assert len(at.get("download_button")) == 3


def test_without_digits_results_say_nothing_of_them():
    run = trained()
    at = page("results", run=run.id)
    with pytest.raises(KeyError):
        at.container(key="handwriting-numpy")


def test_without_a_run_the_first_recipe_learns_from_it(queue: FakeJobs):
    add_class()
    at = opened()
    at.button(key="handwriting-train").click().run()
    assert not at.exception
    (run,) = run_store().list_runs("local")
    assert run.config == recipes.get("classroom").config
    assert queue.submitted
