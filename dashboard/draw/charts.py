"""The charts of Draw: arrays in, a Vega-Lite chart placed; it updates where it stands."""

import numpy as np

from dashboard.ui.palette import MISTAKE, SHIPPED
from dashboard.ui.vega import number, place
from nncore.judge.doubt import TradeOff

SHOWN = 0.1
"""Share of real digits doubted up to which the trade-off is drawn: beyond it, nothing is gained."""


def trade_off(curve: TradeOff, threshold: float, moved: float | None, key: str) -> None:
    """Chart of doubt: scribbles and letters doubted (gained) against real digits doubted (lost).

    Args:
        curve: both shares at each threshold.
        threshold: the one that is in use where nobody moved it; a ring.
        moved: the one of this session, if it is another; a filled point.
        key: the element's key.
    """
    shown = curve.digits <= SHOWN
    shares = [
        {"digits": float(x), "others": float(y)}
        for x, y in zip(curve.digits[shown], curve.others[shown], strict=True)
    ]
    encoding = {
        "x": number("digits", "real digits doubted", axis={"format": "%"}),
        "y": number("others", "scribbles and letters doubted", axis={"format": "%"}),
        "tooltip": [
            {"field": "digits", "title": "real digits doubted", "format": ".2%"},
            {"field": "others", "title": "scribbles and letters doubted", "format": ".1%"},
        ],
    }
    encoding["y"]["scale"] = {"zero": False, "room": 0.01}
    digits, others = shares_at(curve, threshold)
    point = "" if moved is None else "; point: where you moved it"
    place(
        shares,
        [
            {"mark": {"type": "line", "strokeWidth": 3, "color": SHIPPED}, "encoding": encoding},
            {
                "data": {"values": [{"digits": digits, "others": others}]},
                "mark": {"type": "point", "size": 260, "strokeWidth": 3, "color": SHIPPED},
                "encoding": encoding,
            },
            {
                "data": {"values": [] if moved is None else [_point(curve, moved)]},
                "mark": {"type": "point", "size": 160, "filled": True, "color": MISTAKE},
                "encoding": encoding,
            },
        ],
        key=key,
        title=f"Doubting more scribbles costs real digits. Ring: as shipped{point}",
        alt=f"Share of scribbles and letters doubted by share of real digits doubted. Ring: "
        f"{others:.1%} of scribbles and letters at {digits:.1%} of real digits.",
        height=260,
    )


def shares_at(curve: TradeOff, threshold: float) -> tuple[float, float]:
    """Of the chart of doubt: (share of real digits, of scribbles and letters) at a threshold."""
    rising = curve.thresholds[::-1]
    digits, others = (np.interp(threshold, rising, s[::-1]) for s in (curve.digits, curve.others))
    return float(digits), float(others)


def _point(curve: TradeOff, threshold: float) -> dict[str, float]:
    digits, others = shares_at(curve, threshold)
    return {"digits": digits, "others": others}
