"""What a stored figure was measured on: without it, a figure cannot be repeated or judged."""

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any, cast

import numpy as np
import threadpoolctl  # pyright: ignore[reportMissingTypeStubs]
from pydantic import BaseModel, ConfigDict


class Machine(BaseModel):
    """Processor and versions, for people: nothing here names the machine or its owner."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    processor: str
    cores: int
    system: str
    python: str
    numpy: str
    blas: str
    """The library that multiplies NumPy's matrices, with its version and processor family."""
    torch: str | None
    """None where PyTorch is not installed."""


def this_machine() -> Machine:
    """This machine and the versions of this process; loads no PyTorch."""
    pools = cast(list[dict[str, Any]], threadpoolctl.threadpool_info())  # pyright: ignore
    blas = [pool for pool in pools if pool["user_api"] == "blas"]
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        numpy=np.__version__,
        blas=", ".join(
            f"{p['internal_api']} {p['version']} {p.get('architecture', '')}".strip() for p in blas
        ),
        torch=_version("torch"),
    )


def _processor() -> str:
    """Its name as the system knows it; Python's own answer is empty on many Linux systems."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
