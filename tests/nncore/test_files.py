"""A file is written whole or not at all, and nothing but a file is ever replaced."""

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from nncore.files import write_whole

unix = pytest.mark.skipif(sys.platform == "win32", reason="devices and pipes are files on Unix")


def test_a_new_file_and_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    for content in (b"first", b"second"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figures.json"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    for nowhere in (tmp_path, tmp_path / "none" / "x", path / "x", tmp_path / ("x" * 300)):
        with pytest.raises(OSError, match=r"."):
            write_whole(nowhere, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_and_a_file_of_a_like_name(tmp_path: Path) -> None:
    path, other = tmp_path / "figures.json", tmp_path / "figures.json.part"
    other.write_bytes(b"somebody's own")
    contents = [bytes([65 + i]) * 200_000 for i in range(4)]
    writers = [
        threading.Thread(target=lambda c=c: [write_whole(path, c) for _ in range(20)])
        for c in contents
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert path.read_bytes() in contents
    assert other.read_bytes() == b"somebody's own"
    assert {*tmp_path.iterdir()} == {path, other}


@unix
def test_who_may_read_a_file_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    write_whole(path, b"first")
    for mode in (0o600, 0o644):
        path.chmod(mode)
        write_whole(path, b"second")
        assert stat.S_IMODE(path.stat().st_mode) == mode


@unix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    link, target = tmp_path / "link", tmp_path / "far" / "file"
    link.symlink_to(target)
    for content in (b"first", b"second"):
        write_whole(link, content)
        assert link.is_symlink()
        assert target.read_bytes() == content
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    write_whole(loop, b"third")
    assert loop.read_bytes() == b"third"


@unix
def test_a_pipe_and_a_device_are_written_to(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_whole(pipe, b"through")
    reader.join(10)
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    ours, theirs = os.openpty()  # a device that nobody misses
    write_whole(Path(os.ttyname(theirs)), b"through")
    assert os.read(ours, 7) == b"through"
    os.close(ours)
    os.close(theirs)
