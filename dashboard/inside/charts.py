"""Charts of Inside."""

from typing import Any

from dashboard.ui import vega
from dashboard.ui.palette import GREY, SHIPPED
from nncore.metrics import Calibration


def show_calibration(found: Calibration, key: str) -> None:
    """Inside's chart of accuracy by confidence: on the diagonal, as often right as sure."""
    used = found.counts > 0
    rows = [
        {"confidence": float(sure), "accuracy": float(right), "images": int(n)}
        for sure, right, n in zip(
            found.confidence[used], found.accuracy[used], found.counts[used], strict=True
        )
    ]
    x = _share("confidence", "how sure the network is")
    y = _share("accuracy", "how often it is right")
    title = "On the line, it is right as often as it is sure"
    vega.place(
        rows,
        [
            {
                "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
                "mark": {"type": "line", "strokeDash": [4, 4], "color": GREY},
                "encoding": {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}},
            },
            {
                "mark": {
                    "type": "line",
                    "point": {"size": 90, "color": SHIPPED},
                    "color": SHIPPED,
                },
                "encoding": {
                    "x": x,
                    "y": y,
                    "tooltip": [
                        {"field": "confidence", "title": "sure", "format": ".1%"},
                        {"field": "accuracy", "title": "right", "format": ".1%"},
                        {"field": "images", "title": "images", "format": ","},
                    ],
                },
            },
        ],
        key=key,
        title={"text": title, "anchor": "start"},
        alt=f"{title}. Mean gap between confidence and accuracy: {found.expected_error:.1%}.",
        height=340,
    )


def _share(field: str, title: str) -> dict[str, Any]:
    """An axis from 0 to 100 %."""
    return vega.number(field, title, axis={"format": "%"}) | {"scale": {"domain": [0, 1]}}
