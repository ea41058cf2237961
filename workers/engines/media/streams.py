"""The main list of an adaptive stream (HLS, RFC 8216): its rungs with what a player must know to choose among them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

_SEGMENT = re.compile(r"#EXTINF:([0-9.]+),.*\n#EXT-X-BYTERANGE:(\d+)@\d+")


@dataclass(frozen=True, slots=True)
class Rung:
    """One size of the stream: its list of segments, its pixels, and its codecs as MIME types name them (RFC 6381)."""

    listing: Path
    width: int
    height: int
    rate: Fraction
    codecs: str


def codecs_of(picture: Any, sound: Any) -> str:
    """From the streams' extradata: H.264 as Annex B or avcC, AAC as an AudioSpecificConfig. `sound` may be None."""
    told = bytes(picture.codec_context.extradata)
    at = told.index(b"\x01\x67") + 2 if told[:1] == b"\x00" else 1
    named = ["avc1." + told[at : at + 3].hex()]
    if sound is not None:
        heard = sound.codec_context.extradata
        named.append(f"mp4a.40.{heard[0] >> 3 if heard else 2}")
    return ",".join(named)


def main_listing(rungs: Sequence[Rung], out: Path) -> None:
    """Writes the list of the rungs, the best first; addresses in it are relative."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rung in rungs:
        most, mean = _bits(rung.listing)
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={most},AVERAGE-BANDWIDTH={mean},RESOLUTION={rung.width}x{rung.height},"
            f'FRAME-RATE={float(rung.rate):.3f},CODECS="{rung.codecs}"'
        )
        lines.append(rung.listing.name)
    out.write_text("\n".join(lines) + "\n")


def _bits(listing: Path) -> tuple[int, int]:
    """Bits a second of the busiest segment, and of all."""
    segments = [(float(length), int(size)) for length, size in _SEGMENT.findall(listing.read_text())]
    total_s = sum(length for length, _size in segments)
    mean = int(sum(size for _length, size in segments) * 8 / total_s) if total_s else 0
    # A last segment of one picture says little of what a connection must carry.
    return max([int(size * 8 / max(length, 1.0)) for length, size in segments] or [0]) or mean, mean
