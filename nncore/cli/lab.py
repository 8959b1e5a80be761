"""reproduce, bench, twins and activation: experiments and measurements."""

import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from nncore import recipes
from nncore.cli.common import AsJson, app, check_writable, errors_in_a_sentence, fail, say
from nncore.config import EngineName, TrainingConfig
from nncore.lab import bench_report, reproduction
from nncore.lab.bench_report import Record, Speed, Sweep
from nncore.lab.result_files import ResultFileError


@app.command()
def reproduce(
    names: Annotated[
        str | None, typer.Option("--recipes", help="Their names, by commas; all unless named.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Trainings of each recipe.")] = 5,
    engines: Annotated[str, typer.Option(help="numpy, torch or numpy,torch.")] = "numpy",
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes that train at once.")] = 1,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the MNIST files.")] = None,
    save: Annotated[
        Path | None, typer.Option(help="Put the rows into this file; its other rows are kept.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train every recipe over seeds and compare with its published result."""
    with errors_in_a_sentence():
        listed = list(recipes.RECIPES) if names is None else names.split(",")
        chosen = [recipes.get(name.strip()) for name in listed]
        by = chosen[0].config.replace(engines=engines).engines
        if save:
            check_writable("--save", save, whole=True)  # now, and not after an hour of training
            if save.exists():
                reproduction.load(save)
        steps = reproduction.reproduce(
            chosen, seeds=seeds, engines=by, jobs=jobs, data_dir=data_dir
        )
        rows = _reproduce_with_progress(steps, len(chosen) * len(by), seeds, save, quiet=as_json)
    if as_json:
        typer.echo(reproduction.to_json(rows), nl=False)


def _reproduce_with_progress(
    steps: Generator[reproduction.SeedProgress | reproduction.Row],
    n_rows: int,
    seeds: int,
    save: Path | None,
    *,
    quiet: bool,
) -> list[reproduction.Row]:
    """Every row, shown when it is whole; Ctrl-C keeps the trainings that were finished."""
    rows: dict[tuple[str, EngineName], reproduction.Row] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    shown = Progress(*columns, console=Console(stderr=True), transient=True)
    with closing(steps), shown as bar:
        task = bar.add_task("starting", total=n_rows * seeds)
        try:
            for step in steps:
                n_done = sum(len(row.runs) for row in rows.values())
                if isinstance(step, reproduction.SeedProgress):
                    label = f"{step.recipe}, {step.engine}, seed {step.seed}"
                    share = step.share if step.share < 1 else 0
                    bar.update(task, completed=n_done + share, description=label)
                    continue
                rows[step.recipe, step.engine] = step
                bar.update(task, completed=n_done + 1)
                if save:
                    reproduction.merge(save, step)
                if not quiet and len(step.runs) == seeds:
                    typer.echo(_reproduced(step))
        except KeyboardInterrupt:
            say("Stopped; the trainings that were finished are kept.")
            if not quiet:
                for row in rows.values():
                    if len(row.runs) < seeds:
                        typer.echo(_reproduced(row))
    return list(rows.values())


def _reproduced(row: reproduction.Row) -> str:
    """A row of the table, and each seed's accuracies below it."""
    spread = "" if row.standard_deviation is None else f" ± {row.standard_deviation:.2%}"
    verdict = {None: "no published figure", True: "pass", False: "FAIL"}[row.passed]
    if row.difference is not None:
        verdict = f"best {row.difference * 100:+.2f} points  {verdict}"
    lines = [
        f"{row.recipe} ({row.engine}): reported {row.published or 'nothing'}; ours, {row.at} on "
        f"{row.on}: {row.mean:.2%}{spread}, best {row.best:.2%}; {verdict}",
        *(
            f"    seed {run.seed}: final {run.final:.2%}, peak {run.peak:.2%} in epoch "
            f"{run.peak_epoch}" + (", diverged" if run.diverged else "")
            for run in row.runs
        ),
    ]
    if row.explanation:
        lines.append(f"    {row.explanation}")
    return "\n".join(lines)


@app.command()
def bench(
    pairs: Annotated[int, typer.Option(min=1, max=100, help="Epochs of each engine.")] = 5,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Only the ratio by batch size and by width.")
    ] = False,
    steps: Annotated[
        bool, typer.Option("--steps", help="Only where a step of the NumPy engine spends its time.")
    ] = False,
    compiled: Annotated[
        bool, typer.Option("--compile", help="Try torch.compile too: a minute a row.")
    ] = False,
    save: Annotated[Path | None, typer.Option(help="Put the figures into this file.")] = None,
    against: Annotated[
        Path | None, typer.Option(help="Name every ratio below 80 % of this file's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure NumPy against PyTorch, the book's loop, and a bare matrix product."""
    from nncore.lab import bench as benchmark  # it imports PyTorch: only when asked for

    with errors_in_a_sentence():
        accepted = bench_report.load(against).speed if against else None
        if against and (sweep or accepted is None):
            raise ResultFileError(
                "--against compares what bench measures without --sweep; leave it out."
            )
        if steps and (sweep or compiled or save or against or as_json):
            raise ResultFileError("--steps only prints; of the other options it takes --pairs.")
        if save:
            check_writable("--save", save, whole=True)  # now, and not after minutes of measuring
            if save.exists():
                bench_report.load(save)
    if steps:
        for row in benchmark.steps(pairs):
            typer.echo(bench_report.line(row))
        return
    command = f"python -m nncore bench --pairs {pairs}"
    if sweep:
        points = benchmark.sweep(pairs, command=f"{command} --sweep")
        whole = _measure_with_progress(points, benchmark.N_SWEEP_RECORDS, quiet=as_json)
    else:
        if not as_json:
            typer.echo(bench_report.HEAD)
        rows = benchmark.bench(pairs, compiled=compiled, command=command)
        whole = _measure_with_progress(rows, benchmark.n_records(), quiet=as_json)
    with errors_in_a_sentence():
        if save:
            bench_report.save(save, whole)
    if as_json:
        typer.echo(bench_report.report_of(whole).to_json(), nl=False)
    if accepted and isinstance(whole, Speed) and (sentences := bench_report.falls(whole, accepted)):
        for sentence in sentences:
            say(sentence, typer.colors.RED)
        raise typer.Exit(1)


def _measure_with_progress(
    records: Iterator[Record | Speed | Sweep], n: int, *, quiet: bool
) -> Speed | Sweep:
    """The closing record; each of the others is shown when it is measured."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        for record in bar.track(records, total=n, description="measuring"):
            if isinstance(record, Speed | Sweep):
                return record
            if not quiet:
                typer.echo(bench_report.line(record))
                sys.stdout.flush()
    raise AssertionError("a bench without a closing record")


@app.command()
def twins(
    dataset: Annotated[str, typer.Option(help="mnist or digits.")] = "mnist",
    steps: Annotated[int, typer.Option(min=1, max=100_000, help="Mini-batches of each.")] = 500,
    as_json: AsJson = False,
) -> None:
    """Train both engines in step: the same weights, the same mini-batches, and their difference."""
    from nncore.lab import comparison

    with errors_in_a_sentence():
        name = TrainingConfig.parse({"dataset": dataset}).dataset
        run = comparison.run_twins(name, steps)
    if as_json:
        typer.echo(run.model_dump_json())
        return
    for curve in run.curves:
        typer.echo(f"{curve.dtype}  step  NumPy cost  PyTorch cost  largest weight difference")
        rows = zip(curve.steps, curve.numpy_cost, curve.torch_cost, curve.difference, strict=True)
        for step, mine, other, gap in rows:
            typer.echo(f"{'':7}  {step:4}  {mine:10.6f}  {other:12.6f}  {gap:.2e}")


@app.command()
def activation(
    formula: Annotated[
        str,
        typer.Argument(help="Of z, such as z * sigmoid(z); one that begins with - comes after --."),
    ],
    derivative: Annotated[str, typer.Option(help="Of z as well; only NumPy needs it.")] = "",
    dataset: Annotated[str, typer.Option(help="mnist or digits.")] = "mnist",
    as_json: AsJson = False,
) -> None:
    """Train a typed activation: in PyTorch as it is, in NumPy if its derivative is right."""
    from nncore import expressions
    from nncore.lab import comparison

    try:
        with errors_in_a_sentence():
            name = TrainingConfig.parse({"dataset": dataset}).dataset
            if derivative and not as_json:
                f, df = expressions.parse(formula), expressions.parse(derivative)
                typer.echo(expressions.check_derivative(f, df).sentence)
            run = comparison.run_typed(name, formula, derivative)
    except expressions.ExpressionError as error:
        fail(error)
    if as_json:
        typer.echo(run.model_dump_json())
        return
    for engine, accuracies in (("torch", run.torch), ("numpy", run.numpy)):
        shown = "  ".join(f"{accuracy:.2%}" for accuracy in accuracies) or "not trained"
        typer.echo(f"{engine:5}  test accuracy  {shown}")
