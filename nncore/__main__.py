"""`python -m nncore`: the command line."""

from nncore.cli import app

app()
