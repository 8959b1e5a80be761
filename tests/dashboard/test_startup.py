"""What is settled before the first page: how it is found, and how its products are threaded."""

import runpy
from pathlib import Path

import pytest
import threadpoolctl
from streamlit.runtime.pages_manager import PagesManager

from dashboard import startup
from nncore.quick import threads


def test_the_server_lets_no_first_visitor_open_a_page_without_the_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)  # as a process begins
    runpy.run_path(str(Path(__file__).parents[2] / "streamlit_app.py"))
    PagesManager("app.py")  # as a first session does, which finds the folder `pages`
    assert PagesManager.uses_pages_directory is False


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
