"""Charts of Inside."""

import pandas as pd
import streamlit as st

from dashboard.ui.palette import SHIPPED
from dashboard.ui.vega import axis_config
from nncore.metrics import Calibration


def show_calibration(found: Calibration, key: str, *, height: int = 340) -> None:
    """Accuracy by confidence: on the diagonal, a network is as often right as it is sure."""
    used = found.counts > 0
    frame = pd.DataFrame(
        {
            "confidence": found.confidence[used],
            "accuracy": found.accuracy[used],
            "images": found.counts[used],
        }
    )
    title = "On the line, it is right as often as it is sure"
    st.vega_lite_chart(
        frame,
        {
            **axis_config(),
            "title": {"text": title, "anchor": "start"},
            "height": height,
            "layer": [
                {
                    "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
                    "mark": {"type": "line", "strokeDash": [4, 4], "color": "#7a7f8c"},
                    "encoding": {
                        "x": {"field": "x", "type": "quantitative"},
                        "y": {"field": "y", "type": "quantitative"},
                    },
                },
                {
                    "mark": {
                        "type": "line",
                        "point": {"size": 90, "color": SHIPPED},
                        "color": SHIPPED,
                    },
                    "encoding": {
                        "x": {
                            "field": "confidence",
                            "type": "quantitative",
                            "title": "how sure the network is",
                            "axis": {"format": "%"},
                            "scale": {"domain": [0, 1]},
                        },
                        "y": {
                            "field": "accuracy",
                            "type": "quantitative",
                            "title": "how often it is right",
                            "axis": {"format": "%"},
                            "scale": {"domain": [0, 1]},
                        },
                        "tooltip": [
                            {"field": "confidence", "title": "sure", "format": ".1%"},
                            {"field": "accuracy", "title": "right", "format": ".1%"},
                            {"field": "images", "title": "images", "format": ","},
                        ],
                    },
                },
            ],
        },
        width="stretch",
        key=key,
        alt=f"{title}. Mean gap between confidence and accuracy: {found.expected_error:.1%}.",
    )
