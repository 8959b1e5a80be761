"""Products in given memory: the same numbers as NumPy's own, in the place they were asked for."""

import numpy as np
import pytest
import threadpoolctl
from hypothesis import given, settings
from hypothesis import strategies as st

from nncore.quick import products, threads

SIDES = st.integers(1, 9)


@settings(deadline=None, max_examples=60)
@given(n=SIDES, k=SIDES, m=SIDES, seed=st.integers(0, 99), is_small=st.booleans())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_product_is_numpys(
    dtype: str, n: int, k: int, m: int, seed: int, is_small: bool
) -> None:
    rng = np.random.default_rng(seed)
    A, B, delta = (rng.normal(size=s).astype(dtype) for s in ((n, k), (k, m), (n, m)))
    close = 1e-5 if dtype == "float32" else 1e-13
    # Parts of larger vectors, as a network's weights are: nothing beside them may change.
    memory = np.full(k * m + m + 2, np.nan, dtype)
    C, c = memory[1 : 1 + k * m].reshape(k, m), memory[1 + k * m : -1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads, "are_shared", lambda: not is_small)
        patch.setattr(products, "SMALL", 0)
        out = np.full((n, m), np.nan, dtype)
        assert products.multiply(A, B, out) is out
        np.testing.assert_allclose(out, A @ B, atol=close)
        back = np.full((n, k), np.nan, dtype)
        assert products.multiply_transposed(delta, B, back) is back
        np.testing.assert_allclose(back, delta @ B.T, atol=close)
    ones = np.ones(n, dtype)
    for keep in (0.0, 1.0, 0.5):
        before = np.nan_to_num(memory)
        products.add_product(C, A, delta, keep)
        products.add_sums(c, delta, ones, keep)
        was, were = before[1 : 1 + k * m].reshape(k, m), before[1 + k * m : -1]
        np.testing.assert_allclose(C, keep * was + A.T @ delta, atol=close)
        np.testing.assert_allclose(c, keep * were + delta.sum(axis=0), atol=close)
    assert np.isnan(memory[[0, -1]]).all()


def threads_of_pools() -> dict[str, set[int]]:
    """Threads of NumPy's own BLAS and of SciPy's."""
    found: dict[str, set[int]] = {"numpy": set(), "scipy": set()}
    for pool in threadpoolctl.threadpool_info():
        for name, numbers in found.items():
            if f"{name}.libs" in pool["filepath"]:
                numbers.add(pool["num_threads"])
    return found


@pytest.mark.skipif(
    not all(threads_of_pools().values()), reason="NumPy and SciPy share one BLAS here"
)
def test_numpys_own_threads_rest_while_scipys_work() -> None:
    """Two sets of threads on the same processors make a step several times as long."""
    assert not threads.are_shared()
    with threads.limited_to(2):
        assert threads_of_pools() == {"numpy": {1}, "scipy": {2}}
        assert threads.are_shared()
        with threads.limited_to(1):
            assert threads_of_pools() == {"numpy": {1}, "scipy": {1}}
            assert not threads.are_shared()
        assert threads.are_shared()
    assert not threads.are_shared()
