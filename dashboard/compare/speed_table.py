"""Every network of the bench in numbers, of which the ratio can be worked out."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.ui.arithmetic import to_places
from nncore.lab.bench_report import BenchRow

_SECONDS, _RATIO = 3, 2
"""Decimal places in the table."""


def times(numpy: float, torch: float) -> tuple[float, float, float | None]:
    """Seconds of NumPy and of PyTorch as the table shows them, and the second by the first: of the
    seconds that are shown, so that the table can be worked out; None where the first shows as 0.
    """
    ours, theirs = to_places(numpy, _SECONDS), to_places(torch, _SECONDS)
    ratio = float(to_places(float(theirs / ours), _RATIO)) if ours else None
    return float(ours), float(theirs), ratio


def show(rows: Sequence[BenchRow]) -> None:
    """Place the table, and what its columns are."""
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "network": row.network,
                    "mini-batch": str(row.batch_size),
                    "PyTorch on": row.device,
                    "optimizer": row.torch_way,
                    "NumPy, seconds an epoch": numpy,
                    "PyTorch, seconds an epoch": torch,
                    "PyTorch's time / NumPy's": ratio,
                    "NumPy's share of the limit": 100 * row.share_of_matmul,
                }
                for row in rows
                for numpy, torch, ratio in [times(row.numpy_seconds, row.torch_seconds)]
            ]
        ),
        hide_index=True,
        height="content",
        key="bench-rows",
        alt="Seconds of an epoch of 60,000 images on both engines, and their ratio",
        column_config={
            "NumPy, seconds an epoch": st.column_config.NumberColumn(format=f"%.{_SECONDS}f"),
            "PyTorch, seconds an epoch": st.column_config.NumberColumn(format=f"%.{_SECONDS}f"),
            "PyTorch's time / NumPy's": st.column_config.NumberColumn(format=f"%.{_RATIO}f"),
            "NumPy's share of the limit": st.column_config.NumberColumn(format="%.0f%%"),
        },
    )
    st.caption(
        "An epoch is 60,000 images. Where PyTorch's time by NumPy's is above 1, NumPy is faster. "
        "PyTorch's optimizer updates all weights in one operation (fused) or in a few (foreach): "
        "the table has the faster of the two, the lines above have fused. The limit is the rate "
        "of a bare matrix product on this machine."
    )
