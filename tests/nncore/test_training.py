"""The training loop: reproducible, resumable at any mini-batch, and it says when it diverges."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nncore import augmentation, batches, datasets
from nncore.config import TrainingConfig
from nncore.engine import Engine
from nncore.training import (
    EpochRecord,
    Progress,
    ReportInterval,
    build,
    change_learning_rate,
    closing_note,
    train,
)
from tests.nncore.twins import weight_difference

CONFIG = TrainingConfig(
    dataset="digits",
    hidden=(16,),
    optimizer="momentum",
    learning_rate=0.02,
    batch_size=32,
    epochs=3,
)
DATA = datasets.load("digits")


def curve(records: list[EpochRecord | Progress]) -> list[tuple[object, ...]]:
    return [
        (r.engine, r.epoch, r.train_cost, r.train_accuracy, r.validation_cost, r.test_accuracy)
        for r in records
        if isinstance(r, EpochRecord)
    ]


def run(config: TrainingConfig = CONFIG) -> tuple[dict[str, Engine], list[EpochRecord | Progress]]:
    engines = build(config, len(DATA.train))
    return dict(engines), list(train(config, DATA, engines))


def test_engines_take_turns_and_learn() -> None:
    _, records = run()
    epochs = curve(records)
    assert [(e[0], e[1]) for e in epochs] == [(n, i) for i in range(3) for n in ("numpy", "torch")]
    assert epochs[-2][5] > 0.8 > 0.2 > 0.1  # test accuracy, where guessing gives 0.1
    assert epochs[-2][2] < epochs[0][2]


def test_the_same_seed_gives_the_same_curve_bit_for_bit() -> None:
    assert curve(run()[1]) == curve(run()[1])
    assert curve(run()[1]) != curve(run(CONFIG.replace(seed=1))[1])


FEATURES = [
    *({"optimizer": name} for name in ("sgd", "momentum", "nesterov", "adam")),
    {"schedule": "one-cycle"},
    {"schedule": "step", "schedule_epochs": 1},
    {"schedule": "halving", "schedule_epochs": 1},
    {"dropout": 0.3},
]


@pytest.mark.parametrize("features", FEATURES, ids=str)
@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_resuming_inside_an_epoch_gives_the_numbers_of_an_uninterrupted_run(
    engine: str, features: dict[str, object]
) -> None:
    config = CONFIG.replace(engines=engine, learning_rate=0.005, **features)
    whole, records = run(config)
    stopped = build(config, len(DATA.train))
    generator = train(config, DATA, stopped, interval=ReportInterval(0))
    before = [next(generator) for _ in range(60)]  # into the second epoch of 39 mini-batches
    generator.close()
    state = stopped[engine].state()
    assert list(state["position"]) == [1, 60 - 39]
    resumed = build(config, len(DATA.train))
    resumed[engine].load_state(state)
    after = list(train(config, DATA, resumed))
    assert curve(before) + curve(after) == curve(records)
    assert np.array_equal(
        whole[engine].state()["parameters"], resumed[engine].state()["parameters"]
    )


def seen_images(config: TrainingConfig, engines: dict[str, Engine]) -> dict[str, np.ndarray]:
    """What each engine was given to train on, in order."""
    seen: dict[str, list[np.ndarray]] = {name: [] for name in engines}

    def recording(name: str, stage: Callable[..., tuple[Any, Any]]) -> Callable[..., Any]:
        def recorded(X: np.ndarray, labels: np.ndarray) -> tuple[Any, Any]:
            seen[name].append(X)
            return stage(X, labels)

        return recorded

    for name, engine in engines.items():
        engine.stage = recording(name, engine.stage)  # type: ignore[method-assign]
    list(train(config, DATA, engines))
    # Before the first epoch, training, validation and test images are staged as they are.
    return {name: np.concatenate(images[3:]) for name, images in seen.items()}


def test_both_engines_see_the_same_images_deformed_anew_in_every_epoch() -> None:
    config = CONFIG.replace(deform="elastic", epochs=2)
    seen = seen_images(config, dict(build(config, len(DATA.train))))
    np.testing.assert_array_equal(seen["numpy"], seen["torch"])
    first, second = ({image.tobytes() for image in epoch} for epoch in np.split(seen["numpy"], 2))
    plain = {image.tobytes() for image in DATA.train.images}
    assert len(first) == len(second) == len(plain)
    assert first.isdisjoint(second)
    assert first.isdisjoint(plain)


@pytest.mark.parametrize("batch_size", [32, "full"])
def test_a_resumed_run_sees_the_same_deformed_images(
    batch_size: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BLOCK_ROWS", 256)  # five blocks an epoch
    config = CONFIG.replace(engines="numpy", deform="elastic", batch_size=batch_size)
    whole, records = run(config)
    stopped = build(config, len(DATA.train))
    generator = train(config, DATA, stopped, interval=ReportInterval(0))
    before = [next(generator) for _ in range(60 if batch_size == 32 else 1)]
    generator.close()
    resumed = build(config, len(DATA.train))
    resumed["numpy"].load_state(stopped["numpy"].state())
    after = list(train(config, DATA, resumed))
    assert curve(before) + curve(after) == curve(records)
    assert weight_difference(whole["numpy"], resumed["numpy"]).maximum == 0


def test_deformed_at_strength_zero_is_not_deformed() -> None:
    config = CONFIG.replace(engines="numpy", epochs=1)
    zero = config.replace(deform="elastic", deform_strength=0)
    assert curve(run(zero)[1]) == curve(run(config)[1])


def test_an_error_in_deforming_is_the_trainings_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(augmentation, "deform", fail)
    with pytest.raises(MemoryError):
        run(CONFIG.replace(engines="numpy", deform="affine"))


def test_pace_zero_reports_every_mini_batch() -> None:
    config = CONFIG.replace(engines="numpy", epochs=1)
    engines = build(config, len(DATA.train))
    records = list(train(config, DATA, engines, interval=ReportInterval(0)))
    n_batches = math.ceil(len(DATA.train) / 32)
    progress = [r for r in records if isinstance(r, Progress)]
    assert [p.batch for p in progress] == list(range(1, n_batches))  # the last one is the epoch's
    assert {p.n_batches for p in progress} == {n_batches}
    assert all(math.isfinite(p.cost) for p in progress)


def test_one_engine_takes_a_new_learning_rate_with_its_next_mini_batch() -> None:
    config = CONFIG.replace(engines="numpy", optimizer="sgd", epochs=1)
    engines = build(config, len(DATA.train))
    generator = train(config, DATA, engines, interval=ReportInterval(0))
    next(generator)
    change_learning_rate(engines, 1e-30)
    before = engines["numpy"].state()["parameters"]
    next(generator)
    np.testing.assert_allclose(engines["numpy"].state()["parameters"], before, atol=1e-20)


@pytest.mark.parametrize("turn", ["numpy", "torch"])
def test_twins_take_a_new_learning_rate_with_the_next_epoch_of_both(turn: str) -> None:
    config = CONFIG.replace(dtype="float64", schedule="cosine")
    data = datasets.load_for(config)
    engines = build(config, len(data.train))
    records = list[EpochRecord]()
    for record in train(config, data, engines, interval=ReportInterval(0)):
        if isinstance(record, EpochRecord):
            records.append(record)
        elif (record.engine, record.epoch, record.batch) == (turn, 1, 5):
            change_learning_rate(engines, 0.05)
    last = config.n_batches(len(data.train)) - 1
    for epoch, base in enumerate([0.02, 0.02, 0.05]):
        numpy, torch = (r.learning_rate for r in records if r.epoch == epoch)
        progress = (epoch + last / (last + 1)) / 3
        assert numpy == torch == pytest.approx(base * (1 + math.cos(math.pi * progress)) / 2)
    assert weight_difference(engines["numpy"], engines["torch"]).maximum < 1e-9


def test_full_batch_is_one_step_an_epoch() -> None:
    config = CONFIG.replace(engines="numpy", batch_size="full", optimizer="sgd", epochs=1, l2=1.0)
    engines = build(config, len(DATA.train))
    fresh = build(config, len(DATA.train))["numpy"]
    X, Y = fresh.stage(DATA.train.images, DATA.train.labels)
    fresh.train_batch(X, Y)
    list(train(config, DATA, engines))
    assert weight_difference(fresh, engines["numpy"]).maximum < 1e-6


# A learning rate so small that nothing ever changes: from the second epoch on no improvement.
IDLE = CONFIG.replace(learning_rate=1e-12, epochs=9, patience=2)


def test_patience_ends_both_twins_after_the_same_epoch_and_says_so() -> None:
    engines, records = run(IDLE)
    assert {name: engine.epoch for name, engine in engines.items()} == {"numpy": 3, "torch": 3}
    assert len(curve(records)) == 6
    epochs = [record for record in records if isinstance(record, EpochRecord)]
    note = closing_note(IDLE, engines, epochs)
    assert note is not None
    assert note.startswith("Training ended after epoch 3")
    assert f"since epoch 1, when it was {epochs[0].validation_accuracy:.2%}." in note
    whole, records = run(IDLE.replace(epochs=3))
    assert closing_note(IDLE.replace(epochs=3), whole, []) is None  # it was over anyway


def test_patience_outlasts_a_checkpoint() -> None:
    stopped = build(IDLE, len(DATA.train))
    for record in train(IDLE, DATA, stopped):
        if isinstance(record, EpochRecord) and (record.engine, record.epoch) == ("numpy", 2):
            break  # NumPy has seen enough, PyTorch owes its third epoch
    resumed = build(IDLE, len(DATA.train))
    for name, engine in resumed.items():
        engine.load_state(stopped[name].state())
    records = list(train(IDLE, DATA, resumed))
    assert [(r.engine, r.epoch) for r in records if isinstance(r, EpochRecord)] == [("torch", 2)]


def test_improvement_keeps_a_run_going() -> None:
    config = CONFIG.replace(engines="numpy", patience=1, epochs=4, learning_rate=0.002)
    _, records = run(config)
    seen = [r.validation_accuracy or 0 for r in records if isinstance(r, EpochRecord)]
    assert seen == sorted(set(seen))  # better every time
    assert len(seen) == 4


def test_divergence_ends_an_engine_with_a_record_that_says_so() -> None:
    _, records = run(CONFIG.replace(learning_rate=1000, activation="linear", hidden=(30, 30)))
    last = {r.engine: r for r in records if isinstance(r, EpochRecord)}
    for record in last.values():
        assert record.diverged
        assert not math.isfinite(record.train_cost)
        assert record.epoch < 2  # there is no point in going on


def test_twins_start_equal() -> None:
    engines = build(CONFIG, 10)
    assert weight_difference(engines["numpy"], engines["torch"]).maximum == 0
