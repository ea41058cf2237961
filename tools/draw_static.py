"""Draws what the static folder holds that is not text: the icons as PNG, and the little clip of the living page."""

import json
import math
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

STATIC = Path(__file__).parents[1] / "static"
INK, PAPER = (58, 33, 22), (234, 241, 243)  # blue, green, red, as OpenCV orders them
SECONDS, PER_SECOND, WIDTH, HEIGHT, RATE = 75, 4, 320, 180, 16_000


def main() -> None:
    """Writes static/icons/blotter-*.png and static/styles/clip.mp4 with its peaks."""
    for size in (192, 512):
        cv2.imwrite(str(STATIC / "icons" / f"blotter-{size}.png"), icon(size))
    (STATIC / "styles").mkdir(exist_ok=True)
    sound = voice()
    write_clip(STATIC / "styles" / "clip.mp4", sound)
    peaks = [round(float(np.abs(part).max()), 3) for part in np.split(sound, SECONDS * 20)]
    (STATIC / "styles" / "peaks.json").write_text(json.dumps({"per_second": 20, "peaks": peaks}))


def icon(size: int) -> np.ndarray:
    """The mark (a rocker blotter over a line of ink) on blue-black ink, `size` pixels square, safe to be cut round."""
    big = 4 * size
    picture = np.full((big, big, 3), INK, np.uint8)
    unit = big * 0.62 / 32

    def at(x: float, y: float) -> tuple[int, int]:
        return int(big / 2 + (x - 16) * unit), int(big / 2 + (y - 17) * unit)

    width = max(1, int(2 * unit))
    rocker = [
        at(4, 12),
        at(28, 12),
        *(at(16 + 12 * math.cos(a), 12 + 12 * math.sin(a)) for a in np.linspace(0, math.pi, 60)),
    ]
    outline = np.array([rocker], np.int32)
    wash = picture.copy()
    cv2.fillPoly(wash, outline, PAPER)
    picture = cv2.addWeighted(wash, 0.16, picture, 0.84, 0)
    cv2.polylines(picture, outline, True, PAPER, width, cv2.LINE_AA)
    for start, end in (
        ((9, 12), (9, 9.5)),
        ((9, 9.5), (23, 9.5)),
        ((23, 9.5), (23, 12)),
        ((16, 9.5), (16, 5)),
        ((13, 5), (19, 5)),
        ((6, 29), (18, 29)),
        ((22, 29), (26, 29)),
    ):
        cv2.line(picture, at(*start), at(*end), PAPER, width, cv2.LINE_AA)
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)


def voice() -> np.ndarray:
    """A murmur in phrases, -1 to 1, at 16 kHz: nothing anybody says."""
    t = np.arange(SECONDS * RATE) / RATE
    phrases = np.clip(np.sin(t * 0.9) + 0.5 * np.sin(t * 2.3), 0, 1) * (0.5 + 0.5 * np.sin(t * 17) ** 2)
    return (phrases * 0.5 * np.sin(2 * np.pi * 140 * t + 3 * np.sin(t * 5))).astype(np.float32)


def frame(number: int) -> np.ndarray:
    """A road at dusk with one car going by, red green blue."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[:110] = np.linspace((20, 28, 50), (96, 84, 96), 110).astype(np.uint8)[:, None]
    picture[110:] = (44, 46, 52)
    for dash in range(-1, 8):
        cv2.rectangle(picture, (dash * 50 + number % 50, 146), (dash * 50 + number % 50 + 24, 149), (190, 184, 160), -1)
    left = 60 + int(70 * math.sin(number / 60))
    cv2.rectangle(picture, (left, 104), (left + 96, 134), (120, 52, 44), -1)
    cv2.fillPoly(
        picture, [np.array([[left + 16, 104], [left + 30, 84], [left + 70, 84], [left + 84, 104]])], (92, 110, 126)
    )
    for wheel in (left + 20, left + 76):
        cv2.circle(picture, (wheel, 134), 10, (16, 16, 18), -1, cv2.LINE_AA)
    return picture


def write_clip(path: Path, sound: np.ndarray) -> None:
    """H.264 and AAC, small enough to keep in the repository."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        video = out.add_stream("libx264", rate=PER_SECOND, options={"crf": "34", "preset": "slow"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = out.add_stream("aac", rate=RATE, layout="mono", bit_rate=16_000)
        for number in range(SECONDS * PER_SECOND):
            out.mux(video.encode(av.VideoFrame.from_ndarray(frame(number), format="rgb24")))
        out.mux(video.encode())
        for start in range(0, len(sound), 1024):
            chunk = av.AudioFrame.from_ndarray(sound[None, start : start + 1024], format="fltp", layout="mono")
            chunk.sample_rate, chunk.pts, chunk.time_base = RATE, start, Fraction(1, RATE)
            out.mux(audio.encode(chunk))
        out.mux(audio.encode())


if __name__ == "__main__":
    main()
