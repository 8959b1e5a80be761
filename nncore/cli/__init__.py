"""The command line, `python -m nncore`: a module for each kind of verb."""

from nncore.cli.train import app

__all__ = ["app"]
