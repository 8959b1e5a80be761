"""Pictures on Draw: several digits in reading order, one looked at, doubted where it should be."""

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.ink import samples
from dashboard.models import doubts, load
from nncore import datasets
from nncore.checkpoints import CheckpointError
from nncore.ink.picture_files import SUFFIXES
from nncore.judge.reinking import photograph, reink
from nncore.judge.scribbles import no_digit
from nncore.preprocessing import prepare
from tests.nncore.ink.pictures import BAD, FILES
from tests.nncore.ink.pieces import prepare_each
from tests.pages.drawn import draw_page, png, predicted, upload

pytestmark = pytest.mark.usefixtures("store")


def sheet(*rows: list[np.ndarray]) -> np.ndarray:
    """A photograph, in uneven light, of the drawings in these rows."""
    ink = np.concatenate([np.concatenate(row, axis=1) for row in rows]).astype(np.float32) / 255
    half = np.asarray(Image.fromarray(ink).resize((ink.shape[1] // 2, ink.shape[0] // 2)))
    return photograph(half, rng=np.random.default_rng(7))


def uploaded(picture: np.ndarray) -> AppTest:
    at = upload(draw_page(), png(picture))
    assert not at.exception
    assert not at.error
    return at


def reading(at: AppTest) -> str:
    (line,) = (m.value for m in at.markdown if " reads **" in m.value)
    return line.split("**")[1]


def pick(at: AppTest, number: int) -> AppTest:
    (pills,) = (pills for pills in at.pills if pills.label == "Look at")
    return pills.set_value(number).run()


def test_several_digits_are_read_in_order_and_each_can_be_looked_at() -> None:
    digits = [[3, 1, 4], [1, 5, 9]]
    at = uploaded(sheet(*[[samples.sample(digit) for digit in row] for row in digits]))
    assert reading(at) == "3 1 4 1 5 9"
    for number, digit in ((3, 1), (5, 9)):  # two of them have the same name
        pick(at, number)
        assert predicted(at, "shipped") == str(digit)
        assert any(f"Digit {number + 1} of 6" in caption.value for caption in at.caption)


def test_the_rest_of_the_app_gets_the_chosen_digit_alone() -> None:
    picture = sheet([samples.sample(7), samples.sample(2)])
    at = uploaded(picture)
    pick(at, 1)
    (_, two) = prepare_each(picture)[1]
    alone = prepare(at.session_state[session._DRAWING])
    np.testing.assert_allclose(alone.pixels, two.pixels, atol=0.02)
    at.toggle(key="draw-control-stage-centred-0").set_value(False).run()
    assert not at.exception


def test_what_does_not_look_like_a_digit_gets_a_question_mark() -> None:
    scribble = np.asarray(no_digit("scribble", rng=np.random.default_rng(1)), np.float32)
    scribble = np.rint(scribble * (255 / scribble.max())).astype(np.uint8)
    at = uploaded(np.concatenate([samples.sample(4), scribble, samples.sample(6)], axis=1))
    first, second, third = reading(at).split()
    assert (first, third) == ("4", "6")
    assert second.endswith("?")
    assert any("does not look like a digit" in caption.value for caption in at.caption)
    pick(at, 1)
    assert any("does not look like a digit" in warning.value for warning in at.warning)


def test_without_a_model_the_digits_can_still_be_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_name: str) -> None:
        raise CheckpointError("The model is missing.")

    monkeypatch.setattr(load, "shipped_network", missing)
    at = uploaded(sheet([samples.sample(7), samples.sample(2)]))
    assert reading(at) == "– –"
    pick(at, 1)
    assert any("Digit 2 of 2" in caption.value for caption in at.caption)


def test_one_digit_is_not_asked_about() -> None:
    at = uploaded(sheet([samples.sample(8)]))
    assert predicted(at, "shipped") == "8"
    assert not [pills for pills in at.pills if pills.label == "Look at"]
    assert not doubts.is_doubted(prepare(at.session_state[session._DRAWING]).pixels)


def test_a_digit_that_the_pen_skipped_in_is_one_as_at_the_command_line() -> None:
    digits = datasets.load("digits")
    torn = reink(digits.test.images[81], rng=np.random.default_rng(81))
    at = uploaded(np.rint(255 * torn).astype(np.uint8))
    assert predicted(at, "shipped") == "9"
    assert not [pills for pills in at.pills if pills.label == "Look at"]


def test_the_upload_takes_every_kind_of_picture_that_can_be_read() -> None:
    at = uploaded(sheet([samples.sample(7)]))
    assert {*at.file_uploader(key="ink-file").proto.type} == {*SUFFIXES}


def test_another_picture_begins_with_its_first_digit() -> None:
    at = uploaded(sheet([samples.sample(7), samples.sample(2)]))
    pick(at, 1)
    at.file_uploader(key="ink-file").upload(
        "other.png", png(sheet([samples.sample(d) for d in (6, 0)]))
    )
    at.run()
    assert reading(at) == "6 0"
    assert predicted(at, "shipped") == "6"


def test_without_a_camera_the_page_says_what_to_do_instead() -> None:
    at = draw_page()
    at.segmented_control(key="ink-source").set_value("Camera").run()
    assert not at.exception
    assert any("Choose Upload and bring a photograph" in caption.value for caption in at.caption)
    assert predicted(at, "shipped") == str(samples.EXAMPLE)


def test_a_digit_is_read_out_of_any_kind_of_file() -> None:
    five = Image.fromarray(255 - samples.sample(5))
    at = draw_page()
    for name in ("png, 16 bit", "png, transparent", "gif, animated", "webp", "tiff, 1 bit",
                 "jpeg, CMYK", "jpeg, turned"):  # fmt: skip
        at = upload(at, FILES[name](five), f"five.{name.partition(',')[0]}")
        assert not at.exception, name
        assert not at.error, name
        assert predicted(at, "shipped") == "5", name


def test_what_holds_no_digit_gets_one_sentence() -> None:
    at = draw_page()
    for name, (content, words) in BAD.items():
        at = upload(at, content, f"{name}.png")
        assert not at.exception, name
        (error,) = at.error
        assert words in error.value.replace("\\", "").replace("\u2060", ""), name
        assert any("so this is an example: a 3" in caption.value for caption in at.caption)


def test_one_dot_is_doubted() -> None:
    dot = np.zeros((280, 280), np.uint8)
    dot[100:112, 60:72] = 255
    at = uploaded(dot)
    assert any("does not look like a digit" in warning.value for warning in at.warning)
