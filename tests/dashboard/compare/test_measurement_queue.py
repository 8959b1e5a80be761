"""Measurements on a server: one at a time, shared by all who ask, and never in the way."""

import sys
import time
from pathlib import Path

import pytest

from dashboard.compare import measurement_queue as module
from dashboard.compare.measurement_queue import BusyError, Measurement, Measurements

FAKE = """
import json, pathlib, sys, time
owner, kind, *arguments = sys.argv[1:]
if kind == "count":
    with open(arguments[0], "a") as file:
        file.write("x")
    print(json.dumps({"counted": True}), flush=True)
elif kind in ("wait", "bench"):
    print(json.dumps({"started": time.time()}), flush=True)
    while not pathlib.Path(arguments[0]).exists():
        time.sleep(0.02)
elif kind == "fail":
    print("Traceback", file=sys.stderr)
    sys.exit("ModuleNotFoundError: No module named 'torch'")
elif kind == "babble":
    print("no JSON", flush=True)
"""


@pytest.fixture
def server() -> Measurements:
    return Measurements((sys.executable, "-c", FAKE))


def until_over(measurement: Measurement, seconds: float = 30) -> Measurement:
    return until(measurement, lambda: measurement.over, seconds)


def until(measurement: Measurement, is_so, seconds: float = 30) -> Measurement:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, measurement
        time.sleep(0.02)
    return measurement


def test_results_come_as_they_are_made_and_stay(server: Measurements, tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    running = server.ask("wait", str(go_on))
    until(running, lambda: running.results)
    assert running.active
    assert not running.done
    go_on.touch()
    assert until_over(running).done
    assert server.find("wait", str(go_on)) is running
    assert server.find("wait", "other") is None


def test_ten_visitors_who_press_at_once_watch_one_measurement(
    server: Measurements, tmp_path: Path
) -> None:
    go_on, counted = tmp_path / "go-on", tmp_path / "counted"
    first = server.ask("wait", str(go_on))
    asked = {id(server.ask("count", str(counted))) for _ in range(10)}
    assert len(asked) == 1
    second = server.ask("count", str(counted))
    until(first, lambda: first.started)
    assert (server.ahead(first), server.ahead(second)) == (0, 1)
    assert not counted.exists()
    go_on.touch()
    until_over(second)
    assert counted.read_text() == "x"
    until_over(server.ask("count", str(counted)))  # asked again when it is over: measured again
    assert counted.read_text() == "xx"


def test_a_short_measurement_waits_for_a_long_one(server: Measurements, tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    long = server.ask("bench", str(go_on))
    short = server.ask("count", str(tmp_path / "counted"))
    until(long, lambda: long.results)
    assert not short.started
    go_on.touch()
    assert until_over(short).done
    assert long.done


def test_a_result_stands_until_the_next_one_is_whole(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    script = f"import pathlib, sys; sys.exit(pathlib.Path({str(broken)!r}).exists())"
    server = Measurements((sys.executable, "-c", script))
    first = until_over(server.ask("twins"))
    broken.touch()
    second = server.ask("twins")
    assert server.find("twins") is second
    assert server.result("twins") is first
    assert until_over(second).error
    assert server.result("twins") is first
    broken.unlink()
    third = until_over(server.ask("twins"))
    assert server.result("twins") is third
    assert third.before is None  # what it replaces is not kept for ever


def test_a_measurement_is_stopped_and_what_was_measured_before_stands(tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    script = f"""
import pathlib, time
print(1, flush=True)
if pathlib.Path({str(slow)!r}).exists():
    print('{{"half a line', end="", flush=True)
    time.sleep(60)
"""
    server = Measurements((sys.executable, "-c", script))
    first = until_over(server.ask("twins"))
    slow.touch()
    second = server.ask("twins")
    until(second, lambda: second.results)
    server.stop("twins")
    until_over(second, 10)
    assert (second.done, second.stopped, second.error) == (False, True, None)
    assert server.result("twins") is first
    slow.unlink()
    server.stop("twins")  # nothing runs: nothing happens
    server.stop("bench")
    assert until_over(server.ask("twins")).done


def test_what_waits_is_stopped_without_a_process(server: Measurements, tmp_path: Path) -> None:
    go_on, counted = tmp_path / "go-on", tmp_path / "counted"
    running = server.ask("wait", str(go_on))
    waiting = server.ask("count", str(counted))
    server.stop("count", str(counted))
    assert waiting.over
    assert running.active
    go_on.touch()
    assert until_over(running).done
    assert until_over(server.ask("count", str(tmp_path / "other"))).done
    assert not counted.exists()


def test_the_time_left_follows_the_shares_of_the_rest() -> None:
    made = Measurement(("bench",), started_at=95.0)
    assert module.seconds_left(made, [1, 1, 2], 101.0) is None
    made.results, made.heard = [{"about": "it"}], [100.0]
    assert module.seconds_left(made, [1, 1, 2], 102.0) is None
    made.results, made.heard = [{}, {}, {}], [100.0, 102.0, 106.0]
    # Two of four shares took 6 s, so the other two take 6 s, of which 2 s are over.
    assert module.seconds_left(made, [1, 1, 2], 108.0) == pytest.approx(4.0)
    assert module.seconds_left(made, [1, 1, 2], 120.0) == 0.0


def test_among_visitors_one_request_of_each_waits(server: Measurements, tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    running = server.ask("wait", str(go_on), workspace="a")
    until(running, lambda: running.started)
    waiting = server.ask("count", str(tmp_path / "1"), workspace="a")
    with pytest.raises(BusyError, match="of yours waits"):
        server.ask("count", str(tmp_path / "2"), workspace="a")
    assert server.ask("count", str(tmp_path / "1"), workspace="a") is waiting
    other = server.ask("count", str(tmp_path / "2"), workspace="b")
    go_on.touch()
    assert until_over(other).done


def test_among_visitors_a_bench_rests_an_hour(
    server: Measurements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = tmp_path / "go-on"
    go_on.touch()
    ask = ("bench", str(go_on))
    first = until_over(server.ask(*ask, workspace="a"))
    with pytest.raises(BusyError, match="less than an hour ago"):
        server.ask(*ask, workspace="b")
    until_over(server.ask(*ask))  # one's own machine is one's own business
    first = server.result(*ask)
    assert first is not None
    first.over_at -= 3_600
    assert until_over(server.ask(*ask, workspace="b")).done


@pytest.mark.parametrize("training", [False, True])
def test_a_run_that_trained_meanwhile_is_told(tmp_path: Path, training: bool) -> None:
    server = Measurements((sys.executable, "-c", FAKE), training=lambda: training)
    made = until_over(server.ask("count", str(tmp_path / "counted")))
    assert made.disturbed == training


def test_too_many_are_told_to_come_back(server: Measurements, tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    first = server.ask("wait", str(go_on))
    until(first, lambda: first.started)
    waiting = [server.ask("count", str(tmp_path / str(i))) for i in range(module.MAX_WAITING)]
    with pytest.raises(BusyError, match="8 measurements wait"):
        server.ask("count", "one more")
    assert server.ask("count", str(tmp_path / "0")) is waiting[0]
    go_on.touch()
    assert all(until_over(measurement).done for measurement in waiting)


def test_a_failure_is_a_sentence_and_the_next_one_runs(
    server: Measurements, tmp_path: Path
) -> None:
    failed, babbled = server.ask("fail"), server.ask("babble")
    assert until_over(failed).error == (
        "It could not be measured (ModuleNotFoundError: No module named 'torch')."
    )
    assert not failed.done
    assert "broke off" in (until_over(babbled).error or "")
    assert until_over(server.ask("count", str(tmp_path / "counted"))).done


def test_what_the_system_kills_is_told_so(server: Measurements, tmp_path: Path) -> None:
    killed = server.ask("wait", str(tmp_path / "never"))
    until(killed, lambda: killed.results)
    assert killed.process is not None
    killed.process.kill()
    assert until_over(killed).error == (
        "The system ended it, perhaps for lack of memory; try again."
    )


def test_what_hangs_is_given_up(
    server: Measurements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", {"wait": 0.3})
    hangs = server.ask("wait", str(tmp_path / "never"))
    assert "did not end within" in (until_over(hangs).error or "")


def test_old_results_are_forgotten(
    server: Measurements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    until_over(server.ask("count", str(tmp_path / "bench")))
    for i in range(4):
        until_over(server.ask("activation", str(tmp_path / str(i))))
    assert server.find("activation", str(tmp_path / "0")) is None
    assert server.find("activation", str(tmp_path / "3")) is not None
    assert server.find("count", str(tmp_path / "bench")) is not None  # typed formulas only
