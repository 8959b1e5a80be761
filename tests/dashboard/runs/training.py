"""What the tests of runs share: small runs, a worker of this process, records as one makes them."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace

from dashboard.runs.run import Live, RequestKind
from dashboard.runs.store import RunStore
from dashboard.runs.worker import run_training
from nncore.config import TrainingConfig
from nncore.training import EpochRecord

CONFIG = TrainingConfig(dataset="digits", hidden=(20,), engines=("numpy",), epochs=3)
ENDLESS = CONFIG.replace(epochs=1_000)
TIMEOUT = 60.0
"""For what takes a second on an idle machine."""


def wait_until(condition, timeout=TIMEOUT):
    """Seconds until the condition holds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < timeout, "timed out"
        time.sleep(0.01)
    return time.monotonic() - began


def status(store, run_id):
    return store.get_run(run_id).status


def wait_for(store, run_id, wanted, timeout=TIMEOUT):
    return wait_until(lambda: status(store, run_id) == wanted, timeout)


def wait_for_epochs(store, run_id, n):
    return wait_until(lambda: len(store.epochs(run_id)) >= n)


def new_run(store, config=CONFIG, **options):
    return store.create_run("mine", config, **options)


@contextmanager
def training_thread(store, run_id):
    """A worker of this process; it is stopped at the end, whatever the test did."""
    thread = threading.Thread(target=run_training, args=(run_id, store.url))
    thread.start()
    try:
        yield thread
    finally:
        wait_until(lambda: status(store, run_id) != "queued" or not thread.is_alive())
        store.request(run_id, RequestKind.STOP)
        thread.join(TIMEOUT)
        assert not thread.is_alive()


def curve(store, run_id):
    return [(r.engine, r.epoch, r.train_cost, r.test_cost) for r in store.epochs(run_id)]


def place(store, run_id, engine="numpy"):
    last = [c for c in store.checkpoints(run_id) if c.engine == engine][-1]
    return last.epoch, last.batch


def uninterrupted(tmp_path, config):
    store = RunStore(f"sqlite:///{tmp_path / 'uninterrupted.sqlite'}")
    run = new_run(store, config)
    assert run_training(run.id, store.url) == "finished"
    expected = curve(store, run.id)
    store.close()
    return expected


def record(epoch, engine="numpy", **changes):
    figures = EpochRecord(engine, epoch, 0.1, 0.5, 0.9, 0.6, 0.8, 0.7, 0.85, 1.5, 1e4, False)
    return replace(figures, **changes)


def live(progress, costs):
    """What a worker of one engine sends."""
    return Live({progress.engine: progress}, {progress.engine: costs})


def one_sentence(error):
    """Whether what was raised is one sentence for its reader."""
    text = str(error.value)
    return text.endswith(".") and "\n" not in text and "Traceback" not in text
