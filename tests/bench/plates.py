"""Rendered US plates in drawn scenes, and how many of them are read: perspective, blur, night, dirt, from afar, and all of it mixed.

Seeded: the same number gives the same picture. No state's design is copied; what is like the real thing are the proportions
(12 x 6 inches), the shapes of the numbers (workers/engines/seeing/formats.toml and vanity plates beside them), names and slogans
around them, bolts, stickers and frames. The letters are condensed sans fonts and strokes, not the states' own dies.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.bench.road import say
from workers.engines.packs import PackShelf
from workers.engines.seeing import look
from workers.engines.seeing.plates import differing, formats, plate_tags
from workers.engines.seeing.results import Sighting
from workers.engines.seeing.text import reader

CONDITIONS = ("plain", "perspective", "blur", "night", "dirt", "small", "mixed")
FONTS = ("DejaVuSansCondensed-Bold.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono-Bold.ttf")
STATES = (
    ("CALIFORNIA", "dmv.ca.gov", (246, 246, 246), (110, 40, 20)),
    ("NEW YORK", "EXCELSIOR", (60, 170, 240), (70, 20, 20)),
    ("TEXAS", "The Lone Star State", (248, 248, 248), (20, 20, 20)),
    ("FLORIDA", "SUNSHINE STATE", (235, 245, 240), (40, 110, 20)),
    ("OHIO", "BIRTHPLACE OF AVIATION", (245, 240, 235), (120, 40, 20)),
    ("WASHINGTON", "EVERGREEN STATE", (240, 235, 225), (110, 50, 20)),
    ("MICHIGAN", "PURE MICHIGAN", (246, 246, 246), (130, 60, 10)),
    ("VIRGINIA", "", (246, 246, 246), (90, 30, 20)),
    ("ARIZONA", "GRAND CANYON STATE", (190, 190, 235), (80, 30, 60)),
    ("ILLINOIS", "LAND OF LINCOLN", (240, 235, 230), (50, 30, 160)),
    ("", "", (235, 235, 235), (30, 30, 30)),
)
VANITY = ("GOFAST1", "2HOT4U", "LUV2FLY", "MY1SUV", "H0CKEY", "BIGDOG7")
Picture = np.ndarray


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture with one plate on it, what the plate says, and what was done to it."""

    picture: Picture
    text: str
    condition: str


def plate(seed: int, condition: str, *, text: str = "", moment: int = 0) -> Plate:
    """One plate in a scene. `text` is drawn by the seed when none is given; `moment`: another picture of the same scene."""
    design = np.random.default_rng([seed, 1])
    text = text or _number(design)
    face = _face(design, text)
    rng = np.random.default_rng([seed, 2, moment])
    wide = int(rng.integers(46, 74)) if condition == "small" else int(rng.integers(84, 230))
    if condition in ("dirt", "mixed"):
        face = _dirt(face, design)
    picture, quad = _scene(design, rng), _quad(rng, wide, tilted=condition in ("perspective", "mixed"))
    picture = _mounted(picture, face, quad)
    if condition == "night" or (condition == "mixed" and design.random() < 0.5):
        picture = _night(picture, quad, rng)
    if condition in ("blur", "mixed"):
        picture = _blurred(picture, rng, wide)
    noise = rng.normal(0, rng.uniform(1, 4), picture.shape)
    picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    quality = int(rng.integers(45, 92))
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return Plate(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.uint8), text, condition)


def measure(*, each: int = 30, seed: int = 5000) -> dict[str, Any]:
    """plates_exact and plates_cer over `each` plates of every condition, read as photographs are; the same by condition; and of
    tracks: five moments of one plate in one vehicle's crop, voted."""
    right: dict[str, list[bool]] = {}
    wrong = signs = 0
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for condition in CONDITIONS:
            for number in range(each):
                one = plate(seed + number, condition)
                said = read_alone(one.picture, Path(folder))
                right.setdefault(condition, []).append(said == one.text)
                wrong, signs = wrong + differing(said, one.text), signs + len(one.text)
            say(f"plates, {condition}: {sum(right[condition])} of {each} exact")
    every = [one for some in right.values() for one in some]
    seconds = (time.process_time() - began) / len(every)
    return {
        "plates_exact": round(sum(every) / len(every), 3),
        "plates_cer": round(wrong / signs, 3),
        "plates_exact_by": {name: round(sum(some) / len(some), 3) for name, some in right.items()},
        "plates_exact_track": _tracks(each, seed),
        "plates": len(every),
        "plate_cpu_s": round(seconds, 2),
    }


def read_alone(picture: Picture, folder: Path) -> str:
    """The plate that a photograph's tags name first; empty when none does."""
    path = folder / "plate.png"
    cv2.imwrite(str(path), picture)
    tags = [tag for tag in look(path, shelf=PackShelf(folder)).tags if tag.kind == "plate"]
    return max(tags, key=lambda tag: tag.confidence).label if tags else ""


def _tracks(each: int, seed: int) -> float:
    """The share of plates that are read exactly from five moments together."""
    exact = 0
    for number in range(each):
        seen: list[Sighting] = []
        for moment in range(5):
            one = plate(seed + number, "mixed", moment=moment)
            seen += reader().plates(one.picture, float(moment))
        tags = plate_tags(seen, step=0.5, duration=5.0, method="x")
        said = max(tags, key=lambda tag: (tag.detail["frames"], tag.confidence)).label if tags else ""
        exact += said == one.text
    say(f"plates, five moments mixed: {exact} of {each} exact")
    return round(exact / each, 3)


def _number(rng: np.random.Generator) -> str:
    if rng.random() < 0.06:
        return str(rng.choice(VANITY))
    shape = str(rng.choice(sorted(formats())))
    letters, digits = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"
    return "".join(str(rng.choice(list(letters if sign == "A" else digits))) for sign in shape)


def _face(rng: np.random.Generator, text: str) -> Picture:
    """The plate itself, 600 x 300."""
    state, slogan, ground, ink = STATES[int(rng.integers(len(STATES)))]
    image = Image.new("RGB", (600, 300), tuple(reversed(ground)))
    draw = ImageDraw.Draw(image)
    colour = tuple(reversed(ink))
    font = str(rng.choice(FONTS))
    for words, y in ((state, 34), (slogan, 268)):
        if words:
            draw.text((300, y), words, fill=colour, font=_font(font, 34 if y < 100 else 24), anchor="mm")
    gap = str(rng.choice(["", " ", "-", "·"])) if len(text) > 4 else ""
    middle = next((place for place in range(2, len(text) - 1) if text[place - 1].isdigit() != text[place].isdigit()), 3)
    shown = text[:middle] + gap + text[middle:]
    line = Image.new("L", (1600, 300), 0)
    ImageDraw.Draw(line).text((800, 150), shown, fill=255, font=_font(font, 220), anchor="mm")
    box = line.getbbox()
    assert box is not None
    glyphs = line.crop(box).resize((min(540, 78 * len(shown)), 148), Image.Resampling.LANCZOS)
    image.paste(Image.new("RGB", glyphs.size, colour), (300 - glyphs.width // 2, 80), glyphs)
    face = np.asarray(image)[:, :, ::-1].copy()
    for x, y in ((120, 30), (480, 30), (120, 272), (480, 272)):
        cv2.circle(face, (x, y), 9, (120, 120, 120), -1)
    if rng.random() < 0.5:
        cv2.rectangle(face, (20, 16), (80, 56), tuple(int(one) for one in rng.integers(40, 230, 3)), -1)
    cv2.rectangle(
        face, (3, 3), (596, 296), tuple(int(one) for one in rng.integers(20, 140, 3)), int(rng.integers(3, 14))
    )
    return face


def _font(name: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu where it is installed; else the face inside Pillow (other pictures, then, for the same seeds)."""
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return ImageFont.load_default(size)


def _dirt(face: Picture, rng: np.random.Generator) -> Picture:
    """Mud: soft brown spots over up to a third of it."""
    mask = np.zeros(face.shape[:2], dtype=np.float32)
    for _ in range(int(rng.integers(14, 40))):
        centre = (int(rng.integers(600)), int(rng.integers(300)))
        cv2.circle(mask, centre, int(rng.integers(4, 34)), float(rng.uniform(0.3, 0.85)), -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 6)[..., None]
    return (face * (1 - mask) + np.array([50, 70, 90]) * mask).astype(np.uint8)


def _scene(design: np.random.Generator, rng: np.random.Generator) -> Picture:
    """The back of a drawn car before a drawn street, 960 x 540."""
    picture = np.zeros((540, 960, 3), dtype=np.float32)
    picture[:] = np.linspace(design.uniform(120, 200), design.uniform(60, 110), 540)[:, None, None]
    for _ in range(12):
        x, y = int(design.integers(960)), int(design.integers(300))
        shade = tuple(float(one) for one in design.uniform(30, 220, 3))
        cv2.rectangle(
            picture, (x, y), (x + int(design.integers(20, 160)), y + int(design.integers(20, 140))), shade, -1
        )
    body = tuple(float(one) for one in design.uniform(20, 210, 3))
    cv2.rectangle(picture, (170, 130), (790, 480), body, -1)
    cv2.rectangle(picture, (240, 150), (720, 250), (60, 50, 45), -1)
    for x in (185, 715):
        cv2.rectangle(picture, (x, 280), (x + 60, 330), (40, 30, 190), -1)
    cv2.rectangle(picture, (170, 430), (790, 480), (50, 50, 50), -1)
    return cv2.GaussianBlur(picture, (0, 0), 1.2) * float(rng.uniform(0.9, 1.1))


def _quad(rng: np.random.Generator, wide: int, *, tilted: bool) -> np.ndarray:
    """Where the plate's corners lie; `tilted`: seen from the side and not level."""
    x, y, high = 480 + rng.integers(-60, 60), 360 + rng.integers(-20, 20), wide / 2
    turn = float(rng.uniform(-14, 14)) if tilted else float(rng.uniform(-2, 2))
    squeeze = float(rng.uniform(0.55, 0.85)) if tilted else 1.0
    near = float(rng.uniform(0.75, 0.95)) if tilted else 1.0
    left, right = (near, 1.0) if rng.random() < 0.5 else (1.0, near)
    half = wide * squeeze / 2
    corners = np.array(
        [[-half, -high * left / 2], [half, -high * right / 2], [half, high * right / 2], [-half, high * left / 2]]
    )
    angle = np.deg2rad(turn)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (corners @ spin.T + [x, y]).astype(np.float32)


def _mounted(picture: Picture, face: Picture, quad: np.ndarray) -> Picture:
    wide = max(8, round(float(np.linalg.norm(quad[0] - quad[1]))))
    small = cv2.resize(face, (wide, max(8, round(wide / 2))), interpolation=cv2.INTER_AREA).astype(np.float32)
    source = np.array(
        [[0, 0], [small.shape[1], 0], [small.shape[1], small.shape[0]], [0, small.shape[0]]], dtype=np.float32
    )
    turn = cv2.getPerspectiveTransform(source, quad)
    laid = cv2.warpPerspective(small, turn, (960, 540), flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.ones(small.shape[:2], dtype=np.float32), turn, (960, 540))[..., None]
    return picture * (1 - mask) + laid * mask


def _night(picture: Picture, quad: np.ndarray, rng: np.random.Generator) -> Picture:
    """Dark, with a lamp's light falling off around the plate, much noise, and sometimes glare on the plate."""
    x, y = quad.mean(axis=0)
    ys, xs = np.mgrid[0:540, 0:960]
    glow = np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * (rng.uniform(90, 260)) ** 2))[..., None]
    dark = picture * (rng.uniform(0.06, 0.14) + rng.uniform(0.12, 0.5) * glow)
    if rng.random() < 0.3:
        spot = quad[int(rng.integers(4))]
        glare = np.exp(-((xs - spot[0]) ** 2 + (ys - spot[1]) ** 2) / (2 * 14.0**2))[..., None]
        dark = dark + 190 * glare
    return dark + rng.normal(0, rng.uniform(3, 9), picture.shape)


def _blurred(picture: Picture, rng: np.random.Generator, wide: int) -> Picture:
    """Out of focus or moved, by a few hundredths of the plate's width."""
    strength = wide * float(rng.uniform(0.008, 0.024))
    if rng.random() < 0.5:
        return cv2.GaussianBlur(picture, (0, 0), max(0.6, strength))
    length = max(3, round(2.4 * strength)) | 1
    kernel = np.zeros((length, length), dtype=np.float32)
    cv2.line(
        kernel, (0, length // 2 + int(rng.integers(-1, 2))), (length - 1, length // 2 + int(rng.integers(-1, 2))), 1.0
    )
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


if __name__ == "__main__":
    print(measure())
