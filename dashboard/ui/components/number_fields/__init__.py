"""Text fields that take numbers, typed in as comfortably as fields of numbers.

    number_fields({"config-learning_rate": Counting(None), "config-epochs": Counting(1, least=1)})

A browser's own field of numbers keeps what it cannot read to itself: the page would go on with the
last number, and a comma as the decimal mark is lost. A text field says all that is typed. What it
lacks comes from here: a phone shows the keys of numbers, and the arrow keys count up and down.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from dashboard.ui.components import from_folder

_COMPONENT = from_folder(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class Counting:
    """How a field counts."""

    step: float | None
    """What a press of an arrow key adds or takes; None for about a tenth of the number."""
    least: float = 0
    """The arrow keys go no lower."""

    @property
    def is_whole(self) -> bool:
        """Whether the field takes whole numbers only."""
        return isinstance(self.step, int)


def number_fields(fields: Mapping[str, Counting]) -> None:
    """Watch over the text fields with, or in a container with, these keys; draws nothing."""
    said = {key: {**asdict(way), "whole": way.is_whole} for key, way in fields.items()}
    _COMPONENT(key="number-fields", data={"fields": said})
