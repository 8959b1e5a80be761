import pytest
from hypothesis import settings

from nncore import datasets
from nncore.datasets import DataError, Dataset

# The same examples each time, and no clock: a busy machine must not fail a test.
settings.register_profile("steady", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def digits() -> Dataset:
    return datasets.load("digits")


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    """The real MNIST; tests that take it are marked `mnist` and skipped where it is missing."""
    try:
        return datasets.load("mnist", download=False)
    except DataError as error:
        pytest.skip(f"MNIST is needed: {error}")
