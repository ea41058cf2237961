"""What a file is, told from its content alone; its name is never believed."""

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import PIL.Image

HEAD_BYTES = 8192
MOST_PIXELS = 120_000_000  # a picture above this is refused before it is decoded: a decompression bomb
TOO_LARGE = "the picture is larger than any camera's (over 120 million pixels): it may be made to exhaust the machine"

_IMAGES = (
    (b"\xff\xd8\xff", 0, "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", ".png"),
    (b"GIF8", 0, "image/gif", ".gif"),
    (b"BM", 0, "image/bmp", ".bmp"),
    (b"II*\x00", 0, "image/tiff", ".tif"),
    (b"MM\x00*", 0, "image/tiff", ".tif"),
    (b"WEBP", 8, "image/webp", ".webp"),
)
_DOCUMENTS = ((b"%PDF-", 0, "application/pdf", ".pdf"), (b"{\\rtf", 0, "application/rtf", ".rtf"))
_OTHER = (
    (b"PK\x03\x04", 0, "application/zip", ".zip"),
    (b"\x1f\x8b", 0, "application/gzip", ".gz"),
    (b"MZ", 0, "application/x-msdownload", ".exe"),
    (b"\x7fELF", 0, "application/x-executable", ".bin"),
)
_CONTAINERS = {
    "mov,mp4,m4a,3gp,3g2,mj2": ("mp4", ".mp4"),
    "matroska,webm": ("x-matroska", ".mkv"),
    "avi": ("x-msvideo", ".avi"),
    "mpegts": ("mp2t", ".ts"),
    "mpeg": ("mpeg", ".mpg"),
    "asf": ("x-ms-wmv", ".wmv"),
    "flv": ("x-flv", ".flv"),
    "wav": ("wav", ".wav"),
    "mp3": ("mpeg", ".mp3"),
    "flac": ("flac", ".flac"),
    "ogg": ("ogg", ".ogg"),
    "aac": ("aac", ".aac"),
    "amr": ("amr", ".amr"),
    "aiff": ("aiff", ".aiff"),
    "caf": ("x-caf", ".caf"),
}
_NEVER_MEDIA = {
    "tty",
    "lrc",
    "srt",
    "webvtt",
    "ass",
    "jacosub",
    "subviewer",
    "microdvd",
    "mpl2",
    "sami",
    "realtext",
    "concat",
    "hls",
    "dash",
    "sdp",
    "ffmetadata",
    "image2",
    "bin",
    "xbin",
    "idf",
    "adf",
    "aqtitle",
    "stl",
}


class Unreadable(Exception):
    """The content cannot be read as what it seems to be; the message says why, in words for people."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`kind` is video, audio, image, document or other; `media_type` and `extension` follow the content."""

    kind: str
    media_type: str
    extension: str


def sniff(path: Path) -> Sniffed:
    """What the file at `path` is. Media are opened and their first frame is decoded. Raises Unreadable."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise Unreadable("the file is empty")
    for kind, table in (("image", _IMAGES), ("document", _DOCUMENTS)):
        for magic, at, media_type, extension in table:
            if head[at : at + len(magic)] == magic:
                if kind == "image":
                    _check_picture(path, moving=media_type == "image/gif")
                return Sniffed(kind, media_type, extension)
    for magic, at, media_type, extension in _OTHER:
        if head[at : at + len(magic)] == magic:
            return Sniffed("other", media_type, extension)
    if _is_text(head):
        return Sniffed("document", "text/plain", ".txt")
    return _sniff_media(path, head)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The container at `path`, open for reading; Unreadable when FFmpeg cannot make sense of it."""
    try:
        container = av.open(str(path), mode="r", metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        raise Unreadable(_why(error)) from error
    try:
        yield container
    finally:
        container.close()


def _sniff_media(path: Path, head: bytes) -> Sniffed:
    try:
        with opened(path) as container:
            name = container.format.name
            if name in _NEVER_MEDIA or name.startswith("image2") or name.endswith("_pipe"):
                return Sniffed("other", "application/octet-stream", ".bin")
            pictures = [one for one in container.streams.video if not _is_cover(one)]
            if not pictures and not container.streams.audio:
                return Sniffed("other", "application/octet-stream", ".bin")
            kind = "video" if pictures else "audio"
            _decode_one(container, pictures[0] if pictures else container.streams.audio[0])
            subtype, extension = _CONTAINERS.get(name, ("octet-stream", ".bin"))
    except Unreadable:
        if _looks_like_media(head):
            raise
        return Sniffed("other", "application/octet-stream", ".bin")
    if kind == "audio" and extension == ".mp4":
        extension = ".m4a"
    return Sniffed(kind, f"{kind}/{subtype}", extension)


def _decode_one(container: Any, stream: Any) -> None:
    """Decodes the first frame that can be decoded; Unreadable when there is none."""
    if stream.type == "video" and stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
        raise Unreadable(TOO_LARGE)
    fault: Exception | None = None
    try:
        for tried, packet in enumerate(container.demux(stream)):
            try:
                if packet.decode():
                    return
            except av.error.FFmpegError as error:
                fault = error
            if tried > 500:
                break
    except av.error.FFmpegError as error:
        fault = error
    what = "picture" if stream.type == "video" else "sound"
    raise Unreadable(f"not one {what} in it can be decoded" + (f" ({_why(fault)})" if fault else ""))


def refuse_bombs(path: Path) -> None:
    """Raises Unreadable for a picture that says it is larger than any camera's; nothing of it is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(path) as image:
                too_large = image.width * image.height > MOST_PIXELS
    except PIL.Image.DecompressionBombError:
        too_large = True
    except (OSError, ValueError, SyntaxError):
        return  # of a kind that Pillow does not know: what decodes it has a limit of its own
    if too_large:
        raise Unreadable(TOO_LARGE)


def _check_picture(path: Path, *, moving: bool) -> None:
    refuse_bombs(path)
    if moving:
        return
    with opened(path) as container:
        if not container.streams.video:
            raise Unreadable("there is no picture in it")
        _decode_one(container, container.streams.video[0])


def _is_cover(stream: Any) -> bool:
    """Whether a video stream is only a cover picture inside a sound file."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    try:
        text = head[:-4].decode() if len(head) == HEAD_BYTES else head.decode()
    except UnicodeDecodeError:
        return False
    strange = sum(1 for sign in text if ord(sign) < 32 and sign not in "\t\r\n\f\x1b")
    return strange == 0


def _looks_like_media(head: bytes) -> bool:
    return (
        head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free")
        or head[:4] in (b"RIFF", b"OggS", b"fLaC", b"FORM")
        or head.startswith((b"\x1aE\xdf\xa3", b"ID3", b"\xff\xfb", b"\xff\xf1", b"#!AMR", b"FLV"))
    )


def _why(error: Exception | None) -> str:
    text = str(error) if error else ""
    for known, said in (
        ("moov atom not found", "its index is missing: the recording was cut off before it was finished"),
        ("Invalid data", "its content is damaged or cut off"),
        ("End of file", "it ends too early"),
    ):
        if known in text:
            return said
    return "its content is damaged or of a kind that is not known"
