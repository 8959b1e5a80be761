"""Photographs as people take them, rendered: a page with ink, where it lies, light and camera.

Everything is grey from 0 to 1 and drawn from an explicit `rng`, so that a test can repeat it.
"""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw

from nncore.ink.images import average_areas, blurred, enlarged
from nncore.preprocessing import crop

WIDTH, HEIGHT = 960, 720
Grey = np.ndarray  # (height, width) from 0 to 1


def in_a_row(inks: Sequence[Grey], height: int, gap: int, rng: np.random.Generator) -> Grey:
    """Ink from 0 to 1: these digits side by side, about as high as said."""
    parts: list[Grey] = []
    for ink in inks:
        digit = crop(np.asarray(ink, np.float32))
        factor = height * rng.uniform(0.85, 1) / digit.shape[0]
        large = enlarged(np.pad(digit, 1), factor, order=3)
        if factor > 2:  # a digit of MNIST: with a sharp outline again
            large = np.clip((blurred(large, factor / 4) - 0.5) * factor / 1.5 + 0.5, 0, 1)
        parts.append(crop(large))
    tallest = max(len(part) for part in parts)
    placed: list[Grey] = []
    for part in parts:
        top = int(rng.integers(0, tallest - len(part) + 1))
        placed.append(np.pad(part, ((top, tallest - len(part) - top), (0, gap))))
    return np.concatenate(placed, axis=1)[:, : -gap or None]


def page(ink: Grey, rng: np.random.Generator, *, paper: float = 0.9, pen: float = 0.85,
         size: tuple[int, int] = (600, 800), rules: Sequence[int] = (), rule: float = 0.25,
         holes: bool = False) -> Grey:  # fmt: skip
    """A sheet (height, width) with the ink somewhere on it; lines across, and down if two steps."""
    height, width = size
    room = (0.07 if not holes else 0.12) * width
    if ink.shape[1] > width - 2 * room or len(ink) > 0.8 * height:
        scale = min((width - 2 * room) / ink.shape[1], 0.8 * height / len(ink))
        ink = average_areas(ink, *(round(n * scale) for n in ink.shape))
    sheet = np.full(size, float(paper))
    for step, axis in zip(rules, (0, 1)):
        lines = np.arange(size[axis]) % step < 2
        lines[: step // 2] = False
        sheet[lines if axis == 0 else np.s_[:, lines]] *= 1 - rule
    if holes:
        y, x = np.indices(size)
        for at in np.linspace(0.15, 0.85, 4) * height:
            sheet[(y - at) ** 2 + (x - 0.04 * width) ** 2 < (0.014 * width) ** 2] = 0.15
    top = int(rng.uniform(0.08 * height, max(height * 0.92 - len(ink), 0.08 * height + 1)))
    left = int(rng.uniform(room, max(width - room - ink.shape[1], room + 1)))
    sheet[top : top + len(ink), left : left + ink.shape[1]] *= 1 - pen * ink
    return sheet


def lying(
    sheet: Grey, table: Grey, rng: np.random.Generator, *, share: float = 0.8, turned: float = 8
) -> Grey:
    """The sheet on the table, seen a little from the side; share of the picture's height."""
    height, width = table.shape
    half = share * np.array([sheet.shape[1] / sheet.shape[0], 1]) * height / 2
    half *= min(1, 0.46 * width / half[0])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    corners += rng.uniform(-0.05, 0.05, (4, 2)) * half[1]
    angle = np.deg2rad(rng.uniform(-turned, turned))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    spare = np.maximum(np.array([width, height]) / 2 - half * 1.08, 0)
    corners = corners @ turn + np.array([width, height]) / 2 + rng.uniform(-0.6, 0.6, 2) * spare
    h, w = sheet.shape
    of_sheet = [(0, 0), (w, 0), (w, h), (0, h)]
    rows = [
        row
        for (x, y), (u, v) in zip(corners, of_sheet)
        for row in ([x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y])
    ]
    coefficients = np.linalg.solve(np.array(rows), np.array(of_sheet, float).ravel())

    def warped(of: Grey) -> Grey:
        picture = Image.fromarray(of.astype(np.float32))
        size, kind = (width, height), Image.Transform.PERSPECTIVE
        return np.asarray(
            picture.transform(size, kind, tuple(coefficients), Image.Resampling.BILINEAR)
        )

    covered = blurred(warped(np.ones(sheet.shape)), 0.7)
    shadow = np.roll(blurred(covered, 4), (4, 3), (0, 1))
    return table * (1 - 0.35 * shadow) * (1 - covered) + warped(sheet) * covered


def plain_table(rng: np.random.Generator, level: float | None = None) -> Grey:
    noise = blurred(rng.normal(0, 1, (HEIGHT, WIDTH)), 3)
    return (rng.uniform(0.1, 0.5) if level is None else level) + 0.02 * noise / noise.std()


def wooden_table(rng: np.random.Generator) -> Grey:
    """Planks with grain that runs along them."""
    along = np.cumsum(rng.normal(0, 1, (HEIGHT, 1)), axis=0)
    grain = blurred(rng.normal(0, 1, (HEIGHT, WIDTH)), 1)
    grain = np.asarray(Image.fromarray(grain).resize((WIDTH // 24, HEIGHT)).resize((WIDTH, HEIGHT)))
    wood = rng.uniform(0.25, 0.5) + 0.05 * grain / grain.std() + 0.03 * np.sin(along)
    step = int(rng.integers(90, 200))
    wood[int(rng.integers(step)) :: step] *= 0.4
    return np.clip(wood if rng.random() < 0.5 else wood[:, ::-1], 0.03, 0.6)


def lit(scene: Grey, rng: np.random.Generator, *, shadow: bool = False) -> np.ndarray:
    """As the camera sees it: (height, width) of uint8."""
    height, width = scene.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    slope = rng.uniform(-0.15, 0.15, 2)
    light = rng.uniform(0.75, 1) + slope[0] * y + slope[1] * x - 0.1 * (x**2 + y**2)
    if shadow:
        left, right = np.sort(rng.uniform(-0.9, 0.9, 2) + np.array([-0.4, 0.4]))
        top, soft = rng.uniform(-0.7, 0.4), rng.uniform(0.02, 0.06)
        inside = [
            1 / (1 + np.exp(-np.clip(d / soft, -50, 50))) for d in (x - left, right - x, y - top)
        ]
        light *= 1 - rng.uniform(0.3, 0.6) * np.prod(inside, axis=0)
    seen = blurred(scene * light, rng.uniform(0.6, 1.4))
    seen = seen + rng.normal(0, rng.uniform(0.004, 0.015), seen.shape)
    return np.rint(np.clip(seen, 0, 1) * 255).astype(np.uint8)


def dark_table(ink: Grey, rng: np.random.Generator) -> np.ndarray:
    return lit(lying(page(ink, rng), plain_table(rng), rng, share=rng.uniform(0.55, 0.9)), rng)


def pattern(ink: Grey, rng: np.random.Generator) -> np.ndarray:
    return lit(lying(page(ink, rng), wooden_table(rng), rng, share=rng.uniform(0.6, 0.9)), rng)


def sticky_note(ink: Grey, rng: np.random.Generator) -> np.ndarray:
    note = page(ink, rng, paper=rng.uniform(0.65, 0.85), size=(500, 500))
    table = plain_table(rng, rng.choice([0.15, 0.4, 0.97]))
    return lit(lying(note, table, rng, share=rng.uniform(0.35, 0.6)), rng)


def whiteboard(ink: Grey, rng: np.random.Generator) -> np.ndarray:
    board = page(ink, rng, paper=0.92, pen=0.75, size=(560, 800))
    board = np.pad(board, 14, constant_values=rng.uniform(0.25, 0.6))
    return lit(lying(board, plain_table(rng, rng.uniform(0.6, 0.85)), rng, turned=4), rng)


def notebook(ink: Grey, rng: np.random.Generator) -> np.ndarray:
    sheet = page(ink, rng, size=(640, 820), rules=(40,), rule=rng.uniform(0.15, 0.35), holes=True)
    if rng.random() < 0.5:
        return lit(lying(sheet, plain_table(rng), rng, share=0.85), rng)
    return lit(lying(sheet, plain_table(rng), rng, share=1.25, turned=3), rng)


def grid(ink: Grey, rng: np.random.Generator) -> np.ndarray:
    step = int(rng.integers(22, 34))
    sheet = page(ink, rng, size=(640, 820), rules=(step, step), rule=rng.uniform(0.15, 0.4))
    return lit(lying(sheet, plain_table(rng), rng, share=1.3, turned=5), rng)


def pencil(ink: Grey, rng: np.random.Generator) -> np.ndarray:
    graphite = ink * np.clip(0.8 + 0.35 * rng.normal(0, 1, ink.shape), 0, 1)
    sheet = page(graphite, rng, pen=rng.uniform(0.3, 0.5))
    return lit(lying(sheet, plain_table(rng), rng, share=rng.choice([0.8, 1.4])), rng)


def finger(ink: Grey, rng: np.random.Generator) -> np.ndarray:
    scene = lying(page(ink, rng), plain_table(rng), rng, share=rng.choice([0.85, 1.4]), turned=4)
    picture = Image.fromarray((scene * 255).astype(np.uint8))
    side, wide = rng.choice([0, WIDTH]), rng.uniform(35, 60)
    at, reach = rng.uniform(0.55, 0.95) * HEIGHT, rng.uniform(80, 170)
    box = (side - reach, at - wide, side + reach, at + wide)
    ImageDraw.Draw(picture).ellipse(box, fill=int(rng.integers(90, 165)))
    return lit(blurred(np.asarray(picture) / 255, 1.5), rng)


def scanner(ink: Grey, rng: np.random.Generator) -> np.ndarray:
    sheet = page(ink, rng, paper=1, pen=0.9, size=(HEIGHT, WIDTH))
    turned = Image.fromarray(sheet.astype(np.float32))
    turned = np.asarray(
        turned.rotate(rng.uniform(-3, 3), Image.Resampling.BILINEAR, fillcolor=0.03)
    )
    turned = turned.copy()
    for edge in (np.s_[: int(rng.integers(0, 20))], np.s_[:, : int(rng.integers(0, 30))]):
        turned[edge] = 0.03
    return np.rint(255 * np.clip(turned + rng.normal(0, 0.004, turned.shape), 0, 1)).astype(
        np.uint8
    )


def phone_shadow(ink: Grey, rng: np.random.Generator) -> np.ndarray:
    share = rng.choice([0.8, 1.4])
    return lit(lying(page(ink, rng), plain_table(rng), rng, share=share), rng, shadow=True)


KINDS: dict[str, Callable[[Grey, np.random.Generator], np.ndarray]] = {
    "dark table": dark_table,
    "pattern": pattern,
    "sticky note": sticky_note,
    "whiteboard": whiteboard,
    "notebook": notebook,
    "grid": grid,
    "pencil": pencil,
    "finger": finger,
    "scanner": scanner,
    "phone shadow": phone_shadow,
}
