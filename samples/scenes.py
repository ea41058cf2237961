"""The drawn street of the traffic stop: day and dusk, a patrol car's view, a car with a legible plate, a street sign."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 960, 540
PLATE = "7ABC123"
_FONT = cv2.FONT_HERSHEY_SIMPLEX
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Light:
    """Colours (BGR) of one time of day."""

    sky_top: Colour
    sky_low: Colour
    road: Colour
    house: Colour
    window: Colour
    car: Colour


DAY = Light((235, 190, 140), (245, 225, 205), (98, 96, 94), (150, 170, 190), (90, 80, 70), (60, 60, 170))
NIGHT = Light((30, 16, 10), (52, 32, 22), (30, 28, 28), (34, 32, 36), (110, 190, 225), (34, 34, 92))


def street(light: Light, *, shift: float, size: float) -> Picture:
    """The street with a car ahead; `shift` moves the houses (px), `size` is the car's width (px)."""
    picture = _sky(light)
    _houses(picture, light, shift)
    _road(picture, light, shift)
    _sign(picture, light)
    _car(picture, light, centre=WIDTH * 0.52, ground=HEIGHT * 0.86, width=size)
    return picture


def window(light: Light, *, sway: float) -> Picture:
    """The driver's window from close by; `sway` moves the picture a little, as a worn camera does (px)."""
    picture = _sky(light)
    _houses(picture, light, 120 + sway)
    body = np.array([[0, 170], [WIDTH, 120], [WIDTH, HEIGHT], [0, HEIGHT]], dtype=np.int32)
    body[:, 1] += int(sway / 3)
    cv2.fillPoly(picture, [body], light.car, cv2.LINE_AA)
    pane = np.array([[180, 200], [760, 160], [820, 330], [150, 350]], dtype=np.int32) + int(sway / 2)
    cv2.fillPoly(picture, [pane], _mix(light.window, light.road, 0.7), cv2.LINE_AA)
    cv2.polylines(picture, [pane], True, (20, 20, 20), 6, cv2.LINE_AA)
    cv2.line(picture, (140, 400), (840, 380), _mix(light.car, (0, 0, 0), 0.4), 4, cv2.LINE_AA)
    cv2.rectangle(picture, (690, 410), (800, 432), (40, 40, 40), -1, cv2.LINE_AA)
    return picture


def _sky(light: Light) -> Picture:
    share = np.linspace(0, 1, HEIGHT)[:, None, None]
    rows = np.array(light.sky_top) * (1 - share) + np.array(light.sky_low) * share
    return np.ascontiguousarray(np.broadcast_to(rows, (HEIGHT, WIDTH, 3)).astype(np.uint8))


def _houses(picture: Picture, light: Light, shift: float) -> None:
    for index in range(-1, 6):
        left = int(index * 220 - shift % 220)
        top = 130 + (index * 53) % 70
        shade = _mix(light.house, (0, 0, 0), 0.12 * (index % 3))
        cv2.rectangle(picture, (left, top), (left + 190, 330), shade, -1)
        for column in range(3):
            for row in range(2):
                x, y = left + 22 + column * 56, top + 26 + row * 70
                cv2.rectangle(picture, (x, y), (x + 32, y + 42), light.window, -1)


def _road(picture: Picture, light: Light, shift: float) -> None:
    cv2.rectangle(picture, (0, 330), (WIDTH, HEIGHT), light.road, -1)
    cv2.rectangle(picture, (0, 330), (WIDTH, 344), _mix(light.road, (255, 255, 255), 0.25), -1)
    for index in range(5):
        y = 352 + int((index * 46 + shift * 2) % 190)
        half = 2 + (y - 340) // 26
        cv2.rectangle(picture, (WIDTH // 3 - half, y), (WIDTH // 3 + half, y + 8 + half * 3), (205, 215, 215), -1)


def _sign(picture: Picture, light: Light) -> None:
    cv2.rectangle(picture, (96, 150), (104, 360), (120, 120, 120), -1)
    cv2.rectangle(picture, (20, 104), (222, 158), (70, 110, 20), -1, cv2.LINE_AA)
    cv2.rectangle(picture, (24, 108), (218, 154), (240, 240, 240), 2, cv2.LINE_AA)
    cv2.putText(picture, "MAIN ST", (38, 145), _FONT, 1.25, (250, 250, 250), 3, cv2.LINE_AA)


def _car(picture: Picture, light: Light, *, centre: float, ground: float, width: float) -> None:
    w, h = width, width * 0.62
    left, right, top = int(centre - w / 2), int(centre + w / 2), int(ground - h)
    roof = np.array(
        [
            [left + w * 0.16, top + h * 0.36],
            [left + w * 0.26, top],
            [right - w * 0.26, top],
            [right - w * 0.16, top + h * 0.36],
        ],
        dtype=np.int32,
    )
    cv2.fillPoly(picture, [roof], _mix(light.car, (0, 0, 0), 0.2), cv2.LINE_AA)
    pane = np.array(
        [
            [left + w * 0.22, top + h * 0.34],
            [left + w * 0.3, top + h * 0.07],
            [right - w * 0.3, top + h * 0.07],
            [right - w * 0.22, top + h * 0.34],
        ],
        dtype=np.int32,
    )
    cv2.fillPoly(picture, [pane], _mix(light.window, (30, 30, 30), 0.6), cv2.LINE_AA)
    cv2.rectangle(picture, (left, int(top + h * 0.34)), (right, int(ground - h * 0.12)), light.car, -1, cv2.LINE_AA)
    for x in (left + w * 0.1, right - w * 0.1):
        cv2.ellipse(
            picture, (int(x), int(ground - h * 0.08)), (int(w * 0.09), int(h * 0.14)), 0, 0, 360, (15, 15, 15), -1
        )
        cv2.ellipse(
            picture, (int(x), int(top + h * 0.48)), (int(w * 0.07), int(h * 0.05)), 0, 0, 360, (30, 30, 235), -1
        )
    _plate(picture, centre=int(centre), middle=int(top + h * 0.66), width=int(w * 0.42))


def _plate(picture: Picture, *, centre: int, middle: int, width: int) -> None:
    height = int(width * 0.42)
    corner, other = (centre - width // 2, middle - height // 2), (centre + width // 2, middle + height // 2)
    cv2.rectangle(picture, corner, other, (242, 244, 244), -1, cv2.LINE_AA)
    cv2.rectangle(picture, corner, other, (120, 60, 20), 2, cv2.LINE_AA)
    scale = width / 165
    (wide, high), _ = cv2.getTextSize(PLATE, _FONT, scale, max(2, int(scale * 3)))
    at = centre - wide // 2, middle + high // 2
    cv2.putText(picture, PLATE, at, _FONT, scale, (110, 40, 20), max(2, int(scale * 3)), cv2.LINE_AA)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    blue, green, red = (int(a * (1 - share) + b * share) for a, b in zip(one, other, strict=True))
    return blue, green, red
