"""How the pages' own products are threaded."""

import threadpoolctl

from dashboard import startup
from nncore.quick import threads


def test_from_then_on_a_product_keeps_to_its_own_thread() -> None:
    startup.one_thread_a_product.cache_clear()  # another test's hold ends here
    before = {p["filepath"]: p["num_threads"] for p in threadpoolctl.threadpool_info()}
    held = startup.one_thread_a_product()
    try:
        pools = [p for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]
        assert pools
        assert {pool["num_threads"] for pool in pools} == {1}
        assert not threads.are_shared()
        assert startup.one_thread_a_product() is held
    finally:
        held.close()
        startup.one_thread_a_product.cache_clear()
    assert {p["filepath"]: p["num_threads"] for p in threadpoolctl.threadpool_info()} == before
