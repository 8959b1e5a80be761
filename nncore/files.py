"""Files written whole or not at all, and only where a file belongs."""

import contextlib
import errno
import os
import secrets
import shutil
import stat
from pathlib import Path


def is_replaced(path: Path) -> bool:
    """Whether `write_whole` puts a new file there: nothing is there yet, or a regular file is."""
    return path.is_file() or not path.exists()


def write_whole(path: Path, content: bytes) -> None:
    """Put bytes into a file, at once: whoever reads it meanwhile finds the old file or the new one.

    Where a link leads, the file is replaced and the link stays. Only a regular file is ever
    replaced: a pipe or a device such as /dev/stdout is written to, and a disk is left alone.

    Raises:
        OSError: it cannot be written there; what was there is as it was.
    """
    if not is_replaced(path):
        mode = path.stat().st_mode
        if not stat.S_ISCHR(mode) and not stat.S_ISFIFO(mode):
            code = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
            raise OSError(code, os.strerror(code), str(path))
        path.write_bytes(content)
        return
    target = Path(os.path.realpath(path))
    # A name that nobody else writes to, nor has a file of.
    unfinished = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        unfinished.write_bytes(content)
        if target.exists():
            shutil.copymode(target, unfinished)
        unfinished.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
