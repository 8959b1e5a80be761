import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.runs import names
from dashboard.runs.store import RunStore
from dashboard.runs.tables import MAX_NAME
from nncore.config import TrainingConfig


@pytest.mark.parametrize(
    ("name", "taken", "given_name"),
    [
        ("Classroom", set(), "Classroom"),
        ("Classroom", {"Classroom"}, "Classroom (2)"),
        ("Classroom", {"Classroom", "Classroom (2)", "Classroom (4)"}, "Classroom (3)"),
        ("Classroom (2)", {"Classroom", "Classroom (2)"}, "Classroom (3)"),
        ("Classroom (2)", {"Classroom"}, "Classroom (2)"),  # somebody's own
        ("(2)", {"(2)"}, "(2) (2)"),
        ("x" * MAX_NAME, {"x" * MAX_NAME}, "x" * (MAX_NAME - 4) + " (2)"),
    ],
)
def test_a_name_that_is_taken_gets_a_number(name: str, taken: set[str], given_name: str):
    assert names.unused(name, taken) == given_name


@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "b" * MAX_NAME]), max_size=12))
def test_no_two_runs_get_one_name(wanted: list[str]):
    taken: set[str] = set()
    for name in wanted:
        unused = names.unused(name, taken)
        assert unused not in taken
        assert len(unused) <= MAX_NAME
        assert names.unnumbered(unused)[0] == name[0]
        taken.add(unused)


def test_runs_are_numbered_by_workspace_and_renamed_as_their_user_says(store: RunStore):
    config = TrainingConfig()
    first, second, third = (store.create_run("mine", config, "Classroom") for _ in range(3))
    assert [run.name for run in (first, second, third)] == [
        "Classroom",
        "Classroom (2)",
        "Classroom (3)",
    ]
    assert store.create_run("another", config, "Classroom").name == "Classroom"
    unnamed = [store.create_run("mine", config).name for _ in range(2)]
    assert unnamed[1] == f"{unnamed[0]} (2)"
    store.rename_run(second.id, "Classroom", workspace="mine")
    renamed = store.get_run(second.id)
    assert renamed is not None
    assert renamed.name == "Classroom"
