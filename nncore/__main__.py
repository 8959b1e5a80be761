"""`python -m nncore`: the command line."""

import io
import sys
from typing import Any

from nncore.cli import app

# A terminal or a pipe may know fewer characters than a recipe's summary or a file's name has.
out: Any = sys.stdout
if isinstance(out, io.TextIOWrapper):
    out.reconfigure(errors="replace")
app()
