"""Confidence that means what it says, and a second network that knows a digit when it sees one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from nncore.activations import softmax
from nncore.datasets import Dataset
from nncore.ink import world
from nncore.judge import copybook, doubt, doubt_training
from nncore.judge.doubt import DoubtError, calibrated, fit_temperature, trade_off
from nncore.judge.doubt_training import KINDS, images_of, teach


def outputs(n: int = 20_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are true, and labels drawn from them."""
    rng = np.random.default_rng(seed)
    probabilities = softmax(rng.normal(0, 2, (n, 10)))
    drawn = (probabilities.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    return probabilities, drawn


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_what_was_done(factor: float) -> None:
    true, labels = outputs()
    too_sure = softmax(np.log(true) * factor)
    temperature = fit_temperature(too_sure, labels)
    assert temperature == pytest.approx(factor, rel=0.03)
    np.testing.assert_allclose(calibrated(too_sure, factor), true, atol=1e-9)


def test_zeros_among_the_probabilities_do_no_harm() -> None:
    certain = np.eye(10)[np.arange(10)]
    labels = np.arange(10)
    labels[0] = 1  # one mistake, made with certainty
    assert np.isfinite(fit_temperature(certain, labels))
    assert calibrated(certain, 5.0).sum(axis=1) == pytest.approx(1)
    assert (calibrated(certain, 5.0).argmax(axis=1) == np.arange(10)).all()


def test_trade_off_by_hand() -> None:
    curve = trade_off(np.arange(100.0), np.array([-1.0, 98.5, 200.0]))
    assert curve.digits[0] == 0
    assert curve.others[0] == pytest.approx(1 / 3)  # only 200 is above every digit
    assert curve.digits[8] == pytest.approx(0.02)  # 2 % of the digits: 98 and 99
    assert curve.others[8] == pytest.approx(2 / 3)
    assert (np.diff(curve.digits) >= 0).all()
    assert (np.diff(curve.thresholds) <= 0).all()


@pytest.mark.parametrize("kind", ["scribble", "letter", "print", "crossing"])
def test_what_is_no_digit_is_doubted(kind: str) -> None:
    images = images_of(kind, 40, seed=77)  # pyright: ignore[reportArgumentType]
    assert np.mean(doubt.load().is_doubted(images)) >= 0.9


@pytest.mark.mnist
def test_digits_are_hardly_ever_doubted(mnist: Dataset) -> None:
    assert np.mean(doubt.load().is_doubted(mnist.test.images)) <= 0.03


def test_digits_in_other_forms_than_mnists_are_hardly_ever_doubted() -> None:
    judge = doubt.load()
    images = world.write(500, rng=np.random.default_rng(8)).images
    assert np.mean(judge.is_doubted(images)) <= 0.03
    assert np.mean(judge.is_doubted(copybook.written(4).images)) <= 0.05


def test_the_shipped_curve_has_the_target_on_it() -> None:
    curve = doubt.load().trade_off
    assert np.interp(0.03, curve.digits, curve.others) >= 0.95
    assert doubt.SHIPPED.stat().st_size < 500_000


def test_a_taught_network_can_be_kept(
    tmp_path: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubt_training, "EPOCHS", 5)
    data = replace(digits, train=digits.train, validation=digits.test)
    taught = teach(data, n_others=40, seed=3)
    taught.save(tmp_path / "doubt.safetensors")
    read = doubt.load(tmp_path / "doubt.safetensors")
    X = np.concatenate([digits.test.images[:50], images_of("scribble", 20, seed=5)])
    assert read.threshold == taught.threshold
    assert np.mean(read.is_doubted(X) == taught.is_doubted(X)) > 0.95
    assert taught.score(X[50:]).mean() > taught.score(X[:50]).mean()


def test_every_kind_has_its_share() -> None:
    assert sum(KINDS.values()) == pytest.approx(1)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    words, model = tmp_path / "words", tmp_path / "model.safetensors"
    words.write_text("nothing of the kind")
    save_file({"hidden.W": np.zeros((3, 3))}, model, {"format": "nn-magic-doubt-1"})
    for path in (words, model, tmp_path / "none", doubt.SHIPPED.with_name("classroom.safetensors")):
        with pytest.raises(DoubtError, match=r"cannot be used .*--teach-doubt"):
            doubt.load(path)
