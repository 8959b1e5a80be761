"""The command line, `python -m nncore`: a module for each kind of verb."""

from nncore.cli import train, judge, check, lab  # noqa: I001  (--help lists them in this order)
from nncore.cli.common import app

__all__ = ["app", "check", "judge", "lab", "train"]
