import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.compare import (
    common,
    ease,
    flexibility,
    measurement_queue,
    published,
    riddle,
    speed,
    twins,
)
from dashboard.compare.measurement_queue import Measurement, Measurements
from dashboard.runs import jobs
from dashboard.runs.store import RunStatus, run_store
from dashboard.settings import settings
from dashboard.ui.text import percent
from nncore import recipes
from nncore.lab import bench_report
from nncore.lab.bench_report import BenchRow, NielsenRow, SweepRow
from nncore.lab.comparison import TwinRun
from nncore.lab.machine import this_machine
from nncore.lab.reproduction import Row, SeedRun
from tests.pages.training import FakeJobs, own_store, page

BUTTONS = ("run-twins", "run-bench", "run-pieces", "run-activation", "run-riddle")


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(published, "stored", lambda: ROWS)
    monkeypatch.setattr(speed, "stored", lambda: SPEEDS)
    measurement_queue.measurements.cache_clear()
    with own_store(monkeypatch, tmp_path) as fake:
        yield fake
    measurement_queue.measurements.cache_clear()


def row(name: str, engine: str, *finals: float) -> Row:
    recipe = recipes.get(name)
    runs = [
        SeedRun(seed=i, accuracy=(0.1, final), diverged=False) for i, final in enumerate(finals)
    ]
    return Row(
        recipe=name,
        engine=engine,
        published=recipe.published,
        published_accuracy=recipe.published_accuracy,
        on="test",
        at="final",
        config=recipe.config.replace(engines=engine, epochs=2),
        command="python -m nncore reproduce",
        date="2026-11-21",
        machine=this_machine(),
        runs=tuple(runs),
    )


ROWS = (
    row("nielsen-ch1-wide", "numpy", 0.86, 0.966),
    row("nielsen-ch3-l2", "numpy", 0.93, 0.94),
    row("nielsen-no-hidden", "numpy", 0.91),
    row("full-batch", "numpy", 0.88, 0.9),
    row("full-batch", "torch", 0.882, 0.902),
    row("mini-batch", "numpy", 0.96, 0.97),
    row("mini-batch", "torch", 0.96, 0.97),
)


def point(width: int, batch: int | str, ratio: float) -> SweepRow:
    """A step takes NumPy 50 µs."""
    each = 50 / (60_000 if batch == "full" else int(batch))
    return SweepRow(f"784-{width}-10", width, batch, 1, each, each * ratio, ratio)


BY_BATCH = (
    point(128, 1, 4.0),
    point(128, 8, 2.0),
    point(128, 64, 0.8),
    point(128, "full", 1.2),
)
BY_WIDTH = (point(16, 32, 3.0), point(128, 32, 1.5), point(512, 32, 0.6))
ROW = BenchRow("784-30-10", 10, 1, "cpu", 0.3, 2.4, "fused", 8.0, 28.0, 0.14)
ON_A_GPU = BenchRow("784-30-10", 10, 1, "cuda, H100", 0.3, 6.0, "fused", 20.0, 28.0, 0.14)
SPEEDS = speed.Speeds(
    of_epochs=speed.Origin(this_machine(), "2026-11-21", "python -m nncore bench"),
    of_sweeps=speed.Origin(this_machine(), "2026-11-20", "python -m nncore bench --sweep"),
    by_batch=BY_BATCH,
    by_width=BY_WIDTH,
    gflops=200.0,
    rows=(ROW, ON_A_GPU),
    nielsen=NielsenRow(0.25, 3.0, 12.0),
)


def headings(at: AppTest) -> list[str]:
    return [header.value for header in at.header]


def heading(at: AppTest, start: str) -> str:
    return next(title for title in headings(at) if title.startswith(start))


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def wait_for(*ask: str) -> None:
    until(lambda: not common.active(*ask))


def test_the_headings_tell_the_story_from_stored_figures():
    at = page("compare")
    assert not at.exception
    assert not at.error
    gap = max(twins.stored().curve("float64").difference)
    assert heading(at, "Same network, same numbers").endswith(
        f" {common.power(gap)} in double precision"
    )
    assert (
        heading(at, "Speed") == "Speed: NumPy is up to 8.0 times as fast, PyTorch up to 1.7 times"
    )
    mine, other = ease.totals()
    assert heading(at, "Ease") == f"Ease: {other} lines in PyTorch, {mine} in NumPy"
    # Means: 89 and 89.2 % by full batch, 96.5 % by mini-batches; so (7.5 + 7.3) / 2, and 0.2.
    assert heading(at, "The 90.64").endswith("the batch makes 7.4 points, the engine 0.20")
    # 96.6 % passes against 96.59 %, 94 % does not against 96.49 %, 90.1 and 97 % do; the network
    # without a hidden layer has no published figure.
    assert heading(at, "Every published").endswith("3 of 4 within 0.7 points")


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (4.44e-15, "4.4·10⁻¹⁵"), (3.26e-06, "3.3·10⁻⁶")]
)
def test_small_numbers_are_written_as_powers(value: float, written: str):
    assert common.power(value) == written


def test_numbers_of_other_modules_are_written_as_here():
    assert common.tight("11.39 → 21.42 % (1 %)") == "11.39 → 21.42% (1%)"
    assert common.tight("error is 4.31e-09.") == "error is 4.3·10⁻⁹."


def test_nothing_stored_leaves_every_section_standing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(published, "stored", lambda: ())
    monkeypatch.setattr(twins, "stored", lambda: None)
    monkeypatch.setattr(speed, "stored", lambda: None)
    monkeypatch.setattr(flexibility, "stored", lambda: None)
    at = page("compare")
    assert not at.exception
    assert len(at.header) == len(headings(page("compare")))
    assert heading(at, "Same network") == "Same network, same numbers"
    assert heading(at, "The 90.64") == "The 90.64% against 96.69% riddle"
    for key in BUTTONS:
        assert not at.button(key=key).disabled


def test_without_pytorch_a_sentence_says_so_and_stored_figures_stay(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(measurement_queue, "find_spec", lambda name: None)
    at = page("compare")
    assert not at.exception
    assert "PyTorch is not installed" in at.info[0].value
    assert "no weight differs" in heading(at, "Same network")
    for key in BUTTONS:
        assert at.button(key=key).disabled


def test_pytorch_that_cannot_be_imported_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    broken = "import sys; sys.exit('ImportError: libtorch_cpu.so: cannot open shared object file')"
    own = Measurements((sys.executable, "-c", broken))
    monkeypatch.setattr(common, "measurements", lambda: own)
    at = page("compare")
    at.button(key="run-twins").click().run()
    wait_for("twins")
    at.run()
    assert not at.exception
    assert "libtorch" in at.error[0].value
    assert "no weight differs" in heading(at, "Same network")
    assert not at.button(key="run-twins").disabled


def test_the_bench_says_what_a_step_costs():
    made = {step.name: step for step in speed.steps(SPEEDS)}
    assert len(made) == 8  # the GPU's row is not of the CPU
    step = made["784-128-10 by 64"]
    # 64 examples of 6 (784·128 + 128·10) - 2·784·128 = 409,088 operations.
    assert step.flops == 64 * 409_088
    assert step.numpy_seconds == pytest.approx(50e-6)
    assert step.torch_seconds == pytest.approx(40e-6)
    assert made["784-128-10 with the full batch"].numpy_seconds == pytest.approx(50e-6)
    assert made["784-30-10 by 10"].torch_seconds == pytest.approx(2.4 / 6_000)


def test_the_table_of_the_bench_has_a_gpus_row():
    at = page("compare")
    table = at.dataframe[0].value
    assert list(table["PyTorch on"]) == ["cpu", "cuda, H100"]
    assert list(table["PyTorch's time / NumPy's"]) == [8.0, 20.0]
    assert any("12.0 times as long" in m.value for m in at.markdown)


@pytest.mark.parametrize(
    ("ratios", "told"),
    [
        ((8.0, 0.8), "NumPy is up to 8.0 times as fast, PyTorch up to 1.2 times"),
        ((8.0, 1.2), "NumPy is 1.2 to 8.0 times as fast"),
        ((8.1, 1.04), "NumPy is level at worst and 8.1 times as fast at best"),
        ((8.1, 0.96), "NumPy is level at worst and 8.1 times as fast at best"),
        ((0.8, 0.5), "PyTorch is 1.2 to 2.0 times as fast"),
        ((0.98, 0.5), "PyTorch is level at worst and 2.0 times as fast at best"),
        ((1.04, 0.96), "both engines are level"),
    ],
)
def test_the_speed_heading_follows_the_figures(ratios: tuple[float, float], told: str):
    assert speed.story(ratios) == told


def test_a_bench_made_here_shows_its_progress_and_then_its_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    about = {"machine": this_machine().model_dump(), "date": "2026-11-21", "n": 8}
    commands = {"command": "c", "sweep_command": "c --sweep"}
    first = [("about", about | commands), *(("batch", asdict(row)) for row in BY_BATCH[:2])]
    rest = [("gflops", 200.0), ("row", asdict(ROW)), ("nielsen", asdict(SPEEDS.nielsen))]
    lines, more = (
        "\n".join(json.dumps({"kind": kind, "value": value}) for kind, value in part)
        for part in (first, rest)
    )
    go_on = tmp_path / "go-on"
    script = f"""
import pathlib, time
print({lines!r}, flush=True)
while not pathlib.Path({str(go_on)!r}).exists():
    time.sleep(0.02)
print({more!r})
"""
    own = Measurements((sys.executable, "-c", script))
    monkeypatch.setattr(common, "measurements", lambda: own)
    at = page("compare")
    at.button(key="run-bench").click().run()
    until(lambda: len(own.find("bench").results) == 3)
    other = page("compare")
    assert other.button(key="run-bench").disabled
    assert progress_texts(other)[0].startswith("2 of 8 measured")
    assert heading(other, "Speed").endswith("PyTorch up to 1.7 times")
    go_on.touch()
    wait_for("bench")
    assert heading(other.run(), "Speed") == "Speed: NumPy is 2.0 to 8.0 times as fast"
    said = [caption.value for caption in other.caption]
    assert sum("Measured here on" in words for words in said) == 1
    assert any(words.endswith("`c --sweep` and `c`") for words in said)
    # The stored ones are those of `SPEEDS`: a GPU's row is none of them.
    assert "PyTorch's time / NumPy's: here 2.0 to 8.0, stored 0.6 to 8.0." in said


def test_the_two_measurements_of_speed_have_their_own_origins():
    said = [caption.value for caption in page("compare").caption]
    lines = next(text for text in said if text.startswith("Lines: "))
    table = next(text for text in said if text.startswith("Table: "))
    assert "20 November 2026" in lines
    assert lines.endswith("`python -m nncore bench --sweep`")
    assert "21 November 2026" in table
    assert table.endswith("`python -m nncore bench`")


def test_without_the_rate_of_a_product_nothing_is_said_of_the_rest(
    monkeypatch: pytest.MonkeyPatch,
):
    assert any("the rest is" in m.value for m in page("compare").markdown)
    monkeypatch.setattr(speed, "stored", lambda: replace(SPEEDS, gflops=None))
    assert not any("the rest is" in m.value for m in page("compare").markdown)


def progress_texts(at: AppTest) -> list[str]:
    return [block.proto.text for block in at.get("progress")]


def test_the_parts_are_run_here_and_a_second_visitor_sees_them():
    at = page("compare")
    at.button(key="run-pieces").click().run()
    assert at.button(key="run-pieces").disabled or common.measured("pieces")
    wait_for("pieces")
    for visitor in (at.run(), page("compare")):
        assert not visitor.exception
        tables = [m.value for m in visitor.markdown if m.value.startswith("| 100 images")]
        assert "| Backward |" in tables[0]


def test_a_run_of_the_twins_made_here_takes_the_stored_ones_place(
    monkeypatch: pytest.MonkeyPatch,
):
    stored = twins.stored()
    double = stored.curve("float64")
    # Not the last one: the heading has the largest of all.
    worse = double.model_copy(update={"difference": (0.125, *double.difference[1:])})
    made = stored.model_copy(update={"curves": (stored.curve("float32"), worse)})
    own = Measurements((sys.executable, "-c", f"print({made.model_dump_json()!r})"))
    monkeypatch.setattr(common, "measurements", lambda: own)
    at = page("compare")
    at.button(key="run-twins").click().run()
    wait_for("twins")
    at.run()
    assert heading(at, "Same network").endswith(" 1.2·10⁻¹ in double precision")
    assert TwinRun.model_validate(common.measured("twins").results[0]) == made
    day = f"{datetime.now(UTC):%B %Y at }"
    said = [caption.value for caption in at.caption]
    assert sum(day in words and "UTC" in words for words in said) == 1
    was = common.power(max(double.difference))
    assert f"Largest difference in double precision: here 1.2·10⁻¹, stored {was}." in said


def test_a_measurement_is_stopped_and_the_stored_figures_stand(monkeypatch: pytest.MonkeyPatch):
    own = Measurements(
        (sys.executable, "-c", "import time; print('{}', flush=True); time.sleep(60)")
    )
    monkeypatch.setattr(common, "measurements", lambda: own)
    at = page("compare")
    title = heading(at, "Same network")
    at.button(key="run-twins").click().run()
    until(lambda: own.find("twins").results)
    at.run().button(key="stop-run-twins").click().run()
    wait_for("twins")
    at.run()
    assert not at.error
    assert not at.button(key="run-twins").disabled
    assert all(button.key != "stop-run-twins" for button in at.button)
    assert "Stopped: no figure has changed." in [caption.value for caption in at.caption]
    assert heading(at, "Same network") == title


def test_among_visitors_only_who_asked_may_stop(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NN_MULTIUSER", "1")
    settings.cache_clear()
    own = Measurements((sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(common, "measurements", lambda: own)
    monkeypatch.setattr(session, "workspace", lambda: "k" * 32)
    own.ask("twins", workspace="j" * 32)
    at = page("compare")
    assert at.button(key="run-twins").disabled
    assert all(button.key != "stop-run-twins" for button in at.button)
    monkeypatch.setattr(session, "workspace", lambda: "j" * 32)
    page("compare").button(key="stop-run-twins").click().run()
    wait_for("twins")


def test_times_are_not_to_be_trusted_while_a_run_trains(monkeypatch: pytest.MonkeyPatch):
    assert not page("compare").warning
    monkeypatch.setattr(common, "a_run_trains", lambda: True)
    said = [warning.value for warning in page("compare").warning]
    assert len(said) == 2  # of the bench and of the parts: the others measure no times
    assert all("A run is training" in words for words in said)


def test_a_bench_says_how_long_it_goes_on_until_that_is_over():
    made = Measurement(("bench",), heard=[100.0, 110.0])
    made.results = [{"kind": "about", "value": {"n": 4}}, {"kind": "batch"}]
    # A share for each of the four, as the stored file has others: 10 s each.
    assert speed.progress_text(made, 112.0) == "1 of 4 measured, about 28 s left"
    assert speed.progress_text(made, 200.0) == "1 of 4 measured"


def test_a_bench_of_this_machine_has_a_share_for_each_result():
    stored = bench_report.load()
    weights = speed.shares(
        speed.Speeds(
            by_batch=stored.sweep.by_batch_size,
            by_width=stored.sweep.by_width,
            rows=stored.speed.rows,
            nielsen=stored.speed.nielsen,
        )
    )
    assert len(weights) == 27
    assert min(weights) > 0


def test_visitors_who_share_a_server_are_told_to_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("NN_MULTIUSER", "1")
    settings.cache_clear()
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists():\n"
    own = Measurements((sys.executable, "-c", f"{wait}    time.sleep(0.02)"))
    monkeypatch.setattr(common, "measurements", lambda: own)
    own.ask("wait")
    at = page("compare")
    at.button(key="run-twins").click().run()
    assert not at.warning
    at.button(key="run-pieces").click().run()
    assert at.warning[0].value.startswith("A measurement of yours waits already")
    (tmp_path / "go").touch()
    wait_for("twins")


@pytest.mark.parametrize("part", ease.PARTS, ids=lambda part: part.name)
def test_every_part_is_found_in_the_source_and_counted_as_shown(part: ease.Part):
    for engine in ("numpy", "torch"):
        shown = ease.source(part, engine).splitlines()
        assert ease.lines(part, engine) == sum(
            bool(line.strip()) and not line.startswith("# nncore/") for line in shown
        )
        assert len(ease.source(part, engine, words=True)) >= len("\n".join(shown))


def test_a_part_is_chosen_and_shown_with_its_words():
    at = page("compare")
    at.button_group(key="ease-part").set_value("New activation").run()
    assert "def sigmoid_derivative" in at.code[0].value
    assert "from the activation a" not in at.code[0].value
    assert "nn.Sigmoid" in at.code[1].value
    at.toggle(key="ease-words").set_value(True).run()
    assert "from the activation a" in at.code[0].value


def typed(at: AppTest, activation: str, derivative: str) -> AppTest:
    at.text_input(key="typed-activation").set_value(activation)
    return at.text_input(key="typed-derivative").set_value(derivative).run()


def test_a_right_derivative_is_accepted_and_a_wrong_one_rejected_at_once():
    at = page("compare")
    assert at.success[0].value.startswith("Accepted")
    at.button(key="plant-mistake").click().run()
    assert not at.success
    assert at.error[0].value.startswith("Rejected")
    typed(at, "z ** 3", "3 * z ** 2")
    assert at.success[0].value.startswith("Accepted")
    at.button(key="plant-mistake").click().run()
    assert at.text_input(key="typed-derivative").value == "1.01 * (3 * z ** 2)"
    assert at.button(key="plant-mistake").disabled  # once is enough
    at.button(key="example-Sine").click().run()
    assert at.text_input(key="typed-activation").value == "sin(z)"
    assert at.success[0].value.startswith("Accepted")
    typed(at, "z", "1" + " + 0.00000000000" * 12)  # 193 characters: no room for the mistake
    assert at.button(key="plant-mistake").disabled


def test_without_a_derivative_pytorch_trains_alone():
    at = typed(page("compare"), "tanh(z)", " ")
    assert not at.error
    assert at.info[0].value == "No derivative: PyTorch trains alone."
    assert at.button(key="plant-mistake").disabled
    assert not at.button(key="run-activation").disabled


@pytest.mark.parametrize(
    ("activation", "derivative"), [("1/0", "z"), ("exp(exp(9*z))", "1"), ("z", "exp(exp(9*z))")]
)
def test_what_overflows_is_rejected_and_its_picture_has_gaps(activation: str, derivative: str):
    at = typed(page("compare"), activation, derivative)  # a warning would be an exception here
    assert not at.exception
    assert at.error[0].value.startswith("Rejected")


@pytest.mark.parametrize("text", ["__import__('os')", "<b>z</b>", "[a](b)", "z z", "exp(exp"])
def test_what_is_no_expression_is_one_sentence_and_nothing_runs(text: str):
    at = typed(page("compare"), text, "1")
    assert not at.exception
    assert at.error[0].value.startswith("f\\(z\\)")
    assert all(button.key != "run-activation" for button in at.button)
    assert heading(at, "Every published")  # the sections below stand
    at = typed(page("compare"), "z", text)
    assert at.error[0].value.startswith("f\\'\\(z\\)")
    assert at.button(key="run-activation").disabled


def test_a_typed_activation_is_trained_by_both_engines_or_by_pytorch_alone():
    at = page("compare")
    stored = at.container(key="typed-results").metric
    assert stored[0].value == stored[1].value  # torch and numpy, of the committed run
    typed(at, "tanh(z) + 0.1 * z", "1")
    assert at.error[0].value.startswith("Rejected")
    at.button(key="run-activation").click().run()
    wait_for("activation", "tanh(z) + 0.1 * z", "1")
    at.run()
    assert not at.exception
    torch, numpy = at.container(key="typed-results").metric
    assert float(torch.value.rstrip("%")) > 50
    assert numpy.value == "not trained"
    typed(at, "tanh(z) + 0.2 * z", "1")
    assert not at.get("typed-results")


def test_the_riddle_is_trained_by_the_job_queue_once(queue: FakeJobs):
    at = page("compare")
    at.button(key="run-riddle").click().run()
    assert not at.exception
    mine = run_store().list_runs("local")
    assert {run.config for run in mine} == {
        riddle._config("full-batch"),
        riddle._config("mini-batch"),
    }
    assert all(run.config.engines == ("numpy", "torch") for run in mine)
    assert queue.submitted
    watch = [link for link in at.page_link if link.label == "Watch it on Train"]
    assert [link.page for link in watch] == ["train", "train"]
    assert {link.query_string for link in watch} == {f"run={run.id}" for run in mine}
    again = page("compare")  # a refresh: the session is new, the runs are the store's
    assert again.button(key="run-riddle").disabled
    assert [run.status for run in mine] == [RunStatus.QUEUED] * 2


def test_the_riddle_starts_both_runs_or_none(monkeypatch: pytest.MonkeyPatch, queue: FakeJobs):
    monkeypatch.setenv("NN_MULTIUSER", "1")
    monkeypatch.setenv("NN_MAX_QUEUED", "2")
    settings.cache_clear()
    monkeypatch.setattr(session, "workspace", lambda: "k" * 32)
    run_store().create_run("k" * 32, recipes.get("classroom").config)
    at = page("compare")
    at.button(key="run-riddle").click().run()
    assert "start these 2 then" in at.error[0].value
    assert len(run_store().list_runs("k" * 32)) == 1


def test_the_riddle_concludes_only_from_results(monkeypatch: pytest.MonkeyPatch):
    def told(at: AppTest) -> str:
        return next(m.value for m in at.markdown if m.value.startswith("Somebody published"))

    assert (
        "100 epochs are 100 steps; with mini-batches they are 1,500. So we train each recipe on "
        "both engines. Given the same batch, our engines end within 0.20 points of each other. "
        "The batch makes 7.40 points here and 6.05 there: "
    ) in told(page("compare"))
    assert told(page("compare")).endswith("the mean of 2 seeds.")
    monkeypatch.setattr(published, "stored", lambda: [r for r in ROWS if r.engine == "numpy"])
    assert "engines end" not in told(page("compare"))
    monkeypatch.setattr(published, "stored", lambda: ())
    assert told(page("compare")).endswith("on both engines.")


def test_the_riddle_says_how_long_it_takes_and_goes_on():
    assert any("about 4 minutes" in caption.value for caption in page("compare").caption)
    pace = riddle.Pace()
    assert pace.seconds_left("full-batch", 0.20, 100.0) is None
    assert pace.seconds_left("full-batch", 0.205, 101.0) is None
    # A tenth took 10 s, so the other seven take 70 s.
    assert pace.seconds_left("full-batch", 0.30, 110.0) == pytest.approx(70.0)
    assert pace.seconds_left("mini-batch", 0.30, 110.0) is None
    pace.forget("full-batch")  # paused: its clock begins anew
    assert pace.seconds_left("full-batch", 0.30, 200.0) is None


def test_a_trained_run_of_the_riddle_is_drawn(monkeypatch: pytest.MonkeyPatch, queue: FakeJobs):
    small = {
        "dataset": "digits",
        "epochs": 2,
        "engines": "numpy",
    }
    monkeypatch.setattr(riddle, "_config", lambda name: recipes.get(name).config.replace(**small))
    at = page("compare")
    at.button(key="run-riddle").click().run()
    for run in run_store().list_runs("local"):
        assert jobs.run_training(run.id, run_store().url) == "finished"
    at.run()
    assert not at.exception
    assert not at.button(key="run-riddle").disabled
    assert any("100%" in m.value for m in at.markdown)


def cells(at: AppTest) -> dict[str, list[str]]:
    """By recipe: our figure, the verdict and how many seeds are near."""
    table = at.table[0].value
    assert list(table["recipe"]) == [recipe.title for recipe in recipes.RECIPES.values()]
    columns = zip(
        table["run it"], table["ours"], table["verdict"], table["seeds within 0.7"], strict=True
    )
    return {link.split("recipe=")[1].rstrip(")"): told for link, *told in columns}


def test_the_table_has_every_recipe_its_verdict_and_a_link():
    told = cells(page("compare"))
    assert told["nielsen-ch1-wide"] == ["91.30% ± 7.50", "passed by the best seed", "1\xa0of\xa02"]
    assert told["nielsen-ch3-l2"] == ["93.50% ± 0.71", "missed by 2.5", "0\xa0of\xa02"]
    assert told["mini-batch"] == ["96.50% ± 0.71", "passed", "2\xa0of\xa02"]
    assert told["nielsen-no-hidden"] == ["91.00%", "–", "–"]
    assert told["simard"] == ["not run yet", "–", "–"]


def test_what_is_better_than_published_is_not_called_missed():
    better = row("nielsen-ch3-overfitting", "numpy", 0.82, 0.8346)  # 82.27 % was published
    assert better.passed is False
    assert published.verdict(better) == "better by 1.2"
    assert published.near(better) == "1\xa0of\xa02"


def test_a_recipe_without_a_row_has_its_shipped_models_figure():
    ours, verdict, near = cells(page("compare"))["robust"]
    assert ours == f"{percent(published.shipped('robust').test_accuracy)}, " + (
        "one seed: the shipped model"
    )
    assert (verdict, near) == ("–", "–")
    assert published.shipped("simard") is None


def test_a_visitors_link_keeps_their_workspace(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(published.session, "workspace", lambda: "k" * 32)
    assert published.link("simard") == f"train?recipe=simard&workspace={'k' * 32}"
