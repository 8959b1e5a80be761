"""Every kind of picture file, and files that are none."""

import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nncore.ink.picture_files import ImageError, read_image
from nncore.preprocessing import prepare
from tests.nncore.ink.pictures import FILES, difference, encoded, seven, turned

SEVEN = prepare(np.asarray(seven())).pixels
PNG, JPEG = encoded(seven()), encoded(seven(), "JPEG")


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_gives_the_same_digit(name: str) -> None:
    grey = read_image(FILES[name](seven()))
    assert grey.dtype == np.uint8
    assert grey.shape == (400, 400)
    tolerance = 0.012 if name.startswith("jpeg") else 1e-6
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
    ("size", "expected"), [((3_000, 1_500), (500, 1_000)), ((1_024, 8), (8, 1_024))]
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
        (b"", "is not a picture"),
        (b"just some text", "is not a picture"),
        (b"\x89PNG\r\n\x1a\n", "is not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a picture"),
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


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="does not exist"):
        read_image(tmp_path / "none.png")
    with pytest.raises(ImageError, match="is broken"):
        read_image(tmp_path)


def test_real_numbers_whose_range_is_more_than_float32_holds_are_read() -> None:
    values = np.zeros((50, 50), np.float32)
    values[10:40, 20:25], values[0, 0] = 1e38, -3e38
    seen = read_image(encoded(Image.fromarray(values), "TIFF"))
    assert (seen[20, 22], seen[45, 45], seen[0, 0]) == (255, 191, 0)
