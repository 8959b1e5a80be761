"""Every kind of picture file, and files that are none."""

import os
import subprocess
import sys
import threading
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nncore.ink.picture_files import ImageError, pictures_in, read_image
from nncore.preprocessing import prepare
from tests.nncore.ink.pictures import FILES, difference, encoded, seven, turned

SEVEN = prepare(np.asarray(seven())).pixels
PNG, JPEG = encoded(seven()), encoded(seven(), "JPEG")


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_gives_the_same_digit(name: str) -> None:
    grey = read_image(FILES[name](seven()))
    assert grey.dtype == np.uint8
    assert grey.shape == (400, 400)
    tolerance = {"jpeg": 0.012, "avif": 0.002}.get(name[:4], 1e-6)
    assert difference(prepare(grey).pixels, SEVEN) < tolerance


def test_sixteen_bits_become_eight() -> None:
    values = np.array([[0, 128 * 257, 65_535]], np.uint16)
    assert read_image(encoded(Image.fromarray(values))).tolist() == [[0, 128, 255]]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_is_put_upright(orientation: int) -> None:
    grey = read_image(turned(seven(), orientation, "PNG"))
    assert difference(prepare(grey).pixels, SEVEN) < 1e-6


def test_a_path_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "seven.png"
    path.write_bytes(encoded(seven()))
    assert np.array_equal(read_image(path), np.asarray(seven()))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((3_000, 1_500), (500, 1_000)),
        ((1_024, 8), (8, 1_024)),
        ((1, 1), (1, 1)),
        ((1, 3_000_000), (1_024, 1)),
        ((40_000, 1), (1, 1_000)),
    ],
)
def test_a_large_picture_is_shrunk(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert read_image(encoded(Image.new("L", size))).shape == expected


@pytest.mark.parametrize("mode", ["L", "1", "RGB", "P"])
def test_shrinking_in_strips_changes_nothing(mode: str) -> None:
    grey = read_image(encoded(seven(2_501).convert(mode)))
    whole = np.asarray(seven(2_501).convert(mode).convert("L").reduce(3))
    assert np.abs(grey.astype(int) - whole).max() <= 1


def test_a_huge_jpeg_is_decoded_small() -> None:
    huge = encoded(seven(7_200), "JPEG")
    tracemalloc.start()
    grey = read_image(huge)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert max(grey.shape) <= 1_024
    assert peak < 20_000_000
    assert difference(prepare(grey).pixels, SEVEN) < 0.015


def claiming(side: int) -> bytes:
    """A PNG whose header says (side, side) whatever follows."""
    header = b"IHDR" + side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])  # 1 bit, grey
    return PNG[:12] + header + zlib.crc32(header).to_bytes(4, "big") + PNG[33:]


@pytest.mark.parametrize("side", [7_000, 12_000, 20_000, 2**31 - 1])
def test_a_picture_bomb_is_refused_by_its_header(side: int) -> None:
    bomb = claiming(side)
    tracemalloc.start()
    with pytest.raises(ImageError, match=r"more than the 40,000,000 .*scale it down"):
        read_image(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_picture_bomb_leaves_no_warning_in_the_log() -> None:
    read = "import sys; from nncore.ink.picture_files import *; read_image(sys.stdin.buffer.read())"
    command = [sys.executable, "-W", "default", "-c", read]
    done = subprocess.run(command, input=claiming(12_000), capture_output=True, check=False)
    assert b"ImageError: The file has 12,000 x 12,000 pixels" in done.stderr
    assert b"DecompressionBombWarning" not in done.stderr


def test_a_message_calls_the_picture_by_its_name() -> None:
    with pytest.raises(ImageError, match=r"^x\.png is not a picture that can be read; use a PNG"):
        read_image(b"words", "x.png")


def test_a_huge_progressive_jpeg_is_refused() -> None:
    with pytest.raises(ImageError, match=r"has 7,200 x 7,200 pixels"):
        read_image(encoded(Image.new("L", (7_200, 7_200)), "JPEG", progressive=True))


def test_a_file_too_large_to_look_at(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(60_000_000)  # a hole: it takes no room on the disk
    with pytest.raises(ImageError, match=r"has 60 MB; use one of at most 50 MB"):
        read_image(path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"just some text", "is not a picture"),
        (b"\x89PNG\r\n\x1a\n", "is not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is an SVG drawing; save it as PNG"),
        (b"%PDF-1.7\n", "is a PDF; save it as PNG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is a HEIC photograph, .* save it as JPEG"),
        (b"\0\x05\x16\x07\0\x02\0\0Mac OS X", "is macOS's notes about a picture; use the file"),
        (b"P5 0 0 255\n", "is not a picture"),
        (b"P5 200000 200000 255\n", "more than the 40,000,000"),
        (b"P5 90 90 255\n123", "is broken"),
        (PNG[: len(PNG) // 2], "is broken"),
        (JPEG[: len(JPEG) // 2], "is broken"),
        (PNG[:60] + b"\xff" * 40 + PNG[100:], "is broken"),
    ],
)
def test_what_is_no_whole_picture_gets_one_sentence(
    tmp_path: Path, data: bytes, words: str
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    for source in (data, path):
        with pytest.raises(ImageError, match=words) as caught:
            read_image(source)
        message = str(caught.value)
        assert "\n" not in message
        assert message.endswith(".")
    assert "picture.png" in message


@given(st.integers(0, len(PNG) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_refused(position: int, damage: bytes) -> None:
    for whole in (PNG, JPEG):
        data = whole[:position] + damage + whole[position + len(damage) :]
        try:
            grey = read_image(data)
        except ImageError as refused:
            assert str(refused).endswith(".")  # noqa: PT017
        else:
            assert grey.ndim == 2


def test_a_missing_file_a_folder_and_a_link_to_nowhere(tmp_path: Path) -> None:
    folder, link, loop = tmp_path / "x.png", tmp_path / "link.png", tmp_path / "loop.png"
    folder.mkdir()
    for path, said in [
        (tmp_path / "none.png", "does not exist; check its path"),
        (folder, r"x\.png is a folder; use a picture in it"),
        (tmp_path / ("x" * 300), "cannot be read .*check its path"),
    ]:
        with pytest.raises(ImageError, match=said):
            read_image(path)
    link.symlink_to(tmp_path / "none.png")
    loop.symlink_to(loop)
    with pytest.raises(ImageError, match="does not exist"):
        read_image(link)
    with pytest.raises(ImageError, match="cannot be read"):
        read_image(loop)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "seven.png"
    path.write_bytes(PNG)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(ImageError, match=r"cannot be read \(Permission denied\); check its path"):
        read_image(path)


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe is a file on Unix")
def test_a_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(PNG,), daemon=True)
    writer.start()
    assert np.array_equal(read_image(pipe), np.asarray(seven()))


PICTURES = ["a.PNG", "b.jfif", "c.jpe", "d.pgm", "e.avif", "folder.png/f.ppm", "sub/deep/g.jpg"]
OTHERS = [".DS_Store", "._a.png", "Thumbs.db", "desktop.ini", "notes.txt", "sub/._g.jpg"]


def test_the_pictures_below_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PICTURES, *OTHERS, ".git/h.png", "__MACOSX/i.png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "nowhere.png").symlink_to(tmp_path / "none")
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "waits.png")
    pictures, others, faults = pictures_in(tmp_path)
    assert pictures == sorted(tmp_path / name for name in [*PICTURES, "nowhere.png"])
    passed_over = {path.relative_to(tmp_path).as_posix() for path in others} - {"waits.png"}
    assert passed_over == {*OTHERS, ".git", "__MACOSX", "sub/up"}
    assert faults == []
    scandir = os.scandir

    def refused(path: object) -> object:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    found, _, faults = pictures_in(tmp_path)
    assert len(found) == len(PICTURES)
    assert [fault.filename for fault in faults] == [str(tmp_path / "sub" / "deep")]


def test_real_numbers_whose_range_is_more_than_float32_holds_are_read() -> None:
    values = np.zeros((50, 50), np.float32)
    values[10:40, 20:25], values[0, 0] = 1e38, -3e38
    seen = read_image(encoded(Image.fromarray(values), "TIFF"))
    assert (seen[20, 22], seen[45, 45], seen[0, 0]) == (255, 191, 0)
