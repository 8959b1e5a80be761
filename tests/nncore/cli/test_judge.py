"""`predict`: digits by name, doubt aloud, and one sentence for whatever file it is given."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file
from typer.testing import CliRunner

from nncore import checkpoints, datasets
from nncore.cli import app
from nncore.judge.reinking import reink
from nncore.judge.scribbles import no_digit
from tests.nncore.ink.pens import drawn
from tests.nncore.ink.pictures import BAD, FILES, encoded

run = CliRunner().invoke
PICTURES = Path(__file__).parents[2] / "fixtures" / "pictures"
DIGIT = ("digit", "confidence", "probabilities", "doubted")


def test_predict_names_digits_on_dark_and_on_bright(tmp_path: Path) -> None:
    test = datasets.load("digits").test
    shipped = checkpoints.load(checkpoints.SHIPPED["classroom"]).network()
    right = np.flatnonzero(shipped.forward(test.images).argmax(axis=1) == test.labels)[:3]
    for i in right:
        pixels = (test.images[i].reshape(28, 28) * 255).astype(np.uint8)
        big = Image.fromarray(pixels).resize((200, 200), Image.Resampling.BICUBIC)
        big.save(tmp_path / f"{test.labels[i]}-dark-{i}.png")
        Image.eval(big, lambda v: 255 - v).save(tmp_path / f"{test.labels[i]}-bright-{i}.jpg")
    done = run(app, ["predict", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 6
    for line in lines:
        assert line["digit"] == int(Path(line["path"]).name[0])
        assert sum(line["probabilities"]) == pytest.approx(1, abs=1e-5)
        assert line["confidence"] == max(line["probabilities"])


def test_predict_doubts_aloud_what_is_no_digit(tmp_path: Path) -> None:
    ink = no_digit("scribble", rng=np.random.default_rng(1))
    Image.fromarray(ink).save(tmp_path / "scribble.png")
    done = run(app, ["predict", str(tmp_path)])
    assert "%), but it does not look like a digit" in done.stdout
    assert json.loads(run(app, ["predict", str(tmp_path), "--json"]).stdout)["doubted"] is True


def test_predict_refuses_an_unknown_name(tmp_path: Path) -> None:
    done = run(app, ["predict", str(tmp_path), "--model", "tough"])
    assert done.exit_code == 2
    assert "tough is no shipped model and no file; use" in done.stderr


def test_predict_says_that_there_are_several_digits(tmp_path: Path) -> None:
    picture = str(PICTURES / "11_close.png")
    done = run(app, ["predict", picture])
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{picture}: several digits: 1 (")
    assert done.stdout.count(" (over 99.9%)") == 2
    line = json.loads(run(app, ["predict", picture, "--json"]).stdout)
    assert [line[name] for name in ("digit", "confidence", "probabilities")] == [None] * 3
    assert line["doubted"] is False
    assert line["number"] == "11"
    assert [(one["digit"], one["doubted"]) for one in line["digits"]] == [(1, False)] * 2
    (left, right) = (one["box"] for one in line["digits"])
    assert left[2] <= right[0]
    one = json.loads(run(app, ["predict", str(PICTURES / "5_grey.jpg"), "--json"]).stdout)
    (digit,) = one["digits"]
    assert {name: digit[name] for name in DIGIT} == {name: one[name] for name in DIGIT}
    assert set(digit) == {"box", *DIGIT}
    assert set(one) == {"path", "number", "digits", *DIGIT}
    assert one["number"] == "5"


def test_predict_tells_boxes_in_pixels_of_the_file(tmp_path: Path) -> None:
    large = Image.new("L", (3_000, 1_200), 255)
    large.paste(0, (1_000, 200, 1_080, 1_000))
    large.save(tmp_path / "1.png")
    line = json.loads(run(app, ["predict", str(tmp_path / "1.png"), "--json"]).stdout)
    (digit,) = line["digits"]
    assert np.abs(np.array(digit["box"]) - [1_000, 200, 1_080, 1_000]).max() <= 9


def test_predict_reads_everything_and_says_what_it_passed_over(tmp_path: Path) -> None:
    five = (PICTURES / "5_grey.jpg").read_bytes()
    for name in ("5.jfif", "5.JPE", "x.png/5.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(five)
    (tmp_path / "._5.jpg").write_bytes((PICTURES / "._5_grey.jpg").read_bytes())
    for name in ("Thumbs.db", "notes.txt", "more.txt"):
        (tmp_path / name).touch()
    done = run(app, ["predict", str(tmp_path)])
    assert done.exit_code == 0
    assert done.stdout.count(": 5 (over 99.9%)\n") == 3
    assert done.stderr == (
        f"{tmp_path}: passed over as no pictures: ._5.jpg, Thumbs.db, more.txt and 1 more.\n"
    )
    asked = [str(tmp_path / "._5.jpg"), str(tmp_path / "Thumbs.db"), str(tmp_path / "5.jfif")]
    done = run(app, ["predict", *asked])
    assert done.exit_code == 1
    assert done.stdout == f"{tmp_path / '5.jfif'}: 5 (over 99.9%)\n"
    assert "._5.jpg is macOS's notes about a picture" in done.stderr
    assert "Thumbs.db is empty" in done.stderr


def test_a_folder_without_pictures_stops_nothing(tmp_path: Path) -> None:
    good = tmp_path / "5.jpg"
    good.write_bytes((PICTURES / "5_grey.jpg").read_bytes())
    (tmp_path / "empty").mkdir()
    done = run(app, ["predict", str(tmp_path / "empty"), str(tmp_path / "none.png"), str(good)])
    assert done.exit_code == 1
    assert done.stdout.startswith(f"{good}: 5 (")
    empty, none = done.stderr.splitlines()
    assert empty.startswith(f"{tmp_path / 'empty'} holds no image; expected .png, .jpg, ")
    assert none.endswith("none.png does not exist; check its path.")


def test_whatever_cannot_be_printed_is_replaced(tmp_path: Path) -> None:
    picture = tmp_path / "five \N{GRINNING FACE} \u4e94.jpg"
    picture.write_bytes((PICTURES / "5_grey.jpg").read_bytes())
    for asked, said in [(["predict", str(tmp_path)], "five ? ?.jpg: 5 ("), (["recipes"], "(? ")]:
        done = subprocess.run(
            [sys.executable, "-m", "nncore", *asked],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "cp1252"},
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert said.encode() in done.stdout


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_a_model_that_diverged_is_said_to_have(tmp_path: Path, value: float) -> None:
    shipped = checkpoints.load(checkpoints.SHIPPED["classroom"])
    shipped.state["parameters"][:] = value
    model = tmp_path / "m.safetensors"
    checkpoints.save(model, shipped.config, "numpy", shipped.state)
    example = tmp_path / "example.safetensors"
    save_file({"x": np.ones(784), "y": np.eye(10)[4]}, example)
    picture = str(PICTURES / "5_grey.jpg")
    for asked in (["predict", picture, "--json"], ["predict", picture]):
        done = run(app, [*asked, "--model", str(model)])
        assert done.exit_code == 2
        assert done.stdout == ""
        assert "no finite numbers: its training diverged; train it again" in done.stderr
        assert done.stderr.count("\n") == 1
    if not np.isfinite(value):
        saved = ["--save", str(tmp_path / "out")]
        done = run(app, ["gradients", str(model), str(example), *saved])
        assert done.exit_code == 2
        assert "The model's weights are no finite numbers" in done.stderr


def test_another_file_of_a_cards_name_stops_nothing(tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    model.write_bytes(checkpoints.SHIPPED["classroom"].read_bytes())
    model.with_suffix(".json").write_text('{"epochs": 3}')
    done = run(app, ["predict", str(PICTURES / "5_grey.jpg"), "--model", str(model)])
    assert done.exit_code == 0
    assert ": 5 (" in done.stdout
    assert "m.json does not hold a model's card" in done.stderr


def test_predict_goes_on_after_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("not a picture")
    Image.fromarray(np.pad(np.full((80, 14), 255, np.uint8), 60)).save(tmp_path / "b.png")
    done = run(app, ["predict", str(tmp_path)])
    assert done.exit_code == 1
    assert "a.png" in done.stderr
    assert "b.png: 1" in done.stdout


def test_predict_refuses_a_model_that_is_none(tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    model.write_bytes(b"nothing of the kind")
    done = run(app, ["predict", str(tmp_path), "--model", str(model)])
    assert done.exit_code == 2
    assert "no safetensors" in done.stderr


LABEL = 2
"""Upside down it is no 2, and lying down it is none either."""


def digit() -> Image.Image:
    """A 2 that somebody wrote, dark on bright."""
    test = datasets.load("digits").test
    ink = reink(test.images[test.labels == LABEL][0], rng=np.random.default_rng(0))
    return Image.fromarray(np.rint(255 * (1 - ink)).astype(np.uint8))


def test_a_digit_is_read_out_of_every_kind_of_file(tmp_path: Path) -> None:
    paths: list[str] = []
    for name, write in FILES.items():
        path = tmp_path / f"{name}.{name.partition(',')[0]}"
        path.write_bytes(write(digit()))
        paths.append(str(path))
    done = CliRunner().invoke(app, ["predict", *paths, "--json"])
    assert done.exit_code == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(FILES)
    for line in lines:
        assert line["digit"] == LABEL, line["path"]
        assert not line["doubted"], line["path"]


def test_what_holds_no_digit_gets_one_sentence_each(tmp_path: Path) -> None:
    for name, (content, _) in BAD.items():
        (tmp_path / f"{name}.png").write_bytes(content)
    done = CliRunner().invoke(app, ["predict", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stdout == ""
    sentences = done.stderr.splitlines()
    assert len(sentences) == len(BAD)
    for name, sentence in zip(sorted(BAD), sentences, strict=True):
        assert f"{name}.png" in sentence
        assert BAD[name][1] in sentence
        assert sentence.endswith(".")


def test_one_dot_is_no_digit(tmp_path: Path) -> None:
    sheet = np.full((280, 280), 255, np.uint8)
    sheet[100:112, 60:72] = 0
    (tmp_path / "dot.png").write_bytes(encoded(Image.fromarray(sheet)))
    done = CliRunner().invoke(app, ["predict", str(tmp_path)])
    assert "%), but it does not look like a digit" in done.stdout


PEAK = """
import resource, subprocess, sys
command = [sys.executable, "-m", "nncore", "predict", *sys.argv[1:]]
done = subprocess.run(command, capture_output=True, text=True)
unit = 2**20 if sys.platform == "darwin" else 2**10
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit, done.stdout, done.stderr)
"""
"""A child's peak counts what its parent had when it began: here that is a small process."""


def peak_of_predict(path: Path) -> tuple[float, str]:
    """Megabytes, and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True
    )
    megabytes, _, said = done.stdout.partition(" ")
    return float(megabytes), said


@pytest.mark.skipif(sys.platform == "win32", reason="the peak is read with getrusage")
def test_a_huge_picture_is_read_or_refused_in_little_memory(tmp_path: Path) -> None:
    huge = digit().resize((12_000, 12_000), Image.Resampling.BILINEAR)
    huge.save(tmp_path / "huge.jpg", quality=50)
    huge.convert("1").save(tmp_path / "huge.png", compress_level=1)
    del huge
    Image.fromarray(255 - drawn(7)).save(tmp_path / "small.png")
    small, _ = peak_of_predict(tmp_path / "small.png")
    peak, said = peak_of_predict(tmp_path / "huge.jpg")
    assert f"huge.jpg: {LABEL} (" in said
    assert peak < small + 60  # decoded whole it would be 137 more, in colours three times that
    peak, said = peak_of_predict(tmp_path / "huge.png")
    assert "huge.png has 12,000 x 12,000 pixels, more than the 40,000,000" in said
    assert peak < small + 20
