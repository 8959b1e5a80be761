"""Learning-rate schedules: their factors by hand, and what a run makes of them."""

import math
from typing import Any

import numpy as np
import pytest

from nncore import checkpoints, datasets, schedules
from nncore.config import TrainingConfig
from nncore.datasets import DataError
from nncore.engine import Engine
from nncore.schedules import factors, halvings
from nncore.training import (
    EpochRecord,
    ReportInterval,
    build,
    change_learning_rate,
    closing_note,
    share_course,
    train,
)
from tests.nncore.twins import weight_difference

CONFIG = TrainingConfig(
    dataset="digits", hidden=(12,), learning_rate=0.2, batch_size=100, epochs=8, engines=("numpy",)
)
DATA = datasets.load("digits")
N_BATCHES = CONFIG.n_batches(len(DATA.train))


def run(
    config: TrainingConfig, engines: dict[Any, Engine] | None = None
) -> tuple[dict[Any, Engine], list[EpochRecord]]:
    engines = engines or dict(build(config, len(DATA.train)))
    records = train(config, DATA, engines)
    return engines, [record for record in records if isinstance(record, EpochRecord)]


def test_constant_is_the_rate_itself() -> None:
    assert factors(CONFIG, 3, 4, []) == [1.0] * 4


def test_steps_go_to_a_tenth_and_a_hundredth() -> None:
    config = CONFIG.replace(schedule="step", schedule_epochs=3)
    by_epoch = [factors(config, epoch, 1, [])[0] for epoch in range(8)]
    assert by_epoch == pytest.approx([1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01])


def test_cosine_by_hand() -> None:
    config = CONFIG.replace(schedule="cosine", epochs=2)
    # Progress 0, 1/4, 1/2, 3/4: half of 1 + cos 0, cos 45°, cos 90°, cos 135°.
    found = factors(config, 0, 2, []) + factors(config, 1, 2, [])
    assert found == pytest.approx([1, 0.8535534, 0.5, 0.1464466])


def test_one_cycle_by_hand() -> None:
    config = CONFIG.replace(schedule="one-cycle", epochs=10)
    by_epoch = [factors(config, epoch, 1, [])[0] for epoch in range(10)]
    # Up from 1/25 in three equal steps of 0.32; then progress 0, 1/7, ... 6/7 of half a cosine.
    down = [(1 + math.cos(math.pi * k / 7)) / 2 for k in range(7)]
    assert by_epoch == pytest.approx([0.04, 0.36, 0.68, *down])


def test_one_cycle_changes_with_every_mini_batch_and_ends_near_0() -> None:
    config = CONFIG.replace(schedule="one-cycle")
    whole = [f for epoch in range(8) for f in factors(config, epoch, 50, [])]
    peak = int(np.argmax(whole))
    assert peak == 0.3 * 8 * 50
    assert (np.diff(whole[: peak + 1]) > 0).all()
    assert (np.diff(whole[peak:]) < 0).all()
    assert 0 < whole[-1] < 1e-4


@pytest.mark.parametrize(
    ("accuracies", "expected"),
    [
        ([], 0),
        ([0.5, 0.6, 0.7], 0),
        ([0.5, 0.5], 0),
        ([0.5, 0.5, 0.4], 1),  # as good is not better
        ([0.5, 0.4, 0.4, 0.45], 1),  # the count begins anew after a halving
        ([0.5, 0.4, 0.4, 0.45, 0.5], 2),
        ([0.5, 0.4, 0.6, 0.5, 0.5], 1),
    ],
)
def test_halvings_after_two_epochs_without_a_better_accuracy(
    accuracies: list[float], expected: int
) -> None:
    assert halvings(accuracies, 2) == expected


def test_halving_looks_only_at_epochs_before() -> None:
    config = CONFIG.replace(schedule="halving", schedule_epochs=1)
    seen = [0.5, 0.5, 0.5, 0.6]
    assert [factors(config, epoch, 2, seen)[1] for epoch in range(5)] == [1, 1, 0.5, 0.25, 0.25]


def test_halving_ends_at_a_128th() -> None:
    config = CONFIG.replace(schedule="halving", schedule_epochs=1, epochs=30)
    assert schedules.early_end(config, [0.5] * 7) is None
    sentence = schedules.early_end(config, [0.5] * 8)
    assert sentence is not None
    assert "after epoch 8" in sentence
    assert "1/128" in sentence
    assert schedules.early_end(config.replace(epochs=8), [0.5] * 8) is None  # that was the last


@pytest.mark.parametrize("schedule", ["step", "cosine", "one-cycle", "halving"])
def test_twins_train_at_the_recorded_rates_and_stay_twins(schedule: str) -> None:
    config = CONFIG.replace(
        schedule=schedule, schedule_epochs=1, engines="numpy,torch", dtype="float64"
    )
    data = datasets.load_for(config)
    engines = build(config, len(data.train))
    records = [r for r in train(config, data, engines) if isinstance(r, EpochRecord)]
    numpy, torch = ([r for r in records if r.engine == name] for name in ("numpy", "torch"))
    assert [r.learning_rate for r in numpy] == [r.learning_rate for r in torch]
    assert len({r.learning_rate for r in numpy}) > 1
    seen = [r.validation_accuracy or 0 for r in numpy]
    for record in numpy:
        expected = 0.2 * factors(config, record.epoch, N_BATCHES, seen)[-1]
        assert record.learning_rate == pytest.approx(expected, rel=1e-12)
    difference = weight_difference(engines["numpy"], engines["torch"])
    assert difference.maximum < 1e-9


def test_a_schedule_changes_what_is_learned() -> None:
    constant, _ = run(CONFIG)
    for schedule in ("step", "cosine", "one-cycle"):
        other, _ = run(CONFIG.replace(schedule=schedule, schedule_epochs=2))
        assert weight_difference(constant["numpy"], other["numpy"]).maximum > 1e-3


# A learning rate so small that nothing ever changes: from the second epoch on no improvement.
STUCK = CONFIG.replace(
    schedule="halving", schedule_epochs=1, learning_rate=1e-12, epochs=30, engines="numpy,torch"
)


def test_a_run_that_does_not_improve_halves_seven_times_and_ends() -> None:
    engines, records = run(STUCK)
    rates = [r.learning_rate for r in records if r.engine == "torch"]
    assert rates == [1e-12 * factor for factor in (1, 1, *(0.5**k for k in range(1, 7)))]
    assert {name: engine.epoch for name, engine in engines.items()} == {"numpy": 8, "torch": 8}
    note = closing_note(STUCK, engines, records)
    assert note is not None
    assert "after epoch 8" in note


def resumed(config: TrainingConfig, engines: dict[Any, Engine]) -> dict[Any, Engine]:
    """The same engines from their checkpoints, as another process would see them."""
    again = dict(build(config, len(DATA.train)))
    for name, engine in engines.items():
        blob = checkpoints.to_bytes(config, name, engine.state())
        again[name].load_state(checkpoints.from_bytes(blob).state)
    return again


@pytest.mark.parametrize("turn", ["numpy", "torch"])
def test_halving_and_a_rate_of_the_user_survive_checkpoints(turn: str) -> None:
    def interrupted(at: int | None) -> list[tuple[Any, ...]]:
        engines = dict(build(STUCK, len(DATA.train)))
        seen = list[tuple[Any, ...]]()
        while True:
            for record in train(STUCK, DATA, engines, interval=ReportInterval(0)):
                if isinstance(record, EpochRecord):
                    seen.append((record.engine, record.epoch, record.learning_rate))
                elif (record.engine, record.epoch, record.batch) == (turn, 4, 7):
                    change_learning_rate(engines, 2e-12)
                elif record.epoch == at and (record.engine, record.batch) == (turn, 9):
                    at = None
                    break
            else:
                return seen
            engines = resumed(STUCK, engines)

    whole = interrupted(None)
    assert [rate for name, _, rate in whole if name == "numpy"] == [
        factor * 1e-12 for factor in (1, 1, 0.5, 0.25, 0.125, 0.125, 0.0625, 0.03125)
    ]
    for at in (3, 4, 5):
        assert interrupted(at) == whole


def test_a_state_without_a_course_has_its_learning_rate_for_a_base() -> None:
    state = build(CONFIG, 10)["numpy"].state()
    old = {name: array for name, array in state.items() if not name.startswith("course.")}
    old["learning_rate"] = np.array(0.07)
    engines = build(CONFIG, 10)
    engines["numpy"].load_state(old)
    assert share_course(engines).asked_rate == 0.07


def test_a_split_that_keeps_no_image_is_one_sentence() -> None:
    with pytest.raises(DataError, match=r"validation_split = 0\.0001 keeps not one of the 1,497"):
        datasets.load_for(CONFIG.replace(schedule="halving", validation_split=0.0001))
