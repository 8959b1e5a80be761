"""Records of a run, for tests of what draws them."""

from typing import Any

from nncore.training import EpochRecord


def record(engine: Any, epoch: int, **values: Any) -> EpochRecord:
    fields: dict[str, Any] = {
        "learning_rate": 0.1,
        "train_cost": 0.5 / (epoch + 1),
        "train_accuracy": 0.9 + 0.01 * epoch,
        "validation_cost": None,
        "validation_accuracy": None,
        "test_cost": 0.6 / (epoch + 1),
        "test_accuracy": 0.88 + 0.01 * epoch,
        "seconds": 1.0,
        "examples_per_second": 50_000.0,
        "diverged": False,
    }
    return EpochRecord(engine=engine, epoch=epoch, **{**fields, **values})


RECORDS = [record(engine, epoch) for epoch in range(3) for engine in ("numpy", "torch")]
