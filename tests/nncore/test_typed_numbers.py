import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncore import typed_numbers
from nncore.config import ConfigError, TrainingConfig


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0.5", 0.5),
        ("0,5", 0.5),
        ("0,003", 0.003),
        ("0,500", 0.5),
        (",5", 0.5),
        ("1,5", 1.5),
        ("10,25", 10.25),
        ("12,5e-3", 0.0125),
        (" 3 ", 3.0),
        ("1e-4", 1e-4),
        ("1000", 1000.0),
        ("-0,5", -0.5),
        ("1,000,000", 1e6),
    ],
)
def test_a_decimal_has_a_point_or_a_comma(typed: str, meant: float) -> None:
    assert float(typed_numbers.decimal(typed)) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("12", 12), (" 7 ", 7), ("60,000", 60_000), ("1,000,000", 1_000_000), ("0", 0), ("-3", -3)],
)
def test_a_whole_number_may_have_commas_between_thousands(typed: str, meant: int) -> None:
    assert int(typed_numbers.whole(typed)) == meant


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_written_is_read_back(value: float) -> None:
    assert float(typed_numbers.decimal(typed_numbers.written(value))) == value


@given(st.integers(0, 2**53))
def test_whole_numbers_too_with_and_without_commas(value: int) -> None:
    assert int(typed_numbers.whole(f"{value:,}")) == value
    assert int(typed_numbers.whole(str(value))) == value


def test_nothing_is_written_for_nothing() -> None:
    assert typed_numbers.written(None) == ""
    assert typed_numbers.written(0.1) == "0.1"
    assert typed_numbers.written(1 / 6) == repr(1 / 6)


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        (
            "learning_rate",
            "1,000",
            "learning_rate = 1,000 can be read as 1.000 or as 1000; write it with a point, or "
            "without the comma.",
        ),
        (
            "train_size",
            "1.000",
            "train_size = 1.000 can be read as 1 or as 1000; write it without the point.",
        ),
        ("epochs", "2,5", "epochs = 2,5 does not fit; use a whole number from 1 to 1,000."),
        ("learning_rate", "1.000,5", "learning_rate = 1.000,5 does not fit;"),
        ("learning_rate", "0,5,5", "learning_rate = 0,5,5 does not fit;"),
        ("learning_rate", "", "learning_rate is empty; use a number above 0, at most 1,000."),
        ("seed", " ", "seed is empty;"),
    ],
)
def test_what_can_be_read_in_two_ways_is_not_read(name: str, typed: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig.parse({name: typed})
    assert str(caught.value).startswith(said)


def test_links_and_files_are_read_like_fields_of_the_form() -> None:
    config = TrainingConfig.from_query({"lr": "0,5", "train_size": "10,000", "batch": "full"})
    assert (config.learning_rate, config.train_size, config.batch_size) == (0.5, 10_000, "full")
    assert TrainingConfig.parse({"train_size": "", "l2": "5"}).train_size is None
